"""A code that was typed says so: with a reason, in the record and in the ledger. A wristband is never typed."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from app.domain.identifiers import display
from tests.infusion.test_bedside_check import states
from tests.line.infusion import BED, Ward, banded, on_the_ward, scanned
from tests.people import NIA, NOEL, TARA, THEO
from tests.world import World

pytestmark = pytest.mark.requirement("REQ-129")
Ready = tuple[World, Ward]
WHY = "The reader of this bench is broken."


def form(world: World, ward: Ward, **more: str) -> dict[str, str]:
    """The bag put away, its code typed with the hyphens of its label."""
    given = {"bag": display(ward.bag), "place": world.place("Biosafety cabinet 1"), "request_key": str(uuid4())}
    return given | more


def last_link(world: World) -> tuple[object, ...]:
    (found,) = world.rows("SELECT kind, code_source FROM custody_event ORDER BY id DESC LIMIT 1")
    return found


def last_reason(world: World) -> object:
    """The slug of the reason of the newest event; its words stand there as a commitment only."""
    ((canon,),) = world.rows("SELECT canon FROM ledger_event ORDER BY id DESC LIMIT 1")
    return json.loads(str(canon))["reason"]["code"]


def test_a_typed_code_needs_a_reason_by_page_and_api(ready: Ready) -> None:
    world, ward = ready
    before = last_link(world)
    page = world.client(TARA).post(f"/bags/{ward.bag}/store", data=form(world, ward, typed="bag"))
    assert page.status_code == 422
    assert "A code was typed instead of scanned" in page.text
    told = world.client(TARA).post(
        "/api/v1/bags/store",
        json={"bag": f"{ward.bag}01", "place": world.place("Biosafety cabinet 1")},
        headers={"Idempotency-Key": str(uuid4()), "Typed-Fields": "bag", "Typed-Reason": "broken"},
    )
    assert (told.status_code, told.json()["field"]) == (422, "why_typed")
    assert last_link(world) == before


def test_a_typed_code_stays_marked_in_the_record_and_in_the_ledger(ready: Ready) -> None:
    world, ward = ready
    sent = form(world, ward, typed="bag", why_typed=WHY)
    assert world.client(TARA).post(f"/bags/{ward.bag}/store", data=sent).status_code == 303
    assert last_link(world) == ("store", "typed")
    assert last_reason(world) == "typed"


def test_a_scanned_code_is_not_marked(ready: Ready) -> None:
    world, ward = ready
    sent = form(world, ward) | {"bag": f"{ward.bag}01"}
    assert world.client(TARA).post(f"/bags/{ward.bag}/store", data=sent).status_code == 303
    assert last_link(world) == ("store", "untold")


@pytest.mark.requirement("REQ-077")
def test_the_second_person_cannot_type_the_wristband(world: World) -> None:
    ward = on_the_ward(world)
    check = scanned(world, ward, banded(world, ward)).check_id
    given = {"check_id": str(check), "wristband": ward.band, "bag": f"{ward.bag}01", "request_key": str(uuid4())}
    second = {"second_badge": world.badge(NOEL), "second_pin": NOEL.pin}
    typed = {"typed": "wristband", "why_typed": WHY}
    answer = world.client(NIA, BED).post("/bedside/second", data=given | second | typed)
    assert "A wristband cannot be typed" in answer.text
    assert states(world) == ("received", "confirmed")
    assert world.rows("SELECT kind FROM near_miss") == [("wristband_typed",)]
    assert THEO.pin not in answer.text
