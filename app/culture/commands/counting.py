"""Counting vessels: a reading is unverified until another person confirms it; a correction is a new reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from app.collection.commands.run import whole
from app.culture.schemas import CorrectReading, OfVessel, RecordReading, VerifyReadings
from app.culture.steps import SAME_MINUTE, deviate
from app.db.finding import load
from app.db.models import Course, Culture, Vessel, VesselGroup, VesselReading
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.culture import is_jump, judged_reading
from app.domain.entry import Entry, accept_entry
from app.domain.errors import Invalid, Mismatch, NearMiss, NotFound, WrongState
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.recipes import RecipeStepKind
from app.domain.roles import Action
from app.domain.states import CultureState
from app.domain.vocabulary import VesselState
from app.identity.queries.scanning import expect_here
from app.recipes.pinned import limits_of_culture

MILLION: Final = 10**6


@dataclass(frozen=True, slots=True)
class VesselChosen:
    """The vessel that was scanned, one of the culture."""

    culture_code: str
    vessel_code: str


@dataclass(frozen=True, slots=True)
class ReadingTaken:
    """The reading that was written and the vessel it belongs to."""

    reading_id: int
    culture_code: str
    member: int


@dataclass(frozen=True, slots=True)
class ReadingsVerified:
    """How many readings were confirmed."""

    culture_code: str
    readings: int


@command
def choose_vessel(tx: Transaction, actor: Actor, asked: OfVessel) -> VesselChosen:
    """Scan a vessel to count it next. Nothing changes; the wrong vessel is refused before anything is typed."""
    tx.permit(actor, Action.RECORD_COUNT)
    culture, vessel = countable_vessel(tx, asked, "choose_vessel")
    return VesselChosen(culture.code, vessel.code)


@command
def record_reading(tx: Transaction, actor: Actor, asked: RecordReading) -> ReadingTaken:
    """Write the count of one vessel. A tenfold change and unusual values need a reason."""
    tx.permit(actor, Action.RECORD_COUNT)
    culture, vessel = countable_vessel(tx, asked, "record_reading")
    return _written(tx, actor, culture, vessel, asked)


@command
def correct_reading(tx: Transaction, actor: Actor, asked: CorrectReading) -> ReadingTaken:
    """Write a reading in place of the vessel's last one, of the same time unless told; both stay on record."""
    tx.permit(actor, Action.RECORD_COUNT)
    culture, vessel = countable_vessel(tx, asked, "correct_reading")
    last = last_reading(tx, vessel)
    if last is None:
        raise NotFound("nothing_to_correct", f"Vessel {vessel.member} has no reading yet. Count it first.")
    tx.because("corrected", require_reason(asked.reason, "A correction needs a reason."))
    timed = asked.model_copy(update={"taken_at": asked.taken_at or last.taken_at})
    return _written(tx, actor, culture, vessel, timed, corrects_id=last.id)


@command
def verify_readings(tx: Transaction, actor: Actor, asked: VerifyReadings) -> ReadingsVerified:
    """Confirm the readings others entered, as far as the page showed them. Nobody verifies an own entry."""
    tx.permit(actor, Action.VERIFY_COUNT)
    culture = load(tx, Culture, asked.culture_code)
    look = select(VesselReading).where(
        VesselReading.culture_id == culture.id,
        VesselReading.id <= asked.last_reading_id,
        VesselReading.verified_by_id.is_(None),
        VesselReading.entered_by_id != actor.user_id,
    )
    readings = list(tx.session.execute(look.with_for_update()).scalars())
    if not readings:
        raise WrongState("nothing_to_verify", "No reading of somebody else waits. Ask a colleague to verify yours.")
    for reading in readings:
        reading.verified_by_id = actor.user_id
    return ReadingsVerified(culture.code, len(readings))


def countable_vessel(tx: Transaction, asked: OfVessel, step: str) -> tuple[Culture, Vessel]:
    """The culture of the page, locked, and the vessel that was scanned, when it is one of it and still grows."""
    code = expect_here(tx, asked.vessel, Kind.VESSEL, step=step)
    culture = load(tx, Culture, asked.culture_code)
    look = select(Vessel).where(Vessel.code == code.code, Vessel.culture_id == culture.id).with_for_update()
    vessel = tx.session.execute(look).scalar_one_or_none()
    if vessel is None:
        course = tx.session.get_one(Course, culture.course_id)
        near = NearMiss("wrong_vessel", step, course.code, scanned=code.code)
        sentence = f"{code.text} is not a vessel of culture {display(culture.code)}. Stop and look at the label."
        raise Mismatch("wrong_vessel", sentence, field="vessel", near_miss=near)
    if culture.state is not CultureState.INCUBATING:
        words = culture.state.value.replace("_", " ")
        raise WrongState("not_incubating", f"Culture {display(culture.code)} is {words}; its vessels do not grow now.")
    if vessel.state is not VesselState.ACTIVE:
        raise WrongState("vessel_gone", f"Vessel {vessel.member} is {vessel.state.value}. Take another one.")
    return culture, vessel


def last_reading(tx: Transaction, vessel: Vessel) -> VesselReading | None:
    """The last reading of a vessel, or None."""
    look = select(VesselReading).where(VesselReading.vessel_id == vessel.id).order_by(VesselReading.id.desc()).limit(1)
    return tx.session.execute(look).scalar_one_or_none()


def _written(
    tx: Transaction,
    actor: Actor,
    culture: Culture,
    vessel: Vessel,
    asked: RecordReading,
    corrects_id: int | None = None,
) -> ReadingTaken:
    entry = _accepted(tx, culture, vessel, asked)
    assert culture.seeded_at is not None, "an incubating culture was seeded"
    reading = VesselReading(
        course_id=culture.course_id,
        patient_id=culture.patient_id,
        culture_id=culture.id,
        vessel_id=vessel.id,
        culture_day=(entry.at - culture.seeded_at).days,
        taken_at=entry.at,
        recorded_at=tx.now,
        viable_cells_per_ml=whole(asked.viable_cells_1e6_per_ml * MILLION, "viable_cells_1e6_per_ml"),
        viability_percent=asked.viability_percent,
        volume_ul=whole(asked.volume_ml * 1000, "volume_ml"),
        entered_by_id=actor.user_id,
        corrects_id=corrects_id,
        reason=asked.reason,
    )
    tx.session.add(reading)
    tx.session.flush()
    deviate(tx, actor, vessel, entry, asked.reason)
    return ReadingTaken(reading.id, culture.code, vessel.member)


def _accepted(tx: Transaction, culture: Culture, vessel: Vessel, asked: RecordReading) -> Entry:
    group = tx.session.get_one(VesselGroup, vessel.vessel_group_id)
    density = asked.viable_cells_1e6_per_ml * MILLION
    values = judged_reading(
        viable_cells_per_ml=density,
        viability_percent=asked.viability_percent,
        volume_ml=asked.volume_ml,
        filled_ml=Decimal(group.volume_each_ul) / 1000,
        limits=limits_of_culture(tx, culture, RecipeStepKind.SEED),
    )
    entry = accept_entry(asked.taken_at, tx.now, asked.reason, field="taken_at", values=values)
    why = entry.why
    if is_jump(density, _density_before(tx, vessel, group)):
        require_reason(asked.reason, f"Vessel {vessel.member} changed tenfold since the last count.")
        why = "tenfold_change"
    if why is not None and tx.reason is None:
        tx.because(why, asked.reason)
    return _since_seeding(culture, entry)


def _since_seeding(culture: Culture, entry: Entry) -> Entry:
    assert culture.seeded_at is not None, "an incubating culture was seeded"
    if culture.seeded_at - entry.at >= SAME_MINUTE:
        sentence = "The culture was seeded later than that. Check the time."
        raise Invalid("before_seeding", sentence, field="taken_at")
    return replace(entry, at=max(entry.at, culture.seeded_at))


def _density_before(tx: Transaction, vessel: Vessel, group: VesselGroup) -> Decimal:
    """Viable cells per mL at the last count, else as seeded."""
    last = last_reading(tx, vessel)
    if last is not None:
        return Decimal(last.viable_cells_per_ml)
    return Decimal(group.viable_cells_each) * 1000 / group.volume_each_ul
