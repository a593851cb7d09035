"""Look-back: every collection, culture and bag a lot or a piece of equipment touched, infused or not.

Two statements whatever the size; by the indexes on material_lot_id and equipment_id, kit_lot_id and separator_id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, Connection, Select, func, select, union

from app.db.models import (
    Bag,
    Collection,
    Culture,
    CultureEquipment,
    CultureInput,
    CultureMaterial,
    CultureStep,
    Patient,
    ProductLot,
    VesselGroup,
)
from app.domain.identifiers import display
from app.domain.states import BagState
from app.domain.vocabulary import StepKind
from app.materials.queries.parts import made_of
from app.patients.queries.words import Chip, chip
from app.web import formats


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing that was touched: of whom, which, and the chip of its state."""

    patient_code: str
    patient: str
    href: str
    what: str
    code: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class LookBack:
    """Everything touched. `sentence` counts patients and bags, given and not yet given."""

    sentence: str
    rows: tuple[Touched, ...]


Window = tuple[datetime, datetime]
_GIVEN = frozenset({BagState.INFUSING, BagState.INFUSED, BagState.PARTLY_INFUSED})


def touched_by_lot(db: Connection, lot_id: int) -> LookBack:
    """Everything a lot touched, itself or in a preparation: by steps of cultures, and as kit of collections."""
    lots = select(made_of(lot_id).c.id)
    collected = select(Collection.id).where(Collection.kit_lot_id.in_(lots))
    cultured = select(CultureMaterial.culture_id).where(CultureMaterial.material_lot_id.in_(lots))
    return _look_back(db, collected, cultured)


def touched_by_equipment(db: Connection, equipment_id: int, window: Window | None = None) -> LookBack:
    """Everything a piece of equipment touched: by steps of cultures, and by the collections it separated.

    In a window: what was done with it then, and the cultures that stood in it then, from seeding to harvest or stop.
    """
    collected = select(Collection.id).where(Collection.separator_id == equipment_id)
    cultured = select(CultureEquipment.culture_id).where(CultureEquipment.equipment_id == equipment_id)
    if window is None:
        return _look_back(db, collected, cultured)
    since, until = window
    run = Collection.started_at <= until, func.coalesce(Collection.ended_at, until) >= since
    done = cultured.join(CultureStep, CultureStep.id == CultureEquipment.culture_step_id)
    return _look_back(
        db,
        collected.where(*run),
        done.where(CultureStep.performed_at.between(since, until)),
        _standing_in(equipment_id, since, until),
    )


def _standing_in(incubator_id: int, since: datetime, until: datetime) -> Select[int]:
    """Cultures whose vessels stood in an incubator; of one that goes on, until now."""
    stopped = (
        select(func.min(CultureStep.performed_at))
        .where(CultureStep.culture_id == Culture.id, CultureStep.kind == StepKind.STOP)
        .correlate(Culture)
        .scalar_subquery()
    )
    return (
        select(Culture.id)
        .join(VesselGroup, VesselGroup.culture_id == Culture.id)
        .where(
            VesselGroup.incubator_id == incubator_id,
            Culture.seeded_at <= until,
            func.coalesce(Culture.harvested_at, stopped, until) >= since,
        )
    )


def _look_back(db: Connection, collected: Select[int], *cultured: Select[int]) -> LookBack:
    grown = select(CultureInput.culture_id).where(CultureInput.collection_id.in_(collected))
    collections = _collections(db, collected)
    made, bags, given = _made(db, union(*cultured, grown))
    rows = (*collections, *made)
    people = len({row.patient_code for row in rows})
    sentence = (
        f"{formats.count(people, 'patient', 'patients')}, {formats.count(bags, 'bag', 'bags')}: "
        f"{given} given, {bags - given} not given."
    )
    return LookBack(sentence if rows else "Nothing yet.", rows)


def _collections(db: Connection, collected: Select[int]) -> tuple[Touched, ...]:
    look = (
        select(
            Collection.code, Collection.number, Collection.state, Patient.code, Patient.family_name, Patient.given_name
        )
        .join(Patient, Patient.id == Collection.patient_id)
        .where(Collection.id.in_(collected))
        .order_by(Collection.id)
    )
    return tuple(
        Touched(
            patient,
            formats.patient_name(family, given),
            f"/collections/{code}",
            f"Collection {number}",
            display(code),
            chip(state),
        )
        for code, number, state, patient, family, given in db.execute(look)
    )


def _made(db: Connection, cultures: CompoundSelect[int]) -> tuple[tuple[Touched, ...], int, int]:
    """Cultures with their bags; how many bags, and how many of them were given."""
    rows: list[Touched] = []
    seen: set[str] = set()
    bags = given = 0
    for row in db.execute(_cultures_with_bags(cultures)):
        name = formats.patient_name(row.family_name, row.given_name)
        if row.culture not in seen:
            seen.add(row.culture)
            href, what = f"/batches/{row.culture}", f"Culture {row.number}"
            rows.append(Touched(row.patient, name, href, what, display(row.culture), chip(row.culture_state)))
        if row.bag is not None:
            bags += 1
            given += row.bag_state in _GIVEN
            href, what = f"/bags/{row.bag}", f"Bag {row.division}"
            rows.append(Touched(row.patient, name, href, what, display(row.bag), chip(row.bag_state)))
    return tuple(rows), bags, given


def _cultures_with_bags(cultures: CompoundSelect[int]) -> Select[*tuple[object, ...]]:
    return (
        select(
            Patient.code.label("patient"),
            Patient.family_name,
            Patient.given_name,
            Culture.code.label("culture"),
            Culture.number,
            Culture.state.label("culture_state"),
            Bag.code.label("bag"),
            Bag.division,
            Bag.state.label("bag_state"),
        )
        .join(Patient, Patient.id == Culture.patient_id)
        .join(ProductLot, ProductLot.culture_id == Culture.id, isouter=True)
        .join(Bag, Bag.product_lot_id == ProductLot.id, isouter=True)
        .where(Culture.id.in_(cultures))
        .order_by(Culture.id, Bag.division)
    )
