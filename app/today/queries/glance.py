"""The side of Today: what expires, what must be calibrated, what was caught, what is open. One statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Deviation, Equipment, MaterialLot, NearMissRecord
from app.domain.identifiers import display
from app.domain.states import LotState
from app.domain.vocabulary import DeviationClass, DeviationState, EquipmentState, MaterialState
from app.identity.queries.scan_share import typed_alert
from app.today.queries.laboratory import OpenLot
from app.web import formats

MOST: Final = 4
EXPIRES_SOON: Final = timedelta(days=7)
EXPIRES_NOW: Final = timedelta(hours=24)
CALIBRATE_SOON: Final = timedelta(days=14)
CAUGHT_SINCE: Final = timedelta(days=7)

Chip = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """One row of a side card; `code` is set in the fixed face, `href` empty for no link."""

    title: str
    chip: Chip
    code: str
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class SideCard:
    """A titled short list; `nothing` says what an empty one means, `count` how many there are in all, where known."""

    title: str
    notes: tuple[Note, ...]
    nothing: str
    count: str = ""


def awaiting_release(lots: list[OpenLot], zone: str, now: datetime) -> SideCard:
    """Lots in quarantine, soonest infusion first."""
    waiting = [lot for lot in lots if lot.state is LotState.QUARANTINE]
    notes = tuple(_lot_note(lot, zone, now) for lot in waiting[:MOST])
    return SideCard("Awaiting release", notes, "No lot waits for a decision.", str(len(waiting) or ""))


def expiring(db: Connection, zone: str, now: datetime) -> SideCard:
    """Released material lots that expire within a week; index ix_material_lot_expires_at."""
    look = (
        select(MaterialLot.code, MaterialLot.name, MaterialLot.maker_lot, MaterialLot.expires_at)
        .where(
            MaterialLot.expires_at > now,
            MaterialLot.expires_at <= now + EXPIRES_SOON,
            MaterialLot.state == MaterialState.RELEASED,
        )
        .order_by(MaterialLot.expires_at)
        .limit(MOST)
    )
    notes = tuple(
        Note(
            name,
            ("warn" if expires_at - now <= EXPIRES_NOW else "info", "hourglass", formats.span(expires_at - now)),
            "",
            f"{formats.moment(expires_at, zone, now)} · lot {maker_lot}",
            f"/materials/{code}",
        )
        for code, name, maker_lot, expires_at in db.execute(look)
    )
    return SideCard("Expiring", notes, "Nothing expires within 7 days.")


def calibration(db: Connection, zone: str, now: datetime) -> SideCard:
    """Equipment in service whose calibration is due within a fortnight; a house has tens of pieces."""
    look = (
        select(Equipment.code, Equipment.name, Equipment.calibration_due_at)
        .where(Equipment.state == EquipmentState.IN_SERVICE, Equipment.calibration_due_at <= now + CALIBRATE_SOON)
        .order_by(Equipment.calibration_due_at)
        .limit(MOST)
    )
    notes = tuple(
        Note(name, _calibration_chip(due_at, now), display(code), formats.day_of(due_at, zone), f"/equipment/{code}")
        for code, name, due_at in db.execute(look)
    )
    return SideCard("Calibration due", notes, "Nothing is due within 14 days.")


def open_deviations(db: Connection, zone: str, now: datetime) -> SideCard:
    """The newest open deviations; index ix_deviation_state_id."""
    look = (
        select(Deviation.number, Deviation.about, Deviation.grade, Deviation.opened_at)
        .where(Deviation.state == DeviationState.OPEN)
        .order_by(Deviation.id.desc())
        .limit(MOST)
    )
    notes = tuple(
        Note(number, _grade_chip(grade), display(about), f"since {formats.moment(opened_at, zone, now)}", "")
        for number, about, grade, opened_at in db.execute(look)
    )
    return SideCard("Open deviations", notes, "No deviation is open.")


def near_misses(db: Connection, zone: str, now: datetime) -> SideCard:
    """What the checks caught within a week; index ix_near_miss_at."""
    look = (
        select(NearMissRecord.number, NearMissRecord.kind, NearMissRecord.step, NearMissRecord.at)
        .where(NearMissRecord.at > now - CAUGHT_SINCE)
        .order_by(NearMissRecord.at.desc())
        .limit(MOST)
    )
    notes = tuple(
        Note(words(kind), ("ok", "shield-check", "Caught"), number, f"{step}, {_at(at, zone, now)}", "/near-misses")
        for number, kind, step, at in db.execute(look)
    )
    return SideCard("Near misses", notes, "Nothing was caught within 7 days.")


def typed_codes(db: Connection, now: datetime) -> tuple[SideCard, ...]:
    """A card only while more codes are typed than the site allows."""
    alert = typed_alert(db, now)
    if not alert:
        return ()
    note = Note("Too many codes are typed", ("warn", "triangle-alert", "Look"), "", alert, "/scanning")
    return (SideCard("Scanning", (note,), ""),)


def words(slug: str) -> str:
    """A slug as a sentence begins: `wrong_patient` -> `Wrong patient`."""
    return slug.replace("_", " ").capitalize()


def _at(at: datetime, zone: str, now: datetime) -> str:
    return formats.moment(at, zone, now)


def _lot_note(lot: OpenLot, zone: str, now: datetime) -> Note:
    until = lot.decide_until
    is_short = until is not None and until - now <= EXPIRES_NOW
    when = "no time set" if until is None else formats.moment(until, zone, now)
    what = "infusion" if lot.planned_at is not None else "expires"
    chip = ("warn", "clock", "Today") if is_short else ("info", "hourglass", "Waiting")
    return Note(lot.family_name, chip, display(lot.code), f"{what} {when}", f"/release/{lot.code}")


def _calibration_chip(due_at: datetime, now: datetime) -> Chip:
    if due_at <= now:
        return ("warn", "triangle-alert", "Overdue")
    return ("info", "hourglass", formats.span(due_at - now))


def _grade_chip(grade: DeviationClass) -> Chip:
    return ("info" if grade is DeviationClass.MINOR else "warn", "triangle-alert", grade.value.capitalize())
