"""The page of a course and the forms that bring what it needs. Not the chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.db.models import (
    Allergy,
    Consent,
    Course,
    Patient,
    Wristband,
)
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.vocabulary import ConsentKind, CourseState
from app.identity.signing import Signable
from app.patients.queries.acts import Act, may
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.needs import CourseReading, CourseRow, Need, course_needs, last_weight
from app.patients.records import order_cancellation, treatment_order
from app.web import formats


@dataclass(frozen=True, slots=True)
class CoursePage:
    """A course and its readiness. `primary` is what comes next, None where this person has nothing to do."""

    patient: Banner
    course_code: str
    course_text: str
    title: str
    sub: str
    is_open: bool
    needs: tuple[Need, ...]
    primary: Act | None
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class WeightForm:
    """Enter a weight, or read an unverified one again. `weight_id` is set for the second reading."""

    patient: Banner
    course_code: str
    weight_id: int | None
    entered_at: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class OrderForm:
    """Order treatment: first how many collections, then the signature over the whole record."""

    patient: Banner
    course_code: str
    collections_planned: int | None
    what: Signable | None
    is_end: bool


@dataclass(frozen=True, slots=True)
class CourseForm:
    """A form about a course or its patient, with what is on record of what the form is about."""

    patient: Banner
    course_code: str
    row_version: int
    patient_code: str
    allergies: tuple[str, ...]
    wristband: str
    withdrawable: tuple[tuple[str, str], ...]
    recordable: tuple[tuple[str, str], ...]


def course_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> CoursePage:
    """The readiness of a course, in nine statements."""
    course = _course(db, code)
    needs = course_needs(CourseReading(db, course, now, zone), actor)
    missing = next((need for need in needs if need.kind != "ok" and need.href and not need.is_for_another), None)
    return CoursePage(
        patient=banner_of_course(db, code, now, zone),
        course_code=code,
        course_text=display(code),
        title=f"Course {course.number}",
        sub=f"{course.protocol}, day 1 is {formats.date_text(course.first_day)}",
        is_open=course.state is CourseState.ACTIVE,
        needs=needs,
        primary=None if missing is None else Act(missing.href, missing.verb),
        acts=_acts(course, actor),
    )


def weight_form(db: Connection, code: str, now: datetime, zone: str, actor: Actor, *, is_anew: bool) -> WeightForm:
    """The form for a weight: the last one is read again when it waits for that, else (or `is_anew`) one is entered."""
    course = _course(db, code)
    last = last_weight(db, course.id)
    waits = last is not None and last.verified_by_id is None and not is_anew
    return WeightForm(
        patient=banner_of_course(db, code, now, zone),
        course_code=code,
        weight_id=last.id if waits and last is not None else None,
        entered_at="" if last is None else formats.moment(last.measured_at, zone, now),
        is_own=waits and last is not None and last.entered_by_id == actor.user_id,
    )


def order_form(db: Connection, code: str, now: datetime, zone: str, collections: int | None) -> OrderForm:
    """The form of a treatment order; with `collections` the record to sign is on it."""
    what = None if collections is None else treatment_order(db, code, collections)
    return OrderForm(banner_of_course(db, code, now, zone), code, collections, what, is_end=False)


def end_order_form(db: Connection, code: str, now: datetime, zone: str) -> OrderForm:
    """The form that ends the order in force."""
    return OrderForm(banner_of_course(db, code, now, zone), code, None, order_cancellation(db, code), is_end=True)


def course_form(db: Connection, code: str, now: datetime, zone: str) -> CourseForm:
    """A plain form about a course."""
    course = _course(db, code)
    allergies = select(Allergy.substance).where(Allergy.patient_id == course.patient_id, Allergy.ended_at.is_(None))
    consents = select(Consent.kind).where(Consent.course_id == course.id, Consent.withdrawn_at.is_(None))
    standing = set(db.execute(consents).scalars())
    worn = select(Wristband.code).where(Wristband.patient_id == course.patient_id, Wristband.voided_at.is_(None))
    return CourseForm(
        patient=banner_of_course(db, code, now, zone),
        course_code=code,
        row_version=course.row_version,
        patient_code=course.patient_code,
        allergies=tuple(db.execute(allergies).scalars()),
        wristband=display(db.execute(worn).scalar_one()),
        withdrawable=tuple((kind.value, kind.value.capitalize()) for kind in ConsentKind if kind in standing),
        recordable=tuple((kind.value, kind.value.capitalize()) for kind in ConsentKind if kind not in standing),
    )


def _course(db: Connection, code: str) -> CourseRow:
    row = db.execute(
        select(
            Course.id,
            Course.code,
            Course.patient_id,
            Course.row_version,
            Course.number,
            Course.protocol,
            Course.first_day,
            Course.state,
            Patient.code.label("patient_code"),
        )
        .join(Patient, Patient.id == Course.patient_id)
        .where(Course.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No course is on file under {display(code)}. Check the code.")
    return row


def _acts(course: CourseRow, actor: Actor) -> tuple[Act, ...]:
    """What a clinician may do besides, whatever is missing."""
    if not may(actor, Action.OPEN_COURSE):
        return ()
    closing = (Act(f"/courses/{course.code}/close", "Close course"),) if course.state is CourseState.ACTIVE else ()
    return (
        Act(f"/courses/{course.code}/allergy", "Record allergy"),
        Act(f"/courses/{course.code}/wristband", "Replace wristband"),
        Act(f"/patients/{course.patient_code}/courses/new", "Open another course"),
        *closing,
    )
