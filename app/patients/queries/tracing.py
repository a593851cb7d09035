"""The line of one bag in codes, from arm to arm and with everything it touched: five statements, whatever the size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from app.db.models import (
    Bag,
    Collection,
    Course,
    Culture,
    CultureEquipment,
    CultureInput,
    CultureMaterial,
    CultureStep,
    Equipment,
    Infusion,
    MaterialLot,
    MaterialPart,
    Patient,
    ProductLot,
)
from app.db.types import in_words
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.states import BagState, CollectionState, InfusionState


@dataclass(frozen=True, slots=True)
class SourceCollection:
    """A collection whose cells went into the culture."""

    code: str
    state: CollectionState
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class SisterBag:
    """A bag of the same lot, the asked one included, and what became of it."""

    code: str
    division: int
    state: BagState
    infusion: InfusionState | None


@dataclass(frozen=True, slots=True)
class TouchedLot:
    """A material lot that was scanned into a step of the culture."""

    code: str
    name: str
    maker_lot: str


@dataclass(frozen=True, slots=True)
class TouchedEquipment:
    """A piece of equipment that was scanned into a step of the culture."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class BagLine:
    """One bag's whole line. No name of a patient: the patient's code leads to the chart."""

    bag_code: str
    lot_code: str
    culture_code: str
    course_code: str
    patient_code: str
    collections: tuple[SourceCollection, ...]
    bags: tuple[SisterBag, ...]
    materials: tuple[TouchedLot, ...]
    equipment: tuple[TouchedEquipment, ...]


def bag_line(db: Connection, code: str) -> BagLine:
    """Trace a bag both ways, or refuse a code that is not on file."""
    found = db.execute(_BAG, {"code": code}).one_or_none()
    if found is None:
        raise NotFound("not_on_file", f"No bag is on file under {display(code)}. Check the code and scan again.")
    return BagLine(
        bag_code=code,
        lot_code=found.lot,
        culture_code=found.culture,
        course_code=found.course,
        patient_code=found.patient,
        collections=tuple(SourceCollection(*row) for row in db.execute(_COLLECTIONS, {"culture": found.culture_id})),
        bags=tuple(SisterBag(*row) for row in db.execute(_BAGS, {"lot": found.product_lot_id})),
        materials=tuple(TouchedLot(*row) for row in db.execute(_MATERIALS, {"culture": found.culture_id})),
        equipment=tuple(TouchedEquipment(*row) for row in db.execute(_EQUIPMENT, {"culture": found.culture_id})),
    )


_BAG: Final = (
    select(
        Bag.product_lot_id,
        ProductLot.culture_id,
        ProductLot.code.label("lot"),
        Culture.code.label("culture"),
        Course.code.label("course"),
        Patient.code.label("patient"),
    )
    .join(ProductLot, ProductLot.id == Bag.product_lot_id)
    .join(Culture, Culture.id == ProductLot.culture_id)
    .join(Course, Course.id == Bag.course_id)
    .join(Patient, Patient.id == Bag.patient_id)
    .where(Bag.code == bindparam("code"))
)
_COLLECTIONS: Final = (
    select(Collection.code, Collection.state, Collection.started_at)
    .join(CultureInput, CultureInput.collection_id == Collection.id)
    .where(CultureInput.culture_id == bindparam("culture"))
    .order_by(Collection.number)
)
"""By the unique index on culture and collection."""
_GOING: Final = (Infusion.bag_id == Bag.id) & (Infusion.state != in_words(InfusionState.CANCELLED))
_BAGS: Final = (
    select(Bag.code, Bag.division, Bag.state, Infusion.state)
    .join(Infusion, _GOING, isouter=True)
    .where(Bag.product_lot_id == bindparam("lot"))
    .order_by(Bag.division)
)
"""By the unique indexes on lot and division, and on the infusion of a bag."""
_used = (
    select(CultureMaterial.material_lot_id.label("id"))
    .where(CultureMaterial.culture_id == bindparam("culture"))
    .cte("used", recursive=True)
)
_USED: Final = _used.union(select(MaterialPart.part_id).join(_used, MaterialPart.material_lot_id == _used.c.id))
_MATERIALS: Final = (
    select(MaterialLot.code, MaterialLot.name, MaterialLot.maker_lot)
    .where(MaterialLot.id.in_(select(_USED.c.id)))
    .order_by(MaterialLot.code)
)
"""Also what a preparation was made of; by ix_culture_material_culture_id and the unique index on lot and part."""
_EQUIPMENT: Final = (
    select(Equipment.code, Equipment.name)
    .join(CultureEquipment, CultureEquipment.equipment_id == Equipment.id)
    .join(CultureStep, CultureStep.id == CultureEquipment.culture_step_id)
    .where(CultureStep.culture_id == bindparam("culture"))
    .distinct()
    .order_by(Equipment.code)
)
"""By ix_culture_step_culture_id_id and the unique index on step and equipment."""
