"""Due in the laboratory: collections, cultures, lots. One statement each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, exists, func, select

from app.db.models import (
    Collection,
    Culture,
    CultureInput,
    DoseOrder,
    Patient,
    ProductLot,
    Recipe,
    TreatmentOrder,
    VesselGroup,
    VesselReading,
)
from app.domain.roles import Role
from app.domain.states import CollectionState, CultureState, LotState
from app.domain.vocabulary import OrderState
from app.release.queries.queue import awaiting_acknowledgement
from app.today.queries.task import LABORATORY, MOST_ROWS, QUALITY, WARD, Task, Whose
from app.web import formats

COUNT_EVERY: Final = timedelta(hours=24)
"""A culture is counted daily until its harvest window opens. House rule."""

CELLS_LIVE: Final = timedelta(days=7)
"""Cells accepted longer ago are no work of today; the batches page still lists them. House rule."""


@dataclass(frozen=True, slots=True)
class OpenLot:
    """A lot without a decision in force; `is_signed`: it waits for the physician. Today's release queue and tasks."""

    code: str
    state: LotState
    whose: Whose
    family_name: str
    harvested_at: datetime
    expires_at: datetime | None
    planned_at: datetime | None
    is_signed: bool

    @property
    def decide_until(self) -> datetime | None:
        """The planned infusion, or else the expiry."""
        return self.planned_at or self.expires_at


def collections(db: Connection, now: datetime) -> Iterator[Task]:
    """Collections from planned to accepted; indexes ix_collection_state_planned_at, ix_culture_input_collection_id."""
    taken = exists().where(CultureInput.collection_id == Collection.id)
    is_alive = Collection.planned_at > now - CELLS_LIVE
    look = (
        select(
            Collection.code,
            Collection.number,
            TreatmentOrder.collections_planned,
            Collection.state,
            Collection.planned_at,
            Collection.started_at,
            Collection.ended_at,
            Patient.family_name,
            Patient.given_name,
            Patient.hospital_number,
        )
        .join(TreatmentOrder, TreatmentOrder.id == Collection.treatment_order_id)
        .join(Patient, Patient.id == Collection.patient_id)
        .where(
            Collection.state.in_(_COLLECTION_TASKS),
            (Collection.state != CollectionState.ACCEPTED) | (is_alive & ~taken),
        )
        .order_by(Collection.planned_at)
        .limit(MOST_ROWS)
    )
    for code, number, planned, state, planned_at, started_at, ended_at, *patient in db.execute(look):
        what, verb, roles = _COLLECTION_TASKS[state]
        is_planned = state is CollectionState.PLANNED
        since = planned_at if is_planned else ended_at or started_at or planned_at
        where = f"Collection {number} of {planned}"
        yield Task(since, what, whose(*patient), code, where, verb, f"/collections/{code}", roles, is_planned)


def cultures(db: Connection, now: datetime) -> Iterator[Task]:
    """Cultures to begin, seed, count, harvest or close; index ix_culture_state_id, last reading by its own index."""
    for code, state, opened, seeded, harvested, from_h, until_h, vessels, counted, *patient in db.execute(_CULTURES):
        href, owner = f"/batches/{code}", whose(*patient)
        if state is CultureState.INCUBATING and seeded is not None:
            window = (seeded + timedelta(hours=from_h or 0), seeded + timedelta(hours=until_h or 0))
            due_at, act = incubation(seeded, counted or seeded, window, now)
            what = f"{act}, culture day {(now - seeded).days}"
            where = formats.count(vessels or 0, "vessel", "vessels")
            yield Task(due_at, what, owner, code, where, act, href, LABORATORY)
        elif state in _CULTURE_TASKS:
            what, verb, roles = _CULTURE_TASKS[state]
            yield Task(harvested or opened, what, owner, code, "", verb, href, roles, has_deadline=False)


def incubation(
    seeded_at: datetime, counted_at: datetime, window: tuple[datetime, datetime], now: datetime
) -> tuple[datetime, str]:
    """What an incubating culture needs next and when: the next daily count, or the harvest once its window is nearer.

    Before the window opens the harvest is due at its opening, then at its closing.
    """
    opens, closes = window
    next_count = max(counted_at, seeded_at) + COUNT_EVERY
    if next_count < opens:
        return next_count, "Count"
    return (opens if now < opens else closes), "Harvest"


def open_lots(db: Connection) -> list[OpenLot]:
    """Lots in process or in quarantine, soonest infusion first; index ix_product_lot_state_id."""
    planned = (
        select(func.min(DoseOrder.planned_at))
        .where(DoseOrder.course_id == ProductLot.course_id, DoseOrder.state == OrderState.ACTIVE)
        .scalar_subquery()
    )
    look = (
        select(
            ProductLot.code,
            ProductLot.state,
            ProductLot.harvested_at,
            ProductLot.expires_at,
            planned,
            awaiting_acknowledgement(ProductLot.id).exists(),
            Patient.family_name,
            Patient.given_name,
            Patient.hospital_number,
        )
        .join(Patient, Patient.id == ProductLot.patient_id)
        .where(ProductLot.state.in_((LotState.IN_PROCESS, LotState.QUARANTINE)))
        .order_by(ProductLot.id)
        .limit(MOST_ROWS)
    )
    lots = [
        OpenLot(code, state, whose(family, given, number), family.upper(), harvested, expires, planned_at, is_signed)
        for code, state, harvested, expires, planned_at, is_signed, family, given, number in db.execute(look)
    ]
    return sorted(lots, key=lambda lot: lot.decide_until or lot.harvested_at)


def lot_tasks(lots: list[OpenLot]) -> Iterator[Task]:
    """Lots to formulate, for the laboratory; lots to decide about, for QA."""
    for lot in lots:
        if lot.state is LotState.IN_PROCESS:
            what, href = "Formulate and fill bags", f"/lots/{lot.code}"
            yield Task(lot.harvested_at, what, lot.whose, lot.code, "", "Open", href, LABORATORY, has_deadline=False)
        elif lot.decide_until is not None and not lot.is_signed:
            where = "Infusion planned" if lot.planned_at is not None else "Expires"
            href = f"/release/{lot.code}"
            yield Task(lot.decide_until, "Decide about release", lot.whose, lot.code, where, "Review", href, QUALITY)


def whose(family_name: str, given_name: str, hospital_number: str) -> Whose:
    """The patient as rows name them."""
    return Whose(formats.patient_name(family_name, given_name), formats.hospital_number(hospital_number))


_COLLECTION_TASKS: Final = {
    CollectionState.PLANNED: ("Leukapheresis", "Open", LABORATORY | WARD),
    CollectionState.IN_PROGRESS: ("Leukapheresis running", "Finish", LABORATORY | WARD),
    CollectionState.COLLECTED: ("Leukapheresis arriving", "Receive", LABORATORY),
    CollectionState.RECEIVED: ("Accept collection", "Accept", LABORATORY),
    CollectionState.ACCEPTED: ("Open culture", "Open", LABORATORY),
    CollectionState.QUARANTINED: ("Decide about quarantined collection", "Open", QUALITY | {Role.SUPERVISOR}),
}
_CULTURE_TASKS: Final = {
    CultureState.PLANNED: ("Begin culture", "Begin", LABORATORY),
    CultureState.IN_PROCESS: ("Seed culture", "Seed", LABORATORY),
    CultureState.FORMULATED: ("Close culture", "Close", frozenset({Role.SUPERVISOR})),
}
_LAST_COUNT: Final = select(func.max(VesselReading.taken_at)).where(VesselReading.culture_id == Culture.id)
_CULTURES: Final = (
    select(
        Culture.code,
        Culture.state,
        Culture.opened_at,
        Culture.seeded_at,
        Culture.harvested_at,
        Recipe.harvest_from_h,
        Recipe.harvest_until_h,
        VesselGroup.vessel_count,
        _LAST_COUNT.scalar_subquery(),
        Patient.family_name,
        Patient.given_name,
        Patient.hospital_number,
    )
    .join(Recipe, Recipe.id == Culture.recipe_id)
    .join(VesselGroup, VesselGroup.culture_id == Culture.id, isouter=True)
    .join(Patient, Patient.id == Culture.patient_id)
    .where(Culture.state.in_((*_CULTURE_TASKS, CultureState.INCUBATING)))
    .order_by(Culture.id)
    .limit(MOST_ROWS)
)
