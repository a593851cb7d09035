"""Which statements a label carries: the golden grid, and that our table says what the source table says."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Invalid
from app.domain.labels.statements import (
    RULES,
    DonorTesting,
    Placement,
    Rule,
    Stage,
    Standing,
    StatementFacts,
    claim_in,
    required_statements,
)

FOLDER = Path(__file__).parent / "vectors"


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))


CASES = rows("label_statement_cases.csv")
SOURCE = {row["id"]: row for row in rows("label_statements.csv")}


def facts_of(case: dict[str, str]) -> StatementFacts:
    return StatementFacts(
        stage=Stage(case["stage"]),
        is_same_person=case["same_person"] == "y",
        donor_testing=DonorTesting(case["donor_tested"]),
        is_screening_complete=case["screening_complete"] == "y",
        reactive_agents=tuple(f"agent {number + 1}" for number in range(int(case["reactive_agents"]))),
        has_risk_factor=case["risk_factor"] == "y",
        is_ind=case["ind"] == "y",
        is_licensed=case["licensed"] == "y",
        standing=Standing(case["release_state"]),
        pending_tests=tuple(filter(None, case["pending_tests"].split(", "))),
        advises_on_disease_risks=case["advise_switch"] == "on",
        is_demo=case["demo"] == "y",
    )


@pytest.mark.requirement("REQ-056", "REQ-069")
@pytest.mark.parametrize("case", [one for one in CASES if one["valid"] == "yes"], ids=lambda one: one["case_id"])
def test_a_label_carries_exactly_its_statements(case: dict[str, str]) -> None:
    shown = [
        f"{one.id}({one.subject}):{one.placement}" if one.subject else f"{one.id}:{one.placement}"
        for one in required_statements(facts_of(case))
    ]
    assert "|".join(shown) == case["expected"]


@pytest.mark.requirement("REQ-056")
@pytest.mark.parametrize("case", [one for one in CASES if one["valid"] == "no"], ids=lambda one: one["case_id"])
def test_facts_that_contradict_each_other_make_no_label(case: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        required_statements(facts_of(case))


def test_the_grid_is_whole() -> None:
    assert len(CASES) == 58
    assert sum(one["valid"] == "no" for one in CASES) == 10


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_our_table_says_what_the_source_says(rule: Rule) -> None:
    source = SOURCE[rule.id]
    placements = {stage: source[stage.value] for stage in Stage if source[stage.value]}
    assert {stage: placement.value for stage, placement in rule.placements.items()} == placements
    assert rule.citation == source["citation"]
    assert rule.excludes == frozenset(filter(None, source["excludes"].split("; ")))
    if rule.id != "LS-03":  # the source names the legend of 21 CFR 1271.3(h): a symbol and its word
        assert rule.text == source["text"]


def test_no_statement_of_the_source_is_missing() -> None:
    assert [rule.id for rule in RULES] == [id_ for id_ in SOURCE if id_ != "LS-16"]


@pytest.fixture
def released() -> StatementFacts:
    return facts_of(next(one for one in CASES if one["case_id"] == "LC-26"))


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


@pytest.mark.parametrize("rule", [rule.text for rule in RULES] + ["LAK cells", "Safeguard hall"])
def test_no_statement_of_ours_is_a_claim(rule: str) -> None:
    assert claim_in(rule) is None
