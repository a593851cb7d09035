"""What a lot may become: every condition deciding alone, every blocker named, nothing unknown released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid, SpecificationNotMet
from app.domain.release import (
    NEVER_ACCEPTED,
    Blocker,
    BlockerKind,
    Criterion,
    Evaluation,
    Evidence,
    EvidenceStatus,
    Outcome,
    Severity,
    Timing,
    Verdict,
    evaluate,
    require_conditional_parts,
    require_outcome,
)
from app.domain.vocabulary import ReleaseKind
from tests.domain.release_cases import ENDOTOXIN, NOON, STERILITY, VIABILITY, result, specification

LATER = replace(VIABILITY, key="later", analyte="later", timing=Timing.MAY_BE_PENDING)
REPORTED = replace(VIABILITY, key="reported", analyte="reported", severity=Severity.REPORT)
ONE = replace(VIABILITY, key="one", label="one", analyte="one", any_of="potency", timing=Timing.MAY_BE_PENDING)
OTHER = replace(ONE, key="other", label="other", analyte="other")
PASS, FAIL, INVALID, NOT_DONE, PENDING = Verdict.PASS, Verdict.FAIL, Verdict.INVALID, Verdict.NOT_DONE, Verdict.PENDING


def evidence_of(criterion: Criterion, verdict: Verdict) -> list[Evidence]:
    made = {
        PASS: [result(criterion, "90")],
        FAIL: [result(criterion, "10")],
        INVALID: [result(criterion, status=EvidenceStatus.CONTROL_FAILED)],
        NOT_DONE: [],
        PENDING: [result(criterion, status=EvidenceStatus.RUNNING)],
    }
    return made[verdict]


def evaluated(verdicts: Mapping[Criterion, Verdict], *blockers: BlockerKind) -> Evaluation:
    evidence = [item for criterion, verdict in verdicts.items() for item in evidence_of(criterion, verdict)]
    named = [Blocker(kind, "PD-1") for kind in blockers]
    return evaluate(specification(*verdicts), evidence, named, NOON)


@pytest.mark.requirement("REQ-051")
@pytest.mark.parametrize(
    ("before", "later", "expected"),
    [
        (PASS, PASS, Outcome.ELIGIBLE),
        (PASS, PENDING, Outcome.CONDITIONAL_ELIGIBLE),
        (PENDING, PASS, Outcome.BLOCKED),
        (PASS, NOT_DONE, Outcome.BLOCKED),
        (NOT_DONE, PASS, Outcome.BLOCKED),
        (PASS, INVALID, Outcome.BLOCKED),
        (INVALID, PASS, Outcome.BLOCKED),
        (PASS, FAIL, Outcome.NOT_ELIGIBLE),
        (FAIL, PASS, Outcome.NOT_ELIGIBLE),
        (FAIL, NOT_DONE, Outcome.NOT_ELIGIBLE),
        (INVALID, FAIL, Outcome.NOT_ELIGIBLE),
        (PENDING, PENDING, Outcome.BLOCKED),
        (NOT_DONE, PENDING, Outcome.BLOCKED),
    ],
)
def test_the_first_row_that_applies_is_the_outcome(before: Verdict, later: Verdict, expected: Outcome) -> None:
    assert evaluated({VIABILITY: before, LATER: later}).outcome is expected


@pytest.mark.parametrize("verdict", Verdict)
def test_a_reported_criterion_never_decides(verdict: Verdict) -> None:
    evaluation = evaluated({VIABILITY: PASS, REPORTED: verdict})
    assert evaluation.outcome is Outcome.ELIGIBLE
    assert [line.title for line in evaluation.lines] == ["Viability"]
    assert evaluation.judgements[1].verdict is verdict


@pytest.mark.requirement("REQ-063")
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (PASS, FAIL, Outcome.ELIGIBLE),
        (FAIL, PASS, Outcome.ELIGIBLE),
        (PASS, PENDING, Outcome.ELIGIBLE),
        (FAIL, FAIL, Outcome.NOT_ELIGIBLE),
        (FAIL, PENDING, Outcome.CONDITIONAL_ELIGIBLE),
        (INVALID, PENDING, Outcome.BLOCKED),
        (NOT_DONE, FAIL, Outcome.BLOCKED),
    ],
)
def test_of_a_group_one_passing_is_enough(one: Verdict, other: Verdict, expected: Outcome) -> None:
    evaluation = evaluated({VIABILITY: PASS, ONE: one, OTHER: other})
    assert evaluation.outcome is expected
    assert [line.title for line in evaluation.lines] == ["Viability", "One or Other"]


def test_the_pending_tests_are_those_that_would_still_decide() -> None:
    assert [one.criterion.key for one in evaluated({VIABILITY: PASS, ONE: PASS, OTHER: PENDING}).pending] == []
    assert [one.criterion.key for one in evaluated({VIABILITY: PASS, ONE: FAIL, OTHER: PENDING}).pending] == ["other"]
    assert [one.criterion.key for one in evaluated({VIABILITY: PASS, REPORTED: PENDING}).pending] == []


@pytest.mark.requirement("REQ-109")
@pytest.mark.parametrize("kind", BlockerKind)
def test_each_blocker_alone_blocks_and_is_named(kind: BlockerKind) -> None:
    clear, blocked = evaluated({VIABILITY: PASS}), evaluated({VIABILITY: PASS}, kind)
    require_outcome(clear, ReleaseKind.RELEASE)
    assert blocked.outcome is Outcome.BLOCKED
    with pytest.raises(SpecificationNotMet) as caught:
        require_outcome(blocked, ReleaseKind.RELEASE)
    assert caught.value.code == "lot_is_blocked"
    assert blocked.blockers[0].sentence in caught.value.sentence
    assert "PD-1" in blocked.blockers[0].sentence


def test_a_failure_counts_before_a_blocker() -> None:
    assert evaluated({VIABILITY: FAIL}, BlockerKind.HOLD).outcome is Outcome.NOT_ELIGIBLE


def test_a_blocker_counts_before_a_pending_test() -> None:
    assert evaluated({VIABILITY: PASS, LATER: PENDING}, BlockerKind.HOLD).outcome is Outcome.BLOCKED


@pytest.mark.parametrize("kind", BlockerKind)
def test_an_exceptional_release_accepts_a_blocker_unless_it_is_absolute(kind: BlockerKind) -> None:
    evaluation = evaluated({VIABILITY: FAIL}, kind)
    absolute = {"consent_withdrawn", "ledger_unreadable", "identity_doubt", "example_specification"}
    assert {kind.value for kind in NEVER_ACCEPTED} == absolute
    if kind.value in absolute:
        with pytest.raises(SpecificationNotMet) as caught:
            require_outcome(evaluation, ReleaseKind.EXCEPTIONAL)
        assert caught.value.code == "never_accepted"
        assert caught.value.sentence == evaluation.blockers[0].sentence
    else:
        require_outcome(evaluation, ReleaseKind.EXCEPTIONAL)


@pytest.mark.parametrize("later", [PASS, PENDING])
def test_an_exceptional_release_is_no_way_round_an_ordinary_one(later: Verdict) -> None:
    with pytest.raises(SpecificationNotMet, match="instead"):
        require_outcome(evaluated({VIABILITY: PASS, LATER: later}), ReleaseKind.EXCEPTIONAL)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_lot_can_always_be_rejected(verdict: Verdict) -> None:
    require_outcome(evaluated({VIABILITY: verdict}, BlockerKind.HOLD), ReleaseKind.REJECT)


def test_a_conditional_release_needs_something_pending_and_nothing_else_open() -> None:
    require_outcome(evaluated({VIABILITY: PASS, LATER: PENDING}), ReleaseKind.CONDITIONAL)
    with pytest.raises(SpecificationNotMet, match="Release the lot instead"):
        require_outcome(evaluated({VIABILITY: PASS, LATER: PASS}), ReleaseKind.CONDITIONAL)
    with pytest.raises(SpecificationNotMet, match=r"cannot be released conditionally\. Viability: fail\."):
        require_outcome(evaluated({VIABILITY: FAIL, LATER: PENDING}), ReleaseKind.CONDITIONAL)


def test_an_ordinary_release_with_a_pending_test_names_it() -> None:
    with pytest.raises(SpecificationNotMet) as caught:
        require_outcome(evaluated({ENDOTOXIN: PENDING, VIABILITY: NOT_DONE}), ReleaseKind.RELEASE)
    assert caught.value.sentence == "The lot cannot be released. Endotoxin: pending. Viability: not done."


PENDING_STERILITY = replace(result(STERILITY, finding="no_growth", status=EvidenceStatus.RUNNING), reference="SM-9")


def conditional(sterility: Evidence) -> Evaluation:
    return evaluate(specification(VIABILITY, STERILITY), [result(VIABILITY, "90"), sterility], [], NOON)


@pytest.mark.requirement("REQ-060")
def test_a_conditional_release_with_all_its_parts_is_accepted() -> None:
    evaluation = conditional(PENDING_STERILITY)
    assert evaluation.outcome is Outcome.CONDITIONAL_ELIGIBLE
    require_conditional_parts(evaluation, action_plan="Call, culture, treat", on_call_contact="Dr Osei, ext. 55 512")


@pytest.mark.requirement("REQ-060")
@pytest.mark.parametrize(
    ("sterility", "plan", "contact", "missing"),
    [
        (replace(PENDING_STERILITY, finding=None), "plan", "Osei 555", "the interim reading of final sterility"),
        (PENDING_STERILITY, None, "Osei 555", "the action plan"),
        (PENDING_STERILITY, "  ", "Osei 555", "the action plan"),
        (PENDING_STERILITY, "plan", None, "contact with telephone number"),
        (PENDING_STERILITY, "plan", "Osei 55", "contact with telephone number"),
    ],
)
def test_every_missing_part_of_a_conditional_release_is_named(
    sterility: Evidence, plan: str | None, contact: str | None, missing: str
) -> None:
    with pytest.raises(SpecificationNotMet, match=missing) as caught:
        require_conditional_parts(conditional(sterility), action_plan=plan, on_call_contact=contact)
    assert caught.value.code == "conditional_part_missing"
    assert caught.value.sentence.count(",") == 0


def test_a_pending_test_other_than_sterility_needs_no_interim_reading() -> None:
    require_conditional_parts(evaluated({VIABILITY: PASS, LATER: PENDING}), action_plan="plan", on_call_contact="555")


def test_all_missing_parts_are_named_at_once() -> None:
    with pytest.raises(SpecificationNotMet) as caught:
        require_conditional_parts(
            conditional(replace(PENDING_STERILITY, finding=None)), action_plan=None, on_call_contact=None
        )
    assert caught.value.sentence.count(",") == 2


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(Invalid):
        evaluate(specification(VIABILITY), [], [], datetime(2026, 11, 23))  # noqa: DTZ001  refused


@given(st.lists(st.sampled_from(Verdict), min_size=3, max_size=3), st.booleans())
def test_nothing_is_eligible_while_anything_that_decides_is_not_a_pass(verdicts: list[Verdict], is_held: bool) -> None:
    criteria = dict(zip((VIABILITY, ENDOTOXIN_AS_PERCENT, LATER), verdicts, strict=True))
    evaluation = evaluated(criteria, *([BlockerKind.HOLD] if is_held else []))
    assert (evaluation.outcome is Outcome.ELIGIBLE) == (set(verdicts) == {PASS} and not is_held)


ENDOTOXIN_AS_PERCENT = replace(VIABILITY, key="second", analyte="second")


@given(st.integers(-200, 200))
def test_the_outcome_is_the_same_for_the_same_facts_at_any_time_without_validity(hours: int) -> None:
    evidence = [result(VIABILITY, "90")]
    then = evaluate(specification(VIABILITY), evidence, [], NOON + timedelta(hours=hours))
    assert then.outcome is Outcome.ELIGIBLE
    assert then.judgements[0].evidence[0].value == Decimal(90)


AGES = replace(VIABILITY, valid_hours=24)
AGES_SOONER = replace(VIABILITY, key="sooner", analyte="sooner", valid_hours=6)
REPORT_AGES = replace(REPORTED, valid_hours=1)


@pytest.mark.requirement("REQ-051")
@pytest.mark.parametrize(
    ("verdicts", "hours"),
    [
        ({VIABILITY: PASS}, None),
        ({AGES: PASS}, 24),
        ({AGES: PASS, AGES_SOONER: PASS, LATER: PASS}, 6),
        ({AGES: PASS, REPORT_AGES: PASS}, 24),
        ({replace(ONE, valid_hours=6): PASS, replace(OTHER, valid_hours=24): PASS}, 24),
        ({replace(ONE, valid_hours=6): PASS, OTHER: PASS}, None),
        ({replace(ONE, valid_hours=6): PASS, replace(OTHER, valid_hours=24): PENDING}, 6),
        ({AGES: FAIL, AGES_SOONER: NOT_DONE}, None),
    ],
)
def test_an_evaluation_holds_until_its_first_line_grows_old(
    verdicts: Mapping[Criterion, Verdict], hours: int | None
) -> None:
    expected = None if hours is None else NOON + timedelta(hours=hours)
    assert evaluated(verdicts).valid_until == expected
