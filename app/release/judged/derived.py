"""Evidence that follows from the records themselves: cells per bag, labels, dates, endotoxin in the heaviest hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, Row, Select, select

from app.db.models import Bag, BodyWeight, DoseOrder, Label, ProductLot, Sample, TestResult, TestRun, User
from app.db.types import in_words
from app.domain.endotoxin import BagInfusion, HeaviestHour, heaviest_hour
from app.domain.release import Evidence, EvidenceStatus
from app.domain.states import LabelState, RunState
from app.domain.vocabulary import Censor, OrderState, TestKind

ASSUMED_INFUSION = timedelta(minutes=30)
"""Until a dose is ordered, every bag of the lot is assumed to run in within this time, all in the same hour."""


def derived_evidence(db: Connection, lot_id: int, course_id: int, now: datetime) -> tuple[Evidence, ...]:
    """What bags, labels and weight say by themselves; computed again whenever it is asked."""
    bags = db.execute(
        select(Bag.__table__, User.full_name, Label.applied_at)
        .join(User, User.id == Bag.holder_id)
        .join(Label, (Label.bag_id == Bag.id) & (Label.state == in_words(LabelState.APPLIED)), isouter=True)
        .where(Bag.product_lot_id == lot_id)
        .order_by(Bag.division)
    ).all()
    return (*_of_bags(bags, now), *_endotoxin(db, bags, course_id))


def _of_bags(bags: Sequence[Row[tuple[Bag]]], now: datetime) -> Iterator[Evidence]:
    for bag in bags:
        yield Evidence(
            test=TestKind.COUNT_VIABILITY,
            analyte="viable_cells_per_bag",
            reference=bag.code,
            person=bag.full_name,
            status=EvidenceStatus.FINAL,
            sampled_at=bag.filled_at,
            measured_at=bag.filled_at,
            value=Decimal(bag.viable_cells),
            unit="cells",
        )
        yield _finding("date", bag, "not_expired" if bag.expires_at > now else "expired", bag.filled_at)
        if bag.applied_at is not None:
            yield _finding("label", bag, "verified", bag.applied_at)


def _finding(analyte: str, bag: Row[tuple[Bag]], finding: str, at: datetime) -> Evidence:
    return Evidence(
        test=TestKind.IDENTITY,
        analyte=analyte,
        reference=bag.code,
        person=bag.full_name,
        status=EvidenceStatus.FINAL,
        sampled_at=bag.filled_at,
        measured_at=at,
        finding=finding,
    )


def _endotoxin(db: Connection, bags: Sequence[Row[tuple[Bag]]], course_id: int) -> Iterator[Evidence]:
    weight_g = db.execute(
        select(BodyWeight.weight_g)
        .where(BodyWeight.course_id == course_id, BodyWeight.verified_by_id.is_not(None))
        .order_by(BodyWeight.measured_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    if weight_g is None or not bags:
        return
    duration = _infusion_time(db, course_id)
    for result in db.execute(_approved_endotoxin(bags[0].product_lot_id)).all():
        hour = _hour(bags, result, duration, Decimal(weight_g) / 1000)
        censor = Censor.ABOVE if hour.is_lower_bound else Censor.BELOW if hour.is_upper_bound else None
        yield Evidence(
            test=TestKind.ENDOTOXIN,
            analyte="endotoxin_worst_hour",
            reference=result.reference,
            person=result.full_name,
            status=EvidenceStatus.FINAL,
            sampled_at=result.taken_at,
            measured_at=result.measured_at,
            value=hour.eu_per_kg,
            unit="EU/kg/h",
            censor=censor,
        )


def _hour(
    bags: Sequence[Row[tuple[Bag]]],
    result: Row[Decimal | None, Censor | None, datetime, str, datetime, str],
    duration: timedelta,
    weight_kg: Decimal,
) -> HeaviestHour:
    start = bags[0].filled_at
    planned = [
        BagInfusion(Decimal(bag.volume_ul) / 1000, result.value, start, start + duration, result.censor) for bag in bags
    ]
    return heaviest_hour(planned, weight_kg)


def _infusion_time(db: Connection, course_id: int) -> timedelta:
    minutes = db.execute(
        select(DoseOrder.infusion_min)
        .where(DoseOrder.course_id == course_id, DoseOrder.state == OrderState.ACTIVE)
        .order_by(DoseOrder.number.desc())
        .limit(1)
    ).scalar_one_or_none()
    return ASSUMED_INFUSION if minutes is None else timedelta(minutes=minutes)


def _approved_endotoxin(lot_id: int) -> Select[Decimal | None, Censor | None, datetime, str, datetime, str]:
    return (
        select(
            TestResult.value,
            TestResult.censor,
            TestResult.measured_at,
            Sample.code.label("reference"),
            Sample.taken_at,
            User.full_name,
        )
        .join(TestRun, TestRun.id == TestResult.test_run_id)
        .join(Sample, Sample.id == TestRun.sample_id)
        .join(User, User.id == TestResult.entered_by_id)
        .join(ProductLot, ProductLot.culture_id == TestRun.culture_id)
        .where(
            ProductLot.id == lot_id,
            TestRun.kind == TestKind.ENDOTOXIN,
            TestRun.state == RunState.APPROVED,
            TestResult.value.is_not(None),
            TestResult.unit == "EU/mL",
        )
        .order_by(TestResult.test_run_id, TestResult.version)
    )
