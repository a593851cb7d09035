"""A material recalled after its use: what was made with it goes nowhere, from the same moment, and is called back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.custody import commands
from app.domain.release import BlockerKind
from app.jobs import sweep
from app.release.judged import release_case
from app.simulator.line.culture import shelf
from app.simulator.line.release import Product, conditionally_released, quarantined_lot
from tests.custody.ward import state_of
from tests.hostile import refused_by_the_database
from tests.line.custody import issue_request
from tests.line.infusion import confirmed
from tests.line.materials import recall_lot
from tests.people import TARA
from tests.safety.rows import link
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
