"""Orders and doses as they would be signed now. Page and command read them here alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, func, select

from app.custody.queries.endotoxin import given_or_planned
from app.db.models import DoseOrder
from app.domain.endotoxin import PUBLISHED_K_EU_PER_KG_H, BagInfusion, HeaviestHour, heaviest_hour
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.signing import Meaning, RecordValue, canonical_record, statement
from app.identity.signing import Signable
from app.infusion.dosing.checks import require_own, require_possible
from app.infusion.dosing.facts import (
    Cells,
    DoseSheet,
    OrderFacts,
    OrderSheet,
    figures,
    whose,
)
from app.infusion.queries.bags import DoseBag, bags_of
from app.infusion.schemas import DosePlan
from app.patients.queries.weights import Weight, dosing_weight
from app.patients.records import CoursePatient, course_patient


def order_sheet(db: Connection, plan: DosePlan, now: datetime) -> OrderSheet:
    """The order as it would be signed, or the refusal of what is wrong with it."""
    about = course_patient(db, plan.course_code)
    cells = Cells(*(int(each * 10**9) for each in (plan.least_1e9, plan.target_1e9, plan.most_1e9)))
    weight = dosing_weight(db, about.course_code, about.course_id, now)
    require_possible(plan, cells, weight, now)
    last = select(func.max(DoseOrder.number)).where(DoseOrder.course_id == about.course_id)
    number = (db.execute(last).scalar_one() or 0) + 1
    record: dict[str, RecordValue] = {
        "record": "dose_order",
        "number": number,
        **whose(about),
        **_cells(cells),
        "route": plan.route.value,
        "planned_at": plan.planned_at,
        "infusion_min": plan.infusion_min,
        "weight_g": weight.weight_g,
        "weighed_at": weight.measured_at,
    }
    said = statement(Meaning.REQUESTED, f"a dose of {figures(cells.target)} in {about.words}")
    signable = _signable(about, Meaning.REQUESTED, said, number, record)
    return OrderSheet(about, number, cells, plan.route, plan.planned_at, plan.infusion_min, weight, signable)


def order_facts(db: Connection, about: CoursePatient, number: int) -> OrderFacts:
    """The order of that number, or the refusal that there is none."""
    look = select(DoseOrder.__table__).where(DoseOrder.course_id == about.course_id, DoseOrder.number == number)
    row = db.execute(look).one_or_none()
    if row is None:
        raise NotFound("no_such_order", f"Course {display(about.course_code)} has no dose order {number}.")
    cells = Cells(row.least_viable_cells, row.target_viable_cells, row.most_viable_cells)
    return OrderFacts(
        row.id,
        row.number,
        row.row_version,
        row.state,
        cells,
        row.route,
        row.planned_at,
        row.infusion_min,
        row.ordered_at,
    )


def dose_sheet(db: Connection, course_code: str, number: int, bag_codes: Sequence[str], now: datetime) -> DoseSheet:
    """These bags as the dose of this order. Refuses bags that are not on file or of another patient."""
    about = course_patient(db, course_code)
    order = order_facts(db, about, number)
    weight = dosing_weight(db, about.course_code, about.course_id, now)
    bags = bags_of(db, bag_codes)
    require_own(about, bags, bag_codes)
    hour = _heaviest(db, about, order, weight, bags)
    limit = PUBLISHED_K_EU_PER_KG_H.get(order.route)
    record: dict[str, RecordValue] = {
        "record": "dose_confirmation",
        "number": number,
        **whose(about),
        **_cells(order.cells),
        "bags": [
            {"code": bag.code, "viable_cells": bag.viable_cells, "viability_percent": bag.viability_percent,
             "volume_ul": bag.volume_ul, "expires_at": bag.expires_at, "pending": list(bag.pending)}
            for bag in bags
        ],
        "weight_g": weight.weight_g,
        "weighed_at": weight.measured_at,
        "route": order.route.value,
        "endotoxin_eu_per_kg_h": None if hour is None else round(hour.eu_per_kg, 6),
        "endotoxin_limit_eu_per_kg_h": limit,
    }  # fmt: skip
    contents = figures(sum(bag.viable_cells for bag in bags))
    names = ", ".join(display(bag.code) for bag in bags)
    said = statement(Meaning.VERIFIED, f"{names} with {contents} as dose {number} of {about.words}")
    return DoseSheet(about, order, weight, bags, hour, limit, _signable(about, Meaning.VERIFIED, said, number, record))


def cancellation(db: Connection, course_code: str, number: int) -> Signable:
    """What a prescriber signs to cancel an order."""
    about = course_patient(db, course_code)
    order = order_facts(db, about, number)
    record: dict[str, RecordValue] = {
        "record": "dose_order_cancellation",
        "number": number,
        "course": about.course_code,
        "patient": about.patient_code,
        "ordered_at": order.ordered_at,
        **_cells(order.cells),
    }
    said = statement(Meaning.REQUESTED, f"that dose order {number} no longer stands in {about.words}")
    return _signable(about, Meaning.REQUESTED, said, number, record)


def _heaviest(
    db: Connection, about: CoursePatient, order: OrderFacts, weight: Weight, bags: Sequence[DoseBag]
) -> HeaviestHour | None:
    """All bags of this dose in the planned time, and every other bag this patient was or will be given."""
    others = given_or_planned(db, about.patient_id)
    if None in others or any(bag.endotoxin is None for bag in bags):
        return None
    planned = [bag for bag in others if bag is not None]
    for bag in bags:
        assert bag.endotoxin is not None, "asked a line above"
        end = order.planned_at + timedelta(minutes=order.infusion_min)
        result, volume_ml = bag.endotoxin, Decimal(bag.volume_ul) / 1000
        planned.append(BagInfusion(volume_ml, result.eu_per_ml, order.planned_at, end, result.censor))
    return heaviest_hour(planned, weight.kg)


def _cells(cells: Cells) -> dict[str, RecordValue]:
    return {
        "least_viable_cells": cells.least,
        "target_viable_cells": cells.target,
        "most_viable_cells": cells.most,
    }


def _signable(
    about: CoursePatient, meaning: Meaning, said: str, number: int, record: dict[str, RecordValue]
) -> Signable:
    record_of = f"dose_order:{about.course_code}/{number}"
    return Signable(meaning, said, record_of, canonical_record(record).decode(), about.course_id, about.patient_id)
