"""The verdict of one criterion: every comparator at its limit, every kind of unknown, nothing hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.release import (
    Cause,
    Comparator,
    Criterion,
    Evidence,
    EvidenceStatus,
    Statistic,
    Verdict,
    all_of,
    any_of,
    judge,
)
from app.domain.vocabulary import Censor, SampleKind, TestKind
from tests.domain.release_cases import (
    CELLS,
    ENDOTOXIN,
    NOON,
    STERILITY,
    VIABILITY,
    result,
    with_comparator,
)

HOUR = timedelta(hours=1)
PASS, FAIL, INVALID, NOT_DONE, PENDING = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.INVALID,
    Verdict.NOT_DONE,
    Verdict.PENDING,
)


def verdict(criterion: Criterion, *evidence: Evidence, now: datetime = NOON) -> Verdict:
    return judge(criterion, evidence, now).verdict


@pytest.mark.requirement("REQ-042")
@pytest.mark.parametrize(
    ("comparator", "value", "expected"),
    [
        pytest.param(Comparator.ABOVE, "70.0", FAIL, id="viability > 70, at 70.0: NK, PMC4787300"),
        pytest.param(Comparator.AT_LEAST, "70.0", PASS, id="viability >= 70, at 70.0: PMC5993622"),
        (Comparator.ABOVE, "69.999", FAIL),
        (Comparator.ABOVE, "70.001", PASS),
        (Comparator.AT_LEAST, "69.999", FAIL),
        (Comparator.AT_LEAST, "70.001", PASS),
        (Comparator.BELOW, "70.0", FAIL),
        (Comparator.BELOW, "69.999", PASS),
        (Comparator.BELOW, "70.001", FAIL),
        (Comparator.AT_MOST, "70.0", PASS),
        (Comparator.AT_MOST, "69.999", PASS),
        (Comparator.AT_MOST, "70.001", FAIL),
    ],
)
def test_the_comparator_decides_at_below_and_above_the_limit(
    comparator: Comparator, value: str, expected: Verdict
) -> None:
    criterion = with_comparator(comparator, "70")
    assert verdict(criterion, result(criterion, value)) is expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [("9999999999", FAIL), ("10000000000", PASS), ("50000000000", PASS), ("50000000001", FAIL)],
)
def test_between_includes_both_limits(cells: str, expected: Verdict) -> None:
    assert verdict(CELLS, result(CELLS, cells)) is expected


@pytest.mark.parametrize(("finding", "expected"), [("no_growth", PASS), ("growth", FAIL), ("unclear", FAIL)])
def test_a_finding_must_be_the_one_the_specification_names(finding: str, expected: Verdict) -> None:
    criterion = replace(STERILITY, test=TestKind.GRAM_STAIN)
    assert verdict(criterion, result(criterion, finding=finding)) is expected


def test_one_of_several_findings_is_enough() -> None:
    criterion = replace(
        STERILITY, test=TestKind.MYCOPLASMA, comparator=Comparator.ONE_OF, words=("not_detected", "no_growth")
    )
    assert verdict(criterion, result(criterion, finding="no_growth")) is PASS
    assert verdict(criterion, result(criterion, finding="detected")) is FAIL


@pytest.mark.parametrize(
    ("comparator", "censor", "bound", "expected"),
    [
        (Comparator.AT_MOST, Censor.BELOW, "0.42", PASS),
        (Comparator.AT_MOST, Censor.BELOW, "5", PASS),
        (Comparator.AT_MOST, Censor.BELOW, "5.01", INVALID),
        (Comparator.BELOW, Censor.BELOW, "4.99", PASS),
        (Comparator.BELOW, Censor.BELOW, "5", INVALID),
        (Comparator.AT_LEAST, Censor.ABOVE, "5", PASS),
        (Comparator.AT_LEAST, Censor.ABOVE, "4.99", INVALID),
        (Comparator.ABOVE, Censor.ABOVE, "5", INVALID),
        (Comparator.ABOVE, Censor.ABOVE, "5.01", PASS),
        (Comparator.AT_LEAST, Censor.BELOW, "4.99", FAIL),
        (Comparator.AT_LEAST, Censor.BELOW, "5", INVALID),
        (Comparator.ABOVE, Censor.BELOW, "5", FAIL),
        (Comparator.ABOVE, Censor.BELOW, "5.01", INVALID),
        (Comparator.AT_MOST, Censor.ABOVE, "5.01", FAIL),
        (Comparator.AT_MOST, Censor.ABOVE, "5", INVALID),
        (Comparator.BELOW, Censor.ABOVE, "5", FAIL),
        (Comparator.BELOW, Censor.ABOVE, "4.99", INVALID),
    ],
)
def test_a_result_known_only_by_its_bound_is_judged_at_the_bound(
    comparator: Comparator, censor: Censor, bound: str, expected: Verdict
) -> None:
    criterion = replace(ENDOTOXIN, comparator=comparator)
    judgement = judge(criterion, [result(criterion, bound, censor=censor)], NOON)
    assert judgement.verdict is expected
    assert (judgement.cause is Cause.NOT_SENSITIVE) == (expected is INVALID)


@pytest.mark.parametrize(
    ("censor", "bound", "expected"),
    [
        (Censor.BELOW, "9999999999", FAIL),
        (Censor.BELOW, "10000000000", INVALID),
        (Censor.ABOVE, "50000000000", INVALID),
        (Censor.ABOVE, "50000000001", FAIL),
    ],
)
def test_a_bound_against_two_limits_passes_never(censor: Censor, bound: str, expected: Verdict) -> None:
    assert verdict(CELLS, result(CELLS, bound, censor=censor)) is expected


def test_without_evidence_nothing_was_done() -> None:
    judgement = judge(VIABILITY, [], NOON)
    assert (judgement.verdict, judgement.cause, judgement.deciding) == (NOT_DONE, Cause.NO_EVIDENCE, None)


@pytest.mark.parametrize(
    "other",
    [
        result(replace(VIABILITY, test=TestKind.PHENOTYPE), "90"),
        result(replace(VIABILITY, analyte="viable_cells"), "90"),
    ],
)
def test_evidence_of_another_test_or_analyte_does_not_count(other: Evidence) -> None:
    assert verdict(VIABILITY, other) is NOT_DONE


@pytest.mark.requirement("REQ-061")
def test_a_criterion_that_names_a_stage_takes_only_samples_of_that_stage() -> None:
    criterion = replace(VIABILITY, stage=SampleKind.FINAL_PRODUCT)
    in_culture = replace(result(criterion, "90"), stage=SampleKind.CULTURE)
    assert verdict(criterion, in_culture) is NOT_DONE
    assert verdict(criterion, replace(in_culture, stage=SampleKind.FINAL_PRODUCT)) is PASS
    assert verdict(VIABILITY, in_culture) is PASS


@pytest.mark.parametrize("unit", ["EU/mL", "EU/kg", None])
def test_a_value_in_another_unit_is_never_compared(unit: str | None) -> None:
    item = replace(result(ENDOTOXIN, "0.1"), unit=unit)
    assert judge(ENDOTOXIN, [item], NOON).cause is Cause.NOT_COMPARABLE


def test_a_finding_against_a_number_and_a_number_against_a_finding_are_not_compared() -> None:
    assert judge(VIABILITY, [result(VIABILITY, finding="match")], NOON).cause is Cause.NOT_COMPARABLE
    assert judge(STERILITY, [result(STERILITY, "1")], NOON).cause is Cause.NOT_COMPARABLE


@pytest.mark.parametrize("criterion", [VIABILITY, STERILITY])
def test_a_result_without_value_is_not_determinable(criterion: Criterion) -> None:
    judgement = judge(criterion, [result(criterion)], NOON)
    assert (judgement.verdict, judgement.cause) == (INVALID, Cause.NOT_DETERMINABLE)


def test_a_running_test_is_pending_whatever_number_was_entered() -> None:
    assert verdict(VIABILITY, result(VIABILITY, "12", status=EvidenceStatus.RUNNING)) is PENDING


@pytest.mark.parametrize(("finding", "expected"), [(None, PENDING), ("no_growth", PENDING), ("growth", FAIL)])
def test_an_interim_growth_fails_at_once_and_no_growth_stays_pending(finding: str | None, expected: Verdict) -> None:
    item = result(STERILITY, finding=finding, status=EvidenceStatus.RUNNING)
    assert verdict(STERILITY, item) is expected


@pytest.mark.parametrize(
    ("read_after", "expected"),
    [
        (timedelta(days=13), PENDING),
        (timedelta(days=14) - timedelta(microseconds=1), PENDING),
        (timedelta(days=14), PASS),
        (timedelta(days=15), PASS),
    ],
)
def test_a_sterility_reading_before_day_fourteen_is_interim(read_after: timedelta, expected: Verdict) -> None:
    item = replace(result(STERILITY, finding="no_growth"), measured_at=NOON + read_after)
    assert verdict(STERILITY, item) is expected


def test_growth_fails_on_whatever_day_it_is_read() -> None:
    item = replace(result(STERILITY, finding="growth"), measured_at=NOON + timedelta(days=2))
    assert verdict(STERILITY, item) is FAIL


@pytest.mark.requirement("REQ-111")
@pytest.mark.parametrize("status", [EvidenceStatus.CONTROL_FAILED, EvidenceStatus.INVALIDATED])
def test_a_run_that_does_not_count_never_passes_and_stays_in_sight(status: EvidenceStatus) -> None:
    bad = result(VIABILITY, "95", status=status, reference="SM-bad")
    good = result(VIABILITY, "90", reference="SM-good")
    running = result(VIABILITY, status=EvidenceStatus.RUNNING)
    assert judge(VIABILITY, [bad], NOON).cause is Cause.RUN_NOT_VALID
    assert verdict(VIABILITY, bad) is INVALID
    assert verdict(VIABILITY, bad, running) is PENDING
    judgement = judge(VIABILITY, [bad, good], NOON)
    assert (judgement.verdict, judgement.deciding) == (PASS, good)
    assert judgement.evidence == (bad, good)


@pytest.mark.requirement("REQ-043")
@pytest.mark.parametrize("statistic", [Statistic.REPORTED, Statistic.WORST])
def test_a_second_valid_result_never_hides_a_failing_one(statistic: Statistic) -> None:
    criterion = replace(VIABILITY, statistic=statistic)
    for order in (("60", "95"), ("95", "60")):
        assert verdict(criterion, *(result(criterion, value) for value in order)) is FAIL


def test_where_every_sample_counts_a_running_one_keeps_the_criterion_pending() -> None:
    done, running = result(VIABILITY, "95"), result(VIABILITY, status=EvidenceStatus.RUNNING)
    assert verdict(replace(VIABILITY, statistic=Statistic.WORST), done, running) is PENDING
    assert verdict(VIABILITY, done, running) is PASS


@pytest.mark.parametrize(
    ("age", "expected"),
    [(24 * HOUR - timedelta(seconds=1), PASS), (24 * HOUR, PASS), (24 * HOUR + timedelta(seconds=1), NOT_DONE)],
)
def test_evidence_older_than_its_validity_counts_as_not_done(age: timedelta, expected: Verdict) -> None:
    criterion = replace(VIABILITY, valid_hours=24)
    judgement = judge(criterion, [result(criterion, "90")], NOON + age)
    assert judgement.verdict is expected
    assert judgement.valid_until == NOON + 24 * HOUR


def test_validity_is_counted_in_hours_across_a_clock_change() -> None:
    zone = ZoneInfo("America/New_York")
    criterion = replace(VIABILITY, valid_hours=24)
    sampled = datetime(2026, 10, 31, 12, 0, tzinfo=zone)
    item = result(criterion, "90", sampled_at=sampled)
    assert verdict(criterion, item, now=datetime(2026, 11, 1, 11, 0, tzinfo=zone)) is PASS
    assert verdict(criterion, item, now=datetime(2026, 11, 1, 11, 1, tzinfo=zone)) is NOT_DONE


def test_a_failing_result_does_not_grow_old() -> None:
    criterion = replace(VIABILITY, valid_hours=24)
    assert verdict(criterion, result(criterion, "60"), now=NOON + 48 * HOUR) is FAIL


def test_a_repeat_replaces_a_result_that_ran_out_of_date() -> None:
    criterion = replace(VIABILITY, valid_hours=24)
    later = NOON + 30 * HOUR
    old, repeat = result(criterion, "90"), result(criterion, "88", sampled_at=later)
    assert verdict(criterion, old, repeat, now=later) is PASS
    assert verdict(criterion, old, replace(repeat, status=EvidenceStatus.RUNNING), now=later) is PENDING


@pytest.mark.parametrize(
    ("decimals", "value", "expected"),
    [(None, "69.96", FAIL), (1, "69.96", PASS), (1, "69.94", FAIL), (0, "69.5", PASS)],
)
def test_values_are_compared_unrounded_unless_the_criterion_says_otherwise(
    decimals: int | None, value: str, expected: Verdict
) -> None:
    criterion = replace(VIABILITY, decimals=decimals)
    assert verdict(criterion, result(criterion, value)) is expected


def test_a_bound_without_end_is_compared_with_decimals_too() -> None:
    criterion = replace(VIABILITY, decimals=0)
    assert verdict(criterion, result(criterion, "70", censor=Censor.ABOVE)) is PASS


MEAN = replace(VIABILITY, statistic=Statistic.MEAN_OF_VALID)


@pytest.mark.parametrize(
    ("values", "expected"), [(("60", "80"), PASS), (("60", "79.9"), FAIL), (("90",), PASS), (("69",), FAIL)]
)
def test_a_mean_is_compared_not_its_parts(values: tuple[str, ...], expected: Verdict) -> None:
    assert verdict(MEAN, *(result(MEAN, value) for value in values)) is expected


def test_a_mean_names_its_parts_and_their_people() -> None:
    parts = [
        result(MEAN, "60", reference="SM-1"),
        replace(result(MEAN, "81", reference="SM-2"), person="Sam"),
    ]
    deciding = judge(MEAN, parts, NOON).deciding
    assert deciding is not None
    assert (deciding.value, deciding.reference, deciding.person) == (
        Decimal("70.5"),
        "mean of SM-1, SM-2",
        "Sam, Tara",
    )


def test_invalid_and_running_parts_are_not_averaged() -> None:
    bad = result(MEAN, "0", status=EvidenceStatus.INVALIDATED)
    assert verdict(MEAN, result(MEAN, "80"), result(MEAN, "70"), bad) is PASS
    assert verdict(MEAN, result(MEAN, "80"), result(MEAN, "70"), result(MEAN, status=EvidenceStatus.RUNNING)) is PENDING
    assert verdict(MEAN, result(MEAN, "80"), result(MEAN, "70"), result(MEAN)) is INVALID


def test_parts_that_ran_out_of_date_are_not_averaged() -> None:
    criterion = replace(MEAN, valid_hours=24)
    later = NOON + 30 * HOUR
    old = result(criterion, "100")
    fresh = [result(criterion, value, sampled_at=later) for value in ("68", "70")]
    assert verdict(criterion, old, *fresh, now=later) is FAIL


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("4", None), ("0.5", Censor.BELOW)], PASS),
        ([("9.6", None), ("0.5", Censor.BELOW)], INVALID),
        ([("11", None), ("0.5", Censor.BELOW)], FAIL),
        ([("1", None), ("2", Censor.ABOVE)], INVALID),
        ([("1", None), ("12", Censor.ABOVE)], FAIL),
    ],
)
def test_with_bounds_in_a_mean_the_exact_part_alone_can_fail(
    parts: list[tuple[str, Censor | None]], expected: Verdict
) -> None:
    criterion = replace(ENDOTOXIN, statistic=Statistic.MEAN_OF_VALID)
    items = [result(criterion, value, censor=censor) for value, censor in parts]
    judgement = judge(criterion, items, NOON)
    assert judgement.verdict is expected
    assert judgement.deciding is not None
    assert judgement.deciding.censor is parts[1][1]


ORDER = [INVALID, NOT_DONE, PENDING]


@pytest.mark.parametrize("verdicts", [pair for size in (1, 2, 3) for pair in product(Verdict, repeat=size)])
def test_groups_fail_pass_or_stay_unknown_as_written(verdicts: tuple[Verdict, ...]) -> None:
    unknown = next((one for one in ORDER if one in verdicts), None)
    assert all_of(verdicts) is (FAIL if FAIL in verdicts else unknown or PASS)
    assert any_of(verdicts) is (PASS if PASS in verdicts else unknown or FAIL)


@given(
    value=st.decimals("0", "200", places=3),
    limit=st.decimals("1", "199", places=3),
    comparator=st.sampled_from([Comparator.BELOW, Comparator.AT_MOST, Comparator.ABOVE, Comparator.AT_LEAST]),
    censor=st.sampled_from([None, *Censor]),
)
def test_a_bound_passes_only_if_every_value_behind_it_would_pass(
    value: Decimal, limit: Decimal, comparator: Comparator, censor: Censor | None
) -> None:
    criterion = with_comparator(comparator, str(limit))
    judged = verdict(criterion, result(criterion, str(value), censor=censor))
    behind = {None: [value], Censor.BELOW: [Decimal(0), value], Censor.ABOVE: [value, Decimal(10**6)]}[censor]
    singly = {verdict(criterion, result(criterion, str(one))) for one in behind}
    assert judged is (singly.pop() if len(singly) == 1 else INVALID)
