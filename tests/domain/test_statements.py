"""Which statements a label carries: the golden grid, and that the shipped rules say what the source table says."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.labels.rules import LabelRules, requirements
from app.domain.labels.statements import (
    DEMO,
    CitationStatus,
    Condition,
    DonorTesting,
    Placement,
    Stage,
    Standing,
    Statement,
    StatementFacts,
    StatementRule,
    Switch,
    claim_in,
)
from app.label_rules.versions.shipped import facts_of_case, shipped_cases, shipped_rules

FOLDER = Path(__file__).parent / "vectors"
RULES = shipped_rules()


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))


CASES = rows("label_statement_cases.csv")
SOURCE = {row["id"]: row for row in rows("label_statements.csv")}


def changed(statement: str, **columns: object) -> LabelRules:
    rule = next(one for one in RULES.statements if one.id == statement)
    return RULES.with_statement(replace(rule, **columns))  # type: ignore[arg-type]  the columns of a rule


def rules_of(case: dict[str, str]) -> LabelRules:
    """The shipped rules; with the site's switch of LS-04 as the case has it."""
    return changed("LS-04", switch=Switch(case["advise_switch"]))


def required_statements(facts: StatementFacts) -> tuple[Statement, ...]:
    return requirements(RULES, facts).statements


@pytest.mark.requirement("REQ-056", "REQ-069")
@pytest.mark.parametrize("case", [one for one in CASES if one["valid"] == "yes"], ids=lambda one: one["case_id"])
def test_a_label_carries_exactly_its_statements(case: dict[str, str]) -> None:
    shown = [
        f"{one.id}({one.subject}):{one.placement}" if one.subject else f"{one.id}:{one.placement}"
        for one in requirements(rules_of(case), facts_of_case(case)).statements
    ]
    assert "|".join(shown) == case["expected"]


@pytest.mark.requirement("REQ-056")
@pytest.mark.parametrize("case", [one for one in CASES if one["valid"] == "no"], ids=lambda one: one["case_id"])
def test_facts_that_contradict_each_other_make_no_label(case: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        requirements(rules_of(case), facts_of_case(case))


def test_the_grid_is_whole() -> None:
    assert len(CASES) == 58
    assert sum(one["valid"] == "no" for one in CASES) == 10


@pytest.mark.parametrize("rule", RULES.statements, ids=lambda rule: rule.id)
def test_the_shipped_rules_say_what_the_source_says(rule: StatementRule) -> None:
    source = SOURCE[rule.id]
    placements = {stage: source[stage.value] for stage in Stage if source[stage.value]}
    assert {stage: placement.value for stage, placement in rule.placements.items()} == placements
    assert (rule.citation, rule.status, rule.switch) == (source["citation"], source["status"], source["switch"])
    assert rule.placement_source == source["stage_source"]
    assert rule.excludes == frozenset(filter(None, source["excludes"].split("; ")))
    if rule.id != "LS-03":  # the source names the legend of 21 CFR 1271.3(h): a symbol and its word
        assert rule.text == source["text"]


def test_no_statement_of_the_source_is_missing() -> None:
    assert [rule.id for rule in RULES.statements] == [id_ for id_ in SOURCE if id_ != "LS-16"]


@pytest.fixture
def released() -> StatementFacts:
    return facts_of_case(next(one for one in CASES if one["case_id"] == "LC-26"))


def test_each_reactive_agent_has_its_own_line(released: StatementFacts) -> None:
    found = required_statements(replace(released, reactive_agents=("hepatitis B", "cytomegalovirus")))
    texts = [one.text for one in found if one.id == "LS-05"]
    assert texts == [
        "WARNING: Reactive test results for hepatitis B",
        "WARNING: Reactive test results for cytomegalovirus",
    ]


def test_pending_tests_are_named_in_capitals(released: StatementFacts) -> None:
    facts = replace(released, standing=Standing.CONDITIONAL, pending_tests=("sterility", "mycoplasma"))
    assert "STERILITY, MYCOPLASMA PENDING - CONDITIONAL RELEASE" in [one.text for one in required_statements(facts)]


@pytest.mark.requirement("REQ-072")
def test_a_bag_that_does_not_meet_its_specification_says_so(released: StatementFacts) -> None:
    found = required_statements(replace(released, standing=Standing.EXCEPTIONAL))
    notice = next(one for one in found if one.id == "LS-13")
    assert notice.placement is Placement.AFFIXED
    assert notice.text.startswith("DOES NOT MEET SPECIFICATION")


def test_a_conditional_release_names_what_is_pending(released: StatementFacts) -> None:
    with pytest.raises(Invalid, match="pending"):
        required_statements(replace(released, standing=Standing.CONDITIONAL))


@pytest.mark.parametrize("standing", [Standing.RELEASED, Standing.RELEASED_FINAL])
def test_a_released_product_has_nothing_pending(released: StatementFacts, standing: Standing) -> None:
    with pytest.raises(Invalid, match="no pending test"):
        required_statements(replace(released, standing=standing, pending_tests=("sterility",)))


def test_demo_data_says_so_at_every_stage(released: StatementFacts) -> None:
    for stage in Stage:
        found = required_statements(replace(released, stage=stage, is_demo=True))
        assert "LS-15" in [one.id for one in found]


@pytest.mark.parametrize("text", ["Safe and well", "proven LAK", "EFFECTIVE in melanoma", "shows efficacy"])
def test_a_claim_of_effect_is_found(text: str) -> None:
    assert claim_in(text) is not None


@pytest.mark.parametrize("rule", [rule.text for rule in RULES.statements] + ["LAK cells", "Safeguard hall"])
def test_no_statement_of_ours_is_a_claim(rule: str) -> None:
    assert claim_in(rule) is None


def test_the_demo_statement_is_what_the_band_of_every_label_says() -> None:
    assert next(rule.text for rule in RULES.statements if rule.condition is Condition.DEMO) == DEMO


def test_the_cases_a_change_is_tried_on_are_those_of_the_grid() -> None:
    wanted = {one["case_id"]: facts_of_case(one) for one in CASES if one["valid"] == "yes" and one["group"] != "switch"}
    assert dict(shipped_cases()) == wanted


FACTS = st.builds(
    StatementFacts,
    stage=st.sampled_from(Stage),
    is_same_person=st.just(value=True),
    donor_testing=st.sampled_from([DonorTesting.PART, DonorTesting.ALL]),
    is_screening_complete=st.booleans(),
    reactive_agents=st.lists(st.sampled_from(["HIV", "{tests}", "{agent}", "HCV"]), max_size=3, unique=True).map(tuple),
    has_risk_factor=st.booleans(),
    is_ind=st.booleans(),
    is_licensed=st.just(value=False),
    standing=st.sampled_from([Standing.NONE, Standing.EXCEPTIONAL, Standing.RESEARCH]),
    pending_tests=st.lists(st.sampled_from(["sterility", "{agent}"]), max_size=2, unique=True).map(tuple),
    has_expiry=st.booleans(),
    is_demo=st.booleans(),
)


@given(FACTS)
def test_whatever_the_product_is_its_statements_are_those_of_rows_that_apply(facts: StatementFacts) -> None:
    due = required_statements(facts)
    by_id = {rule.id: rule for rule in RULES.statements}
    for one in due:
        rule = by_id[one.id]
        assert rule.applies(facts)
        assert one.placement is rule.placements[facts.stage]
    for rule in RULES.statements:
        count = len(facts.reactive_agents) if rule.id == "LS-05" else 1
        is_due = rule.applies(facts) and facts.stage in rule.placements
        assert sum(one.id == rule.id for one in due) == (count if is_due else 0)


def test_a_statement_switched_off_is_not_printed(released: StatementFacts) -> None:
    rules = changed("LS-10", switch=Switch.OFF)
    assert "LS-10" in [one.id for one in required_statements(released)]
    assert "LS-10" not in [one.id for one in requirements(rules, released).statements]


SLIPS: list[tuple[str, dict[str, object], str]] = [
    ("LS-12", {"text": "TESTS PENDING"}, "product_statement"),
    ("LS-15", {"switch": Switch.OFF}, "product_statement"),
    ("LS-09", {"status": CitationStatus.PRODUCT}, "product_statement"),
    ("LS-09", {"text": "A safe product"}, "label_claims_effect"),
    ("LS-09", {"text": "May transmit {agent}"}, "statement_with_gap"),
    ("LS-05", {"text": "WARNING: Reactive test results"}, "statement_with_gap"),
    ("LS-05", {"text": "Reactive for {agent.__class__}"}, "statement_with_gap"),
    ("LS-05", {"condition": Condition.EVERY_LABEL}, "statement_with_gap"),
    ("LS-09", {"excludes": frozenset({"LS-99"})}, "excludes_unknown"),
    ("LS-09", {"excludes": frozenset({"LS-09"})}, "excludes_unknown"),
]


@pytest.mark.parametrize(("statement", "columns", "code"), SLIPS)
def test_a_row_no_label_could_follow_is_refused(statement: str, columns: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        changed(statement, **columns)
    assert refused.value.code == code


def test_a_statement_no_label_has_a_place_for_is_refused() -> None:
    with pytest.raises(Invalid, match="place for a statement LS-99"):
        RULES.with_statement(replace(RULES.statements[0], id="LS-99"))
