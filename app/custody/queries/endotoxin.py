"""Endotoxin of the patient's heaviest hour, over every bag given or to be given, with the weight of today.

House rule: rules, section 8: the sum is per patient and hour, at planned times before an infusion and real ones after.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, select

from app.db.models import Bag, BodyWeight, DoseOrder, Infusion, ProductLot, TestResult, TestRun
from app.db.types import in_words
from app.domain.endotoxin import (
    PUBLISHED_K_EU_PER_KG_H,
    BagInfusion,
    EndotoxinVerdict,
    HeaviestHour,
    heaviest_hour,
    judge_endotoxin,
)
from app.domain.states import BagState, InfusionState, RunState
from app.domain.vocabulary import Censor, TestKind
from app.patients.queries.weights import WEIGHT_HOLDS, of_newest


@dataclass(frozen=True, slots=True)
class Endotoxin:
    """The heaviest approved result of a lot."""

    eu_per_ml: Decimal
    censor: Censor | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a step may not be done: a stable word and the rest of a sentence about the bag."""

    code: str
    words: str


def endotoxin_problem(
    db: Connection, bag_id: int, course_id: int, now: datetime, *, starts_at: datetime | None = None
) -> Problem | None:
    """What is wrong with giving a confirmed bag as planned, or with `starts_at` then; None when the hour is within.

    One statement.
    """
    patient = select(Bag.patient_id).where(Bag.id == bag_id).scalar_subquery()
    weighed = tuple(of_newest(column, course_id) for column in (BodyWeight.weight_g, BodyWeight.measured_at))
    rows = db.execute(_PLAN.add_columns(*weighed).where(Infusion.patient_id == patient)).all()
    own = next((row for row in rows if row.bag_id == bag_id), None)
    if own is None:
        return Problem("dose_not_confirmed", "its dose is not confirmed. The prescriber must confirm it first.")
    weight_g, weighed_at = own[-2:]
    if weight_g is None or now - weighed_at > WEIGHT_HOLDS:
        return Problem("weight_too_old", f"the body weight is older than {WEIGHT_HOLDS.days} days. Weigh the patient.")
    given = _given(rows, {} if starts_at is None else {bag_id: starts_at})
    limit = PUBLISHED_K_EU_PER_KG_H.get(own.route)
    if limit is None or None in given:
        return Problem("endotoxin_missing", "endotoxin of its hour cannot be told. Ask the laboratory.")
    hour = heaviest_hour([bag for bag in given if bag is not None], Decimal(weight_g) / 1000)
    return None if judge_endotoxin(hour, limit) is EndotoxinVerdict.PASSED else _over(hour, limit)


def given_or_planned(db: Connection, patient_id: int) -> tuple[BagInfusion | None, ...]:
    """Every bag this patient was given or shall be given; None stands for one without an approved result."""
    return _given(db.execute(_PLAN.where(Infusion.patient_id == patient_id)).all(), {})


def endotoxin_of_lots(db: Connection, lot_ids: Collection[int]) -> dict[int, Endotoxin]:
    """The heaviest approved result of each lot, the newest version of each run."""
    look = (
        select(ProductLot.id.label("product_lot_id"), *_RESULT)
        .join(TestRun, _RUN)
        .join(TestResult, _RESULT_OF_RUN)
        .where(ProductLot.id.in_(lot_ids))
        .order_by(TestResult.version)
    )
    return _heaviest(db.execute(look).all())


_NEVER_GIVEN: Final = (
    BagState.EXPIRED,
    BagState.RECALLED,
    BagState.DESTROYED,
    BagState.WASTED,
    BagState.TRANSFERRED_RESEARCH,
)
_RESULT: Final = (TestRun.id.label("run_id"), TestResult.value, TestResult.censor)
_RUN: Final = and_(
    TestRun.culture_id == ProductLot.culture_id,
    TestRun.kind == TestKind.ENDOTOXIN,
    TestRun.state == RunState.APPROVED,
)
_RESULT_OF_RUN: Final = and_(
    TestResult.test_run_id == TestRun.id, TestResult.unit == "EU/mL", TestResult.value.is_not(None)
)
_PLAN: Final = (
    select(
        Bag.id.label("bag_id"),
        Bag.volume_ul,
        Bag.product_lot_id,
        Infusion.started_at,
        Infusion.ended_at,
        Infusion.volume_given_ul,
        DoseOrder.planned_at,
        DoseOrder.infusion_min,
        DoseOrder.route,
        *_RESULT,
    )
    .join(Bag, Bag.id == Infusion.bag_id)
    .join(DoseOrder, DoseOrder.id == Infusion.dose_order_id)
    .join(ProductLot, ProductLot.id == Bag.product_lot_id)
    .join(TestRun, _RUN, isouter=True)
    .join(TestResult, _RESULT_OF_RUN, isouter=True)
    .where(Infusion.state != in_words(InfusionState.CANCELLED), Bag.state.not_in(_NEVER_GIVEN))
    .order_by(TestResult.version)
)
"""Every infusion of a patient with the results of its lot: as many rows for a bag as its lot has results."""

Rows = Sequence[Row[*tuple[Any, ...]]]  # Any: SQLAlchemy's own signature


def _heaviest(rows: Rows) -> dict[int, Endotoxin]:
    """Of each lot the heaviest result, a run counting with the newest version; the rows are in order of versions."""
    newest = {
        (row.product_lot_id, row.run_id): Endotoxin(row.value, row.censor) for row in rows if row.value is not None
    }
    lightest_first = sorted(newest.items(), key=lambda item: (item[1].censor is Censor.ABOVE, item[1].eu_per_ml))
    return {lot_id: result for (lot_id, _run), result in lightest_first}


def _given(rows: Rows, starts: dict[int, datetime]) -> tuple[BagInfusion | None, ...]:
    """Each bag at its real times, before them at the planned ones; `starts` says when a bag would begin."""
    known = _heaviest(rows)
    bags = {row.bag_id: row for row in rows}.values()
    given: list[BagInfusion | None] = []
    for bag in bags:
        start = bag.started_at or starts.get(bag.bag_id) or bag.planned_at
        end = bag.ended_at or start + timedelta(minutes=bag.infusion_min)
        volume_ml = Decimal(bag.volume_ul if bag.volume_given_ul is None else bag.volume_given_ul) / 1000
        result = known.get(bag.product_lot_id)
        if result is None:
            given.append(None)
        elif volume_ml:
            given.append(BagInfusion(volume_ml, result.eu_per_ml, start, end, result.censor))
    return tuple(given)


def _over(hour: HeaviestHour, limit: Decimal) -> Problem:
    words = f"endotoxin in the heaviest hour would be {hour.eu_per_kg:.3f} EU/kg, the limit is {limit}"
    return Problem("endotoxin_over_limit", f"{words}. Keep the bag; the prescriber must plan this dose anew.")
