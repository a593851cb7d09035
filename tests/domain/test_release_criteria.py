"""What a specification may say: every limit with its unit, every unit with its denominator."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import Invalid
from app.domain.release import (
    Comparator,
    DerivedFrom,
    EvidenceStatus,
    Severity,
    Statistic,
    Timing,
    evidence_status,
    lak_example,
)
from app.domain.states import RunState
from tests.domain.release_cases import CELLS, ENDOTOXIN, NOON, STERILITY, VIABILITY, result, specification


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"unit": None}, "criterion_without_unit"),
        ({"unit": ""}, "criterion_without_unit"),
        ({"limit": None}, "criterion_without_limit"),
        ({"words": ("no_growth",)}, "criterion_without_limit"),
        ({"upper": Decimal(90)}, "criterion_without_limit"),
        ({"comparator": Comparator.BETWEEN}, "criterion_without_limit"),
        ({"comparator": Comparator.BETWEEN, "upper": Decimal(70)}, "criterion_limits_reversed"),
        ({"derived_from": frozenset({DerivedFrom.WEIGHT})}, "criterion_without_denominator"),
        ({"valid_hours": 0}, "criterion_validity"),
        ({"decimals": 0, "limit": Decimal("70.5")}, "criterion_limit_finer_than_values"),
        ({"comparator": Comparator.EQUALS}, "criterion_without_words"),
    ],
)
def test_a_number_criterion_without_a_part_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        replace(VIABILITY, **change)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"words": ()}, "criterion_without_words"),
        ({"words": ("no_growth", "growth")}, "criterion_without_words"),
        ({"unit": "%"}, "criterion_without_words"),
        ({"limit": Decimal(1)}, "criterion_without_words"),
        ({"statistic": Statistic.MEAN_OF_VALID}, "mean_of_words"),
    ],
)
def test_a_finding_criterion_without_its_words_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        replace(STERILITY, **change)
    assert caught.value.code == code


@pytest.mark.parametrize("unit", ["EU/kg/h", "EU/kg", "EU/mL"])
def test_published_endotoxin_units_are_accepted_because_they_say_per_what(unit: str) -> None:
    assert replace(ENDOTOXIN, unit=unit).unit == unit


def test_endotoxin_without_denominator_is_refused() -> None:
    with pytest.raises(Invalid, match="does not say per what"):
        replace(ENDOTOXIN, unit="EU")


def test_a_value_per_kg_is_accepted_with_its_denominator() -> None:
    assert replace(ENDOTOXIN, derived_from=frozenset({DerivedFrom.WEIGHT})).derived_from


def test_one_of_takes_several_findings() -> None:
    assert replace(STERILITY, comparator=Comparator.ONE_OF, words=("no_growth", "not_detected")).words


def test_limits_with_as_many_decimals_as_the_values_are_accepted() -> None:
    assert replace(VIABILITY, decimals=1, limit=Decimal("70.5"), valid_hours=1).limits == (Decimal("70.5"),)


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        ((), "specification_keys"),
        ((VIABILITY, VIABILITY), "specification_keys"),
        ((replace(VIABILITY, severity=Severity.REPORT),), "specification_decides_nothing"),
        (
            (
                replace(VIABILITY, any_of="potency"),
                replace(CELLS, any_of="potency", timing=Timing.MAY_BE_PENDING),
            ),
            "group_members_differ",
        ),
        (
            (VIABILITY, replace(CELLS, any_of="x"), replace(ENDOTOXIN, any_of="x", severity=Severity.REPORT)),
            "group_members_differ",
        ),
    ],
)
def test_a_specification_that_cannot_decide_is_refused(criteria: tuple[Any, ...], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        specification(*criteria)
    assert caught.value.code == code


@pytest.mark.parametrize("field", ["sampled_at", "measured_at", "due_at"])
def test_evidence_with_a_naive_time_is_refused(field: str) -> None:
    naive: dict[str, Any] = {field: datetime(2026, 11, 23)}  # noqa: DTZ001  the naive time is what is refused
    with pytest.raises(Invalid, match="has no zone"):
        replace(result(VIABILITY, "80"), **naive)


def test_a_final_result_needs_the_time_of_its_reading() -> None:
    with pytest.raises(Invalid) as caught:
        replace(result(VIABILITY, "80"), measured_at=None)
    assert caught.value.code == "result_without_time"
    assert replace(result(VIABILITY), measured_at=None, status=EvidenceStatus.RUNNING)


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        result(VIABILITY, "NaN")
    assert caught.value.code == "not_a_number"


@pytest.mark.parametrize(
    ("run", "status"),
    [
        (RunState.REQUESTED, None),
        (RunState.SAMPLED, EvidenceStatus.RUNNING),
        (RunState.RUNNING, EvidenceStatus.RUNNING),
        (RunState.ENTERED, EvidenceStatus.RUNNING),
        (RunState.VERIFIED, EvidenceStatus.RUNNING),
        (RunState.APPROVED, EvidenceStatus.FINAL),
        (RunState.CONTROL_FAILED, EvidenceStatus.CONTROL_FAILED),
        (RunState.INVALIDATED, EvidenceStatus.INVALIDATED),
    ],
)
def test_only_an_approved_run_gives_a_final_result(run: RunState, status: EvidenceStatus | None) -> None:
    assert evidence_status(run) is status


def test_the_example_says_that_it_is_one_and_where_each_number_comes_from() -> None:
    example = lak_example(
        least_cells_per_bag=10**10, most_cells_per_bag=5 * 10**10, least_lytic_units=Decimal(200), effective_from=NOON
    )
    assert example.is_example
    assert example.reference == "LAK-EXAMPLE 1 EXAMPLE"
    assert all(criterion.source.startswith("EXAMPLE") for criterion in example.criteria)
    pending = {criterion.key for criterion in example.criteria if criterion.timing is Timing.MAY_BE_PENDING}
    assert pending == {"mycoplasma", "sterility", "daudi_lysis", "lytic_units", "k562_lysis"}
    reported = {criterion.key for criterion in example.criteria if criterion.severity is Severity.REPORT}
    assert reported == {"k562_lysis", "cd3_negative_cd56_positive", "cd3_positive_cd56_positive", "cd3_positive"}


def test_a_specification_that_is_no_example_does_not_say_so() -> None:
    assert replace(specification(VIABILITY), is_example=False).reference == "LAK-EXAMPLE 4"


def test_titles_begin_with_a_capital_and_keep_the_rest() -> None:
    assert replace(VIABILITY, label="K562 lysis at 20:1").title == "K562 lysis at 20:1"
    assert STERILITY.title == "Final sterility"
