"""Every verdict says in words what would change it, and no figure is rounded across a limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.release import (
    Blocker,
    BlockerKind,
    Comparator,
    Criterion,
    Evidence,
    EvidenceStatus,
    Severity,
    Statistic,
    evaluate,
    evaluation_record,
    judge,
    limit_in_words,
    result_in_words,
    summary,
    what_would_change,
)
from app.domain.signing import canonical_record
from app.domain.vocabulary import Censor, TestKind
from tests.domain.release_cases import CELLS, ENDOTOXIN, NOON, STERILITY, VIABILITY, result, specification

WAY_OUT = (
    " Only an invalidation with assignable cause (QA signs) and a valid repeat would change this;"
    " else reject or exceptional release."
)
RECORDED = replace(VIABILITY, label="K562 lysis", limit=Decimal(0), severity=Severity.REPORT)
GRAM = replace(STERILITY, label="Gram stain", test=TestKind.GRAM_STAIN, words=("no_organism",))
MYCOPLASMA = replace(STERILITY, comparator=Comparator.ONE_OF, words=("not_detected", "no_growth"))


def change(criterion: Criterion, *evidence: Evidence) -> str:
    return what_would_change(judge(criterion, evidence, NOON), UTC)


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (VIABILITY, "at least 70%"),
        (ENDOTOXIN, "5 or less"),
        (replace(CELLS, unit="x", limit=Decimal("1.0"), upper=Decimal("5.0")), "1.0 to 5.0"),
        (CELLS, "10 billion to 50 billion cells"),
        (replace(VIABILITY, comparator=Comparator.ABOVE), "more than 70%"),
        (replace(ENDOTOXIN, comparator=Comparator.BELOW), "less than 5"),
        (STERILITY, "no growth"),
        (MYCOPLASMA, "not detected or no growth"),
        (RECORDED, "recorded"),
        (replace(RECORDED, limit=Decimal(20)), "at least 20%"),
        (replace(RECORDED, severity=Severity.MUST), "at least 0%"),
        (replace(RECORDED, comparator=Comparator.AT_MOST), "0% or less"),
    ],
)
def test_a_limit_is_written_in_words(criterion: Criterion, words: str) -> None:
    assert limit_in_words(criterion) == words


@pytest.mark.parametrize(
    ("item", "criterion", "words"),
    [
        (result(VIABILITY, "91.4"), VIABILITY, "91.4%"),
        (result(VIABILITY, "69.96"), VIABILITY, "69.96%"),
        (result(VIABILITY, "69.94"), VIABILITY, "69.9%"),
        (result(VIABILITY, "0"), VIABILITY, "0%"),
        (result(ENDOTOXIN, "0.42", censor=Censor.BELOW), ENDOTOXIN, "less than 0.42 EU/kg/h"),
        (result(ENDOTOXIN, "1.428571428571428571"), ENDOTOXIN, "1.43 EU/kg/h"),
        (result(ENDOTOXIN, "800", censor=Censor.ABOVE), ENDOTOXIN, "at least 800 EU/kg/h"),
        (result(CELLS, "20800000000"), CELLS, "20.8 billion cells"),
        (result(CELLS, "9999600000"), CELLS, "9.9996 billion cells"),
        (result(STERILITY, finding="no_growth"), STERILITY, "no growth"),
        (result(VIABILITY), VIABILITY, "not determinable"),
        (replace(result(ENDOTOXIN, "0.42"), unit=None), ENDOTOXIN, "0.42"),
    ],
)
def test_a_result_is_written_with_its_unit(item: Evidence, criterion: Criterion, words: str) -> None:
    assert result_in_words(item, criterion) == words


@pytest.mark.requirement("REQ-120")
@pytest.mark.parametrize(
    ("comparator", "words"),
    [
        (Comparator.AT_LEAST, "Would fail below 70%."),
        (Comparator.ABOVE, "Would fail at 70% or below."),
        (Comparator.AT_MOST, "Would fail above 70%."),
        (Comparator.BELOW, "Would fail at 70% or above."),
    ],
)
def test_a_pass_says_where_it_would_fail(comparator: Comparator, words: str) -> None:
    criterion = replace(VIABILITY, comparator=comparator)
    value = "80" if comparator in (Comparator.AT_LEAST, Comparator.ABOVE) else "60"
    assert change(criterion, result(criterion, value)) == words


@pytest.mark.parametrize(
    ("criterion", "item", "words"),
    [
        (ENDOTOXIN, result(ENDOTOXIN, "1"), "Would fail above 5 EU/kg/h."),
        (
            CELLS,
            result(CELLS, "20000000000"),
            "Would fail below 10 billion cells or above 50 billion cells.",
        ),
        (GRAM, result(GRAM, finding="no_organism"), "Would fail with any finding but no organism."),
        (RECORDED, result(RECORDED, "58"), "Recorded; it decides nothing."),
    ],
)
def test_a_pass_says_so_for_every_kind_of_limit(criterion: Criterion, item: Evidence, words: str) -> None:
    assert change(criterion, item) == words


def test_a_pass_says_until_when_it_counts_in_the_zone_of_the_site() -> None:
    criterion = replace(VIABILITY, valid_hours=24)
    judgement = judge(criterion, [result(criterion, "91.4")], NOON)
    assert (
        what_would_change(judgement, ZoneInfo("Europe/Berlin"))
        == "Would fail below 70%. Valid until 24 Nov 2026 13:00."
    )


@pytest.mark.parametrize(
    ("criterion", "item", "words"),
    [
        (VIABILITY, result(VIABILITY, "68.2"), "68.2% is below 70%."),
        (
            replace(VIABILITY, comparator=Comparator.ABOVE),
            result(VIABILITY, "70"),
            "70% is not more than 70%.",
        ),
        (ENDOTOXIN, result(ENDOTOXIN, "10"), "10 EU/kg/h is above 5 EU/kg/h."),
        (
            ENDOTOXIN,
            result(ENDOTOXIN, "8", censor=Censor.ABOVE),
            "at least 8 EU/kg/h is above 5 EU/kg/h.",
        ),
        (
            replace(ENDOTOXIN, comparator=Comparator.BELOW),
            result(ENDOTOXIN, "5"),
            "5 EU/kg/h is not less than 5 EU/kg/h.",
        ),
        (CELLS, result(CELLS, "9000000000"), "9 billion cells is below 10 billion cells."),
        (CELLS, result(CELLS, "60000000000"), "60 billion cells is above 50 billion cells."),
        (GRAM, result(GRAM, finding="organism_seen"), "Found organism seen; the limit is no organism."),
    ],
)
def test_a_failure_says_what_missed_which_limit_and_the_only_way_out(
    criterion: Criterion, item: Evidence, words: str
) -> None:
    assert change(criterion, item) == words + WAY_OUT


def test_a_pending_sterility_says_when_it_is_due_and_what_is_known() -> None:
    item = replace(
        result(STERILITY, finding="no_growth", status=EvidenceStatus.RUNNING),
        measured_at=NOON + timedelta(days=3, hours=2),
        due_at=NOON + timedelta(days=14),
    )
    assert change(STERILITY, item) == "Final sterility due 7 Dec 2026 12:00; no growth on day 3."
    assert change(STERILITY, replace(item, finding=None)) == "Final sterility due 7 Dec 2026 12:00."
    assert change(STERILITY, replace(item, measured_at=None)) == "Final sterility due 7 Dec 2026 12:00."
    assert change(STERILITY, replace(item, due_at=None)) == "Final sterility is still to come; no growth on day 3."


def test_a_day_is_counted_for_sterility_only() -> None:
    item = result(GRAM, finding="no_organism", status=EvidenceStatus.RUNNING)
    assert change(GRAM, item) == "Gram stain is still to come; no organism."


def test_what_was_not_done_says_so() -> None:
    assert change(ENDOTOXIN) == "No endotoxin result."


def test_what_ran_out_of_date_says_since_when() -> None:
    criterion = replace(VIABILITY, valid_hours=24)
    item = result(criterion, "90", sampled_at=NOON - timedelta(hours=30))
    assert change(criterion, item) == "The viability result counted until 23 Nov 2026 06:00. Repeat the test."


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (
            replace(
                result(ENDOTOXIN, status=EvidenceStatus.CONTROL_FAILED),
                note="spontaneous release 34%, limit 30%",
            ),
            "Control failed: spontaneous release 34%, limit 30%. Repeat the run.",
        ),
        (result(ENDOTOXIN, status=EvidenceStatus.CONTROL_FAILED), "Control failed: SM-1. Repeat the run."),
        (
            replace(result(ENDOTOXIN, status=EvidenceStatus.INVALIDATED), note="wrong dilution"),
            "The run was invalidated: wrong dilution. Repeat the run.",
        ),
        (
            result(ENDOTOXIN, status=EvidenceStatus.INVALIDATED),
            "The run was invalidated: SM-1. Repeat the run.",
        ),
        (
            result(ENDOTOXIN, "8", censor=Censor.BELOW),
            "Less than 8 EU/kg/h does not show whether the limit is met: test not sensitive enough. Repeat it.",
        ),
        (
            replace(result(ENDOTOXIN, "0.1"), unit="EU/mL"),
            "0.1 EU/mL cannot be compared with 5 or less. Correct the entry.",
        ),
        (result(ENDOTOXIN), "The result is not determinable. Repeat the run."),
    ],
)
def test_an_invalid_result_says_why_and_what_to_do(item: Evidence, words: str) -> None:
    assert change(ENDOTOXIN, item) == words


def test_a_mean_that_fails_says_the_mean() -> None:
    criterion = replace(VIABILITY, statistic=Statistic.MEAN_OF_VALID)
    assert change(criterion, result(criterion, "60"), result(criterion, "70")).startswith("65% is below 70%.")


def test_the_sentence_above_the_criteria_counts_every_verdict() -> None:
    criteria = [
        VIABILITY,
        ENDOTOXIN,
        CELLS,
        STERILITY,
        replace(VIABILITY, key="a", analyte="a"),
        replace(VIABILITY, key="b", analyte="b", severity=Severity.REPORT),
    ]
    evidence = [
        result(VIABILITY, "90"),
        result(ENDOTOXIN, "9"),
        result(CELLS),
        result(STERILITY, status=EvidenceStatus.RUNNING),
    ]
    evaluation = evaluate(specification(*criteria), evidence, [], NOON)
    assert summary(evaluation) == "1 of 5 criteria pass, 1 failed, 1 invalid, 1 not done, 1 pending."
    assert summary(evaluate(specification(VIABILITY), evidence, [], NOON)) == "1 of 1 criteria pass."


@pytest.mark.requirement("REQ-120")
def test_the_record_to_sign_holds_what_was_shown_and_does_not_change_with_the_clock() -> None:
    blockers = [Blocker(BlockerKind.HOLD, "lot PD-1")]
    evidence = [result(VIABILITY, "91.4")]
    first = evaluate(specification(VIABILITY, STERILITY), evidence, blockers, NOON)
    second = evaluate(specification(VIABILITY, STERILITY), evidence, blockers, NOON + timedelta(minutes=5))
    record = canonical_record(evaluation_record(first, UTC))
    assert record == canonical_record(evaluation_record(second, UTC))
    for shown in ("91.4", "Would fail below 70%.", "No final sterility result.", "PMC5993622", "LAK-EXAMPLE 4 EXAMPLE"):
        assert shown.encode() in record
    assert b"A hold stands on lot PD-1. QA must lift it first." in record
    changed = evaluate(specification(VIABILITY, STERILITY), [result(VIABILITY, "91.5")], blockers, NOON)
    assert canonical_record(evaluation_record(changed, UTC)) != record


@given(st.decimals("69", "71", places=6))
def test_a_shown_viability_is_on_the_same_side_of_its_limit_as_the_measured_one(value: Decimal) -> None:
    shown = Decimal(result_in_words(result(VIABILITY, str(value)), VIABILITY).removesuffix("%"))
    assert (shown >= 70, shown == 70) == (value >= 70, value == 70)
