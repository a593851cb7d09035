"""One infusion while it runs and after: what was given, when, and the signs on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from app.custody.queries.standing import HELD
from app.custody.queries.tainted import TAINTED
from app.db.models import Bag, Course, DoseOrder, Infusion, InfusionObservation, Patient, User
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.states import InfusionState
from app.infusion.queries.waiting import where_is
from app.patients.queries.banner import Banner, banner_of_patient
from app.patients.queries.words import Chip, chip
from app.web import formats

SIGNS_DUE_MIN = (0, 15, 30, 60)
"""When signs are due after the start (interface, section 8.10)."""

ALARM = "This bag is on hold or called back. Stop the infusion now and call the prescriber."
REACTIONS = (
    ("chills", "Chills"),
    ("fever", "Fever"),
    ("hypotension", "Low blood pressure"),
    ("dyspnoea", "Short of breath"),
    ("nausea", "Nausea"),
    ("allergic", "Allergic reaction"),
    ("other", "Other, say in the note"),
)


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """Signs as they were recorded."""

    minute: str
    at: str
    temperature: str
    pressure: str
    pulse: str
    oxygen: str
    reaction: str
    who: str


@dataclass(frozen=True, slots=True)
class InfusionPage:
    """One bag being given, or given."""

    where: str
    patient: Banner
    bag_code: str
    bag_shown: str
    course_code: str
    order_number: int
    state: Chip
    is_running: bool
    facts: tuple[tuple[str, str], ...]
    alarm: str
    due: str
    is_late: bool
    observations: tuple[ObservationRow, ...]
    volume_hint: str
    zone: str
    reactions: tuple[tuple[str, str], ...]


def infusion_page(db: Connection, station_id: int | None, bag_code: str, now: datetime, zone: str) -> InfusionPage:
    """The infusion of one bag, or the refusal that it was not started."""
    row = _infusion(db, bag_code)
    seen = _observations(db, row.id)
    volume = formats.dose(Decimal(row.volume_ul) / 1000, "mL")
    is_running = row.state is InfusionState.RUNNING
    due = _due(row.started_at, len(seen), now) if is_running else ""
    return InfusionPage(
        where=where_is(db, station_id),
        patient=banner_of_patient(db, row.patient, now, zone),
        bag_code=bag_code,
        bag_shown=display(bag_code),
        course_code=row.course,
        order_number=row.number,
        state=chip(row.state),
        is_running=is_running,
        facts=_facts(row, volume, now, zone),
        alarm=ALARM if is_running and row.is_held else "",
        due=due,
        is_late=due.endswith("late"),
        observations=tuple(_observation(each, row.started_at, zone) for each in seen),
        volume_hint=f"The bag held {volume}.",
        zone=zone,
        reactions=REACTIONS,
    )


def _infusion(db: Connection, bag_code: str) -> Row[Any]:  # Any: SQLAlchemy's own signature
    row = db.execute(
        select(
            Infusion.__table__,
            Bag.volume_ul,
            Bag.viable_cells,
            Course.code.label("course"),
            Patient.code.label("patient"),
            DoseOrder.number,
            DoseOrder.infusion_min,
            User.full_name.label("started_by"),
            (HELD | TAINTED).label("is_held"),
        )
        .join(Bag, Bag.id == Infusion.bag_id)
        .join(Course, Course.id == Infusion.course_id)
        .join(Patient, Patient.id == Infusion.patient_id)
        .join(DoseOrder, DoseOrder.id == Infusion.dose_order_id)
        .join(User, User.id == Infusion.started_by_id)
        .where(Bag.code == bag_code, Infusion.started_at.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound("not_started", f"The infusion of bag {display(bag_code)} was not started. Check it first.")
    return row


def _observations(db: Connection, infusion_id: int) -> list[Row[Any]]:  # Any: SQLAlchemy's own signature
    look = (
        select(InfusionObservation.__table__, User.full_name)
        .join(User, User.id == InfusionObservation.by_id)
        .where(InfusionObservation.infusion_id == infusion_id)
        .order_by(InfusionObservation.at)
    )
    return list(db.execute(look).all())


def _facts(row: Row[Any], volume: str, now: datetime, zone: str) -> tuple[tuple[str, str], ...]:
    ends_at = row.started_at + timedelta(minutes=row.infusion_min)
    facts = [
        ("Started", f"{formats.moment(row.started_at, zone, now)}, {formats.short_person(row.started_by)}"),
        ("Volume", volume),
        ("Viable cells", formats.cells_in_words(row.viable_cells)),
    ]
    if row.ended_at is None:
        rate = (Decimal(row.volume_ul) / 1000 * 60 / row.infusion_min).quantize(Decimal(1))
        return (*facts, ("Rate", f"{rate}{formats.NBSP}mL/h"), ("Planned end", formats.moment(ends_at, zone, now)))
    given = formats.dose(Decimal(row.volume_given_ul) / 1000, "mL")
    ended = [("Ended", formats.moment(row.ended_at, zone, now)), ("Given", given)]
    reason = [("Stopped because", row.stop_reason)] if row.stop_reason else []
    return (*facts, *ended, *reason)


def _due(started_at: datetime, done: int, now: datetime) -> str:
    """The next signs and when they are due; nothing once all four were taken."""
    if done >= len(SIGNS_DUE_MIN):
        return ""
    at = started_at + timedelta(minutes=SIGNS_DUE_MIN[done])
    return f"Signs at {SIGNS_DUE_MIN[done]}{formats.NBSP}min: {formats.relative(at, now)}"


def _observation(row: Row[Any], started_at: datetime, zone: str) -> ObservationRow:
    reaction = dict(REACTIONS).get(row.reaction or "", row.reaction or "")
    return ObservationRow(
        minute=f"{int((row.at - started_at).total_seconds()) // 60}{formats.NBSP}min",
        at=formats.time_of(row.at, zone),
        temperature=_value(row.temperature_c, "°C"),
        pressure=_value(row.systolic_mmhg, "mmHg"),
        pulse=_value(row.pulse_per_min, "/min"),
        oxygen=_value(row.oxygen_percent, "%"),
        reaction=f"{reaction}, grade {row.reaction_grade}" if reaction else "none",
        who=formats.short_person(row.full_name),
    )


def _value(value: Decimal | int | None, unit: str) -> str:
    return "not taken" if value is None else f"{value}{formats.NBSP}{unit}"
