"""Counting vessels: a reading is unverified until another person confirms it; a correction is a new reading."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from app.culture.schemas import CorrectReading, DiscardVessel, RecordReading, VerifyReadings
from app.db.finding import load
from app.db.models import Culture, Vessel, VesselReading
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.entry import accept_entry
from app.domain.errors import NotFound, WrongState
from app.domain.identifiers import Kind, display
from app.domain.limits import Judgement, judge
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.scan import expect
from app.domain.states import CultureState
from app.domain.vocabulary import VesselState

MILLION: Final = 10**6
JUMP: Final = 10
"""A density ten times higher or lower than the one before is a slip until somebody says otherwise (our setting)."""


@dataclass(frozen=True, slots=True)
class ReadingTaken:
    """The reading that was written and the vessel after it."""

    reading_id: int
    culture_code: str
    member: int


@dataclass(frozen=True, slots=True)
class ReadingsVerified:
    """How many readings were confirmed."""

    culture_code: str
    readings: int


@dataclass(frozen=True, slots=True)
class VesselDiscarded:
    """The vessel that left the group."""

    vessel_code: str
    state: VesselState


@command
def record_reading(tx: Transaction, actor: Actor, asked: RecordReading) -> ReadingTaken:
    """Write the count of one vessel."""
    tx.permit(actor, Action.RECORD_COUNT)
    culture, vessel = _counted(tx, asked.vessel)
    return _written(tx, actor, culture, vessel, asked, corrects=None)


@command
def correct_reading(tx: Transaction, actor: Actor, asked: CorrectReading) -> ReadingTaken:
    """Write a reading in place of the vessel's last one; both stay on record."""
    tx.permit(actor, Action.RECORD_COUNT)
    culture, vessel = _counted(tx, asked.vessel)
    last = last_reading(tx, vessel)
    if last is None:
        raise NotFound("nothing_to_correct", f"Vessel {vessel.member} has no reading yet. Count it first.")
    tx.because("corrected", require_reason(asked.reason, "A correction needs a reason."))
    return _written(tx, actor, culture, vessel, asked, corrects=last)


@command
def verify_readings(tx: Transaction, actor: Actor, asked: VerifyReadings) -> ReadingsVerified:
    """Confirm the readings others entered, as far as the page showed them. Nobody verifies an own entry."""
    tx.permit(actor, Action.VERIFY_COUNT)
    culture = load(tx, Culture, asked.culture_code)
    look = select(VesselReading).where(
        VesselReading.culture_id == culture.id,
        VesselReading.id <= asked.last_reading_id,
        VesselReading.verified_by_id.is_(None),
    )
    readings = list(tx.session.execute(look.with_for_update()).scalars())
    others = [reading for reading in readings if reading.entered_by_id != actor.user_id]
    if not others:
        raise WrongState("nothing_to_verify", "No reading of somebody else waits. Ask a colleague to verify yours.")
    for reading in others:
        reading.verified_by_id = actor.user_id
    return ReadingsVerified(culture.code, len(others))


@command
def discard_vessel(tx: Transaction, actor: Actor, asked: DiscardVessel) -> VesselDiscarded:
    """Take one vessel out of its group, with a reason. The rest go on."""
    tx.permit(actor, Action.CULTURE_STEP)
    _culture, vessel = _counted(tx, asked.vessel)
    tx.because("vessel_discarded", require_reason(asked.reason, "Discarding a vessel needs a reason."))
    vessel.state = VesselState.CONTAMINATED if asked.is_contaminated else VesselState.DISCARDED
    return VesselDiscarded(vessel.code, vessel.state)


def last_reading(tx: Transaction, vessel: Vessel) -> VesselReading | None:
    """The last reading of a vessel, or None."""
    look = select(VesselReading).where(VesselReading.vessel_id == vessel.id).order_by(VesselReading.id.desc()).limit(1)
    return tx.session.execute(look).scalar_one_or_none()


def _counted(tx: Transaction, raw: str) -> tuple[Culture, Vessel]:
    vessel = load(tx, Vessel, expect(raw, Kind.VESSEL, step="record_reading").code)
    culture = tx.session.get_one(Culture, vessel.culture_id)
    if culture.state is not CultureState.INCUBATING:
        words = culture.state.value.replace("_", " ")
        raise WrongState("not_incubating", f"Culture {display(culture.code)} is {words}; nothing is counted in it now.")
    if vessel.state is not VesselState.ACTIVE:
        raise WrongState("vessel_gone", f"Vessel {vessel.member} is {vessel.state.value}. Count another one.")
    return culture, vessel


def _written(
    tx: Transaction,
    actor: Actor,
    culture: Culture,
    vessel: Vessel,
    asked: RecordReading,
    *,
    corrects: VesselReading | None,
) -> ReadingTaken:
    entry = accept_entry(asked.taken_at, tx.now, asked.reason, field="taken_at", values=_judged(asked))
    _require_no_jump(tx, vessel, asked)
    if entry.why is not None and tx.reason is None:
        tx.because(entry.why, asked.reason)
    assert culture.seeded_at is not None, "an incubating culture was seeded"
    reading = VesselReading(
        course_id=culture.course_id,
        patient_id=culture.patient_id,
        culture_id=culture.id,
        vessel_id=vessel.id,
        culture_day=(entry.at - culture.seeded_at).days,
        taken_at=entry.at,
        recorded_at=tx.now,
        viable_cells_per_ml=int(asked.viable_cells_1e6_per_ml * MILLION),
        viability_percent=asked.viability_percent,
        volume_ul=int(asked.volume_ml * 1000),
        entered_by_id=actor.user_id,
        corrects_id=None if corrects is None else corrects.id,
        reason=asked.reason,
    )
    tx.session.add(reading)
    tx.session.flush()
    return ReadingTaken(reading.id, culture.code, vessel.member)


def _judged(asked: RecordReading) -> dict[str, Judgement]:
    return {
        "viable_cells_1e6_per_ml": judge("seeding_density_per_ml", asked.viable_cells_1e6_per_ml * MILLION),
        "viability_percent": judge("viability_percent", asked.viability_percent),
        "volume_ml": judge("vessel_fill_ml", asked.volume_ml),
    }


def _require_no_jump(tx: Transaction, vessel: Vessel, asked: RecordReading) -> None:
    last = last_reading(tx, vessel)
    if last is None or last.viable_cells_per_ml == 0:
        return
    ratio = asked.viable_cells_1e6_per_ml * MILLION / Decimal(last.viable_cells_per_ml)
    if ratio >= JUMP or ratio * JUMP <= 1:
        require_reason(asked.reason, f"Vessel {vessel.member} changed tenfold since the last count.")
