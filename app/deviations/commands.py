"""Raising and closing deviations, placing and lifting holds. QA closes and lifts by signature, never its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from app.db.finding import load
from app.db.models import (
    Bag,
    Collection,
    Course,
    Culture,
    CultureInput,
    Deviation,
    Hold,
    Plate,
    ProductLot,
    Sample,
    Vessel,
)
from app.db.transaction import Transaction, command
from app.deviations.opening import open_deviation, open_hold
from app.deviations.records import closing_record, lifting_record, unknown_deviation, unknown_hold
from app.deviations.schemas import CloseDeviation, LiftHold, PlaceHold, RaiseDeviation
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, WrongState
from app.domain.identifiers import Kind
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import CollectionState
from app.domain.vocabulary import DeviationState, Disposition
from app.identity.queries.scanning import expect_here
from app.identity.signing import sign

THINGS: dict[Kind, type[Bag | Collection | Course | Culture | Plate | ProductLot | Sample | Vessel]] = {
    Kind.BAG: Bag,
    Kind.PRODUCT_LOT: ProductLot,
    Kind.COLLECTION: Collection,
    Kind.CULTURE: Culture,
    Kind.VESSEL: Vessel,
    Kind.SAMPLE: Sample,
    Kind.PLATE: Plate,
    Kind.COURSE: Course,
}
HOLDABLE = (Kind.COURSE, Kind.PRODUCT_LOT, Kind.BAG)


@dataclass(frozen=True, slots=True)
class DeviationMoved:
    """A deviation and where it stands."""

    number: str
    state: DeviationState


@dataclass(frozen=True, slots=True)
class HoldMoved:
    """A hold, and whether it still stops its course or lot."""

    hold_id: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class About:
    """A thing of a course: its code, whose it is, and its lot where it is one or lies in one."""

    code: str
    course_id: int
    patient_id: int
    product_lot_id: int | None


@command
def raise_deviation(tx: Transaction, actor: Actor, asked: RaiseDeviation) -> DeviationMoved:
    """Open a deviation. It blocks the release of its lot, or of every lot of the course, until QA has closed it."""
    tx.permit(actor, Action.RAISE_DEVIATION)
    about = _about(tx, asked.about, *THINGS, step="raise deviation")
    what = require_reason(asked.what, "A deviation needs words on what happened.")
    lot_id = about.product_lot_id
    deviation = open_deviation(tx, actor, about, grade=asked.grade, what=what, product_lot_id=lot_id)
    return DeviationMoved(deviation.number, deviation.state)


@command
def close_deviation(tx: Transaction, actor: Actor, asked: CloseDeviation) -> DeviationMoved:
    """Close a deviation by QA's signature over its words. What it rejects goes on hold at once."""
    tx.permit(actor, Action.CLOSE_DEVIATION)
    deviation = _deviation(tx, asked.number)
    if deviation.state is not DeviationState.OPEN:
        raise WrongState("deviation_closed", f"Deviation {deviation.number} is closed already. Open a new one.")
    if deviation.opened_by_id == actor.user_id:
        raise NotAllowed("own_act", "You opened this deviation. Somebody else of QA must close it.")
    deviation.signature_id = sign(tx, actor, asked, closing_record(tx.session.connection(), asked)).id
    deviation.cause, deviation.effect, deviation.action = asked.cause, asked.effect, asked.action
    deviation.disposition = asked.disposition
    deviation.closed_at, deviation.closed_by_id = tx.now, actor.user_id
    deviation.state = DeviationState.CLOSED
    if asked.disposition is Disposition.REJECT:
        for about in _rejected(tx, deviation):
            why = f"Deviation {deviation.number} was closed with the decision to reject."
            open_hold(tx, actor, about, why, product_lot_id=about.product_lot_id)
    return DeviationMoved(deviation.number, deviation.state)


@command
def place_hold(tx: Transaction, actor: Actor, asked: PlaceHold) -> HoldMoved:
    """Stop a course, or one lot of it: nothing of it moves towards the patient until QA lifts the hold."""
    tx.permit(actor, Action.PLACE_HOLD)
    about = _about(tx, asked.about, *HOLDABLE, step="place hold")
    reason = require_reason(asked.reason, "A hold needs a reason.")
    tx.because("hold", reason)
    hold = open_hold(tx, actor, about, reason, product_lot_id=about.product_lot_id)
    return HoldMoved(hold.id, is_open=True)


@command
def lift_hold(tx: Transaction, actor: Actor, asked: LiftHold) -> HoldMoved:
    """Lift a hold by QA's signature. Others on the same course or lot stay."""
    tx.permit(actor, Action.LIFT_HOLD)
    hold = tx.session.execute(select(Hold).where(Hold.id == asked.hold_id).with_for_update()).scalar_one_or_none()
    if hold is None:
        raise unknown_hold()
    if hold.lifted_at is not None:
        raise WrongState("hold_lifted", "This hold is lifted already. Look at the list for others.")
    if hold.placed_by_id == actor.user_id:
        raise NotAllowed("own_act", "You placed this hold. Somebody else of QA must lift it.")
    hold.signature_id = sign(tx, actor, asked, lifting_record(tx.session.connection(), hold.id)).id
    hold.lifted_at, hold.lifted_by_id = tx.now, actor.user_id
    return HoldMoved(hold.id, is_open=False)


def _rejected(tx: Transaction, deviation: Deviation) -> Iterator[About]:
    """What a rejected thing must not reach: its lot, the lots made of it, or the whole course before there is one.

    A collection in quarantine needs no hold: with a deviation closed to reject it is never accepted.
    """
    line = deviation.about, deviation.course_id, deviation.patient_id
    if deviation.product_lot_id is not None:
        yield About(*line, deviation.product_lot_id)
        return
    of_thing = THINGS[Kind(deviation.about[:2])]
    thing = tx.session.execute(select(of_thing).where(of_thing.__table__.c.code == deviation.about)).scalar_one()
    if isinstance(thing, Collection) and thing.state in _NOT_ACCEPTED:
        return
    lots = tx.session.execute(select(ProductLot.id).where(_made_of(thing)).order_by(ProductLot.id)).scalars().all()
    yield from (About(*line, lot_id) for lot_id in lots)
    if not lots:
        yield About(*line, None)


_NOT_ACCEPTED = frozenset({CollectionState.QUARANTINED, CollectionState.REJECTED})


def _made_of(thing: object) -> ColumnElement[bool]:
    if isinstance(thing, Collection):
        inputs = select(CultureInput.culture_id).where(CultureInput.collection_id == thing.id)
        return ProductLot.culture_id.in_(inputs)
    if isinstance(thing, Culture):
        return ProductLot.culture_id == thing.id
    return ProductLot.culture_id == getattr(thing, "culture_id", None)


def _about(tx: Transaction, raw: str, *kinds: Kind, step: str) -> About:
    code = expect_here(tx, raw, *kinds, step=step)
    row = load(tx, THINGS[code.kind], code.code)
    match row:
        case Course():
            return About(row.code, row.id, row.patient_id, None)
        case ProductLot():
            return About(row.code, row.course_id, row.patient_id, row.id)
        case Bag():
            return About(row.code, row.course_id, row.patient_id, row.product_lot_id)
    return About(row.code, row.course_id, row.patient_id, None)


def _deviation(tx: Transaction, number: str) -> Deviation:
    look = select(Deviation).where(Deviation.number == number).with_for_update()
    deviation = tx.session.execute(look).scalar_one_or_none()
    if deviation is None:
        raise unknown_deviation(number)
    return deviation
