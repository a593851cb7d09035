"""What a course still needs before its cells can be collected, and the forms that bring it. Not the chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, select

from app.db.models import Allergy, BodyWeight, Collection, Consent, Course, Patient, TreatmentOrder, Wristband
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.states import CollectionState
from app.domain.vocabulary import ConsentKind, CourseState, OrderState
from app.identity.signing import Signable
from app.patients.queries.acts import Act, may
from app.patients.queries.banner import Banner, banner_of_course, weight_text
from app.patients.records import order_cancellation, treatment_order
from app.web import formats


@dataclass(frozen=True, slots=True)
class Need:
    """One line of what a course needs; `href` leads to the form, empty for who may not use it; `verb` is its act."""

    kind: str
    icon: str
    word: str
    fact: str
    href: str
    verb: str


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
    """The readiness of a course, in eight statements."""
    course = _course(db, code)
    needs = _needs(_Reading(db, course, now, zone), actor)
    missing = next((need for need in needs if need.kind != "ok"), None)
    return CoursePage(
        patient=banner_of_course(db, code, now, zone),
        course_code=code,
        course_text=display(code),
        title=f"Course {course.number}",
        sub=f"{course.protocol}, day 1 is {formats.date_text(course.first_day)}",
        is_open=course.state is CourseState.ACTIVE,
        needs=needs,
        primary=None if missing is None or not missing.href else Act(missing.href, missing.verb),
        acts=_acts(course, actor),
    )


def weight_form(db: Connection, code: str, now: datetime, zone: str, actor: Actor, *, is_anew: bool) -> WeightForm:
    """The form for a weight: the last one is read again when it waits for that, else (or `is_anew`) one is entered."""
    course = _course(db, code)
    last = _last_weight(db, course.id)
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


CourseRow = Row[int, str, int, int, int, str, date, CourseState, str]


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


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the needs of one course are read with."""

    db: Connection
    course: CourseRow
    now: datetime
    zone: str

    def moment(self, at: datetime) -> str:
        return formats.moment(at, self.zone, self.now)

    def form(self, name: str, actor: Actor, action: Action) -> str:
        """The address of a form of this course, or nothing for who may not use it."""
        may_use = self.course.state is CourseState.ACTIVE and may(actor, action)
        return f"/courses/{self.course.code}/{name}" if may_use else ""


def _needs(reading: _Reading, actor: Actor) -> tuple[Need, ...]:
    return (
        _consent(reading, reading.form("consent", actor, Action.RECORD_CONSENT)),
        _weight(reading, reading.form("weight", actor, Action.RECORD_WEIGHT)),
        _order(reading, reading.form("order", actor, Action.ORDER_TREATMENT)),
        _collections(reading, reading.form("collection", actor, Action.PLAN_COLLECTION)),
    )


def _consent(reading: _Reading, href: str) -> Need:
    look = select(Consent.given_at, Consent.withdrawn_at).where(
        Consent.course_id == reading.course.id, Consent.kind == ConsentKind.TREATMENT
    )
    last = reading.db.execute(look.order_by(Consent.id.desc()).limit(1)).one_or_none()
    if last is None:
        return Need("info", "file-check", "Consent", "not on record", href, "Record consent")
    if last.withdrawn_at is not None:
        fact = f"withdrawn {reading.moment(last.withdrawn_at)}"
        return Need("warn", "file-check", "Consent", fact, href, "Record consent")
    return Need("ok", "file-check", "Consent", f"given {reading.moment(last.given_at)}", href, "Withdraw consent")


def _weight(reading: _Reading, href: str) -> Need:
    last = _last_weight(reading.db, reading.course.id)
    if last is None:
        return Need("info", "user-check", "Weight", "not entered", href, "Enter weight")
    if last.verified_by_id is None:
        fact = f"entered {reading.moment(last.measured_at)}, waits for a second person"
        return Need("info", "user-check", "Weight", fact, href, "Verify weight")
    fact = f"{weight_text(last.weight_g)}, {reading.moment(last.measured_at)}"
    return Need("ok", "user-check", "Weight", fact, href, "Enter weight")


def _last_weight(db: Connection, course_id: int) -> Row[int, int, datetime, int, int | None] | None:
    """By ix_body_weight_course_id_measured_at."""
    return db.execute(
        select(
            BodyWeight.id,
            BodyWeight.weight_g,
            BodyWeight.measured_at,
            BodyWeight.entered_by_id,
            BodyWeight.verified_by_id,
        )
        .where(BodyWeight.course_id == course_id)
        .order_by(BodyWeight.measured_at.desc(), BodyWeight.id.desc())
        .limit(1)
    ).one_or_none()


def _order(reading: _Reading, href: str) -> Need:
    look = select(TreatmentOrder.collections_planned, TreatmentOrder.ordered_at).where(
        TreatmentOrder.course_id == reading.course.id, TreatmentOrder.state == OrderState.ACTIVE
    )
    order = reading.db.execute(look).one_or_none()
    if order is None:
        return Need("info", "clipboard-check", "Treatment order", "none in force", href, "Order treatment")
    number = formats.count(order.collections_planned, "collection", "collections")
    fact = f"up to {number}, {reading.moment(order.ordered_at)}"
    return Need("ok", "clipboard-check", "Treatment order", fact, f"{href}/end" if href else "", "End order")


def _collections(reading: _Reading, href: str) -> Need:
    look = select(Collection.state).where(
        Collection.course_id == reading.course.id, Collection.state != CollectionState.CANCELLED
    )
    states = list(reading.db.execute(look).scalars())
    fact = f"{formats.count(len(states), 'collection', 'collections')} planned or done" if states else "none planned"
    return Need("ok" if states else "info", "droplet", "Collections", fact, href, "Plan collection")


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
