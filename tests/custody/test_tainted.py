"""A material recalled after its use: what was made with it goes nowhere, from the same moment, and is called back."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from app.custody import commands
from app.domain.release import BlockerKind
from app.infusion.commands import confirm_dose, start_infusion
from app.jobs import sweep
from app.release.judged import release_case
from app.simulator.line.culture import shelf
from app.simulator.line.release import Product, conditionally_released, quarantined_lot
from tests.custody.ward import state_of
from tests.hostile import refused_by_the_database
from tests.line.custody import issue_request, issued, receive_request
from tests.line.infusion import BED, Ward, banded, brought, checked, confirm_request, confirmed, start_request
from tests.line.materials import recall_lot
from tests.people import CHLOE, NIA, TARA
from tests.safety.rows import check, dose, link, run
from tests.world import World

AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]
MADE_WITH = {
    "serum": "SELECT code FROM material_lot WHERE role = 'serum'",
    "kit": "SELECT code FROM material_lot WHERE role = 'collection_kit'",
}


@pytest.fixture
def released(at_stage: AtStage) -> tuple[World, Product]:
    world, product = at_stage("released_lot", lambda world: conditionally_released(world, shelf(world)))
    assert isinstance(product, Product)
    return world, product


@pytest.mark.requirement("REQ-045")
@pytest.mark.parametrize("what", MADE_WITH)
def test_no_bag_made_with_it_is_issued_any_more(released: tuple[World, Product], what: str) -> None:
    world, product = released
    confirmed(world, product.batch.patient, product.bags[:1])
    ((code,),) = world.rows(MADE_WITH[what])
    recall_lot(world, str(code))
    bag = product.bags[0]
    refusal = world.refused(TARA, commands.issue_bag, issue_request(world, bag))
    assert (refusal.code, refusal.near_miss is not None) == ("material_recalled", True)
    assert "was recalled" in world.client(TARA).get(f"/bags/{bag}").text
    statement, values = link(world, bag, "issue", "issued")
    refused_by_the_database(world, statement, "material_recalled", **values)
    sweep(world.database, world.clock)
    assert {state_of(world, each) for each in product.bags} == {"recalled"}
    reasons = world.rows("SELECT DISTINCT actor_id FROM custody_event WHERE bag_state = 'recalled'")
    assert reasons == [(None,)]


@pytest.mark.requirement("REQ-109")
def test_a_lot_made_with_it_is_not_released(at_stage: AtStage) -> None:
    world, product = at_stage("quarantined", lambda world: quarantined_lot(world, shelf(world)))
    assert isinstance(product, Product)
    ((code,),) = world.rows(MADE_WITH["serum"])
    recall_lot(world, str(code))
    blockers = world.read(release_case, product.lot, world.clock.time).evaluation.blockers
    assert BlockerKind.RECALLED_MATERIAL in {blocker.kind for blocker in blockers}


@pytest.mark.requirement("REQ-045")
def test_a_bag_on_its_way_is_not_received(released: tuple[World, Product]) -> None:
    world, product = released
    confirmed(world, product.batch.patient, product.bags[:1])
    issued(world, product.bags[0])
    asked = receive_request(world, product.bags[0])
    serum_recalled(world)
    assert world.refused(NIA, commands.receive_bag, asked, station=BED).code == "material_recalled"
    assert "was recalled" in world.client(NIA, BED).get(f"/bags/{product.bags[0]}").text
    statement, values = link(world, product.bags[0], "receive", "received")
    refused_by_the_database(world, statement, "material_recalled", **values)


@pytest.fixture
def at_the_bed(released: tuple[World, Product]) -> tuple[World, Ward]:
    """A confirmed dose on the ward; its serum is recalled by the test."""
    world, product = released
    confirmed(world, product.batch.patient, product.bags[:1])
    brought(world, product.bags[0])
    return world, Ward(product.batch.patient, product.bags)


def serum_recalled(world: World) -> None:
    ((code,),) = world.rows(MADE_WITH["serum"])
    recall_lot(world, str(code))


@pytest.mark.requirement("REQ-045")
def test_at_the_bed_it_is_a_stop_by_page_and_api_and_has_no_row_to_stand_in(at_the_bed: tuple[World, Ward]) -> None:
    world, ward = at_the_bed
    band = banded(world, ward)
    serum_recalled(world)
    nia = world.client(NIA, BED)
    form = {"wristband_scan_id": band, "bag": f"{ward.bag}01"}
    page = nia.post("/bedside/bag", data=form | {"request_key": str(uuid4())})
    assert (page.status_code, "STOP" in page.text) == (409, True)
    told = nia.post("/api/v1/bedside/bag", json=form, headers={"Idempotency-Key": str(uuid4())})
    assert (told.status_code, told.json()["type"]) == (409, "urn:veinline:recalled_or_held")
    statement, values = check(world, ward.bag)
    refused_by_the_database(world, statement, "material_recalled", **values)


@pytest.mark.requirement("REQ-045")
def test_a_bag_checked_before_is_not_started_after_the_recall(at_the_bed: tuple[World, Ward]) -> None:
    world, ward = at_the_bed
    checked(world, ward)
    asked = start_request(world, ward)
    serum_recalled(world)
    statement, values = run(world, ward.bag)
    refused_by_the_database(world, statement, "material_recalled", **values)
    assert world.act(NIA, start_infusion, asked, station=BED).stop == "recalled_or_held"
    assert world.rows("SELECT started_at FROM infusion") == [(None,)]


@pytest.mark.requirement("REQ-045")
def test_no_dose_is_made_of_it(released: tuple[World, Product]) -> None:
    world, product = released
    patient = product.batch.patient
    number = confirmed(world, patient, product.bags[:1])
    asked = confirm_request(world, patient, number, product.bags[1:])
    serum_recalled(world)
    assert world.refused(CHLOE, confirm_dose, asked).code == "on_hold"
    statement, values = dose(world, product.bags[1])
    refused_by_the_database(world, statement, "material_recalled", **values)
