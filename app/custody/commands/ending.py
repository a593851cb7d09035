"""How people end a bag, or bring it back: destroyed, spilt, called back, restocked. Rules: rules, section 4.5."""

from __future__ import annotations

from dataclasses import dataclass

from app.custody.commands.scanned import BagMoved, course_code_of, moved, scanned_bag
from app.custody.links import move_bag
from app.custody.queries.standing import restock_problem, standing_of
from app.custody.records import recall_record, restock_record
from app.custody.schemas import DisposeBag, RecallBag, RestockBag
from app.db.finding import load
from app.db.models import Bag
from app.db.transaction import Transaction, command
from app.deviations.opening import raise_alarm
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.errors import NearMiss, SpecificationNotMet
from app.domain.identifiers import display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import BAG, BagAct, BagState, next_state
from app.identity.signing import second_person, sign


@dataclass(frozen=True, slots=True)
class BagRecalled:
    """The bag called back. One that runs in cannot be moved: then `deviation` names the alarm its ward sees."""

    bag_code: str
    state: BagState
    deviation: str | None


@command
def destroy_bag(tx: Transaction, actor: Actor, asked: DisposeBag) -> BagMoved:
    """Destroy a bag before a witness, with a reason."""
    return _disposed(tx, actor, asked, BagAct.DESTROY, "Destroying a bag needs a reason.")


@command
def waste_bag(tx: Transaction, actor: Actor, asked: DisposeBag) -> BagMoved:
    """Record before a witness that a bag was spilt or broke, and how."""
    return _disposed(tx, actor, asked, BagAct.WASTE, "A spilt or broken bag needs the words on how it happened.")


@command
def recall_bag(tx: Transaction, actor: Actor, asked: RecallBag) -> BagRecalled:
    """QA calls a bag back, by signature. One that runs in is not moved: its ward sees the alarm and stops it."""
    tx.permit(actor, Action.START_RECALL)
    bag = load(tx, Bag, asked.bag_code)
    reason = require_reason(asked.reason, "A recall needs a reason.")
    tx.because("recalled", reason)
    if bag.state is not BagState.INFUSING:
        next_state(BAG, bag.state, BagAct.RECALL, f"Bag {display(bag.code)}")
    sign(tx, actor, asked, recall_record(tx.session.connection(), bag.code, reason))
    if bag.state is BagState.INFUSING:
        what = f"Bag {display(bag.code)} was called back while it ran in: {reason}"
        alarm = raise_alarm(tx, actor, bag, product_lot_id=bag.product_lot_id, what=what)
        return BagRecalled(bag.code, bag.state, alarm.number)
    act = CustodyAct(act=BagAct.RECALL, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id, reason=reason)
    return BagRecalled(bag.code, move_bag(tx, bag, act).bag_state, None)


@command
def restock_bag(tx: Transaction, actor: Actor, asked: RestockBag) -> BagMoved:
    """QA lets a returned bag be issued again, by signature: released, free, in date, its chain whole."""
    tx.permit(actor, Action.RESTOCK_BAG)
    bag = load(tx, Bag, asked.bag_code)
    next_state(BAG, bag.state, BagAct.RESTOCK, f"Bag {display(bag.code)}")
    db = tx.session.connection()
    problem = restock_problem(db, standing_of(db, bag.code), tx.now)
    if problem is not None:
        near_miss = NearMiss(problem.code, "restock bag", course_code_of(tx, bag), bag.code)
        raise SpecificationNotMet(problem.code, f"Bag {display(bag.code)}: {problem.words}", near_miss=near_miss)
    sign(tx, actor, asked, restock_record(db, bag.code))
    act = CustodyAct(act=BagAct.RESTOCK, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id)
    return moved(tx, bag, act)


def _disposed(tx: Transaction, actor: Actor, asked: DisposeBag, bag_act: BagAct, why: str) -> BagMoved:
    tx.permit(actor, Action.DESTROY_BAG)
    witness = second_person(tx, actor, asked, Action.DESTROY_BAG)
    bag = scanned_bag(tx, asked.bag, f"{bag_act.value} bag", asked.bag_code)
    reason = require_reason(asked.reason, why)
    tx.because("disposed", reason)
    act = CustodyAct(
        act=bag_act,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=witness.user_id,
        reason=reason,
    )
    return moved(tx, bag, act)
