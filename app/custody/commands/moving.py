"""Moving a bag: store, hand over, issue, receive, return. Each is one link of its custody."""

from __future__ import annotations

from sqlalchemy import select

from app.custody.commands.scanned import BagMoved, course_code_of, moved, scanned_bag
from app.custody.queries.standing import problem_on_the_way, standing_of
from app.custody.schemas import HandOverBag, IssueBag, ReceiveBag, ReturnBag, StoreBag
from app.db.models import Bag, Place
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.errors import Mismatch, NearMiss, NotAllowed, NotFound, SpecificationNotMet
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import BAG, BagAct, BagState, next_state
from app.domain.vocabulary import Inspection, PlaceKind
from app.identity.queries.scanning import expect_here
from app.identity.signing import second_person

LABORATORY = (PlaceKind.BENCH, PlaceKind.STORE)


@command
def store_bag(tx: Transaction, actor: Actor, asked: StoreBag) -> BagMoved:
    """Put a bag one holds to another place of the laboratory."""
    tx.permit(actor, Action.HAND_OVER_BAG)
    bag = scanned_bag(tx, asked.bag, "store bag", asked.bag_code)
    if bag.holder_id != actor.user_id:
        raise NotAllowed("not_holder", f"You do not hold bag {display(bag.code)}. Take it over first, by hand-over.")
    act = CustodyAct(
        act=None,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        to_place_id=_place(tx, asked.place, bag, *_kinds_for(bag)),
    )
    return moved(tx, bag, act)


@command
def hand_over_bag(tx: Transaction, actor: Actor, asked: HandOverBag) -> BagMoved:
    """Hand a bag to another person, who confirms with badge and PIN."""
    tx.permit(actor, Action.HAND_OVER_BAG)
    receiver = second_person(tx, actor, asked, Action.HAND_OVER_BAG)
    bag = scanned_bag(tx, asked.bag, "hand over bag", asked.bag_code)
    place_id = None if asked.place is None else _place(tx, asked.place, bag, *_kinds_for(bag))
    act = CustodyAct(
        act=None,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=receiver.user_id,
        to_holder_id=receiver.user_id,
        to_place_id=place_id,
    )
    return moved(tx, bag, act)


@command
def issue_bag(tx: Transaction, actor: Actor, asked: IssueBag) -> BagMoved:
    """Send a bag to the ward. Refused unless released, dose confirmed, in date, label current, chain unbroken."""
    tx.permit(actor, Action.ISSUE_BAG)
    witness = second_person(tx, actor, asked, Action.ISSUE_BAG)
    bag = scanned_bag(tx, asked.bag, "issue bag", asked.bag_code)
    _require_clear(tx, bag, BagAct.ISSUE, "issue bag")
    act = CustodyAct(
        act=BagAct.ISSUE,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=witness.user_id,
        to_holder_id=actor.user_id,
        to_place_id=_place(tx, asked.transport_place, bag, PlaceKind.TRANSPORT),
        temperature_c=asked.temperature_c,
        seal=asked.seal,
    )
    return moved(tx, bag, act)


@command
def receive_bag(tx: Transaction, actor: Actor, asked: ReceiveBag) -> BagMoved:
    """Take an issued bag over on the ward. The giver confirms; every line of the inspection must pass."""
    tx.permit(actor, Action.RECEIVE_BAG)
    giver = second_person(tx, actor, asked, Action.HAND_OVER_BAG)
    bag = scanned_bag(tx, asked.bag, "receive bag", asked.bag_code)
    _require_clear(tx, bag, BagAct.RECEIVE, "receive bag")
    failed = [
        words for words, line in (("bag", asked.integrity), ("label", asked.label)) if line is not Inspection.PASS
    ]
    if failed:
        raise SpecificationNotMet(
            "receipt_inspection",
            f"The inspection of the {' and the '.join(failed)} did not pass. Do not use the bag: return it to the"
            " laboratory and call them.",
            near_miss=NearMiss("receipt_inspection", "receive bag", course_code_of(tx, bag), bag.code),
        )
    act = CustodyAct(
        act=BagAct.RECEIVE,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=giver.user_id,
        to_holder_id=actor.user_id,
        to_place_id=_place(tx, asked.place, bag, PlaceKind.WARD),
        temperature_c=asked.temperature_c,
        seal=asked.seal,
    )
    return moved(tx, bag, act)


@command
def return_bag(tx: Transaction, actor: Actor, asked: ReturnBag) -> BagMoved:
    """Bring an issued or received bag back; who takes it confirms. Only QA can restock it."""
    tx.permit(actor, Action.RETURN_BAG)
    taker = second_person(tx, actor, asked, Action.HAND_OVER_BAG)
    bag = scanned_bag(tx, asked.bag, "return bag", asked.bag_code)
    reason = require_reason(asked.reason, "A return needs a reason.")
    tx.because("returned", reason)
    act = CustodyAct(
        act=BagAct.RETURN,
        at=tx.now,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=taker.user_id,
        to_holder_id=taker.user_id,
        to_place_id=_place(tx, asked.place, bag, *LABORATORY),
        temperature_c=asked.temperature_c,
        seal=asked.seal,
        reason=reason,
    )
    return moved(tx, bag, act)


def _require_clear(tx: Transaction, bag: Bag, act: BagAct, step: str) -> None:
    """Refuse with what is in the way, by its name. The database keeps the same rules once more."""
    next_state(BAG, bag.state, act, f"Bag {display(bag.code)}")
    standing = standing_of(tx.session.connection(), bag.code)
    problem = problem_on_the_way(tx.session.connection(), standing, tx.now)
    if problem is not None:
        near_miss = NearMiss(problem.code, step, standing.course_code, bag.code)
        raise SpecificationNotMet(problem.code, f"Bag {display(bag.code)}: {problem.words}", near_miss=near_miss)


def _place(tx: Transaction, raw: str, bag: Bag, *kinds: PlaceKind) -> int:
    """The place that was scanned, refused where a bag in this state cannot be."""
    code = expect_here(tx, raw, Kind.PLACE, step="place")
    place = tx.session.execute(select(Place).where(Place.code == code.code)).scalar_one_or_none()
    if place is None:
        raise NotFound("place_not_on_file", f"No place is on file under {code.text}. Scan the code of a place.")
    if place.kind not in kinds:
        raise Mismatch(
            "wrong_place",
            f"{place.name} is no place for bag {display(bag.code)} in this step. Scan"
            f" {' or '.join(kind.value.replace('_', ' ') for kind in kinds)}.",
            field="place",
        )
    return place.id


def _kinds_for(bag: Bag) -> tuple[PlaceKind, ...]:
    """Where a bag may be put without being issued, received or returned."""
    match bag.state:
        case BagState.ISSUED:
            return (PlaceKind.TRANSPORT,)
        case BagState.RECEIVED | BagState.VERIFIED:
            return (PlaceKind.WARD,)
    return LABORATORY
