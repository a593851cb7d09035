"""Bags as doses: contents, release, what is pending, endotoxin, and when they run in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, func, select

from app.custody.queries.endotoxin import Endotoxin, endotoxin_of_lots
from app.custody.queries.standing import HELD
from app.custody.queries.tainted import TAINTED
from app.db.models import Bag, DecisionBag, DecisionPending, Infusion, ProductLot
from app.db.types import in_words
from app.domain.states import BagState, InfusionState


@dataclass(frozen=True, slots=True)
class DoseBag:
    """One bag a dose may consist of. `pending` names what its release still waits for."""

    id: int
    code: str
    course_id: int
    patient_id: int
    lot_code: str
    division: int
    bags_in_lot: int
    state: BagState
    viable_cells: int
    viability_percent: Decimal
    volume_ul: int
    expires_at: datetime
    is_released: bool
    is_held: bool
    is_confirmed: bool
    pending: tuple[str, ...]
    endotoxin: Endotoxin | None


def bags_of(db: Connection, codes: Sequence[str]) -> tuple[DoseBag, ...]:
    """The bags of these codes, in the order of their codes; unknown ones are left out."""
    rows = db.execute(
        select(Bag.__table__, ProductLot.code.label("lot_code"))
        .join(ProductLot, ProductLot.id == Bag.product_lot_id)
        .where(Bag.code.in_(codes))
        .order_by(Bag.code)
    ).all()
    ids, lots = [row.id for row in rows], {row.product_lot_id for row in rows}
    released, held, confirmed = _released(db, ids), _held(db, ids), _confirmed(db, ids)
    pending, endotoxin, counts = _pending(db, ids), endotoxin_of_lots(db, lots), _counts(db, lots)
    return tuple(
        DoseBag(
            *(row.id, row.code, row.course_id, row.patient_id, row.lot_code, row.division),
            bags_in_lot=counts[row.product_lot_id],
            state=row.state,
            viable_cells=row.viable_cells,
            viability_percent=row.viability_percent,
            volume_ul=row.volume_ul,
            expires_at=row.expires_at,
            is_released=row.id in released,
            is_held=row.id in held,
            is_confirmed=row.id in confirmed,
            pending=pending.get(row.id, ()),
            endotoxin=endotoxin.get(row.product_lot_id),
        )
        for row in rows
    )


def offered(db: Connection, course_id: int) -> tuple[str, ...]:
    """Codes of the released bags of a course that nobody confirmed as a dose yet (ix_bag_state_id)."""
    taken = select(Infusion.bag_id).where(
        Infusion.course_id == course_id, Infusion.state != in_words(InfusionState.CANCELLED)
    )
    look = select(Bag.code).where(Bag.state == BagState.AVAILABLE, Bag.course_id == course_id, Bag.id.not_in(taken))
    return tuple(db.execute(look.order_by(Bag.code)).scalars())


def _released(db: Connection, bag_ids: Sequence[int]) -> set[int]:
    look = select(DecisionBag.bag_id).where(DecisionBag.bag_id.in_(bag_ids), DecisionBag.is_effective)
    return set(db.execute(look).scalars())


def _held(db: Connection, bag_ids: Sequence[int]) -> set[int]:
    return set(db.execute(select(Bag.id).where(Bag.id.in_(bag_ids), HELD | TAINTED)).scalars())


def _confirmed(db: Connection, bag_ids: Sequence[int]) -> set[int]:
    look = select(Infusion.bag_id).where(
        Infusion.bag_id.in_(bag_ids), Infusion.state != in_words(InfusionState.CANCELLED)
    )
    return set(db.execute(look).scalars())


def _pending(db: Connection, bag_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    look = (
        select(DecisionBag.bag_id, DecisionPending.criterion)
        .join(DecisionPending, DecisionPending.release_decision_id == DecisionBag.release_decision_id)
        .where(DecisionBag.bag_id.in_(bag_ids), DecisionBag.is_effective)
        .order_by(DecisionPending.id)
    )
    pending: dict[int, tuple[str, ...]] = {}
    for row in db.execute(look):
        pending[row.bag_id] = (*pending.get(row.bag_id, ()), row.criterion)
    return pending


def _counts(db: Connection, lot_ids: set[int]) -> dict[int, int]:
    look = select(Bag.product_lot_id, func.count()).where(Bag.product_lot_id.in_(lot_ids))
    return {row[0]: row[1] for row in db.execute(look.group_by(Bag.product_lot_id))}
