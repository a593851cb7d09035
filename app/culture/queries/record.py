"""The batch record: every step with its people, what it used, and the balance of the cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.orm import aliased

from app.culture.queries.balance import cell_balance
from app.db.models import (
    Collection,
    Culture,
    CultureEquipment,
    CultureInput,
    CultureMaterial,
    CultureStep,
    Deviation,
    Equipment,
    MaterialLot,
    ProductLot,
    User,
    Vessel,
)
from app.domain.culture import CellBalance
from app.domain.identifiers import display
from app.domain.vocabulary import DeviationState, StepKind
from app.patients.queries.words import words
from app.web import formats

Used = tuple[str, str]
"""Address and name of a lot or a piece of equipment."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the record."""

    word: str
    at: str
    late: str
    who: str
    values: tuple[str | Markup, ...]
    used: tuple[Used, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class InputRow:
    """A collection the culture was made from."""

    code: str
    code_text: str
    title: str


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One term of the cell balance: what, how many viable cells, and their share of the term they come from."""

    word: str
    cells: Markup
    share: str
    is_odd: bool


def steps_of(db: Connection, culture_id: int, now: datetime, zone: str) -> tuple[StepRow, ...]:
    """Every step in the order it was recorded, in three statements; ix_culture_step_culture_id_id."""
    performer, checker = aliased(User), aliased(User)
    look = (
        select(CultureStep.__table__, performer.full_name.label("performed_by"), checker.full_name.label("checked_by"))
        .join(performer, performer.id == CultureStep.performed_by_id)
        .join(checker, checker.id == CultureStep.checked_by_id, isouter=True)
        .where(CultureStep.culture_id == culture_id)
        .order_by(CultureStep.id)
    )
    used = _used(db, culture_id)
    return tuple(_step(row, tuple(used[row.id]), now, zone) for row in db.execute(look))


def inputs_of(db: Connection, culture_id: int) -> tuple[InputRow, ...]:
    """The collections that went in."""
    look = (
        select(Collection.code, Collection.number)
        .join(CultureInput, CultureInput.collection_id == Collection.id)
        .where(CultureInput.culture_id == culture_id)
        .order_by(Collection.id)
    )
    return tuple(InputRow(code, display(code), f"Collection {number}") for code, number in db.execute(look))


def balance_of(db: Connection, culture_id: int) -> tuple[BalanceRow, ...]:
    """The cells from collection to bags, as far as the culture has come."""
    collected = sum(cells or 0 for cells in db.execute(_collected(culture_id)).scalars())
    separated = db.execute(
        select(CultureStep.viable_cells).where(
            CultureStep.culture_id == culture_id, CultureStep.kind == StepKind.SEPARATE
        )
    ).scalar_one_or_none()
    return tuple(_balance(collected, separated, cell_balance(db, culture_id)))


def open_deviations(db: Connection, culture_code: str, culture_id: int) -> tuple[str, ...]:
    """Numbers of open deviations about the culture, its vessels or its lot; ix_deviation_course_id by the course."""
    course = select(Culture.course_id).where(Culture.id == culture_id).scalar_subquery()
    own = select(Vessel.code).where(Vessel.culture_id == culture_id)
    lots = select(ProductLot.code).where(ProductLot.culture_id == culture_id)
    look = (
        select(Deviation.number)
        .where(
            Deviation.course_id == course,
            Deviation.state == DeviationState.OPEN,
            (Deviation.about == culture_code) | Deviation.about.in_(own) | Deviation.about.in_(lots),
        )
        .order_by(Deviation.id)
    )
    return tuple(db.execute(look).scalars())


def _collected(culture_id: int) -> Select[int | None]:
    return (
        select(Collection.wbc_cells)
        .join(CultureInput, CultureInput.collection_id == Collection.id)
        .where(CultureInput.culture_id == culture_id)
    )


def _balance(collected: int, separated: int | None, balance: CellBalance | None) -> Iterator[BalanceRow]:
    before = collected
    yield BalanceRow("White cells collected", formats.cells(collected, ""), "", is_odd=False)
    if separated is not None:
        yield _term("Separated", separated, before)
        before = separated
    if balance is None:
        return
    yield _term("Seeded", balance.seeded, before)
    if balance.discarded:
        yield _term("Discarded with vessels", balance.discarded, balance.seeded)
    if balance.harvested is not None:
        yield _term("Harvested", balance.harvested, balance.possible)
    if balance.bagged is not None and balance.harvested is not None:
        yield _term("In bags", balance.bagged, balance.harvested)


def _term(word: str, cells: int, before: int) -> BalanceRow:
    percent = 100 * Decimal(cells) / before
    return BalanceRow(word, formats.cells(cells, ""), formats.percent(percent, 1, Decimal(100)), is_odd=percent > 100)


def _used(db: Connection, culture_id: int) -> defaultdict[int, list[Used]]:
    """Lots and equipment by step; ix_culture_step_culture_id_id and the unique indexes on step and lot, equipment."""
    used: defaultdict[int, list[Used]] = defaultdict(list)
    lots = (
        select(CultureMaterial.culture_step_id, MaterialLot.code, MaterialLot.name)
        .join(MaterialLot, MaterialLot.id == CultureMaterial.material_lot_id)
        .join(CultureStep, CultureStep.id == CultureMaterial.culture_step_id)
        .where(CultureStep.culture_id == culture_id)
        .order_by(CultureMaterial.id)
    )
    equipment = (
        select(CultureEquipment.culture_step_id, Equipment.code, Equipment.name)
        .join(Equipment, Equipment.id == CultureEquipment.equipment_id)
        .join(CultureStep, CultureStep.id == CultureEquipment.culture_step_id)
        .where(CultureStep.culture_id == culture_id)
        .order_by(CultureEquipment.id)
    )
    for address, look in (("/materials", lots), ("/equipment", equipment)):
        for step_id, code, name in db.execute(look):
            used[step_id].append((f"{address}/{code}", name))
    return used


def _step(row: Row[*tuple[object, ...]], used: tuple[Used, ...], now: datetime, zone: str) -> StepRow:
    people = [formats.short_person(name) for name in (row.performed_by, row.checked_by) if name]
    is_late = (row.recorded_at - row.performed_at).total_seconds() > 30 * 60
    return StepRow(
        word=_WORDS.get(row.kind, words(row.kind).capitalize()),
        at=formats.moment(row.performed_at, zone, now),
        late=f"late entry, {formats.moment(row.recorded_at, zone, now)}" if is_late else "",
        who=" with ".join(people),
        values=tuple(_values(row)),
        used=used,
        reason=row.reason or "",
    )


def _values(row: Row[*tuple[object, ...]]) -> Iterator[str | Markup]:
    if row.method is not None:
        yield "Ficoll" if row.method == "ficoll" else "Wash"
    if row.viable_cells is not None:
        yield formats.cells(row.viable_cells, "viable cells")
    if row.viability_percent is not None:
        yield f"viability {formats.percent(row.viability_percent, 1, Decimal(70), Decimal(80))}"
    if row.volume_ul is not None:
        yield formats.dose(Decimal(row.volume_ul) / 1000, "mL")


_WORDS: Final = {
    StepKind.START: "Started",
    StepKind.SEPARATE: "Separated",
    StepKind.SEED: "Seeded",
    StepKind.FEED: "Fed",
    StepKind.HARVEST: "Harvested",
    StepKind.FILL: "Bags filled",
    StepKind.FORMULATE: "Bags labelled, lot complete",
    StepKind.STOP: "Stopped",
    StepKind.CLOSE: "Closed",
}
