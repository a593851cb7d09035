"""What happens to bags by itself: a material they were made with was recalled, their time is over.

Each kind says which bags are due and ends one of them, so that a bag that cannot be ended holds up no other.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

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

MADE_OF_RECALLED = "a material it was made with was recalled"


def tainted_bags(_at: datetime) -> Select[str]:
    """The open bags made with a recalled material (rules 10); every step refuses them before they are called back."""
    return select(Bag.code).where(Bag.state.in_(WAITING), TAINTED).order_by(Bag.course_id, Bag.id)


@command
def recall_tainted_bag(tx: Transaction, code: str) -> bool:
    """Call back a bag made with a recalled material; answers whether it was still open."""
    bag = load(tx, Bag, code)
    if bag.state not in WAITING:
        return False
    act = CustodyAct(act=BagAct.RECALL, at=tx.now, recorded_at=tx.now, actor_id=None, reason=MADE_OF_RECALLED)
    move_bag(tx, bag, act)
    return True


def overdue_bags(at: datetime) -> Select[str]:
    """The bags past their expiry, which forbids their use long before (ix_bag_state_id).

    A bag under check is left until its check has lapsed, a recalled one stays recalled.
    """
    return select(Bag.code).where(Bag.state.in_(WAITING), Bag.expires_at <= at).order_by(Bag.course_id, Bag.id)


@command
def expire_bag(tx: Transaction, code: str) -> bool:
    """Let a bag expire; answers whether it was still open and its time over."""
    bag = load(tx, Bag, code)
    if bag.state not in WAITING or bag.expires_at > tx.now:
        return False
    move_bag(tx, bag, CustodyAct(act=BagAct.EXPIRE, at=tx.now, recorded_at=tx.now, actor_id=None))
    return True
