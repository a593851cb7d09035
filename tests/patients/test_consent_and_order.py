"""Without consent nothing is ordered; without an order nothing is collected; a withdrawal stops the line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from app.domain.vocabulary import ConsentKind
from app.patients import commands, records
from app.patients.schemas import CancelTreatmentOrder, CloseCourse, RecordAllergy, RecordConsent, WithdrawConsent
from tests.hostile import refused_by_the_database
from tests.line.patients import allergic, consent, enrol, order, order_request, ordered_patient
from tests.people import CARL, CHLOE, NIA, TARA
from tests.world import World

REASON = "the patient changed her mind today"


def withdraw(world: World, course: str) -> None:
    asked = WithdrawConsent(course_code=course, kind=ConsentKind.TREATMENT, reason=REASON)
    world.act(NIA, commands.withdraw_consent, asked)


def ended(world: World, course: str) -> CancelTreatmentOrder:
    what = world.read(records.order_cancellation, course)
    return CancelTreatmentOrder(course_code=course, reason=REASON, **world.signed(CARL, what.sha256))


def test_a_prescriber_orders_by_signature_over_what_the_page_showed(world: World) -> None:
    course = enrol(world).course_code
    consent(world, course)
    made = order(world, course, 5)
    assert made == commands.TreatmentOrderFact(course, 1)
    ((record, meaning, statement),) = world.rows(
        "SELECT record, meaning, statement FROM signature WHERE course_id IS NOT NULL"
    )
    assert '"collections_planned":5' in str(record)
    assert meaning == "requested"
    assert "HALVORSEN, Ingrid" in str(statement)


@pytest.mark.parametrize("collections", [0, 21])
def test_an_order_is_for_1_to_20_collections(sqlite_world: World, collections: int) -> None:
    course = enrol(sqlite_world).course_code
    consent(sqlite_world, course)
    with pytest.raises(ValidationError):
        order_request(sqlite_world, course, collections)


def test_the_limits_of_an_order_stand_in_the_database_too(world: World) -> None:
    ordered_patient(world)
    refused_by_the_database(world, "UPDATE treatment_order SET collections_planned = 21", "collections_possible")


def test_a_number_changed_after_the_record_was_shown_is_not_signed(sqlite_world: World) -> None:
    course = enrol(sqlite_world).course_code
    consent(sqlite_world, course)
    asked = order_request(sqlite_world, course, 2).model_copy(update={"collections_planned": 5})
    assert sqlite_world.refused(CHLOE, commands.order_treatment, asked).code == "record_changed"


def test_a_nurse_does_not_order(sqlite_world: World) -> None:
    course = enrol(sqlite_world).course_code
    consent(sqlite_world, course)
    assert (
        sqlite_world.refused(NIA, commands.order_treatment, order_request(sqlite_world, course)).code == "not_permitted"
    )


def test_one_order_is_in_force_until_it_is_ended_by_signature(world: World) -> None:
    made = ordered_patient(world)
    again = order_request(world, made.course_code, 2)
    assert world.refused(CHLOE, commands.order_treatment, again).code == "order_in_force"
    world.act(CARL, commands.cancel_treatment_order, ended(world, made.course_code))
    world.act(CHLOE, commands.order_treatment, again)
    states = world.rows("SELECT number, state FROM treatment_order ORDER BY number")
    assert states == [(1, "cancelled"), (2, "active")]


def test_no_order_without_consent(world: World) -> None:
    course = enrol(world).course_code
    refusal = world.refused(CHLOE, commands.order_treatment, order_request(world, course))
    assert refusal.code == "consent_missing"
    assert refusal.near_miss is not None


def test_a_withdrawal_stops_the_next_order_and_cannot_be_taken_back(world: World) -> None:
    made = ordered_patient(world)
    withdraw(world, made.course_code)
    world.act(CARL, commands.cancel_treatment_order, ended(world, made.course_code))
    refusal = world.refused(CHLOE, commands.order_treatment, order_request(world, made.course_code))
    assert refusal.code == "consent_withdrawn"
    refused_by_the_database(world, "UPDATE consent SET withdrawn_at = NULL", "consent_stays_withdrawn")
    refused_by_the_database(
        world,
        "INSERT INTO treatment_order (course_id, patient_id, number, collections_planned, state, ordered_by_id,"
        " ordered_at, signature_id, row_version) SELECT course_id, patient_id, 9, 5, 'active', ordered_by_id,"
        " ordered_at, signature_id, 1 FROM treatment_order",
        "course_not_going_on",
    )


def test_a_patient_may_agree_again_after_a_withdrawal(sqlite_world: World) -> None:
    made = ordered_patient(sqlite_world)
    withdraw(sqlite_world, made.course_code)
    consent(sqlite_world, made.course_code)
    assert sqlite_world.rows("SELECT count(*) FROM consent WHERE withdrawn_at IS NULL") == [(1,)]


def test_one_consent_of_a_kind_stands_at_a_time(world: World) -> None:
    course = enrol(world).course_code
    consent(world, course)
    consent(world, course, ConsentKind.RESEARCH)
    asked = RecordConsent(course_code=course, kind=ConsentKind.TREATMENT)
    assert world.refused(CHLOE, commands.record_consent, asked).code == "consent_stands"
    refused_by_the_database(
        world,
        "INSERT INTO consent (course_id, patient_id, kind, given_at, recorded_by_id, row_version)"
        " SELECT course_id, patient_id, kind, given_at, recorded_by_id, 1 FROM consent WHERE kind = 'treatment'",
        "course_id" if world.is_sqlite else "uq_consent_open",
    )


def test_there_is_nothing_to_withdraw_before_a_consent(sqlite_world: World) -> None:
    asked = WithdrawConsent(course_code=enrol(sqlite_world).course_code, kind=ConsentKind.TREATMENT, reason=REASON)
    assert sqlite_world.refused(NIA, commands.withdraw_consent, asked).code == "no_consent"


def test_a_consent_entered_late_needs_a_reason(sqlite_world: World) -> None:
    course = enrol(sqlite_world).course_code
    given_at = sqlite_world.clock() - timedelta(hours=2)
    asked = RecordConsent(course_code=course, kind=ConsentKind.TREATMENT, given_at=given_at)
    assert sqlite_world.refused(CHLOE, commands.record_consent, asked).code == "reason_required"
    sqlite_world.act(CHLOE, commands.record_consent, asked.model_copy(update={"reason": "signed on the ward round"}))


def test_a_closed_course_takes_no_order(sqlite_world: World) -> None:
    course = enrol(sqlite_world).course_code
    consent(sqlite_world, course)
    asked = CloseCourse(course_code=course, row_version=1, reason="moved to another hospital")
    sqlite_world.act(CHLOE, commands.close_course, asked)
    refusal = sqlite_world.refused(CHLOE, commands.order_treatment, order_request(sqlite_world, course))
    assert refusal.code == "course_not_active"


def test_an_allergy_is_on_record_once_however_it_is_written(sqlite_world: World) -> None:
    code = enrol(sqlite_world).patient_code
    allergic(sqlite_world, code, "Iodine  contrast")
    assert sqlite_world.rows("SELECT substance FROM allergy") == [("iodine contrast",)]
    asked = RecordAllergy(patient_code=code, substance="IODINE contrast")
    assert sqlite_world.refused(NIA, commands.record_allergy, asked).code == "allergy_known"
    assert sqlite_world.refused(TARA, commands.record_allergy, asked).code == "not_permitted"
