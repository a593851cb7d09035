"""What every step of a culture shares: the culture as the page showed it, its two people, what was scanned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.culture.schemas import OfCulture
from app.db.finding import fresh, load
from app.db.models import Culture, CultureEquipment, CultureMaterial, CultureStep, Equipment, MaterialLot
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.entry import Entry, accept_entry
from app.domain.identifiers import display
from app.domain.limits import Judgement
from app.domain.roles import Action
from app.domain.states import CULTURE, CultureAct, CultureState, next_state
from app.domain.vocabulary import StepKind
from app.identity.signing import second_person


def shown_culture(tx: Transaction, asked: OfCulture) -> Culture:
    """The culture, locked, if it is still as the page showed it."""
    culture = load(tx, Culture, asked.culture_code)
    fresh(culture, asked.row_version)
    return culture


def moved(culture: Culture, act: CultureAct) -> CultureState:
    """The state after the act, or the refusal. Nothing is changed yet."""
    return next_state(CULTURE, culture.state, act, f"Culture {display(culture.code)}")


def accepted(tx: Transaction, asked: OfCulture, values: Mapping[str, Judgement]) -> Entry:
    """The time and values of a step, accepted or refused; a reason that was needed goes to the ledger."""
    entry = accept_entry(asked.performed_at, tx.now, asked.reason, field="performed_at", values=values)
    if entry.why is not None:
        tx.because(entry.why, asked.reason)
    return entry


@dataclass(frozen=True, slots=True)
class StepDone:
    """What was done, when, and with how much."""

    kind: StepKind
    at: datetime
    viable_cells: int | None = None
    volume_ul: int | None = None


def record_step(tx: Transaction, actor: Actor, culture: Culture, asked: OfCulture, done: StepDone) -> CultureStep:
    """Write the step with performer and second person, who confirms by badge and PIN."""
    other = second_person(tx, actor, asked, Action.CULTURE_STEP)
    step = CultureStep(
        course_id=culture.course_id,
        patient_id=culture.patient_id,
        culture_id=culture.id,
        kind=done.kind,
        performed_at=done.at,
        recorded_at=tx.now,
        performed_by_id=actor.user_id,
        checked_by_id=other.user_id,
        station_id=actor.station_id,
        viable_cells=done.viable_cells,
        volume_ul=done.volume_ul,
        reason=asked.reason,
    )
    tx.session.add(step)
    tx.session.flush()
    return step


def record_supplies(
    tx: Transaction, step: CultureStep, lots: Iterable[MaterialLot], equipment: Iterable[Equipment]
) -> None:
    """Write which lots and which equipment the step used."""
    line = {"course_id": step.course_id, "patient_id": step.patient_id, "culture_id": step.culture_id}
    for lot in lots:
        tx.session.add(CultureMaterial(**line, culture_step_id=step.id, material_lot_id=lot.id, is_typed=False))
    for item in equipment:
        tx.session.add(CultureEquipment(**line, culture_step_id=step.id, equipment_id=item.id))
    tx.session.flush()
