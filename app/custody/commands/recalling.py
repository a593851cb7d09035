"""Bags called back by themselves: a material they were made with was recalled. Not QA's own recall of a bag."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.custody.links import move_bag
from app.custody.queries.tainted import TAINTED
from app.db.finding import load
from app.db.models import Bag
from app.db.transaction import Transaction, command
from app.domain.custody import CustodyAct
from app.domain.states import BagAct, BagState

WAITING = (
    BagState.FILLED,
    BagState.LABELLED,
    BagState.AVAILABLE,
    BagState.ISSUED,
    BagState.RECEIVED,
    BagState.RETURNED,
)
"""Where a bag is open and no check of it runs; a running infusion is stopped by its ward, which sees the alarm."""


@dataclass(frozen=True, slots=True)
class BagsRecalled:
    """How many bags were called back."""

    bags: int


@command
def recall_tainted_bags(tx: Transaction) -> BagsRecalled:
    """Call back every open bag made with a recalled material (rules 10). For a job; every step refuses it before."""
    tainted = select(Bag.code).where(Bag.state.in_(WAITING), TAINTED).order_by(Bag.course_id, Bag.id)
    return BagsRecalled(sum(_recalled(tx, code) for code in tx.session.execute(tainted).scalars().all()))


def _recalled(tx: Transaction, code: str) -> bool:
    bag = load(tx, Bag, code)
    if bag.state not in WAITING:
        return False
    why = "a material it was made with was recalled"
    act = CustodyAct(act=BagAct.RECALL, at=tx.now, recorded_at=tx.now, actor_id=None, reason=why)
    move_bag(tx, bag, act)
    return True
