"""The ward takes no bag that may not be given: what stops an issue stops the receipt as well."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.custody import commands
from app.infusion.commands import cancel_order
from tests.culture.doors import by_api, by_page
from tests.custody.ward import near_misses, state_of, warmed
from tests.infusion.test_dose import cancel_request
from tests.line.custody import issued, receive_request, return_request
from tests.line.deviations import placed_hold
from tests.line.infusion import BED, Ward
from tests.people import CHLOE, NIA, TARA, THEO
from tests.world import World

Ready = tuple[World, Ward]


def expired(world: World, _ward: Ward) -> None:
    world.clock.forward(hours=8)


def held(world: World, ward: Ward) -> None:
    placed_hold(world, ward.bag)


def not_dosed(world: World, ward: Ward) -> None:
    world.act(CHLOE, cancel_order, cancel_request(world, ward.patient.course_code, 1))


def not_released(world: World, _ward: Ward) -> None:
    world.sql("UPDATE decision_bag SET is_effective = :no, row_version = row_version + 1", no=False)


def broken(world: World, ward: Ward) -> None:
    world.act(TARA, warmed, ward.bag)


def reprinting(world: World, ward: Ward) -> None:
    world.sql(
        "INSERT INTO label (row_version, course_id, patient_id, thing, code, print_number, bag_id, product_lot_id,"
        " state, template, payload, content, requested_at, requested_by_id, reason)"
        " SELECT 1, course_id, patient_id, thing, code, 2, bag_id, product_lot_id, 'queued', template, code || '02',"
        " content, requested_at, requested_by_id, 'smeared' FROM label WHERE code = :code",
        code=ward.bag,
    )


IN_THE_WAY: dict[str, Callable[[World, Ward], None]] = {
    "expired": expired,
    "on_hold": held,
    "dose_not_confirmed": not_dosed,
    "not_released": not_released,
    "chain_broken": broken,
    "label_on_the_way": reprinting,
}


@pytest.mark.requirement("REQ-053")
@pytest.mark.parametrize("code", IN_THE_WAY)
def test_nothing_is_received_that_may_not_be_given(ready: Ready, code: str) -> None:
    world, ward = ready
    issued(world, ward.bag)
    world.clock.forward(minutes=5)
    IN_THE_WAY[code](world, ward)
    asked = receive_request(world, ward.bag)
    assert world.refused(NIA, commands.receive_bag, asked, station=BED).code == code
    assert by_api(world, NIA, "/bags/receive", asked, **world.second(TARA)) == (409, code)
    assert by_page(world, NIA, f"/bags/{ward.bag}/receive", asked, **world.second(TARA))[0] == 409
    assert near_misses(world)[-1] == (code, "receive bag", ward.bag)
    page = world.client(NIA).get(f"/bags/{ward.bag}").text
    assert f'href="/bags/{ward.bag}/receive"' not in page
    world.act(TARA, commands.return_bag, return_request(world, ward.bag, THEO))
    assert state_of(world, ward.bag) == "returned", "back to the laboratory it always goes"
