"""What people sign about a course, as the page shows it. Page and command build it here: both have the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, func, select

from app.db.models import Course, Patient, TreatmentOrder
from app.domain.errors import NotFound, WrongState
from app.domain.identifiers import display
from app.domain.signing import Meaning, canonical_record, statement
from app.domain.vocabulary import OrderState
from app.identity.signing import Signable


@dataclass(frozen=True, slots=True)
class ToSign:
    """What the API hands to whoever signs: the record, its hash, the sentence they sign."""

    record: str
    record_sha256: str
    statement: str


@dataclass(frozen=True, slots=True)
class CoursePatient:
    """A course and whose it is, as a signed record names them."""

    course_id: int
    course_code: str
    protocol: str
    is_under_ind: bool
    first_day: date
    patient_id: int
    patient_code: str
    family_name: str
    given_name: str
    birth_date: date
    hospital_number: str

    @property
    def words(self) -> str:
        """The course and its patient for a sentence."""
        return f"course {display(self.course_code)} of {self.family_name.upper()}, {self.given_name}"


def to_sign(what: Signable) -> ToSign:
    """The same a page shows, for the API."""
    return ToSign(what.record, what.sha256, what.statement)


def course_patient(db: Connection, course_code: str) -> CoursePatient:
    """The course with its patient, or the refusal that it is not on file."""
    row = db.execute(
        select(
            Course.id.label("course_id"),
            Course.code.label("course_code"),
            Course.protocol,
            Course.is_under_ind,
            Course.first_day,
            Patient.id.label("patient_id"),
            Patient.code.label("patient_code"),
            Patient.family_name,
            Patient.given_name,
            Patient.birth_date,
            Patient.hospital_number,
        )
        .join(Patient, Patient.id == Course.patient_id)
        .where(Course.code == course_code)
    ).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No course is on file under {display(course_code)}. Check the code.")
    return CoursePatient(*row)


def treatment_order(db: Connection, course_code: str, collections_planned: int) -> Signable:
    """What a prescriber signs to order collection and processing."""
    about = course_patient(db, course_code)
    last = select(func.max(TreatmentOrder.number)).where(TreatmentOrder.course_id == about.course_id)
    number = (db.execute(last).scalar_one() or 0) + 1
    record = canonical_record({
        "record": "treatment_order",
        "course": about.course_code,
        "protocol": about.protocol,
        "is_under_ind": about.is_under_ind,
        "first_day": about.first_day,
        "patient": about.patient_code,
        "family_name": about.family_name,
        "given_name": about.given_name,
        "birth_date": about.birth_date,
        "hospital_number": about.hospital_number,
        "number": number,
        "collections_planned": collections_planned,
    })  # fmt: skip
    collections = "1 collection" if collections_planned == 1 else f"up to {collections_planned} collections"
    said = statement(Meaning.REQUESTED, f"{collections} and their processing in {about.words}")
    return _signable(about, said, f"treatment_order:{about.course_code}/{number}", record)


def order_cancellation(db: Connection, course_code: str) -> Signable:
    """What a prescriber signs to end the order in force."""
    about = course_patient(db, course_code)
    order = _order_in_force(db, about)
    record = canonical_record({
        "record": "treatment_order_cancellation",
        "course": about.course_code,
        "patient": about.patient_code,
        "number": order.number,
        "collections_planned": order.collections_planned,
        "ordered_at": order.ordered_at,
    })  # fmt: skip
    said = statement(Meaning.REQUESTED, f"that order {order.number} no longer stands in {about.words}")
    return _signable(about, said, f"treatment_order:{about.course_code}/{order.number}", record)


def _order_in_force(db: Connection, about: CoursePatient) -> Row[int, int, datetime]:
    order = db.execute(
        select(TreatmentOrder.number, TreatmentOrder.collections_planned, TreatmentOrder.ordered_at).where(
            TreatmentOrder.course_id == about.course_id, TreatmentOrder.state == OrderState.ACTIVE
        )
    ).one_or_none()
    if order is None:
        raise WrongState("no_active_order", f"No order is in force for course {display(about.course_code)}.")
    return order


def _signable(about: CoursePatient, said: str, record_of: str, record: bytes) -> Signable:
    return Signable(Meaning.REQUESTED, said, record_of, record.decode(), about.course_id, about.patient_id)
