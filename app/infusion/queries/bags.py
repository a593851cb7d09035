"""Bags as doses: contents, release, what is pending, endotoxin, and when they run in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, func, select

from app.db.models import (
    Bag,
    DecisionBag,
    DecisionPending,
    DoseOrder,
    Infusion,
    ProductLot,
    TestResult,
    TestRun,
)
from app.domain.endotoxin import BagInfusion
from app.domain.states import BagState, InfusionState, RunState
from app.domain.vocabulary import Censor, TestKind


@dataclass(frozen=True, slots=True)
class Endotoxin:
    """The heaviest approved result of a lot."""

    eu_per_ml: Decimal
    censor: Censor | None


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
    released, confirmed = _released(db, ids), _confirmed(db, ids)
    pending, endotoxin, counts = _pending(db, ids), _endotoxin(db, lots), _counts(db, lots)
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
            is_confirmed=row.id in confirmed,
            pending=pending.get(row.id, ()),
            endotoxin=endotoxin.get(row.product_lot_id),
        )
        for row in rows
    )


def offered(db: Connection, course_id: int) -> tuple[str, ...]:
    """Codes of the released bags of a course that nobody confirmed as a dose yet (ix_bag_state_id)."""
    taken = select(Infusion.bag_id).where(Infusion.course_id == course_id, Infusion.state != InfusionState.CANCELLED)
    look = select(Bag.code).where(Bag.state == BagState.AVAILABLE, Bag.course_id == course_id, Bag.id.not_in(taken))
    return tuple(db.execute(look.order_by(Bag.code)).scalars())


def given_or_planned(db: Connection, patient_id: int) -> tuple[BagInfusion, ...]:
    """Every bag this patient was given or shall be given, at its real times, before them at the planned ones."""
    rows = db.execute(
        select(
            Bag.volume_ul,
            Bag.product_lot_id,
            Infusion.started_at,
            Infusion.ended_at,
            Infusion.volume_given_ul,
            DoseOrder.planned_at,
            DoseOrder.infusion_min,
        )
        .join(Bag, Bag.id == Infusion.bag_id)
        .join(DoseOrder, DoseOrder.id == Infusion.dose_order_id)
        .where(Infusion.patient_id == patient_id, Infusion.state != InfusionState.CANCELLED)
    ).all()
    endotoxin = _endotoxin(db, {row.product_lot_id for row in rows})
    given = []
    for row in rows:
        start = row.started_at or row.planned_at
        end = row.ended_at or start + timedelta(minutes=row.infusion_min)
        volume_ul = row.volume_ul if row.volume_given_ul is None else row.volume_given_ul
        known = endotoxin.get(row.product_lot_id)
        if known is not None and volume_ul:
            given.append(BagInfusion(Decimal(volume_ul) / 1000, known.eu_per_ml, start, end, known.censor))
    return tuple(given)


def _released(db: Connection, bag_ids: Sequence[int]) -> set[int]:
    look = select(DecisionBag.bag_id).where(DecisionBag.bag_id.in_(bag_ids), DecisionBag.is_effective)
    return set(db.execute(look).scalars())


def _confirmed(db: Connection, bag_ids: Sequence[int]) -> set[int]:
    look = select(Infusion.bag_id).where(Infusion.bag_id.in_(bag_ids), Infusion.state != InfusionState.CANCELLED)
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


def _endotoxin(db: Connection, lot_ids: set[int]) -> dict[int, Endotoxin]:
    """The heaviest approved result of each lot, the newest version of each run."""
    look = (
        select(ProductLot.id, TestRun.id.label("run_id"), TestResult.value, TestResult.censor)
        .join(TestRun, TestRun.culture_id == ProductLot.culture_id)
        .join(TestResult, TestResult.test_run_id == TestRun.id)
        .where(
            ProductLot.id.in_(lot_ids),
            TestRun.kind == TestKind.ENDOTOXIN,
            TestRun.state == RunState.APPROVED,
            TestResult.unit == "EU/mL",
            TestResult.value.is_not(None),
        )
        .order_by(TestResult.version)
    )
    newest = {(row.id, row.run_id): Endotoxin(row.value, row.censor) for row in db.execute(look)}
    return dict(_heaviest(newest))


def _heaviest(newest: dict[tuple[int, int], Endotoxin]) -> Iterator[tuple[int, Endotoxin]]:
    lightest_first = sorted(newest.items(), key=lambda item: (item[1].censor is Censor.ABOVE, item[1].eu_per_ml))
    for (lot_id, _run), result in lightest_first:
        yield lot_id, result
