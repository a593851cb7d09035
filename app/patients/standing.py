"""Questions every step of a course asks first: does the course go on, who orders it, whose wristband is this."""

from __future__ import annotations

from sqlalchemy import exists, func, select

from app.db.models import Consent, Course, Hold, Label, TreatmentOrder, Wristband
from app.db.transaction import Transaction
from app.domain.course import Standing, require_going_on
from app.domain.errors import Mismatch, NearMiss, NotFound, WrongState
from app.domain.identifiers import Kind, display
from app.domain.scan import OwnCode
from app.domain.states import LabelState
from app.domain.vocabulary import ConsentKind, OrderState
from app.identity.queries.scanning import expect_here


def going_on(tx: Transaction, course_id: int, *, step: str) -> Course:
    """The course, locked, when a step towards the patient may be done in it; else the refusal with its near miss.

    The lock makes a withdrawal of consent and such a step wait for each other.
    """
    course = tx.session.get_one(Course, course_id, with_for_update=True)
    agreed = Consent.course_id == course_id, Consent.kind == ConsentKind.TREATMENT
    holds = Hold.course_id == course_id, Hold.product_lot_id.is_(None), Hold.lifted_at.is_(None)
    was_given, stands, open_holds = tx.session.execute(
        select(
            exists().where(*agreed),
            exists().where(*agreed, Consent.withdrawn_at.is_(None)),
            select(func.count()).select_from(Hold).where(*holds).scalar_subquery(),
        )
    ).one()
    require_going_on(Standing(course.code, course.state, was_given, stands, open_holds), step=step)
    return course


def active_order(tx: Transaction, course: Course, *, step: str) -> TreatmentOrder:
    """The prescriber's order in force for a course, or the refusal: without one nothing is collected or cultured."""
    look = select(TreatmentOrder).where(
        TreatmentOrder.course_id == course.id, TreatmentOrder.state == OrderState.ACTIVE
    )
    order = tx.session.execute(look.with_for_update()).scalar_one_or_none()
    if order is None:
        raise WrongState(
            "no_active_order",
            f"No order is in force for course {display(course.code)}. A prescriber must order the treatment first.",
            near_miss=NearMiss("no_active_order", step, course_code=course.code),
        )
    return order


def scanned_wristband(tx: Transaction, raw: str, course: Course, *, step: str) -> Wristband:
    """The wristband that was scanned, when it is the one this patient wears now.

    Refuses other kinds, unknown and void bands, and the band of another patient, whose name is never told.
    """
    scanned = expect_here(tx, raw, Kind.WRISTBAND, step=step)
    band = tx.session.execute(select(Wristband).where(Wristband.code == scanned.code)).scalar_one_or_none()
    if band is None:
        near = NearMiss("not_on_file", step, course_code=course.code, scanned=scanned.code)
        sentence = f"No wristband is on file under {scanned.text}. Check the band and scan again."
        raise NotFound("not_on_file", sentence, near_miss=near)
    if band.patient_id != course.patient_id:
        near = NearMiss("wrong_patient", step, course_code=course.code, scanned=scanned.code)
        sentence = f"This wristband is not of the patient of course {display(course.code)}. Stop. Ask who this is."
        raise Mismatch("wrong_patient", sentence, near_miss=near)
    if band.voided_at is not None or _is_void_print(tx, scanned):
        near = NearMiss("void_label", step, course_code=course.code, scanned=scanned.code)
        sentence = "This wristband was replaced and is void. Remove it, put the new one on, and scan that."
        raise Mismatch("void_label", sentence, near_miss=near)
    return band


def _is_void_print(tx: Transaction, scanned: OwnCode) -> bool:
    look = select(Label.state).where(Label.code == scanned.code, Label.print_number == scanned.print_number)
    return tx.session.execute(look).scalar_one_or_none() in {
        LabelState.VOID,
        LabelState.SPOILED,
        LabelState.DESTROYED,
    }
