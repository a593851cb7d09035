"""The beginning: a patient on file, weighed by two, consented, ordered, wearing a printed wristband."""

from __future__ import annotations

from app.simulator.line.patients import INGRID
from tests.browser.walk.labels import put_on
from tests.browser.walk.story import Walk
from tests.people import CHLOE, NIA, TARA

NAME = "HALVORSEN, Ingrid (Ms)"
ENROLMENT = (
    ("Family name", INGRID.family_name),
    ("Given name", INGRID.given_name),
    ("Title optional", INGRID.title),
    ("Born", INGRID.birth_date.isoformat()),
    ("Hospital No.", "4417 0926"),
    ("Diagnosis optional", INGRID.diagnosis),
    ("Protocol", "DEMO-LAK-1"),
)


def enrol_patient(walk: Walk) -> None:
    """Chloe puts the patient on file."""
    chloe = walk.at(CHLOE)
    chloe.tap("Patients")
    chloe.shot("patients-nobody")
    chloe.tap("Enrol patient")
    for label, value in ENROLMENT:
        chloe.type(label, value)
    chloe.choose("Gender", "Female")
    chloe.choose("Investigational (IND)", "Under an IND")
    chloe.shot("enrol-patient")
    chloe.tap("Enrol patient")
    chloe.shows("Course 1")
    chloe.shot("course-needs")


def record_consent_and_weight(walk: Walk) -> None:
    """Consent, and a weight that two people read."""
    chloe = walk.at(CHLOE)
    chloe.tap("Record consent")
    chloe.choose("Consent to", "Treatment")
    chloe.shot("consent")
    chloe.tap("Record consent")
    chloe.says("given ")
    chloe.tap("Enter weight")
    chloe.type("Weight", "68.0")
    chloe.shot("weight")
    chloe.tap("Enter weight")
    chloe.says("waits for a second person")
    chloe.shot("course-weight-waits")
    nia = walk.at(NIA)
    nia.tap("Patients")
    nia.tap(NAME)
    nia.tap("Consent and weight")
    nia.tap("Verify weight")
    nia.type("Weight", "68.0")
    nia.shot("weight-again")
    nia.tap("Verify weight")
    nia.says("68.0 kg")


def order_treatment(walk: Walk) -> None:
    """Chloe's signed order of up to five collections."""
    chloe = walk.at(CHLOE)
    chloe.tap("Order treatment")
    chloe.type("Collections at most", "5")
    chloe.tap("Go on to sign")
    chloe.sign()
    chloe.shot("order-treatment")
    chloe.tap("Order treatment")
    chloe.says("up to 5 collections")
    chloe.shot("course-ordered")


def put_wristband_on(walk: Walk) -> None:
    """Tara prints the wristband, reads it back, and Theo confirms it on the patient's arm."""
    tara = walk.at(TARA)
    tara.tap("Patients")
    tara.tap(NAME)
    tara.shot("chart-first-day")
    tara.tap("Consent and weight")
    tara.tap("Print wristband")
    put_on(walk, tara, "wristband")
