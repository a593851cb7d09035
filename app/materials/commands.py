"""Registering, releasing and recalling lots; equipment and its calibration; places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from app.db.codes import next_code
from app.db.finding import fresh, load
from app.db.models import Equipment, MaterialLot, Place, Site
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Invalid, WrongState
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.vocabulary import EquipmentState, MaterialRole, MaterialState
from app.identity.signing import sign
from app.materials.records import material_recall, material_release
from app.materials.schemas import (
    RecallMaterial,
    RecordCalibration,
    RegisterEquipment,
    RegisterMaterial,
    RegisterPlace,
    ReleaseMaterial,
)
from app.setup import PlaceRequest, make_place

LONGEST_DUE: Final = timedelta(days=10 * 366)
"""An expiry or a calibration further away than ten years is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class MaterialFact:
    """The lot a command registered or changed, and its state now."""

    material_code: str
    state: MaterialState


@dataclass(frozen=True, slots=True)
class EquipmentFact:
    """The piece of equipment a command registered or changed."""

    equipment_code: str


@dataclass(frozen=True, slots=True)
class PlaceRegistered:
    """The place's code."""

    place_code: str


@command
def register_material(tx: Transaction, actor: Actor, asked: RegisterMaterial) -> MaterialFact:
    """Put a received lot on file, in quarantine. Refuses an expired lot, and a strength without its unit."""
    tx.permit(actor, Action.REGISTER_MATERIAL)
    expires_at = _end_of(tx, asked.expires_on, "expires_on")
    if (asked.il2_per_ml is None) != (asked.il2_unit is None):
        raise Invalid("il2_unit_missing", "Give the strength of IL-2 with its unit, or neither.", field="il2_unit")
    if asked.il2_per_ml is not None and (asked.role is not MaterialRole.CYTOKINE or asked.il2_per_ml <= 0):
        raise Invalid("il2_strength", "Only a cytokine has a strength of IL-2, and it is above 0.", field="il2_per_ml")
    if tx.session.execute(
        select(exists().where(MaterialLot.name == asked.name, MaterialLot.maker_lot == asked.maker_lot))
    ).scalar_one():
        raise Duplicate("lot_on_file", f"Lot {asked.maker_lot} of {asked.name} is on file already.", field="maker_lot")
    lot = MaterialLot(
        code=next_code(tx, Kind.REAGENT),
        name=asked.name,
        role=asked.role,
        maker_lot=asked.maker_lot,
        expires_at=expires_at,
        state=MaterialState.QUARANTINED,
        substances=" ".join(asked.substances.lower().split()) or None,
        il2_per_ml=asked.il2_per_ml,
        il2_unit=asked.il2_unit,
        received_at=tx.now,
        received_by_id=actor.user_id,
    )
    tx.session.add(lot)
    return MaterialFact(lot.code, lot.state)


@command
def release_material(tx: Transaction, actor: Actor, asked: ReleaseMaterial) -> MaterialFact:
    """Let a lot be used, by signature. Refused unless it is in quarantine and in date."""
    tx.permit(actor, Action.RELEASE_MATERIAL)
    lot = load(tx, MaterialLot, asked.material_code)
    fresh(lot, asked.row_version)
    if lot.state is not MaterialState.QUARANTINED:
        raise WrongState("cannot_release", f"{lot.name} ({display(lot.code)}) is {lot.state.value}, not in quarantine.")
    if lot.expires_at <= tx.now:
        raise WrongState("material_expired", f"{lot.name} ({display(lot.code)}) has expired. Discard it.")
    sign(tx, actor, asked, material_release(tx.session.connection(), lot.code))
    lot.state = MaterialState.RELEASED
    return MaterialFact(lot.code, lot.state)


@command
def recall_material(tx: Transaction, actor: Actor, asked: RecallMaterial) -> MaterialFact:
    """Take a lot out of use, by signature, for ever. No step can be done with it from then on."""
    tx.permit(actor, Action.START_RECALL)
    lot = load(tx, MaterialLot, asked.material_code)
    fresh(lot, asked.row_version)
    tx.because("material_recalled", require_reason(asked.reason, "A recall concerns everybody who got the lot."))
    if lot.state not in {MaterialState.QUARANTINED, MaterialState.RELEASED}:
        raise WrongState("cannot_recall", f"{lot.name} ({display(lot.code)}) is {lot.state.value} already.")
    sign(tx, actor, asked, material_recall(tx.session.connection(), lot.code))
    lot.state = MaterialState.RECALLED
    return MaterialFact(lot.code, lot.state)


@command
def register_equipment(tx: Transaction, actor: Actor, asked: RegisterEquipment) -> EquipmentFact:
    """Put a piece of equipment on file, in service until its calibration is due."""
    tx.permit(actor, Action.REGISTER_EQUIPMENT)
    due_at = _end_of(tx, asked.calibration_due_on, "calibration_due_on")
    equipment = Equipment(
        code=next_code(tx, Kind.EQUIPMENT),
        name=asked.name,
        kind=asked.kind,
        calibration_due_at=due_at,
        state=EquipmentState.IN_SERVICE,
        place_id=None if asked.place_code is None else load(tx, Place, asked.place_code).id,
    )
    tx.session.add(equipment)
    return EquipmentFact(equipment.code)


@command
def record_calibration(tx: Transaction, actor: Actor, asked: RecordCalibration) -> EquipmentFact:
    """Record that the equipment was calibrated, and by when it is due again."""
    tx.permit(actor, Action.REGISTER_EQUIPMENT)
    equipment = load(tx, Equipment, asked.equipment_code)
    fresh(equipment, asked.row_version)
    equipment.calibration_due_at = _end_of(tx, asked.calibration_due_on, "calibration_due_on")
    return EquipmentFact(equipment.code)


@command
def register_place(tx: Transaction, actor: Actor, asked: RegisterPlace) -> PlaceRegistered:
    """Put a bench, store, ward or box on file. Refuses a name that is taken: people tell places by it."""
    tx.permit(actor, Action.REGISTER_PLACE)
    if tx.session.execute(select(exists().where(Place.name == asked.name))).scalar_one():
        raise Duplicate("place_on_file", f"A place called {asked.name} is on file already.", field="name")
    return PlaceRegistered(make_place(tx, PlaceRequest(asked.name, asked.kind)).code)


def _end_of(tx: Transaction, day: date, field: str) -> datetime:
    """The end of a coming day at the site, as an instant."""
    zone = ZoneInfo(tx.session.execute(select(Site.zone)).scalar_one())
    at = datetime.combine(day, time(23, 59, 59), zone)
    if not tx.now < at <= tx.now + LONGEST_DUE:
        raise Invalid("date_not_ahead", "The date lies from today up to ten years ahead. Check it.", field=field)
    return at
