"""The prescriber's order to collect and process, and its end. Not the dose order."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.db.finding import load
from app.db.models import Course, TreatmentOrder
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate
from app.domain.identifiers import display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.vocabulary import OrderState
from app.identity.signing import sign
from app.patients.records import order_cancellation, treatment_order
from app.patients.schemas import CancelTreatmentOrder, OrderTreatment
from app.patients.standing import active_order, going_on


@dataclass(frozen=True, slots=True)
class TreatmentOrderFact:
    """Which order of the course was given or ended."""

    course_code: str
    number: int


@command
def order_treatment(tx: Transaction, actor: Actor, asked: OrderTreatment) -> TreatmentOrderFact:
    """Order collections and their processing, by signature. Refused while another order is in force."""
    tx.permit(actor, Action.ORDER_TREATMENT)
    course = going_on(tx, load(tx, Course, asked.course_code).id, step="order_treatment")
    orders = select(TreatmentOrder).where(TreatmentOrder.course_id == course.id)
    if tx.session.execute(orders.where(TreatmentOrder.state == OrderState.ACTIVE)).first() is not None:
        raise Duplicate(
            "order_in_force", f"An order is in force for course {display(course.code)}. End it before you give another."
        )
    what = treatment_order(tx.session.connection(), course.code, asked.collections_planned)
    signature = sign(tx, actor, asked, what)
    last = select(func.max(TreatmentOrder.number)).where(TreatmentOrder.course_id == course.id)
    order = TreatmentOrder(
        course_id=course.id,
        patient_id=course.patient_id,
        number=(tx.session.execute(last).scalar_one() or 0) + 1,
        collections_planned=asked.collections_planned,
        state=OrderState.ACTIVE,
        ordered_by_id=actor.user_id,
        ordered_at=tx.now,
        signature_id=signature.id,
    )
    tx.session.add(order)
    return TreatmentOrderFact(course.code, order.number)


@command
def cancel_treatment_order(tx: Transaction, actor: Actor, asked: CancelTreatmentOrder) -> TreatmentOrderFact:
    """End the order in force, by signature. Nothing new is collected or cultured until there is another."""
    tx.permit(actor, Action.CANCEL_ORDER)
    course = load(tx, Course, asked.course_code)
    tx.because("order_cancelled", require_reason(asked.reason, "The order is the ground of the whole line."))
    order = active_order(tx, course, step="cancel_treatment_order")
    sign(tx, actor, asked, order_cancellation(tx.session.connection(), course.code))
    order.state = OrderState.CANCELLED
    return TreatmentOrderFact(course.code, order.number)
