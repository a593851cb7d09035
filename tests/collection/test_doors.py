"""Collections through their pages and the API: the same steps, the same refusals."""

from __future__ import annotations

from app.collection.schemas import AcceptCollection, FinishCollection, PlanCollection, RejectCollection, StopCollection
from tests.culture.doors import by_api, by_page
from tests.line.collection import (
    apheresis,
    applied_label,
    finished_collection,
    planned_collection,
    receipt_request,
    start_request,
    version_of,
    yield_request,
)
from tests.line.patients import INGRID, JAMES, ordered_patient
from tests.people import CHLOE, IRIS, NIA, NOEL, SAM, TARA, THEO
from tests.world import World

WHY = "the vein could not be found"


def state_of(world: World, code: str) -> str:
    ((state,),) = world.rows("SELECT state FROM collection WHERE code = :code", code=code)
    return str(state)


def test_a_collection_goes_from_its_plan_to_the_culture_through_the_pages(world: World) -> None:
    patient, at = ordered_patient(world), apheresis(world)
    plan = PlanCollection(course_code=patient.course_code)
    status, where = by_page(world, CHLOE, f"/courses/{patient.course_code}/collection", plan)
    assert status == 303
    code = where.rsplit("/", 1)[1]
    assert by_page(world, NIA, f"{where}/start", start_request(world, patient, code, at)) == (303, where)
    world.clock.forward(hours=4)
    assert by_page(world, NIA, f"{where}/yield", yield_request(world, code)) == (303, where)
    applied_label(world, code)
    checked = FinishCollection(collection_code=code, row_version=version_of(world, code), **world.second(NOEL))
    assert by_page(world, NIA, f"{where}/finish", checked, second_pin=NOEL.pin) == (303, where)
    world.clock.forward(minutes=25)
    assert by_page(world, TARA, f"{where}/receive", receipt_request(world, code), second_pin=NIA.pin) == (303, where)
    accept = AcceptCollection(collection_code=code, row_version=version_of(world, code), **world.second(THEO))
    assert by_page(world, TARA, f"{where}/accept", accept, second_pin=THEO.pin) == (303, where)
    assert state_of(world, code) == "accepted"
    assert "HALVORSEN" in world.client(TARA).get(where).text


def test_the_form_of_another_collection_than_the_pages_is_refused(sqlite_world: World) -> None:
    world = sqlite_world
    ingrid = planned_collection(world, ordered_patient(world, INGRID))
    james = planned_collection(world, ordered_patient(world, JAMES))
    asked = StopCollection(collection_code=james, row_version=1, reason=WHY)
    assert by_api(world, CHLOE, f"/collections/{ingrid}/cancel", asked) == (422, "address_mismatch")
    assert by_page(world, CHLOE, f"/collections/{ingrid}/cancel", asked)[0] == 422
    assert (state_of(world, ingrid), state_of(world, james)) == ("planned", "planned")


def test_a_program_cancels_what_a_page_planned_and_only_once(sqlite_world: World) -> None:
    world = sqlite_world
    code = planned_collection(world, ordered_patient(world))
    asked = StopCollection(collection_code=code, row_version=1, reason=WHY)
    assert by_api(world, IRIS, f"/collections/{code}/cancel", asked) == (403, "not_permitted")
    assert by_api(world, CHLOE, f"/collections/{code}/cancel", asked)[0] == 200
    assert by_api(world, CHLOE, f"/collections/{code}/cancel", asked) == (409, "record_changed")
    assert state_of(world, code) == "cancelled"


def test_the_record_a_rejection_signs_is_the_one_the_api_shows(sqlite_world: World) -> None:
    world = sqlite_world
    code = finished_collection(world, ordered_patient(world), apheresis(world))
    received = receipt_request(world, code, integrity="fail")
    assert by_api(world, TARA, f"/collections/{code}/receive", received, second_pin=NIA.pin)[0] == 200
    where = f"/collections/{code}/reject"
    assert world.client(TARA).get(f"/api/v1{where}/record").status_code == 403
    shown = world.client(SAM).get(f"/api/v1{where}/record").json()
    given = {"collection_code": code, "row_version": version_of(world, code), "reason": "the bag leaks at its port"}
    asked = RejectCollection.model_validate(given | world.signed(SAM, shown["record_sha256"]))
    assert by_api(world, SAM, where, asked, secret=SAM.pin)[0] == 200
    assert state_of(world, code) == "rejected"


def test_a_collection_nobody_knows_is_not_found(sqlite_world: World) -> None:
    assert sqlite_world.client(CHLOE).get("/collections/CLD7M26999999A").status_code == 404
