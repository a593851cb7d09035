"""What a course still needs before its cells can be collected, line by line, and who brings it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, select

from app.db.models import BodyWeight, Collection, Consent, Label, TreatmentOrder, Wristband
from app.domain.actor import Actor
from app.domain.roles import Action
from app.domain.states import CollectionState
from app.domain.vocabulary import ConsentKind, CourseState, OrderState
from app.patients.queries.acts import may
from app.patients.queries.banner import weight_text
from app.web import formats

CourseRow = Row[int, str, int, int, int, str, date, CourseState, str]


@dataclass(frozen=True, slots=True)
class Need:
    """One line of what a course needs; `href` leads to the form, empty for who may not use it; `verb` is its act.

    `is_for_another`: somebody else must do it, so that it is not this person's next step.
    """

    kind: str
    icon: str
    word: str
    fact: str
    href: str
    verb: str
    is_for_another: bool = False


@dataclass(frozen=True, slots=True)
class CourseReading:
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


def course_needs(reading: CourseReading, actor: Actor) -> tuple[Need, ...]:
    """All of it, in the order in which it is done."""
    return (
        _consent(reading, reading.form("consent", actor, Action.RECORD_CONSENT)),
        _weight(reading, reading.form("weight", actor, Action.RECORD_WEIGHT), actor),
        _order(reading, reading.form("order", actor, Action.ORDER_TREATMENT)),
        _wristband(reading, actor),
        _collections(reading, reading.form("collection", actor, Action.PLAN_COLLECTION)),
    )


def _consent(reading: CourseReading, href: str) -> Need:
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


def _weight(reading: CourseReading, href: str, actor: Actor) -> Need:
    last = last_weight(reading.db, reading.course.id)
    if last is None:
        return Need("info", "user-check", "Weight", "not entered", href, "Enter weight")
    if last.verified_by_id is None:
        fact = f"entered {reading.moment(last.measured_at)}, waits for a second person"
        is_own = last.entered_by_id == actor.user_id
        return Need("info", "user-check", "Weight", fact, href, "Verify weight", is_for_another=is_own)
    fact = f"{weight_text(last.weight_g)}, {reading.moment(last.measured_at)}"
    return Need("ok", "user-check", "Weight", fact, href, "Enter weight")


def last_weight(db: Connection, course_id: int) -> Row[int, int, datetime, int, int | None] | None:
    """The newest weight; by ix_body_weight_course_id_measured_at."""
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


def _order(reading: CourseReading, href: str) -> Need:
    look = select(TreatmentOrder.collections_planned, TreatmentOrder.ordered_at).where(
        TreatmentOrder.course_id == reading.course.id, TreatmentOrder.state == OrderState.ACTIVE
    )
    order = reading.db.execute(look).one_or_none()
    if order is None:
        return Need("info", "clipboard-check", "Treatment order", "none in force", href, "Order treatment")
    number = formats.count(order.collections_planned, "collection", "collections")
    fact = f"up to {number}, {reading.moment(order.ordered_at)}"
    return Need("ok", "clipboard-check", "Treatment order", fact, f"{href}/end" if href else "", "End order")


def _wristband(reading: CourseReading, actor: Actor) -> Need:
    """Whether the wristband worn now was printed and put on; by the unique index of the labels."""
    worn = select(Wristband.code).where(
        Wristband.patient_id == reading.course.patient_id, Wristband.voided_at.is_(None)
    )
    code = reading.db.execute(worn).scalar_one()
    look = select(Label.print_number, Label.applied_at).where(Label.code == code, Label.applied_at.is_not(None))
    label = reading.db.execute(look.order_by(Label.print_number.desc()).limit(1)).one_or_none()
    href = f"/labels/{code}" if may(actor, Action.PRINT_LABEL) else ""
    if label is None or label.applied_at is None:
        fact = "not put on yet" if href else "not put on yet; the laboratory prints it"
        return Need("info", "scan-barcode", "Wristband", fact, href, "Print wristband")
    fact = f"print {label.print_number}, put on {reading.moment(label.applied_at)}"
    return Need("ok", "scan-barcode", "Wristband", fact, href, "Open wristband")


def _collections(reading: CourseReading, href: str) -> Need:
    look = select(Collection.state).where(
        Collection.course_id == reading.course.id, Collection.state != CollectionState.CANCELLED
    )
    states = list(reading.db.execute(look).scalars())
    fact = f"{formats.count(len(states), 'collection', 'collections')} planned or done" if states else "none planned"
    return Need("ok" if states else "info", "droplet", "Collections", fact, href, "Plan collection")
