"""Moving a bag: store, hand over, issue, receive, return, destroy. Each is one link of its custody."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.custody.links import chain_in, move_bag
from app.custody.schemas import DisposeBag, HandOverBag, IssueBag, ReceiveBag, ReturnBag, StoreBag
from app.db.finding import load
from app.db.models import Bag, Course, DecisionBag, Hold, Infusion, Label, Place
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import ChainVerdict, CustodyAct
from app.domain.errors import Invalid, NearMiss, NotFound, SpecificationNotMet, WrongState
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.scan import OwnCode, expect
from app.domain.states import BagAct, BagState, InfusionState, LabelState
from app.domain.vocabulary import Inspection
from app.identity.signing import second_person


@dataclass(frozen=True, slots=True)
class BagMoved:
    """Where a bag is now: its code, its state, and the number of its last link."""

    bag_code: str
    state: BagState
    seq: int


@command
def store_bag(tx: Transaction, actor: Actor, asked: StoreBag) -> BagMoved:
    """Put a bag one holds to another place of the laboratory."""
    tx.permit(actor, Action.HAND_OVER_BAG)
    bag = scanned_bag(tx, asked.bag, "store bag")
    act = CustodyAct(
        act=None,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        to_place_id=_place(tx, asked.place).id,
    )
    return _moved(tx, bag, act)


@command
def hand_over_bag(tx: Transaction, actor: Actor, asked: HandOverBag) -> BagMoved:
    """Hand a bag to another person, who confirms with badge and PIN."""
    tx.permit(actor, Action.HAND_OVER_BAG)
    receiver = second_person(tx, actor, asked, Action.HAND_OVER_BAG)
    bag = scanned_bag(tx, asked.bag, "hand over bag")
    place_id = None if asked.place is None else _place(tx, asked.place).id
    act = CustodyAct(
        act=None,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=receiver.user_id,
        to_holder_id=receiver.user_id,
        to_place_id=place_id,
    )
    return _moved(tx, bag, act)


@command
def issue_bag(tx: Transaction, actor: Actor, asked: IssueBag) -> BagMoved:
    """Send a bag to the ward. Refused unless released, dose confirmed, in date, label current, chain unbroken."""
    tx.permit(actor, Action.ISSUE_BAG)
    witness = second_person(tx, actor, asked, Action.ISSUE_BAG)
    bag = scanned_bag(tx, asked.bag, "issue bag")
    require_issuable(tx, bag)
    act = CustodyAct(
        act=BagAct.ISSUE,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=witness.user_id,
        to_holder_id=actor.user_id,
        to_place_id=_place(tx, asked.transport_place).id,
        temperature_c=asked.temperature_c,
        seal=asked.seal,
    )
    return _moved(tx, bag, act)


@command
def receive_bag(tx: Transaction, actor: Actor, asked: ReceiveBag) -> BagMoved:
    """Take an issued bag over on the ward. The giver confirms; every line of the inspection must pass."""
    tx.permit(actor, Action.RECEIVE_BAG)
    giver = second_person(tx, actor, asked, Action.HAND_OVER_BAG)
    bag = scanned_bag(tx, asked.bag, "receive bag")
    failed = [
        words for words, line in (("bag", asked.integrity), ("label", asked.label)) if line is not Inspection.PASS
    ]
    if failed:
        raise SpecificationNotMet(
            "receipt_inspection",
            f"The inspection of the {' and the '.join(failed)} did not pass. Do not use the bag: return it to the"
            " laboratory and call them.",
            near_miss=NearMiss("receipt_inspection", "receive bag", _course(tx, bag), bag.code),
        )
    act = CustodyAct(
        act=BagAct.RECEIVE,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=giver.user_id,
        to_holder_id=actor.user_id,
        to_place_id=_place(tx, asked.place).id,
        temperature_c=asked.temperature_c,
        seal=asked.seal,
    )
    return _moved(tx, bag, act)


@command
def return_bag(tx: Transaction, actor: Actor, asked: ReturnBag) -> BagMoved:
    """Bring an issued or received bag back; who takes it confirms. Only QA can restock it."""
    tx.permit(actor, Action.RETURN_BAG)
    taker = second_person(tx, actor, asked, Action.HAND_OVER_BAG)
    bag = scanned_bag(tx, asked.bag, "return bag")
    reason = require_reason(asked.reason, "A return needs a reason.")
    tx.because("returned", reason)
    act = CustodyAct(
        act=BagAct.RETURN,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=taker.user_id,
        to_holder_id=taker.user_id,
        to_place_id=_place(tx, asked.place).id,
        temperature_c=asked.temperature_c,
        seal=asked.seal,
        reason=reason,
    )
    return _moved(tx, bag, act)


@command
def destroy_bag(tx: Transaction, actor: Actor, asked: DisposeBag) -> BagMoved:
    """Destroy a bag before a witness, with a reason."""
    tx.permit(actor, Action.DESTROY_BAG)
    witness = second_person(tx, actor, asked, Action.DESTROY_BAG)
    bag = scanned_bag(tx, asked.bag, "destroy bag")
    reason = require_reason(asked.reason, "Destroying a bag needs a reason.")
    tx.because("destroyed", reason)
    act = CustodyAct(
        act=BagAct.DESTROY,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=witness.user_id,
        reason=reason,
    )
    return _moved(tx, bag, act)


def scanned_bag(tx: Transaction, raw: str, step: str) -> Bag:
    """The bag that was scanned, locked. A voided label is refused by name."""
    code = expect(raw, Kind.BAG, step=step)
    bag = load(tx, Bag, code.code)
    require_current_label(tx, bag, code, step)
    return bag


def require_current_label(tx: Transaction, bag: Bag, code: OwnCode, step: str) -> None:
    """Refuse a scan of an older print; a linear scan carries no print number and only serves a single print."""
    prints = tx.session.execute(
        select(Label.print_number, Label.state).where(Label.bag_id == bag.id).order_by(Label.print_number)
    ).all()
    applied = [row.print_number for row in prints if row.state is LabelState.APPLIED]
    if code.print_number is None:
        if len(prints) > 1:
            raise Invalid("scan_square_symbol", "This bag's label was printed again. Scan the square symbol.")
        return
    if applied and code.print_number not in applied:
        raise WrongState(
            "void_label",
            f"This label of bag {display(bag.code)} is void: print {applied[0]} is the current one. Stop and call the"
            " laboratory.",
            near_miss=NearMiss("void_label", step, _course(tx, bag), bag.code, code.code),
        )


def require_issuable(tx: Transaction, bag: Bag) -> None:
    """Refuse an issue with what is missing, each by its name. The database keeps the same rules once more."""
    problem = _issue_problem(tx, bag)
    if problem is not None:
        code, sentence = problem
        near_miss = NearMiss(code, "issue bag", _course(tx, bag), bag.code)
        raise SpecificationNotMet(code, f"Bag {display(bag.code)}: {sentence}", near_miss=near_miss)


def _issue_problem(tx: Transaction, bag: Bag) -> tuple[str, str] | None:
    session = tx.session
    in_force = select(DecisionBag.id).where(DecisionBag.bag_id == bag.id, DecisionBag.is_effective)
    if session.execute(in_force).first() is None:
        return "not_released", "no release is in force for it. QA must decide first."
    if _is_held(tx, bag):
        return "on_hold", "it is on hold. QA must lift the hold first."
    if bag.expires_at <= tx.now:
        return "expired", "it has expired. Put it aside and tell the prescriber."
    infusion = select(Infusion.state).where(Infusion.bag_id == bag.id, Infusion.state != InfusionState.CANCELLED)
    if session.execute(infusion).scalar_one_or_none() is not InfusionState.CONFIRMED:
        return "dose_not_confirmed", "its dose is not confirmed. The prescriber must confirm it first."
    if chain_in(session, bag).verdict is ChainVerdict.BROKEN:
        return "chain_broken", "its chain of custody is broken. Explain the gap by a closed deviation first."
    return None


def _is_held(tx: Transaction, bag: Bag) -> bool:
    holds = select(func.count(Hold.id)).where(
        Hold.course_id == bag.course_id,
        Hold.lifted_at.is_(None),
        Hold.product_lot_id.is_(None) | (Hold.product_lot_id == bag.product_lot_id),
    )
    return tx.session.execute(holds).scalar_one() > 0


def _moved(tx: Transaction, bag: Bag, act: CustodyAct) -> BagMoved:
    event = move_bag(tx, bag, act)
    return BagMoved(bag.code, event.bag_state, event.seq)


def _place(tx: Transaction, raw: str) -> Place:
    code = expect(raw, Kind.PLACE, step="place")
    place = tx.session.execute(select(Place).where(Place.code == code.code)).scalar_one_or_none()
    if place is None:
        raise NotFound("place_not_on_file", f"No place is on file under {code.text}. Scan the code of a place.")
    return place


def _course(tx: Transaction, bag: Bag) -> str:
    return tx.session.execute(select(Course.code).where(Course.id == bag.course_id)).scalar_one()
