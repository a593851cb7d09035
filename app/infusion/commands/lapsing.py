"""Checks that nobody started in time: the bag goes back to received, its infusion to confirmed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from app.custody.links import move_bag
from app.db.models import Bag, BedsideCheck, Infusion
from app.db.transaction import Transaction, command
from app.domain.custody import CustodyAct
from app.domain.identifiers import display
from app.domain.states import INFUSION, BagAct, BagState, InfusionAct, InfusionState, next_state
from app.infusion.verdict import infusion_of, locked_bag


def overdue_checks(at: datetime) -> Select[str]:
    """The bags whose check two people confirmed and nobody started in its 120 s."""
    return (
        select(Bag.code)
        .join(Infusion, Infusion.bag_id == Bag.id)
        .join(BedsideCheck, BedsideCheck.id == Infusion.bedside_check_id)
        .where(Infusion.state == InfusionState.CHECKED, BedsideCheck.expires_at < at)
        .order_by(Bag.course_id, Bag.id)
    )


@command
def lapse_check(tx: Transaction, code: str) -> bool:
    """Let the check of a bag lapse; answers whether its time was over."""
    return lapse_if_over(tx, locked_bag(tx, code))


def lapse_if_over(tx: Transaction, bag: Bag) -> bool:
    """Let the check of this locked bag lapse when its time is over; answers whether it did."""
    infusion = infusion_of(tx, bag)
    if infusion is None or infusion.state is not InfusionState.CHECKED:
        return False
    check = tx.session.get_one(BedsideCheck, infusion.bedside_check_id)
    if tx.now <= check.expires_at:
        return False
    lapse(tx, bag, infusion)
    return True


def lapse(tx: Transaction, bag: Bag, infusion: Infusion, user_id: int | None = None) -> None:
    """The bag is received and its dose confirmed again, as before the check; by itself, or by who left the check."""
    if bag.state is BagState.VERIFIED:  # else it was called back meanwhile
        move_bag(tx, bag, CustodyAct(act=BagAct.LAPSE, at=tx.now, recorded_at=tx.now, actor_id=user_id))
    infusion.state = next_state(INFUSION, infusion.state, InfusionAct.LAPSE, f"Bag {display(bag.code)}")
    infusion.bedside_check_id = None
    tx.session.flush()
