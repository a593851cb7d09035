"""The patient's chart: everything on record about one course, ready to print, in about twenty statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from markupsafe import Markup
from sqlalchemy import Connection, Row, exists, func, select

from app.db.models import Allergy, Consent, Course, Hold, Patient
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.vocabulary import ConsentKind, CourseState
from app.patients.queries.acts import may
from app.patients.queries.banner import Banner, banner_of_patient
from app.patients.queries.course_records import CourseRecords, course_records
from app.patients.queries.days import Calendar, DayByDay, day_by_day
from app.patients.queries.finding import has_similar_name
from app.patients.queries.line import Line, line_of_bag
from app.patients.queries.words import Chip, chip
from app.web import formats


@dataclass(frozen=True, slots=True)
class CourseTab:
    """Another course of the same patient."""

    code: str
    word: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a section: what it is, where it is, its fact, its state."""

    href: str
    code: str
    name: str
    fact: Markup
    chip: Chip


@dataclass(frozen=True, slots=True)
class Chart:
    """One course of one patient. `notices` are what stops or slows the line; `primary` is the one act offered here."""

    patient: Banner
    course_code: str
    course_word: str
    day_word: str
    diagnosis: str
    protocol: str
    allergies: tuple[str, ...]
    is_similar: bool
    notices: tuple[tuple[str, str], ...]
    courses: tuple[CourseTab, ...]
    days: DayByDay
    line: Line
    collections: tuple[Entry, ...]
    products: tuple[Entry, ...]
    orders: tuple[Entry, ...]
    infusions: tuple[Entry, ...]
    can_order_dose: bool


def patient_chart(
    db: Connection, code: str, now: datetime, zone: str, actor: Actor, *, course_code: str | None, bag: str | None
) -> Chart:
    """The chart of a patient, of the named course or the last one, around the named bag or the next one in play."""
    banner = banner_of_patient(db, code, now, zone)
    patient = db.execute(select(Patient.id, Patient.family_name, Patient.diagnosis).where(Patient.code == code)).one()
    courses = _courses(db, patient.id)
    course = next((each for each in courses if each.code == course_code), courses[-1])
    if course_code not in {None, course.code}:
        raise NotFound(
            "not_on_file", f"Course {display(course_code or '')} is not one of this patient. Check the code."
        )
    records = course_records(db, course.id)
    calendar = Calendar(course.first_day, now, zone)
    return Chart(
        patient=banner,
        course_code=course.code,
        course_word=f"Course {course.number}",
        day_word=f"day {calendar.today}",
        diagnosis=patient.diagnosis or formats.NOT_KNOWN,
        protocol=course.protocol,
        allergies=_allergies(db, patient.id),
        is_similar=has_similar_name(db, patient.id, patient.family_name),
        notices=_notices(db, course),
        courses=tuple(CourseTab(each.code, f"Course {each.number}") for each in courses if each is not course),
        days=day_by_day(records, course.first_day, now, zone),
        line=line_of_bag(records, bag, calendar, course.code),
        collections=_collections(records, calendar),
        products=_products(records, calendar),
        orders=_orders(records, calendar, course.code),
        infusions=_infusions(records, calendar, course.code),
        can_order_dose=course.state is CourseState.ACTIVE and may(actor, Action.ORDER_DOSE),
    )


CourseRow = Row[int, str, int, str, date, CourseState]


def _courses(db: Connection, patient_id: int) -> list[CourseRow]:
    look = select(Course.id, Course.code, Course.number, Course.protocol, Course.first_day, Course.state)
    return list(db.execute(look.where(Course.patient_id == patient_id).order_by(Course.number)))


def _chosen(courses: list[CourseRow], code: str | None) -> CourseRow:
    course = courses[-1] if code is None else next((each for each in courses if each.code == code), None)
    if course is None:
        raise NotFound("not_on_file", f"Course {display(code or '')} is not one of this patient. Check the code.")
    return course


def _allergies(db: Connection, patient_id: int) -> tuple[str, ...]:
    look = select(Allergy.substance).where(Allergy.patient_id == patient_id, Allergy.ended_at.is_(None))
    return tuple(db.execute(look.order_by(Allergy.id)).scalars())


def _notices(db: Connection, course: CourseRow) -> tuple[tuple[str, str], ...]:
    """What stands in the way of the line, as (kind, words)."""
    agreed = Consent.course_id == course.id, Consent.kind == ConsentKind.TREATMENT
    holds = select(func.count()).select_from(Hold).where(Hold.course_id == course.id, Hold.lifted_at.is_(None))
    given, stands, held = db.execute(
        select(
            exists().where(*agreed), exists().where(*agreed, Consent.withdrawn_at.is_(None)), holds.scalar_subquery()
        )
    ).one()
    found = []
    if course.state is not CourseState.ACTIVE:
        found.append(("warn", f"This course is {course.state.value.replace('_', ' ')}. Nothing moves in it."))
    if given and not stands:
        found.append(("warn", "The consent to treatment was withdrawn. Nothing moves towards the patient."))
    if not given:
        found.append(("info", "No consent to treatment is on record yet."))
    if held:
        found.append(("warn", f"{formats.count(held, 'hold is', 'holds are')} open on this course or a lot of it."))
    return tuple(found)


def _collections(records: CourseRecords, calendar: Calendar) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            f"/collections/{each.code}",
            display(each.code),
            f"Collection {each.number}",
            Markup.escape(formats.moment(each.started_at or each.planned_at, calendar.zone, calendar.now))
            + (Markup("") if each.wbc_cells is None else Markup(", ") + formats.cells(each.wbc_cells)),
            chip(each.state),
        )
        for each in records.collections
    )


def _products(records: CourseRecords, calendar: Calendar) -> tuple[Entry, ...]:
    sisters = {lot.id: sum(1 for bag in records.bags if bag.product_lot_id == lot.id) for lot in records.lots}
    return tuple(
        Entry(
            f"/bags/{bag.code}",
            display(bag.code),
            f"Bag {bag.division} of {sisters[bag.product_lot_id]}",
            Markup("{}, {}, expires {}").format(
                formats.dose(Decimal(bag.volume_ul) / 1000, "mL"),
                formats.cells(bag.viable_cells, "viable cells"),
                formats.moment(bag.expires_at, calendar.zone, calendar.now),
            ),
            chip(bag.state),
        )
        for bag in records.bags
    )


def _orders(records: CourseRecords, calendar: Calendar, course_code: str) -> tuple[Entry, ...]:
    treatment = (
        Entry(
            f"/courses/{course_code}",
            "",
            f"Order {each.number}, collection and processing",
            Markup.escape(
                f"up to {formats.count(each.collections_planned, 'collection', 'collections')},"
                f" {formats.moment(each.ordered_at, calendar.zone, calendar.now)}"
            ),
            Chip("ok" if each.state.value == "active" else "none", "file-check", each.state.value),
        )
        for each in records.orders
    )
    doses = (
        Entry(
            f"/orders/{course_code}/{each.number}",
            "",
            f"Dose order {each.number}",
            formats.cells(each.target_viable_cells, "viable cells")
            + Markup(", planned {}").format(formats.moment(each.planned_at, calendar.zone, calendar.now)),
            Chip("ok" if each.state.value == "active" else "none", "syringe", each.state.value),
        )
        for each in records.dose_orders
    )
    return (*treatment, *doses)


def _infusions(records: CourseRecords, calendar: Calendar, course_code: str) -> tuple[Entry, ...]:
    bags = {bag.id: bag for bag in records.bags}
    orders = {order.id: order for order in records.dose_orders}
    return tuple(
        Entry(
            f"/orders/{course_code}/{orders[each.dose_order_id].number}",
            display(bags[each.bag_id].code),
            f"Dose order {orders[each.dose_order_id].number}, bag {bags[each.bag_id].division}",
            formats.cells(each.contained_viable_cells, "viable cells") + _when_given(each.started_at, calendar),
            chip(each.state),
        )
        for each in records.infusions
    )


def _when_given(started_at: datetime | None, calendar: Calendar) -> Markup:
    if started_at is None:
        return Markup(", not started")
    return Markup(", started {}").format(formats.moment(started_at, calendar.zone, calendar.now))
