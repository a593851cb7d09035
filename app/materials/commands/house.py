"""Equipment and its calibration; places; the days both and lots are good until."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from app.db.codes import next_code
from app.db.finding import fresh, load
from app.db.models import Equipment, Place, Site
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Invalid, WrongState
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.vocabulary import EquipmentState
from app.materials.schemas import ChangeService, RecordCalibration, RegisterEquipment, RegisterPlace
from app.setup import PlaceRequest, make_place

LONGEST_DUE: Final = timedelta(days=10 * 366)
"""An expiry or a calibration further away than ten years is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class EquipmentFact:
    """The piece of equipment a command registered or changed."""

    equipment_code: str


@dataclass(frozen=True, slots=True)
class PlaceRegistered:
    """The place's code."""

    place_code: str


@command
def register_equipment(tx: Transaction, actor: Actor, asked: RegisterEquipment) -> EquipmentFact:
    """Put a piece of equipment on file, in service until its calibration is due."""
    tx.permit(actor, Action.REGISTER_EQUIPMENT)
    due_at = end_of(tx, asked.calibration_due_on, "calibration_due_on")
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
    equipment.calibration_due_at = end_of(tx, asked.calibration_due_on, "calibration_due_on")
    return EquipmentFact(equipment.code)


@command
def change_service(tx: Transaction, actor: Actor, asked: ChangeService) -> EquipmentFact:
    """Take equipment out of service, or put it back, with a reason. Out of service, no step can be done with it."""
    tx.permit(actor, Action.REGISTER_EQUIPMENT)
    equipment = load(tx, Equipment, asked.equipment_code)
    fresh(equipment, asked.row_version)
    tx.because(asked.state.value, require_reason(asked.reason, "Who works with it wants to know why."))
    if equipment.state is asked.state:
        name = f"{equipment.name} ({display(equipment.code)})"
        raise WrongState("service_unchanged", f"{name} is {asked.state.value.replace('_', ' ')} already.")
    equipment.state = asked.state
    return EquipmentFact(equipment.code)


@command
def register_place(tx: Transaction, actor: Actor, asked: RegisterPlace) -> PlaceRegistered:
    """Put a bench, store, ward or box on file. Refuses a name that is taken: people tell places by it."""
    tx.permit(actor, Action.REGISTER_PLACE)
    if tx.session.execute(select(exists().where(Place.name == asked.name))).scalar_one():
        raise Duplicate("place_on_file", f"A place called {asked.name} is on file already.", field="name")
    return PlaceRegistered(make_place(tx, PlaceRequest(asked.name, asked.kind)).code)


def end_of(tx: Transaction, day: date, field: str) -> datetime:
    """The end of a coming day at the site, as an instant."""
    zone = ZoneInfo(tx.session.execute(select(Site.zone)).scalar_one())
    at = datetime.combine(day, time(23, 59, 59), zone)
    if not tx.now < at <= tx.now + LONGEST_DUE:
        raise Invalid("date_not_ahead", "The date lies from today up to ten years ahead. Check it.", field=field)
    return at
