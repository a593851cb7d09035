"""One bag from its order to its empty bag, and what the records say afterwards."""

from __future__ import annotations

from itertools import product
from typing import cast

import pytest

from app.domain.infusion import StopCode
from app.domain.states import BagState, InfusionState
from tests.line.culture import shelf
from tests.line.infusion import (
    Supply,
    Ward,
    banded,
    brought,
    confirmed,
    finished,
    on_the_ward,
    scanned,
)
from tests.line.patients import INGRID, JAMES, MARTA
from tests.line.release import conditionally_released
from tests.world import World


@pytest.mark.requirement("REQ-102")
def test_a_bag_goes_from_its_order_to_the_empty_bag(world: World) -> None:
    ward = on_the_ward(world, supply=Supply(pending=("Sterility, final",)))
    done = finished(world, ward)
    assert (done.bag_state, done.infusion_state) == (BagState.INFUSED, InfusionState.COMPLETED)
    kinds = [row[0] for row in world.rows("SELECT kind FROM custody_event ORDER BY seq")]
    assert kinds == ["fill", "label", "release", "issue", "receive", "check", "infuse", "infuse"]
    assert world.rows("SELECT state FROM dose_order") == [("completed",)]


def test_the_whole_line_from_arm_to_arm_by_real_commands(sqlite_world: World) -> None:
    world = sqlite_world
    made = conditionally_released(world, shelf(world))
    ward = Ward(made.batch.patient, made.bags)
    confirmed(world, ward.patient, ward.bags[:1])
    brought(world, ward.bag)
    assert finished(world, ward, volume_ml=volume_of(world, ward.bag)).bag_state is BagState.INFUSED


@pytest.mark.requirement("REQ-077")
def test_hazard_01_of_all_wristbands_and_bags_only_a_patients_own_match(sqlite_world: World) -> None:
    world = sqlite_world
    wards = [on_the_ward(world, who) for who in (INGRID, JAMES, MARTA)]
    for at_bed, brought_bag in product(wards, wards):
        verdict = scanned(world, at_bed, banded(world, at_bed), bag=f"{brought_bag.bag}01")
        assert verdict.stop is (None if at_bed is brought_bag else StopCode.WRONG_PATIENT)
    assert world.rows("SELECT count(*) FROM bedside_check") == [(3,)]
    assert world.rows("SELECT count(*) FROM near_miss") == [(6,)]
    assert world.rows("SELECT count(*) FROM deviation") == [(6,)]


def volume_of(world: World, bag: str) -> str:
    """What the bag holds, in mL."""
    ((volume_ul,),) = world.rows("SELECT volume_ul FROM bag WHERE code = :code", code=bag)
    return str(cast("int", volume_ul) // 1000)
