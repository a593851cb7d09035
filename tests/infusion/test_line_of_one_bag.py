"""One bag from its order to its empty bag, and what the records say afterwards."""

from __future__ import annotations

import pytest

from app.domain.states import BagState, InfusionState
from tests.line.infusion import Supply, finished, on_the_ward
from tests.world import World


@pytest.mark.requirement("REQ-102")
def test_a_bag_goes_from_its_order_to_the_empty_bag(world: World) -> None:
    ward = on_the_ward(world, supply=Supply(pending=("Sterility, final",)))
    done = finished(world, ward)
    assert (done.bag_state, done.infusion_state) == (BagState.INFUSED, InfusionState.COMPLETED)
    kinds = [row[0] for row in world.rows("SELECT kind FROM custody_event ORDER BY seq")]
    assert kinds == ["fill", "label", "release", "issue", "receive", "check", "infuse", "infuse"]
    assert world.rows("SELECT state FROM dose_order") == [("completed",)]
