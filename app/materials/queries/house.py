"""Equipment and places: the lists, and one piece of equipment with its look-back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, select

from app.db.models import Equipment, Place
from app.domain.actor import Actor
from app.domain.errors import Invalid, NotFound
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.vocabulary import EquipmentKind, EquipmentState, PlaceKind
from app.materials.queries.touched import LookBack, Window, touched_by_equipment
from app.patients.queries.acts import may
from app.patients.queries.words import Chip, words
from app.web import formats

PAGE_OF: Final = 50


@dataclass(frozen=True, slots=True)
class EquipmentRow:
    """One piece of equipment of the list."""

    code: str
    code_text: str
    name: str
    kind: str
    place: str
    due: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class EquipmentList:
    """A page of equipment. `after` is the code to go on from, None at the end."""

    rows: tuple[EquipmentRow, ...]
    after: str | None
    can_register: bool


@dataclass(frozen=True, slots=True)
class EquipmentPage:
    """One piece of equipment."""

    equipment: EquipmentRow
    row_version: int
    touched: LookBack
    service_state: str
    service_verb: str
    since: str
    until: str
    can_record: bool
    can_print: bool


@dataclass(frozen=True, slots=True)
class EquipmentForm:
    """The form of new equipment: the choices it offers."""

    kinds: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of the list."""

    code: str
    code_text: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class PlaceList:
    """All places of the house, few by nature, and the kinds a new one can have."""

    rows: tuple[PlaceRow, ...]
    kinds: tuple[tuple[str, str], ...]
    can_register: bool
    can_print: bool


def equipment_list(db: Connection, after: str | None, now: datetime, zone: str, actor: Actor) -> EquipmentList:
    """The equipment, newest first (primary key)."""
    look = _look().order_by(Equipment.id.desc()).limit(PAGE_OF + 1)
    if after is not None:
        seen = select(Equipment.id).where(Equipment.code == after).scalar_subquery()
        look = look.where(Equipment.id < seen)
    rows = tuple(_row(row, now, zone) for row in db.execute(look))
    more = rows[PAGE_OF - 1].code if len(rows) > PAGE_OF else None
    return EquipmentList(rows[:PAGE_OF], more, may(actor, Action.REGISTER_EQUIPMENT))


def equipment_page(
    db: Connection,
    code: str,
    now: datetime,
    zone: str,
    actor: Actor,
    since: str | None = None,
    until: str | None = None,
) -> EquipmentPage:
    """One piece of equipment, or the refusal that it is not on file. `since` and `until` are days, both or neither."""
    row = db.execute(_look().where(Equipment.code == code)).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No equipment is on file under {display(code)}. Check the code.")
    touched = touched_by_equipment(db, row.id, _window(since, until, zone))
    rights = (may(actor, action) for action in (Action.REGISTER_EQUIPMENT, Action.PRINT_LABEL))
    is_out = row.state is EquipmentState.OUT_OF_SERVICE
    other = EquipmentState.IN_SERVICE if is_out else EquipmentState.OUT_OF_SERVICE
    verb = "Put back in service" if is_out else "Take out of service"
    return EquipmentPage(
        _row(row, now, zone), row.row_version, touched, other.value, verb, since or "", until or "", *rights
    )


def _window(since: str | None, until: str | None, zone: str) -> Window | None:
    """From the beginning of one day at the site to the end of another."""
    if not since and not until:
        return None
    try:
        first, last = date.fromisoformat(since or ""), date.fromisoformat(until or "")
    except ValueError as wrong:
        sentence = "Give both days, year first: 2026-11-20 and 2026-11-23."
        raise Invalid("days_unreadable", sentence, field="since") from wrong
    if last < first or last == date.max:
        raise Invalid("days_reversed", "The second day lies before the first. Exchange them.", field="until")
    starts, ends = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (first, last + timedelta(days=1)))
    return starts, ends


def equipment_form(db: Connection) -> EquipmentForm:
    """The choices of the form."""
    kinds = tuple((kind.value, words(kind).capitalize()) for kind in EquipmentKind)
    places = db.execute(select(Place.code, Place.name).order_by(Place.name))
    return EquipmentForm(kinds, tuple((row.code, row.name) for row in places))


def place_list(db: Connection, actor: Actor) -> PlaceList:
    """All places by name."""
    places = db.execute(select(Place.code, Place.name, Place.kind).order_by(Place.name))
    return PlaceList(
        rows=tuple(PlaceRow(row.code, display(row.code), row.name, words(row.kind)) for row in places),
        kinds=tuple((kind.value, words(kind).capitalize()) for kind in PlaceKind),
        can_register=may(actor, Action.REGISTER_PLACE),
        can_print=may(actor, Action.PRINT_LABEL),
    )


@cache  # built once
def _look() -> Select[*tuple[object, ...]]:
    return select(Equipment.__table__, Place.name.label("place")).join(
        Place, Place.id == Equipment.place_id, isouter=True
    )


def _row(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> EquipmentRow:
    is_overdue = row.calibration_due_at <= now
    is_out = row.state is EquipmentState.OUT_OF_SERVICE
    status = Chip("warn", "ban", "out of service") if is_out else Chip("ok", "circle-check", "calibrated")
    return EquipmentRow(
        code=row.code,
        code_text=display(row.code),
        name=row.name,
        kind=words(row.kind),
        place=row.place or formats.NOT_KNOWN,
        due=formats.day_of(row.calibration_due_at, zone),
        chip=Chip("warn", "clock", "calibration overdue") if is_overdue and not is_out else status,
    )
