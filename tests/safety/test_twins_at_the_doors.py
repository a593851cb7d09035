"""Hostile twins at the doors: page and API refuse issue, receipt and decision alike, and nothing has changed.

The bedside's own scenes are in `tests/infusion/test_bedside_stops.py`, what stops an issue or a receipt of the right
bag in `tests/custody`.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from app.domain.vocabulary import ReleaseKind
from app.identity.signing import WithSecondPerson
from app.simulator.line.culture import shelf
from app.simulator.line.release import DESK, Product, decide_request, quarantined_lot, review
from tests.culture.doors import by_api, by_page
from tests.custody.ward import near_misses, state_of
from tests.line.custody import issue_request, issued, receive_request
from tests.line.infusion import BED, Supply, Ward, available_bags, banded, confirmed, finished, on_the_ward
from tests.line.patients import JAMES, ordered_patient
from tests.people import NIA, QUINN, TARA, THEO, Person
from tests.world import World

AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]
Asking = Callable[[World, str, Person], WithSecondPerson]
STEPS: dict[str, tuple[Person, Person, Asking]] = {
    "issue": (TARA, THEO, lambda world, bag, second: issue_request(world, bag, second)),
    "receive": (NIA, TARA, lambda world, bag, giver: receive_request(world, bag, giver)),
}


def refused_at_both_doors(
    world: World, step: str, bag: str, code: str, *, second: Person | None = None, status: int = 409, page: str = ""
) -> None:
    """Refused by page and API with this word, and the bag is where it was."""
    who, usual, asking = STEPS[step]
    other = second or usual
    before = state_of(world, bag)
    asked, secrets = asking(world, bag, other), {"second_pin": other.pin}
    assert by_api(world, who, f"/bags/{step}", asked, **secrets) == (status, code)
    assert by_page(world, who, f"/bags/{page or bag}/{step}", asked, **secrets)[0] == status
    assert state_of(world, bag) == before


def ready_for(world: World, step: str, patient: object = None) -> Ward:
    """A bag that could be issued, or one on its way."""
    enrolled = ordered_patient(world) if patient is None else ordered_patient(world, patient)  # type: ignore[arg-type]
    ward = Ward(enrolled, available_bags(world, enrolled, Supply()))
    confirmed(world, enrolled, ward.bags)
    if step == "receive":
        issued(world, ward.bag)
        world.clock.forward(minutes=5)
    return ward


@pytest.mark.requirement("REQ-101")
@pytest.mark.parametrize("step", STEPS)
def test_a_bag_of_another_patient_is_not_taken_for_the_one_of_the_page(sqlite_world: World, step: str) -> None:
    world = sqlite_world
    ingrid, james = ready_for(world, step), ready_for(world, step, JAMES)
    who, second, asking = STEPS[step]
    asked = asking(world, james.bag, second)
    for_ingrid = asked.model_copy(update={"bag_code": ingrid.bag})
    secrets = {"second_pin": second.pin}
    assert by_page(world, who, f"/bags/{ingrid.bag}/{step}", asked, **secrets)[0] == 409
    assert by_api(world, who, f"/bags/{step}", for_ingrid, **secrets) == (409, "another_bag")
    assert [row[0] for row in near_misses(world)] == ["another_bag"] * 2
    assert (
        state_of(world, ingrid.bag) == state_of(world, james.bag) == {"issue": "available", "receive": "issued"}[step]
    )


@pytest.mark.parametrize("step", STEPS)
def test_an_infused_bag_is_neither_issued_nor_received(sqlite_world: World, step: str) -> None:
    ward = on_the_ward(sqlite_world)
    finished(sqlite_world, ward)
    refused_at_both_doors(sqlite_world, step, ward.bag, f"cannot_{step}")


@pytest.mark.requirement("REQ-076")
@pytest.mark.parametrize("step", STEPS)
def test_one_person_neither_issues_nor_receives_alone(sqlite_world: World, step: str) -> None:
    ward = ready_for(sqlite_world, step)
    refused_at_both_doors(sqlite_world, step, ward.bag, "second_is_first", second=STEPS[step][0])


@pytest.fixture
def quarantined(at_stage: AtStage) -> tuple[World, Product]:
    world, product = at_stage("quarantined", lambda world: quarantined_lot(world, shelf(world)))
    assert isinstance(product, Product)
    return world, product


@pytest.mark.requirement("REQ-052")
@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("step", STEPS)
def test_a_bag_of_a_lot_in_quarantine_goes_nowhere(quarantined: tuple[World, Product], step: str) -> None:
    world, product = quarantined
    refused_at_both_doors(world, step, product.bags[0], f"cannot_{step}")


@pytest.mark.requirement("REQ-102")
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_bag_of_a_lot_in_quarantine_is_a_stop_at_the_bed(quarantined: tuple[World, Product]) -> None:
    world, product = quarantined
    ward = Ward(product.batch.patient, product.bags)
    form: dict[str, object] = {"wristband_scan_id": banded(world, ward), "bag": f"{ward.bag}01"}
    page = world.client(NIA, BED).post("/bedside/bag", data=form | {"request_key": str(uuid4())})
    assert (page.status_code, ">STOP<" in page.text, "This bag is not released." in page.text) == (409, True, True)
    told = world.client(NIA, BED).post("/api/v1/bedside/bag", json=form, headers={"Idempotency-Key": str(uuid4())})
    assert (told.status_code, told.json()["type"]) == (409, "urn:veinline:not_released")
    assert world.rows("SELECT count(*) FROM bedside_check") == [(0,)]


@pytest.mark.requirement("REQ-141")
@pytest.mark.requirement("REQ-108")
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_who_took_part_decides_neither_by_page_nor_by_api(quarantined: tuple[World, Product]) -> None:
    world, product = quarantined
    review(world, product.lot)
    world.sql(
        "INSERT INTO evidence_actor (user_id, culture_id, step) SELECT :quinn, max(id), 'record_reading' FROM culture",
        quinn=world.user_id(QUINN),
    )
    asked = decide_request(world, product.lot, ReleaseKind.CONDITIONAL)
    body = asked.model_dump(mode="json", exclude_none=True) | {"secret": QUINN.pin}
    client = world.client(QUINN, DESK)
    page = client.post(f"/release/{product.lot}/decide", data=body | {"request_key": str(uuid4())})
    assert (page.status_code, "you took part in it (record reading)" in page.text) == (409, True)
    headers = {"Idempotency-Key": str(uuid4())}
    told = client.post(f"/api/v1/release/{product.lot}/decide", json=body, headers=headers)
    assert (told.status_code, told.json()["type"]) == (409, "urn:veinline:took_part")
    desk = client.get(f"/release/{product.lot}").text
    assert "Release lot conditionally" not in desk
    assert world.rows("SELECT count(*) FROM release_decision") == [(0,)]
