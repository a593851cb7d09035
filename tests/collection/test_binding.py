"""No row of a collection can be tied to another patient: not by command, not by SQL, not with foreign keys off."""

from __future__ import annotations

import pytest

from tests.hostile import refused_by_the_database, refused_without_foreign_keys
from tests.line.collection import apheresis, finished_collection, planned_collection, receipt_request
from tests.line.patients import JAMES, consent, enrol, ordered_patient
from tests.people import TARA
from tests.world import World

OTHER_COURSE = "(SELECT id FROM course WHERE patient_id = 2)"
PLAN = (
    "INSERT INTO collection (course_id, patient_id, code, number, treatment_order_id, state, planned_at, row_version)"
    " SELECT {course}, {patient}, 'CND7M26999999X', 9, treatment_order_id, 'planned', planned_at, 1"
    " FROM collection WHERE course_id = 1"
)
WRONG_LINKS = {
    "another patient on the same course": PLAN.format(course="course_id", patient="2"),
    "another course of another patient": PLAN.format(course=OTHER_COURSE, patient="2"),
    "another course with the first patient": PLAN.format(course=OTHER_COURSE, patient="1"),
    "a weight": (
        "INSERT INTO body_weight (course_id, patient_id, weight_g, measured_at, entered_by_id, row_version)"
        " SELECT course_id, 2, weight_g, measured_at, entered_by_id, 1 FROM body_weight WHERE course_id = 1"
    ),
    "a consent": (
        "INSERT INTO consent (course_id, patient_id, kind, given_at, recorded_by_id, row_version)"
        " SELECT course_id, 2, 'research', given_at, recorded_by_id, 1 FROM consent WHERE course_id = 1"
    ),
    "an order": (
        "INSERT INTO treatment_order (course_id, patient_id, number, collections_planned, state, ordered_by_id,"
        " ordered_at, signature_id, row_version) SELECT course_id, 2, 9, 5, 'active', ordered_by_id, ordered_at,"
        " signature_id, 1 FROM treatment_order WHERE course_id = 1"
    ),
}


def two_patients(world: World) -> str:
    patient = ordered_patient(world)
    consent(world, enrol(world, JAMES).course_code)
    return planned_collection(world, patient)


@pytest.mark.requirement("REQ-101")
@pytest.mark.parametrize("statement", WRONG_LINKS.values(), ids=WRONG_LINKS.keys())
def test_a_wrong_link_is_refused_by_the_database(world: World, statement: str) -> None:
    two_patients(world)
    is_guarded = world.is_sqlite or OTHER_COURSE in statement
    refused_by_the_database(world, statement, "veinline:" if is_guarded else "foreign key constraint")


@pytest.mark.requirement("REQ-101")
@pytest.mark.parametrize("statement", WRONG_LINKS.values(), ids=WRONG_LINKS.keys())
def test_a_wrong_link_is_refused_with_foreign_keys_switched_off(sqlite_world: World, statement: str) -> None:
    two_patients(sqlite_world)
    refused_without_foreign_keys(sqlite_world, statement, "veinline:")


@pytest.mark.requirement("REQ-101")
@pytest.mark.parametrize("column", ["course_id", "patient_id", "code"])
def test_a_collection_never_changes_whose_it_is(world: World, column: str) -> None:
    two_patients(world)
    value = "'CND7M26999999X'" if column == "code" else "2"
    refused_by_the_database(world, f"UPDATE collection SET {column} = {value}", "veinline:")
    if world.is_sqlite:
        refused_without_foreign_keys(world, f"UPDATE collection SET {column} = {value}", "veinline:")


def test_a_receipt_belongs_to_the_patient_of_its_collection(world: World) -> None:
    code = finished_collection(world, ordered_patient(world), apheresis(world))
    enrol(world, JAMES)
    asked = receipt_request(world, code)
    statement = (
        "INSERT INTO collection_receipt (course_id, patient_id, collection_id, received_at, recorded_at, given_by_id,"
        " received_by_id, integrity, temperature, identity, label, time_out_of_storage, temperature_c,"
        f" out_of_storage_min, volume_ul) SELECT {OTHER_COURSE}, 2, id, planned_at, planned_at, 2, 1,"
        " 'pass', 'pass', 'pass', 'pass', 'pass', {celsius}, 5, 200000 FROM collection"
    ).format(celsius="'20'" if world.is_sqlite else "20")
    refused_by_the_database(world, statement, "wrong_line" if world.is_sqlite else "fk_collection_receipt")
    if world.is_sqlite:
        refused_without_foreign_keys(world, statement, "wrong_line")
    assert asked.collection_code == code
    assert world.user_id(TARA)


def test_nothing_of_a_collection_is_deleted(world: World) -> None:
    two_patients(world)
    for table in ("collection", "treatment_order", "consent", "body_weight", "patient", "course", "wristband"):
        refused_by_the_database(world, f"DELETE FROM {table}", "nothing_is_deleted")
