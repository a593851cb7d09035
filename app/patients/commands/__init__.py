"""Everything that changes a patient or a course."""

from app.patients.commands.care import (
    AllergyRecorded,
    ConsentFact,
    WeightFact,
    record_allergy,
    record_consent,
    record_weight,
    verify_weight,
    withdraw_consent,
)
from app.patients.commands.enrolment import (
    CourseFact,
    PatientEnrolled,
    WristbandIssued,
    close_course,
    enrol_patient,
    open_course,
    reissue_wristband,
)
from app.patients.commands.ordering import TreatmentOrderFact, cancel_treatment_order, order_treatment

__all__ = [
    "AllergyRecorded",
    "ConsentFact",
    "CourseFact",
    "PatientEnrolled",
    "TreatmentOrderFact",
    "WeightFact",
    "WristbandIssued",
    "cancel_treatment_order",
    "close_course",
    "enrol_patient",
    "open_course",
    "order_treatment",
    "record_allergy",
    "record_consent",
    "record_weight",
    "reissue_wristband",
    "verify_weight",
    "withdraw_consent",
]
