"""Ordering a dose, confirming the bags that are it, cancelling it. Each is a prescriber's signature."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.db.finding import load
from app.db.models import Bag, Course, DoseOrder, Infusion
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import NotFound, WrongState
from app.domain.identifiers import display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import INFUSION, InfusionAct, InfusionState, next_state
from app.domain.vocabulary import OrderState
from app.identity.signing import sign
from app.infusion.dosing import DoseSheet, cancellation, dose_sheet, order_sheet, require_confirmable
from app.infusion.schemas import CancelOrder, ConfirmDose, OrderDose
from app.patients.standing import going_on


@dataclass(frozen=True, slots=True)
class DoseOrdered:
    """Which order of the course it is."""

    course_code: str
    number: int


@dataclass(frozen=True, slots=True)
class DoseConfirmed:
    """The bags that are this dose."""

    course_code: str
    number: int
    bag_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """Which order no longer stands."""

    course_code: str
    number: int


@command
def order_dose(tx: Transaction, actor: Actor, asked: OrderDose) -> DoseOrdered:
    """Order viable cells for a patient, on a weight verified within the last days. Refused while the course rests."""
    tx.permit(actor, Action.ORDER_DOSE)
    course = going_on(tx, load(tx, Course, asked.course_code).id, step="order dose")
    sheet = order_sheet(tx.session.connection(), asked, tx.now)
    if asked.reason is not None:
        tx.because("unusual_dose", asked.reason)
    signature = sign(tx, actor, asked, sheet.signable)
    order = DoseOrder(
        course_id=course.id,
        patient_id=course.patient_id,
        number=sheet.number,
        state=OrderState.ACTIVE,
        least_viable_cells=sheet.cells.least,
        target_viable_cells=sheet.cells.target,
        most_viable_cells=sheet.cells.most,
        route=sheet.route,
        planned_at=sheet.planned_at,
        infusion_min=sheet.infusion_min,
        body_weight_id=sheet.weight.id,
        ordered_by_id=actor.user_id,
        ordered_at=tx.now,
        signature_id=signature.id,
    )
    tx.session.add(order)
    return DoseOrdered(course.code, order.number)


@command
def confirm_dose(tx: Transaction, actor: Actor, asked: ConfirmDose) -> DoseConfirmed:
    """Confirm released bags as the dose of an order. Endotoxin of the heaviest hour is judged with today's weight."""
    tx.permit(actor, Action.CONFIRM_DOSE)
    going_on(tx, load(tx, Course, asked.course_code).id, step="confirm dose")
    order = _order(tx, asked.course_code, asked.number)
    codes = sorted(set(asked.bag_codes))
    for code in codes:
        load(tx, Bag, code)
    sheet = dose_sheet(tx.session.connection(), asked.course_code, asked.number, codes, tx.now)
    require_confirmable(sheet, asked.reason, tx.now)
    if asked.reason is not None:
        tx.because("unusual_dose", asked.reason)
    signature_id = sign(tx, actor, asked, sheet.signable).id
    for infusion in _confirmed(tx, actor, order, sheet, signature_id):
        tx.session.add(infusion)
    tx.session.flush()
    return DoseConfirmed(asked.course_code, order.number, tuple(codes))


@command
def cancel_order(tx: Transaction, actor: Actor, asked: CancelOrder) -> OrderCancelled:
    """Cancel an order, and with it every bag confirmed for it that nobody began to check or give."""
    tx.permit(actor, Action.CANCEL_ORDER)
    load(tx, Course, asked.course_code)
    order = _order(tx, asked.course_code, asked.number)
    what = f"Dose order {order.number} of course {display(asked.course_code)}"
    tx.because("order_cancelled", require_reason(asked.reason, "A cancelled order leaves the patient without a dose."))
    if order.state is not OrderState.ACTIVE:
        raise WrongState("order_not_active", f"{what} is {order.state.value} already.")
    sign(tx, actor, asked, cancellation(tx.session.connection(), asked.course_code, asked.number))
    look = select(Infusion).where(Infusion.dose_order_id == order.id).order_by(Infusion.id).with_for_update()
    for infusion in tx.session.execute(look).scalars():
        if infusion.state in {InfusionState.CHECKED, InfusionState.RUNNING}:
            raise WrongState("infusion_under_way", f"{what} has a bag at the bedside. Stop or finish it there first.")
        if infusion.state is InfusionState.CONFIRMED:
            infusion.state = next_state(INFUSION, infusion.state, InfusionAct.CANCEL, what)
    order.state = OrderState.CANCELLED
    return OrderCancelled(asked.course_code, order.number)


def _order(tx: Transaction, course_code: str, number: int) -> DoseOrder:
    look = (
        select(DoseOrder)
        .join(Course, Course.id == DoseOrder.course_id)
        .where(Course.code == course_code, DoseOrder.number == number)
        .with_for_update(of=DoseOrder)
    )
    order = tx.session.execute(look).scalar_one_or_none()
    if order is None:
        raise NotFound("no_such_order", f"Course {display(course_code)} has no dose order {number}.")
    return order


def _confirmed(tx: Transaction, actor: Actor, order: DoseOrder, sheet: DoseSheet, signature_id: int) -> list[Infusion]:
    return [
        Infusion(
            course_id=order.course_id,
            patient_id=order.patient_id,
            bag_id=bag.id,
            dose_order_id=order.id,
            state=InfusionState.CONFIRMED,
            contained_viable_cells=bag.viable_cells,
            difference_percent=round(sheet.difference_percent, 4),
            confirmed_by_id=actor.user_id,
            confirmed_at=tx.now,
            signature_id=signature_id,
        )
        for bag in sheet.bags
    ]
