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
from app.simulator.laboratory import Laboratory
from app.simulator.people import CHLOE, NIA


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


def enrol(lab: Laboratory, who: Someone = INGRID) -> commands.PatientEnrolled:
    """A patient on file, with a course that began today and a wristband."""
    return lab.act(CHLOE, commands.enrol_patient, enrolment(lab, who))


def enrolment(lab: Laboratory, who: Someone = INGRID, **changed: object) -> EnrolPatient:
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
        "first_day": lab.clock().date(),
    }
    return EnrolPatient.model_validate(given | changed)


def weigh(lab: Laboratory, course_code: str, weight_kg: Decimal = INGRID.weight_kg) -> int:
    """A weight entered by Chloe and read again by Nia; its key."""
    given = RecordWeight(course_code=course_code, weight_kg=weight_kg)
    weight_id = lab.act(CHLOE, commands.record_weight, given).weight_id
    again = VerifyWeight(course_code=course_code, weight_id=weight_id, weight_kg=weight_kg)
    lab.act(NIA, commands.verify_weight, again)
    return weight_id


def consent(lab: Laboratory, course_code: str, kind: ConsentKind = ConsentKind.TREATMENT) -> int:
    """A consent on record; its key."""
    return lab.act(CHLOE, commands.record_consent, RecordConsent(course_code=course_code, kind=kind)).consent_id


def allergic(lab: Laboratory, patient_code: str, substance: str) -> int:
    """An allergy on record; its key."""
    asked = RecordAllergy(patient_code=patient_code, substance=substance)
    return lab.act(CHLOE, commands.record_allergy, asked).allergy_id


def order(lab: Laboratory, course_code: str, collections_planned: int = 5) -> commands.TreatmentOrderFact:
    """Chloe's signed order to collect and process."""
    return lab.act(CHLOE, commands.order_treatment, order_request(lab, course_code, collections_planned))


def order_request(lab: Laboratory, course_code: str, collections_planned: int = 5) -> OrderTreatment:
    """The request of that order, signed over the record as a page would show it."""
    what = lab.read(records.treatment_order, course_code, collections_planned)
    return OrderTreatment(
        course_code=course_code, collections_planned=collections_planned, **lab.signed(CHLOE, what.sha256)
    )


def ordered_patient(lab: Laboratory, who: Someone = INGRID, collections_planned: int = 5) -> commands.PatientEnrolled:
    """A patient ready for collection: enrolled, weighed, consented, ordered."""
    enrolled = enrol(lab, who)
    weigh(lab, enrolled.course_code, who.weight_kg)
    consent(lab, enrolled.course_code)
    order(lab, enrolled.course_code, collections_planned)
    return enrolled
