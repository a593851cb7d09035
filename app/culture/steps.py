"""What every step of a culture shares: the culture as shown, bench, time and values, its two people, supplies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select

from app.culture.schemas import OfCulture, ShownCulture
from app.db.finding import fresh, load
from app.db.models import (
    Allergy,
    Course,
    Culture,
    CultureEquipment,
    CultureMaterial,
    CultureStep,
    Equipment,
    MaterialLot,
    Place,
    Vessel,
)
from app.db.transaction import Transaction
from app.deviations.opening import OfCourseWithCode, open_deviation
from app.domain.actor import Actor
from app.domain.culture import require_no_allergy
from app.domain.entry import Entry, accept_entry
from app.domain.errors import Invalid, NearMiss, NotFound, WrongState
from app.domain.identifiers import Kind, display
from app.domain.limits import Grade, Judgement
from app.domain.reading import CodeSource
from app.domain.roles import Action
from app.domain.states import CULTURE, CultureAct, CultureState, next_state
from app.domain.vocabulary import (
    DeviationClass,
    EquipmentKind,
    MaterialRole,
    PlaceKind,
    SeparationMethod,
    StepKind,
    VesselState,
)
from app.identity.queries.scanning import expect_here
from app.identity.signing import second_person
from app.materials.use import usable_equipment, usable_lot

SAME_MINUTE: Final = timedelta(minutes=1)
"""Times are entered without seconds, so a step may seem that much earlier than the one before."""


@dataclass(frozen=True, slots=True)
class StepDone:
    """What was done, when, and what there was afterwards."""

    kind: StepKind
    at: datetime
    method: SeparationMethod | None = None
    viable_cells: int | None = None
    viability_percent: Decimal | None = None
    volume_ul: int | None = None


@dataclass(frozen=True, slots=True)
class Using:
    """What a step takes: when, in which step and course, with which reason given. Lots and equipment are scanned."""

    tx: Transaction
    at: datetime
    step: str
    course_code: str
    reason: str | None
    sources: dict[int, CodeSource] = field(default_factory=dict)
    """How the code of each lot came."""

    def lot(self, raw: str, *roles: MaterialRole) -> MaterialLot:
        """The lot that was scanned, when it may be used."""
        lot = usable_lot(
            self.tx, raw, *roles, at=self.at, step=self.step, course_code=self.course_code, reason=self.reason
        )
        self.sources[lot.id] = self.tx.reading.of(raw)
        return lot

    def lots(self, *wanted: tuple[str | None, MaterialRole]) -> list[MaterialLot]:
        """The lots that were scanned, each in its role; what was not scanned is left out."""
        return [self.lot(raw, role) for raw, role in wanted if raw is not None]

    def equipment(self, raw: str, *kinds: EquipmentKind) -> Equipment:
        """The equipment that was scanned, when it may be used."""
        return usable_equipment(self.tx, raw, *kinds, at=self.at, step=self.step, course_code=self.course_code)

    def hood_and_centrifuge(self, hood: str, centrifuge: str | None) -> list[Equipment]:
        """The hood, and the centrifuge where one was used."""
        used = [self.equipment(hood, EquipmentKind.HOOD)]
        return used if centrifuge is None else [*used, self.equipment(centrifuge, EquipmentKind.CENTRIFUGE)]


def shown_culture(tx: Transaction, asked: ShownCulture) -> Culture:
    """The culture, locked, if it is still as the page showed it."""
    culture = load(tx, Culture, asked.culture_code)
    fresh(culture, asked.row_version)
    return culture


def moved(culture: Culture, act: CultureAct) -> CultureState:
    """The state after the act, or the refusal. Nothing is changed yet."""
    return next_state(CULTURE, culture.state, act, f"Culture {display(culture.code)}")


def growing_vessels(tx: Transaction, culture: Culture) -> list[Vessel]:
    """The vessels that were not taken out."""
    look = select(Vessel).where(Vessel.culture_id == culture.id, Vessel.state == VesselState.ACTIVE)
    return list(tx.session.execute(look.order_by(Vessel.id)).scalars())


def clear_bench(tx: Transaction, raw: str, culture: Culture, course: Course, step: str) -> Place:
    """The bench that was scanned, when no other culture stands open at it (line clearance)."""
    scanned = expect_here(tx, raw, Kind.PLACE, step=step)
    bench = tx.session.execute(select(Place).where(Place.code == scanned.code).with_for_update()).scalar_one_or_none()
    if bench is None or bench.kind is not PlaceKind.BENCH:
        raise NotFound("no_bench", f"{scanned.text} is not a bench. Scan the code at the bench you work at.")
    other = select(Culture.code).where(Culture.bench_id == bench.id, Culture.id != culture.id)
    standing = tx.session.execute(other).scalar_one_or_none()
    if standing is not None:
        raise WrongState(
            "line_clearance",
            f"{bench.name} is not clear: culture {display(standing)} stands open there. Finish it, or take another"
            " bench.",
            near_miss=NearMiss("line_clearance", step, course.code, scanned=scanned.code),
        )
    return bench


def require_no_allergies(tx: Transaction, course: Course, lots: Iterable[MaterialLot], step: str) -> None:
    """Refuse a lot that holds what the patient is allergic to."""
    look = select(Allergy.substance).where(Allergy.patient_id == course.patient_id, Allergy.ended_at.is_(None))
    held = ((lot.code, lot.name, lot.substances) for lot in lots)
    require_no_allergy(tx.session.execute(look).scalars(), held, step, course.code)


def accepted(tx: Transaction, culture: Culture, asked: OfCulture, values: Mapping[str, Judgement]) -> Entry:
    """The time and values of a step, accepted or refused; a reason that was needed goes to the ledger.

    No step lies before the one before it.
    """
    entry = accept_entry(asked.performed_at, tx.now, asked.reason, field="performed_at", values=values)
    look = select(func.max(CultureStep.performed_at)).where(CultureStep.culture_id == culture.id)
    last = tx.session.execute(look).scalar_one() or culture.opened_at
    if last - entry.at >= SAME_MINUTE:
        sentence = "The step before was done later than that. Check the time."
        raise Invalid("before_last_step", sentence, field="performed_at")
    if entry.why is not None:
        tx.because(entry.why, asked.reason)
    return replace(entry, at=max(entry.at, last))


def deviate(
    tx: Transaction, actor: Actor, about: OfCourseWithCode, entry: Entry, reason: str | None, lot_id: int | None = None
) -> None:
    """Open a deviation by itself about values outside the recipe; major where they are unusual as well."""
    outside = entry.outside_recipe
    if outside:
        grade = DeviationClass.MAJOR if any(value.grade is Grade.WARN for value in outside) else DeviationClass.MINOR
        what = " ".join([*(value.sentence for value in outside), reason or ""]).strip()
        open_deviation(tx, actor, about, grade=grade, what=what, product_lot_id=lot_id)


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
        method=done.method,
        viable_cells=done.viable_cells,
        viability_percent=done.viability_percent,
        volume_ul=done.volume_ul,
        reason=asked.reason,
    )
    tx.session.add(step)
    tx.session.flush()
    return step


def record_supplies(
    using: Using, step: CultureStep, lots: Iterable[MaterialLot], equipment: Iterable[Equipment]
) -> None:
    """Write which lots the step used and how the code of each came, and which equipment."""
    tx = using.tx
    line = {"course_id": step.course_id, "patient_id": step.patient_id, "culture_id": step.culture_id}
    for lot in lots:
        tx.session.add(
            CultureMaterial(**line, culture_step_id=step.id, material_lot_id=lot.id, code_source=using.sources[lot.id])
        )
    for item in equipment:
        tx.session.add(CultureEquipment(**line, culture_step_id=step.id, equipment_id=item.id))
    tx.session.flush()
