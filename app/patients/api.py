"""Patients and courses as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from app.domain.roles import Action
from app.patients import commands
from app.patients.queries.finding import PatientList, found_patients, patient_list
from app.patients.queries.tracing import BagLine, bag_line
from app.patients.records import ToSign, order_cancellation, to_sign, treatment_order
from app.patients.schemas import (
    CancelTreatmentOrder,
    CloseCourse,
    EnrolPatient,
    FindPatients,
    OpenCourse,
    OrderTreatment,
    RecordAllergy,
    RecordConsent,
    RecordWeight,
    ReissueWristband,
    VerifyWeight,
    WithdrawConsent,
)
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs

routes = api_router(tags=["patients"])


@routes.get("/patients")
@needs(Action.SEE_PATIENT_IDENTITY)
def list_patients(door: AnyDoor, after: str | None = None) -> PatientList:
    """Patients by family name, fifty at a time; go on with `after`."""
    with door.reading() as db:
        return patient_list(db, after, door.now, door.house.site.zone, door.viewer.actor)


@routes.post("/patients/search")
@needs(Action.SEE_PATIENT_IDENTITY)
def search_patients(door: AnyDoor, asked: FindPatients) -> PatientList:
    """Patients by hospital number or by the beginning of the family name."""
    with door.reading() as db:
        return found_patients(db, asked.sought, door.now, door.house.site.zone, door.viewer.actor)


@routes.post("/patients")
@needs(Action.ENROL_PATIENT)
def enrol(door: AnyDoor, asked: EnrolPatient) -> commands.PatientEnrolled:
    """Put a patient on file with the first course and a wristband."""
    return door.write(commands.enrol_patient, asked).fact


@routes.post("/patients/{code}/courses")
@needs(Action.OPEN_COURSE)
def open_course(door: AnyDoor, code: str, asked: OpenCourse) -> commands.CourseFact:
    """Open a further course."""
    same(code, asked.patient_code)
    return door.write(commands.open_course, asked).fact


@routes.post("/patients/{code}/wristband")
@needs(Action.ISSUE_WRISTBAND)
def reissue_wristband(door: AnyDoor, code: str, asked: ReissueWristband) -> commands.WristbandIssued:
    """Replace the wristband; the one worn is void at once."""
    same(code, asked.patient_code)
    return door.write(commands.reissue_wristband, asked).fact


@routes.post("/patients/{code}/allergies")
@needs(Action.RECORD_ALLERGY)
def record_allergy(door: AnyDoor, code: str, asked: RecordAllergy) -> commands.AllergyRecorded:
    """Record an allergy."""
    same(code, asked.patient_code)
    return door.write(commands.record_allergy, asked).fact


@routes.post("/courses/{code}/close")
@needs(Action.OPEN_COURSE)
def close_course(door: AnyDoor, code: str, asked: CloseCourse) -> commands.CourseFact:
    """Close a course."""
    same(code, asked.course_code)
    return door.write(commands.close_course, asked).fact


@routes.post("/courses/{code}/weights")
@needs(Action.RECORD_WEIGHT)
def record_weight(door: AnyDoor, code: str, asked: RecordWeight) -> commands.WeightFact:
    """Enter a body weight."""
    same(code, asked.course_code)
    return door.write(commands.record_weight, asked).fact


@routes.post("/courses/{code}/weights/verify")
@needs(Action.RECORD_WEIGHT)
def verify_weight(door: AnyDoor, code: str, asked: VerifyWeight) -> commands.WeightFact:
    """Enter the same weight again, as the second person."""
    same(code, asked.course_code)
    return door.write(commands.verify_weight, asked).fact


@routes.post("/courses/{code}/consents")
@needs(Action.RECORD_CONSENT)
def record_consent(door: AnyDoor, code: str, asked: RecordConsent) -> commands.ConsentFact:
    """Record a consent."""
    same(code, asked.course_code)
    return door.write(commands.record_consent, asked).fact


@routes.post("/courses/{code}/consents/withdraw")
@needs(Action.RECORD_CONSENT)
def withdraw_consent(door: AnyDoor, code: str, asked: WithdrawConsent) -> commands.ConsentFact:
    """Withdraw a consent."""
    same(code, asked.course_code)
    return door.write(commands.withdraw_consent, asked).fact


@routes.get("/courses/{code}/order/record")
@needs(Action.ORDER_TREATMENT)
def order_to_sign(door: AnyDoor, code: str, collections_planned: int) -> ToSign:
    """The record a prescriber signs to order treatment, with its hash."""
    with door.reading() as db:
        return to_sign(treatment_order(db, code, collections_planned))


@routes.post("/courses/{code}/order")
@needs(Action.ORDER_TREATMENT)
def order_treatment(door: AnyDoor, code: str, asked: OrderTreatment) -> commands.TreatmentOrderFact:
    """Order collection and processing, by signature."""
    same(code, asked.course_code)
    return door.write(commands.order_treatment, asked).fact


@routes.get("/courses/{code}/order/end/record")
@needs(Action.CANCEL_ORDER)
def cancellation_to_sign(door: AnyDoor, code: str) -> ToSign:
    """The record a prescriber signs to end the order in force, with its hash."""
    with door.reading() as db:
        return to_sign(order_cancellation(db, code))


@routes.post("/courses/{code}/order/end")
@needs(Action.CANCEL_ORDER)
def cancel_order(door: AnyDoor, code: str, asked: CancelTreatmentOrder) -> commands.TreatmentOrderFact:
    """End the order in force, by signature."""
    same(code, asked.course_code)
    return door.write(commands.cancel_treatment_order, asked).fact


@routes.get("/bags/{code}/line")
@needs(Action.SEE_PATIENT_IDENTITY)
def trace_bag(door: AnyDoor, code: str) -> BagLine:
    """Where a bag comes from and where it went: collections, culture, lot, sisters, infusion, lots, equipment."""
    with door.reading() as db:
        return bag_line(db, code)
