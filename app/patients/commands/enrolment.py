"""Enrolling a patient, opening and closing a course, the wristband. Not what happens in a course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select

from app.db.codes import next_code
from app.db.finding import fresh, load
from app.db.models import Course, Patient, Site, Wristband
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Invalid, WrongState
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.vocabulary import CourseState
from app.patients.schemas import CloseCourse, EnrolPatient, NewCourse, OpenCourse, ReissueWristband

OLDEST: Final = timedelta(days=120 * 366)
"""An age beyond this is a slip of the pen."""

FIRST_DAY_WITHIN: Final = timedelta(days=366)
"""Day 1 of a course lies at most a year from the day it is entered."""


@dataclass(frozen=True, slots=True)
class PatientEnrolled:
    """The codes of the new patient's chart, first course and wristband."""

    patient_code: str
    course_code: str
    wristband_code: str


@dataclass(frozen=True, slots=True)
class CourseFact:
    """The course that was opened or closed."""

    course_code: str


@dataclass(frozen=True, slots=True)
class WristbandIssued:
    """The wristband the patient wears from now on."""

    wristband_code: str


@command
def enrol_patient(tx: Transaction, actor: Actor, asked: EnrolPatient) -> PatientEnrolled:
    """Put a patient on file with the first course and a wristband. Refused when the hospital number is on file."""
    tx.permit(actor, Action.ENROL_PATIENT)
    today = _today(tx)
    if not today - OLDEST < asked.birth_date <= today:
        raise Invalid(
            "birth_date_impossible", "The birth date lies within the last 120 years. Check it.", field="birth_date"
        )
    if tx.session.execute(select(exists().where(Patient.hospital_number == asked.hospital_number))).scalar_one():
        raise Duplicate(
            "patient_on_file",
            "A patient with this hospital number is on file already. Find the chart and open a course there.",
            field="hospital_number",
        )
    patient = Patient(
        code=next_code(tx, Kind.PATIENT_SHEET),
        family_name=asked.family_name,
        given_name=asked.given_name,
        title=asked.title or None,
        birth_date=asked.birth_date,
        sex=asked.sex,
        hospital_number=asked.hospital_number,
        diagnosis=asked.diagnosis or None,
    )
    tx.session.add(patient)
    tx.session.flush()
    course = _open(tx, patient, asked, number=1)
    return PatientEnrolled(patient.code, course.code, _issue(tx, actor, patient).code)


@command
def open_course(tx: Transaction, actor: Actor, asked: OpenCourse) -> CourseFact:
    """Open a further course of a patient on file, with its own chain-of-identity code."""
    tx.permit(actor, Action.OPEN_COURSE)
    patient = load(tx, Patient, asked.patient_code)
    last = tx.session.execute(select(func.max(Course.number)).where(Course.patient_id == patient.id)).scalar_one()
    return CourseFact(_open(tx, patient, asked, number=(last or 0) + 1).code)


@command
def close_course(tx: Transaction, actor: Actor, asked: CloseCourse) -> CourseFact:
    """End a course. Nothing moves towards the patient in it any more; what is left is returned or disposed of."""
    tx.permit(actor, Action.OPEN_COURSE)
    course = load(tx, Course, asked.course_code)
    fresh(course, asked.row_version)
    tx.because("course_closed", require_reason(asked.reason, "Closing a course ends the treatment."))
    if course.state is CourseState.CLOSED:
        raise WrongState("course_closed", f"Course {display(course.code)} is closed already.")
    course.state = CourseState.CLOSED
    return CourseFact(course.code)


@command
def reissue_wristband(tx: Transaction, actor: Actor, asked: ReissueWristband) -> WristbandIssued:
    """Give the patient another wristband. The one worn is void at once."""
    tx.permit(actor, Action.ISSUE_WRISTBAND)
    patient = load(tx, Patient, asked.patient_code)
    tx.because("wristband_reissued", require_reason(asked.reason, "A second wristband is a risk."))
    worn = select(Wristband).where(Wristband.patient_id == patient.id, Wristband.voided_at.is_(None))
    for band in tx.session.execute(worn).scalars():
        band.voided_at = tx.now
    tx.session.flush()
    return WristbandIssued(_issue(tx, actor, patient).code)


def _open(tx: Transaction, patient: Patient, asked: NewCourse, *, number: int) -> Course:
    if abs(asked.first_day - _today(tx)) > FIRST_DAY_WITHIN:
        raise Invalid("first_day_far", "Day 1 lies at most a year from today. Check the date.", field="first_day")
    course = Course(
        patient_id=patient.id,
        code=next_code(tx, Kind.COURSE),
        number=number,
        protocol=asked.protocol,
        is_under_ind=asked.is_under_ind,
        first_day=asked.first_day,
        state=CourseState.ACTIVE,
    )
    tx.session.add(course)
    tx.session.flush()
    return course


def _issue(tx: Transaction, actor: Actor, patient: Patient) -> Wristband:
    code = next_code(tx, Kind.WRISTBAND)
    band = Wristband(code=code, patient_id=patient.id, issued_at=tx.now, issued_by_id=actor.user_id)
    tx.session.add(band)
    return band


def _today(tx: Transaction) -> date:
    zone = tx.session.execute(select(Site.zone)).scalar_one()
    return tx.now.astimezone(ZoneInfo(zone)).date()
