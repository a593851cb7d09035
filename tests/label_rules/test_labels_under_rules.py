"""A label names the version of the rules it was made with: a reprint keeps it, new words take the one in force."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from app.domain.labels.statements import Placement, Switch
from app.label_rules import commands as rules
from app.labels import commands
from app.labels.queries.paper import label_pdf
from app.labels.schemas import PrintLabel
from app.simulator.line.label_rules import adopted_rules
from tests.hostile import refused_by_the_database
from tests.label_rules.test_approval import drafted, element, statement
from tests.labels.test_copies import CREASED, filled, spoil
from tests.people import SAM, TARA
from tests.world import World

AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]


@pytest.fixture
def bagged(at_stage: AtStage) -> tuple[World, str]:
    """A laboratory with filled bags, and the first of them."""
    world, bag = at_stage("filled_bags", filled)
    assert isinstance(bag, str)
    return world, bag


def content(world: World, bag: str, number: int) -> dict[str, object]:
    look = "SELECT content FROM label WHERE code = :code AND print_number = :number"
    ((words,),) = world.rows(look, code=bag, number=number)
    kept = json.loads(str(words))
    assert isinstance(kept, dict)
    return kept


def adopted(world: World, **changed: object) -> int:
    version = drafted(world)
    world.act(SAM, rules.change_statement, statement(version, "LS-10", **changed))
    return adopted_rules(world, version)


@pytest.mark.requirement("REQ-056")
def test_a_reprint_keeps_the_rules_it_was_made_with(bagged: tuple[World, str]) -> None:
    world, bag = bagged
    world.act(TARA, commands.print_label, PrintLabel(code=bag))
    version = adopted(world, switch=Switch.OFF)
    world.act(TARA, commands.spoil_label, spoil(bag))
    assert world.act(TARA, commands.print_label, PrintLabel(code=bag, reason=CREASED)).state.value == "sent"
    first, again = content(world, bag, 1)["required"], content(world, bag, 2)["required"]
    assert first == again
    assert isinstance(first, dict)
    assert first["rules_version"] == 1
    assert "LS-10" in [one["id"] for one in first["statements"]]
    ((other,),) = world.rows("SELECT code FROM bag WHERE code <> :bag ORDER BY code LIMIT 1", bag=bag)
    world.act(TARA, commands.print_label, PrintLabel(code=str(other)))
    made_new = content(world, str(other), 1)["required"]
    assert isinstance(made_new, dict)
    assert made_new["rules_version"] == version
    assert "LS-10" not in [one["id"] for one in made_new["statements"]]


@pytest.mark.requirement("REQ-056")
def test_without_approved_rules_no_label_is_made_and_the_page_says_so(bagged: tuple[World, str]) -> None:
    world, bag = bagged
    world.sql("UPDATE label_rule_set SET state = 'retired'")
    refused = world.refused(TARA, commands.print_label, PrintLabel(code=bag))
    assert refused.code == "no_label_rules"
    assert "No label rules are approved" in world.client(TARA).get(f"/labels/{bag}").text
    assert world.rows("SELECT count(*) FROM label WHERE code = :bag", bag=bag) == [(0,)]
    assert "No version is in force" in world.client(SAM).get("/label-rules").text


@pytest.mark.requirement("REQ-056")
def test_a_label_that_lacks_an_element_of_its_stage_is_refused_by_name(bagged: tuple[World, str]) -> None:
    world, bag = bagged
    version = drafted(world)
    world.act(SAM, rules.change_element, element(version, distribution=Placement.AFFIXED))
    adopted_rules(world, version)
    assert world.act(TARA, commands.print_label, PrintLabel(code=bag)).state.value == "refused"
    ((why,),) = world.rows("SELECT refused_why FROM label WHERE code = :bag", bag=bag)
    assert "lacks the ABO and Rh of the donor (AF), which distribution needs" in str(why)


def test_the_page_of_a_label_names_its_rules_and_what_goes_with_the_product(bagged: tuple[World, str]) -> None:
    world, bag = bagged
    page = world.client(TARA).get(f"/labels/{bag}").text
    assert "Label rules, version 1" in page
    assert "Goes with the product" in page
    assert "ABO and Rh of the donor" in page


@pytest.mark.requirement("REQ-103")
def test_a_label_keeps_what_drew_and_read_it(bagged: tuple[World, str]) -> None:
    world, bag = bagged
    world.act(TARA, commands.print_label, PrintLabel(code=bag))
    ((kept,),) = world.rows("SELECT proven_with FROM label WHERE code = :bag", bag=bag)
    for said in ("template bag", "label rules 1", "fonts ", "zxing-cpp "):
        assert said in str(kept)
    ((event,),) = world.rows("SELECT canon FROM ledger_event ORDER BY id DESC LIMIT 1")
    assert str(kept) in str(event)
    with world.database.reading() as db:
        assert label_pdf(db, bag, 1)
    refused_by_the_database(world, "UPDATE label SET proven_with = 'another'", "proof_is_settled")
