"""A hold stops a course or a lot on its way to the patient until QA lifts it: not who placed it."""

from __future__ import annotations

import pytest

from app.custody.commands import issue_bag
from app.deviations import commands
from app.deviations.schemas import PlaceHold
from tests.culture.doors import by_api, by_page
from tests.hostile import refused_by_the_database
from tests.line.custody import issue_request
from tests.line.deviations import lift_request, lifted_hold, placed_hold
from tests.line.infusion import Ward
from tests.people import ADA, CHLOE, IRIS, NIA, QUENTIN, QUINN, SAM, TARA, Person
from tests.world import World

DESK = "QA desk"
LIFTED = (
    "UPDATE hold SET lifted_at = placed_at, lifted_by_id = {by}, signature_id = (SELECT max(id) FROM signature),"
    " row_version = row_version + 1"
)


def hold(about: str, reason: str = "a question about the incubator") -> PlaceHold:
    return PlaceHold(about=about, reason=reason)


@pytest.mark.parametrize("who", [TARA, SAM, QUINN, CHLOE, NIA])
@pytest.mark.parametrize("on", ["course", "lot", "bag"])
def test_everybody_at_the_line_can_stop_it(sqlite_world_lot: tuple[World, Ward], who: Person, on: str) -> None:
    world, ward = sqlite_world_lot
    ((lot_code,),) = world.rows("SELECT code FROM product_lot")
    about = {"course": ward.patient.course_code, "lot": str(lot_code), "bag": ward.bag}[on]
    placed_hold(world, about, who)
    assert [bool(row[0]) for row in world.rows("SELECT product_lot_id IS NULL FROM hold")] == [on == "course"]
    assert world.refused(TARA, issue_bag, issue_request(world, ward.bag)).code == "on_hold"


@pytest.mark.parametrize("who", [ADA, IRIS])
def test_nobody_else_does(sqlite_world_lot: tuple[World, Ward], who: Person) -> None:
    world, ward = sqlite_world_lot
    assert world.refused(who, commands.place_hold, hold(ward.bag)).code == "not_permitted"


def test_a_hold_says_why(sqlite_world_lot: tuple[World, Ward]) -> None:
    world, ward = sqlite_world_lot
    assert world.refused(TARA, commands.place_hold, hold(ward.bag, "wrong")).code == "reason_required"


def test_every_open_hold_must_be_lifted(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    first, second = placed_hold(world, ward.bag), placed_hold(world, ward.patient.course_code, CHLOE)
    lifted_hold(world, first)
    assert world.refused(TARA, issue_bag, issue_request(world, ward.bag)).code == "on_hold"
    lifted_hold(world, second)
    world.act(TARA, issue_bag, issue_request(world, ward.bag))


def test_who_placed_it_does_not_lift_it(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    hold_id = placed_hold(world, ward.bag, QUENTIN)
    asked = lift_request(world, hold_id)
    assert world.refused(QUENTIN, commands.lift_hold, asked, station=DESK).code == "own_act"
    assert by_api(world, QUENTIN, "/holds/lift", asked, secret=QUENTIN.pin) == (403, "own_act")
    assert by_page(world, QUENTIN, f"/holds/{hold_id}/lift", asked, secret=QUENTIN.pin)[0] == 403
    refused_by_the_database(world, LIFTED.format(by="placed_by_id"), "lift")
    assert "because you placed it" in world.client(QUENTIN).get(f"/holds/{hold_id}").text


@pytest.mark.parametrize("who", [TARA, SAM, CHLOE])
def test_only_qa_lifts(sqlite_world_lot: tuple[World, Ward], who: Person) -> None:
    world, ward = sqlite_world_lot
    asked = lift_request(world, placed_hold(world, ward.bag), who)
    assert world.refused(who, commands.lift_hold, asked).code == "not_permitted"


BEHIND = {
    "without a signature": ("UPDATE hold SET lifted_at = placed_at, lifted_by_id = placed_by_id + 1", "lift"),
    "with a borrowed signature": (LIFTED.format(by="placed_by_id + 1"), "lifting_not_signed"),
    "taken away": ("DELETE FROM hold", "nothing_is_deleted"),
    "on another lot": ("UPDATE hold SET product_lot_id = NULL", "fixed"),
}


@pytest.mark.parametrize("attempt", BEHIND)
def test_it_is_not_lifted_behind_the_application(lot: tuple[World, Ward], attempt: str) -> None:
    world, ward = lot
    placed_hold(world, ward.bag)
    refused_by_the_database(world, *BEHIND[attempt])


def test_lifted_it_stays_lifted(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    hold_id = placed_hold(world, ward.bag)
    lifted_hold(world, hold_id)
    again = lift_request(world, hold_id, QUINN)
    assert world.refused(QUINN, commands.lift_hold, again, station=DESK).code == "hold_lifted"
    refused_by_the_database(world, "UPDATE hold SET lifted_at = NULL", "hold_stays_lifted")


def test_it_is_placed_and_lifted_through_the_pages(lot: tuple[World, Ward]) -> None:
    world, ward = lot
    assert "What to stop" in world.client(TARA).get(f"/holds/new?about={ward.bag}").text
    status, where = by_page(world, TARA, "/holds", hold(ward.bag))
    hold_id = int(where.rsplit("/", 1)[1])
    assert status == 303
    assert f"/holds/{hold_id}" in world.client(QUINN).get("/deviations").text
    asked = lift_request(world, hold_id, QUINN)
    assert asked.record_sha256 in world.client(QUINN).get(where).text
    assert by_page(world, QUINN, f"{where}/lift", asked, secret=QUINN.pin) == (303, where)
    assert "Lifted" in world.client(TARA).get(where).text
