"""Moving a bag: store, hand over, issue, receive, return, destroy. Each is one link of its custody."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.custody.links import move_bag
from app.custody.queries.standing import (
    ON_THE_WAY,
    problem_on_the_way,
    standing_of,
)
from app.custody.schemas import DisposeBag, HandOverBag, IssueBag, ReceiveBag, ReturnBag, StoreBag
from app.db.finding import load
from app.db.models import Bag, Course, Label, Place
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.errors import Invalid, Mismatch, NearMiss, NotAllowed, NotFound, SpecificationNotMet, WrongState
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.scan import OwnCode, expect
from app.domain.states import BAG, BagAct, BagState, LabelState, next_state
from app.domain.vocabulary import Inspection, PlaceKind
from app.identity.signing import second_person

LABORATORY = (PlaceKind.BENCH, PlaceKind.STORE)


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
    return _moved(tx, bag, act)


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
    return _moved(tx, bag, act)


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
    return _moved(tx, bag, act)


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
            near_miss=NearMiss("receipt_inspection", "receive bag", _course(tx, bag), bag.code),
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
    return _moved(tx, bag, act)


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
    return _moved(tx, bag, act)


@command
def destroy_bag(tx: Transaction, actor: Actor, asked: DisposeBag) -> BagMoved:
    """Destroy a bag before a witness, with a reason."""
    tx.permit(actor, Action.DESTROY_BAG)
    witness = second_person(tx, actor, asked, Action.DESTROY_BAG)
    bag = scanned_bag(tx, asked.bag, "destroy bag", asked.bag_code)
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


def scanned_bag(tx: Transaction, raw: str, step: str, wanted: str | None = None) -> Bag:
    """The bag that was scanned, locked. A voided label is refused by name, and another bag than the one wanted."""
    code = expect(raw, Kind.BAG, step=step)
    bag = load(tx, Bag, code.code)
    if wanted is not None and bag.code != wanted:
        raise Mismatch(
            "another_bag",
            f"That is bag {code.text}, not {display(wanted)}. Put it aside and scan the bag of this page.",
            near_miss=NearMiss("another_bag", step, _course(tx, bag), wanted, code.code),
            field="bag",
        )
    require_current_label(tx, bag, code, step)
    return bag


def require_current_label(tx: Transaction, bag: Bag, code: OwnCode, step: str) -> None:
    """Refuse a scan of an older print; a linear scan carries no print number and only serves a single print."""
    prints = tx.session.execute(
        select(Label.print_number, Label.state).where(Label.bag_id == bag.id).order_by(Label.print_number)
    ).all()
    if code.print_number is None:
        if len(prints) > 1:
            raise Invalid("scan_square_symbol", "This bag's label was printed again. Scan the square symbol.")
        return
    applied = [row.print_number for row in prints if row.state is LabelState.APPLIED]
    good = applied or [row.print_number for row in prints if row.state in ON_THE_WAY]
    if code.print_number in good:
        return
    current = f"print {applied[0]} is the current one" if applied else "no print of it is applied"
    raise WrongState(
        "void_label",
        f"This label of bag {display(bag.code)} is void: {current}. Stop and call the laboratory.",
        near_miss=NearMiss("void_label", step, _course(tx, bag), bag.code, code.code),
    )


def _require_clear(tx: Transaction, bag: Bag, act: BagAct, step: str) -> None:
    """Refuse with what is in the way, by its name. The database keeps the same rules once more."""
    next_state(BAG, bag.state, act, f"Bag {display(bag.code)}")
    standing = standing_of(tx.session.connection(), bag.code)
    problem = problem_on_the_way(tx.session.connection(), standing, tx.now)
    if problem is not None:
        near_miss = NearMiss(problem.code, step, standing.course_code, bag.code)
        raise SpecificationNotMet(problem.code, f"Bag {display(bag.code)}: {problem.words}", near_miss=near_miss)


def _moved(tx: Transaction, bag: Bag, act: CustodyAct) -> BagMoved:
    event = move_bag(tx, bag, act)
    return BagMoved(bag.code, event.bag_state, event.seq)


def _place(tx: Transaction, raw: str, bag: Bag, *kinds: PlaceKind) -> int:
    """The place that was scanned, refused where a bag in this state cannot be."""
    code = expect(raw, Kind.PLACE, step="place")
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


def _course(tx: Transaction, bag: Bag) -> str:
    return tx.session.execute(select(Course.code).where(Course.id == bag.course_id)).scalar_one()
