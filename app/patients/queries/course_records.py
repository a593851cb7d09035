"""Everything on record for one course, read in nine statements whatever its size. Nothing is shown here yet.

Each statement goes by the index that leads with the course: the unique keys of number, and the keys of the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.db.models import (
    Bag,
    BodyWeight,
    Collection,
    Culture,
    CultureInput,
    DoseOrder,
    Infusion,
    ProductLot,
    Recipe,
    TreatmentOrder,
)
from app.db.types import in_words
from app.domain.states import BagState, CollectionState, CultureState, InfusionState, LotState
from app.domain.vocabulary import OrderState


@dataclass(frozen=True, slots=True)
class CollectionOnRecord:
    """A collection; `wbc_cells` once its yield was entered."""

    id: int
    code: str
    number: int
    state: CollectionState
    planned_at: datetime
    started_at: datetime | None
    wbc_cells: int | None


@dataclass(frozen=True, slots=True)
class CultureOnRecord:
    """A culture; `harvest_until_h` is the end of its recipe's window, in hours after seeding."""

    id: int
    code: str
    number: int
    state: CultureState
    opened_at: datetime
    seeded_at: datetime | None
    harvested_at: datetime | None
    harvest_until_h: int | None


@dataclass(frozen=True, slots=True)
class LotOnRecord:
    """A product lot."""

    id: int
    code: str
    culture_id: int
    state: LotState
    harvested_at: datetime
    expires_at: datetime | None
    harvested_viable_cells: int


@dataclass(frozen=True, slots=True)
class BagOnRecord:
    """A bag; `division` is its number among its sisters."""

    id: int
    code: str
    product_lot_id: int
    division: int
    state: BagState
    volume_ul: int
    viable_cells: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InfusionOnRecord:
    """The giving of one bag under one dose order."""

    bag_id: int
    dose_order_id: int
    state: InfusionState
    contained_viable_cells: int
    started_at: datetime | None
    ended_at: datetime | None
    volume_given_ul: int | None


@dataclass(frozen=True, slots=True)
class DoseOrderOnRecord:
    """A dose order."""

    id: int
    number: int
    state: OrderState
    target_viable_cells: int
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class OrderOnRecord:
    """An order of collection and processing."""

    number: int
    state: OrderState
    collections_planned: int
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class CourseRecords:
    """One course. `inputs` are (collection id, culture id); `weights` are verified ones, grams by time."""

    collections: tuple[CollectionOnRecord, ...]
    cultures: tuple[CultureOnRecord, ...]
    inputs: tuple[tuple[int, int], ...]
    lots: tuple[LotOnRecord, ...]
    bags: tuple[BagOnRecord, ...]
    infusions: tuple[InfusionOnRecord, ...]
    dose_orders: tuple[DoseOrderOnRecord, ...]
    orders: tuple[OrderOnRecord, ...]
    weights: tuple[tuple[datetime, int], ...]


def course_records(db: Connection, course_id: int) -> CourseRecords:
    """Read one course."""
    return CourseRecords(
        collections=_collections(db, course_id),
        cultures=_cultures(db, course_id),
        inputs=_inputs(db, course_id),
        lots=_lots(db, course_id),
        bags=_bags(db, course_id),
        infusions=_infusions(db, course_id),
        dose_orders=_dose_orders(db, course_id),
        orders=_orders(db, course_id),
        weights=_weights(db, course_id),
    )


def _collections(db: Connection, course_id: int) -> tuple[CollectionOnRecord, ...]:
    c = Collection
    look = select(c.id, c.code, c.number, c.state, c.planned_at, c.started_at, c.wbc_cells)
    return tuple(
        CollectionOnRecord(*row) for row in db.execute(look.where(c.course_id == course_id).order_by(c.number))
    )


def _cultures(db: Connection, course_id: int) -> tuple[CultureOnRecord, ...]:
    k = Culture
    look = select(
        k.id, k.code, k.number, k.state, k.opened_at, k.seeded_at, k.harvested_at, Recipe.harvest_until_h
    ).join(Recipe, Recipe.id == k.recipe_id)
    return tuple(CultureOnRecord(*row) for row in db.execute(look.where(k.course_id == course_id).order_by(k.number)))


def _inputs(db: Connection, course_id: int) -> tuple[tuple[int, int], ...]:
    look = select(CultureInput.collection_id, CultureInput.culture_id)
    of_course = look.join(Culture, Culture.id == CultureInput.culture_id).where(Culture.course_id == course_id)
    return tuple((row.collection_id, row.culture_id) for row in db.execute(of_course.order_by(CultureInput.id)))


def _lots(db: Connection, course_id: int) -> tuple[LotOnRecord, ...]:
    p = ProductLot
    look = select(p.id, p.code, p.culture_id, p.state, p.harvested_at, p.expires_at, p.harvested_viable_cells)
    of_course = look.join(Culture, Culture.id == p.culture_id).where(Culture.course_id == course_id)
    return tuple(LotOnRecord(*row) for row in db.execute(of_course.order_by(p.harvested_at, p.id)))


def _bags(db: Connection, course_id: int) -> tuple[BagOnRecord, ...]:
    b = Bag
    look = select(b.id, b.code, b.product_lot_id, b.division, b.state, b.volume_ul, b.viable_cells, b.expires_at)
    of_lot = look.join(ProductLot, ProductLot.id == b.product_lot_id)
    of_course = of_lot.join(Culture, Culture.id == ProductLot.culture_id).where(Culture.course_id == course_id)
    return tuple(BagOnRecord(*row) for row in db.execute(of_course.order_by(b.product_lot_id, b.division)))


def _infusions(db: Connection, course_id: int) -> tuple[InfusionOnRecord, ...]:
    i = Infusion
    look = select(
        i.bag_id, i.dose_order_id, i.state, i.contained_viable_cells, i.started_at, i.ended_at, i.volume_given_ul
    )
    return tuple(
        InfusionOnRecord(*row)
        for row in db.execute(
            look.where(i.course_id == course_id, i.state != in_words(InfusionState.CANCELLED)).order_by(i.id)
        )
    )


def _dose_orders(db: Connection, course_id: int) -> tuple[DoseOrderOnRecord, ...]:
    d = DoseOrder
    look = select(d.id, d.number, d.state, d.target_viable_cells, d.planned_at)
    return tuple(DoseOrderOnRecord(*row) for row in db.execute(look.where(d.course_id == course_id).order_by(d.number)))


def _orders(db: Connection, course_id: int) -> tuple[OrderOnRecord, ...]:
    o = TreatmentOrder
    look = select(o.number, o.state, o.collections_planned, o.ordered_at)
    return tuple(OrderOnRecord(*row) for row in db.execute(look.where(o.course_id == course_id).order_by(o.number)))


def _weights(db: Connection, course_id: int) -> tuple[tuple[datetime, int], ...]:
    look = select(BodyWeight.measured_at, BodyWeight.weight_g)
    verified = look.where(BodyWeight.course_id == course_id, BodyWeight.verified_by_id.is_not(None))
    return tuple(
        (row.measured_at, row.weight_g) for row in db.execute(verified.order_by(BodyWeight.measured_at, BodyWeight.id))
    )
