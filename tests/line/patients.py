"""The beginning of the line: a patient on file, weighed, consented, with an order in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.vocabulary import ConsentKind, Sex
from app.patients import commands, records
from app.patients.schemas import (
    EnrolPatient,
    OrderTreatment,
    RecordAllergy,
    RecordConsent,
    RecordWeight,
    VerifyWeight,
)
from tests.people import CHLOE, NIA
from tests.world import World


@dataclass(frozen=True)
class Someone:
    """An invented patient."""

    family_name: str
    given_name: str
    title: str
    birth_date: date
    sex: Sex
    hospital_number: str
    diagnosis: str
    weight_kg: Decimal


INGRID = Someone(
    "Halvorsen", "Ingrid", "Ms", date(1951, 3, 14), Sex.FEMALE, "44170926", "renal cell carcinoma", Decimal("68.0")
)
JAMES = Someone("Okonkwo", "James", "Mr", date(1958, 5, 30), Sex.MALE, "44169027", "melanoma", Decimal("81.5"))
MARTA = Someone("Halvorsen", "Marta", "Ms", date(1962, 8, 2), Sex.FEMALE, "44200118", "", Decimal("59.4"))


def enrol(world: World, who: Someone = INGRID) -> commands.PatientEnrolled:
    """A patient on file, with a course that began today and a wristband."""
    return world.act(CHLOE, commands.enrol_patient, enrolment(world, who))


def enrolment(world: World, who: Someone = INGRID, **changed: object) -> EnrolPatient:
    """The request that enrols somebody."""
    given: dict[str, object] = {
        "family_name": who.family_name,
        "given_name": who.given_name,
        "title": who.title,
        "birth_date": who.birth_date,
        "sex": who.sex,
        "hospital_number": who.hospital_number,
        "diagnosis": who.diagnosis,
        "protocol": "DEMO-LAK-1",
        "is_under_ind": True,
        "first_day": world.clock().date(),
    }
    return EnrolPatient.model_validate(given | changed)


def weigh(world: World, course_code: str, weight_kg: Decimal = INGRID.weight_kg) -> int:
    """A weight entered by Chloe and read again by Nia; its key."""
    given = RecordWeight(course_code=course_code, weight_kg=weight_kg)
    weight_id = world.act(CHLOE, commands.record_weight, given).weight_id
    again = VerifyWeight(course_code=course_code, weight_id=weight_id, weight_kg=weight_kg)
    world.act(NIA, commands.verify_weight, again)
    return weight_id


def consent(world: World, course_code: str, kind: ConsentKind = ConsentKind.TREATMENT) -> int:
    """A consent on record; its key."""
    return world.act(CHLOE, commands.record_consent, RecordConsent(course_code=course_code, kind=kind)).consent_id


def allergic(world: World, patient_code: str, substance: str) -> int:
    """An allergy on record; its key."""
    asked = RecordAllergy(patient_code=patient_code, substance=substance)
    return world.act(CHLOE, commands.record_allergy, asked).allergy_id


def order(world: World, course_code: str, collections_planned: int = 5) -> commands.TreatmentOrderFact:
    """Chloe's signed order to collect and process."""
    return world.act(CHLOE, commands.order_treatment, order_request(world, course_code, collections_planned))


def order_request(world: World, course_code: str, collections_planned: int = 5) -> OrderTreatment:
    """The request of that order, signed over the record as a page would show it."""
    what = world.read(records.treatment_order, course_code, collections_planned)
    return OrderTreatment(
        course_code=course_code, collections_planned=collections_planned, **world.signed(CHLOE, what.sha256)
    )


def ordered_patient(world: World, who: Someone = INGRID, collections_planned: int = 5) -> commands.PatientEnrolled:
    """A patient ready for collection: enrolled, weighed, consented, ordered."""
    enrolled = enrol(world, who)
    weigh(world, enrolled.course_code, who.weight_kg)
    consent(world, enrolled.course_code)
    order(world, enrolled.course_code, collections_planned)
    return enrolled
