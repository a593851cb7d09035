"""Seeding: one event, n identical vessels, each with the same cells, volume and IL-2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from app.culture.schemas import SeedCulture
from app.culture.steps import StepDone, accepted, moved, record_step, record_supplies, shown_culture
from app.db.codes import next_code
from app.db.models import Allergy, Course, Culture, CultureStep, Equipment, MaterialLot, Recipe, Vessel, VesselGroup
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.culture_arithmetic import vessel_count
from app.domain.errors import Mismatch, NearMiss
from app.domain.identifiers import Kind
from app.domain.il2 import Il2Amount, Per, in_iu
from app.domain.limits import Judgement, Range, judge
from app.domain.roles import Action
from app.domain.states import CultureAct
from app.domain.vocabulary import EquipmentKind, Il2Unit, MaterialRole, StepKind, VesselState
from app.materials.use import usable_equipment, usable_lot
from app.patients.standing import going_on

BILLION: Final = 10**9
SEED: Final = "seed_culture"
CONVERTIBLE: Final = frozenset({Il2Unit.IU, Il2Unit.CETUS})


@dataclass(frozen=True, slots=True)
class CultureSeeded:
    """The seeded culture and how many vessels it has."""

    culture_code: str
    vessels: int


@command
def seed_culture(tx: Transaction, actor: Actor, asked: SeedCulture) -> CultureSeeded:
    """Seed the vessels. Count and IL-2 are confirmed by a second person; the patient's allergies rule the medium."""
    tx.permit(actor, Action.CULTURE_STEP)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step=SEED)
    state = moved(culture, CultureAct.SEED)
    recipe = tx.session.get_one(Recipe, culture.recipe_id)
    vessels = vessel_count(asked.viable_cells_1e9, asked.viable_cells_per_vessel_1e9).vessels
    il2 = _il2(asked)
    entry = accepted(tx, asked, _judged(asked, recipe, vessels, il2))
    lots, equipment = _scanned(tx, asked, course)
    _require_no_allergy(tx, course, lots)
    done = StepDone(StepKind.SEED, entry.at, viable_cells=int(asked.viable_cells_1e9 * BILLION))
    step = record_step(tx, actor, culture, asked, done)
    record_supplies(tx, step, lots, equipment)
    _make_vessels(tx, culture, step, asked, (vessels, il2, lots[0], equipment[1]))
    culture.state, culture.seeded_at, culture.bench_id = state, entry.at, None
    return CultureSeeded(culture.code, vessels)


def _il2(asked: SeedCulture) -> Decimal | None:
    """IU per mL, or None for a unit without a defined factor: recorded, never converted."""
    if asked.il2_unit not in CONVERTIBLE:
        return None
    return in_iu(Il2Amount(asked.il2_per_ml, asked.il2_unit, Per.ML)).value


def _judged(asked: SeedCulture, recipe: Recipe, vessels: int, il2_iu_per_ml: Decimal | None) -> dict[str, Judgement]:
    density = asked.viable_cells_per_vessel_1e9 * BILLION / asked.vessel_volume_ml if asked.vessel_volume_ml else 0
    values = {
        "vessel_volume_ml": judge("vessel_fill_ml", asked.vessel_volume_ml),
        "viable_cells_per_vessel_1e9": judge("seeding_density_per_ml", Decimal(density)),
        "viable_cells_1e9": judge("vessels_per_group", Decimal(vessels)),
        "viability_percent": judge("viability_percent", asked.viability_percent),
    }
    if il2_iu_per_ml is not None:
        usual = Range(Decimal(recipe.il2_from_iu_per_ml), Decimal(recipe.il2_until_iu_per_ml))
        values["il2_per_ml"] = judge("il2_iu_per_ml", il2_iu_per_ml, recipe_range=usual)
    return values


def _scanned(tx: Transaction, asked: SeedCulture, course: Course) -> tuple[list[MaterialLot], list[Equipment]]:
    """IL-2, medium and serum; hood and incubator: each scanned, each usable now."""
    wanted = [(asked.il2_lot, MaterialRole.CYTOKINE), (asked.medium_lot, MaterialRole.MEDIUM)]
    if asked.serum_lot is not None:
        wanted.append((asked.serum_lot, MaterialRole.SERUM))
    lots = [usable_lot(tx, raw, role, at=tx.now, step=SEED, course_code=course.code) for raw, role in wanted]
    places = ((asked.hood, EquipmentKind.HOOD), (asked.incubator, EquipmentKind.INCUBATOR))
    equipment = [usable_equipment(tx, raw, kind, at=tx.now, step=SEED, course_code=course.code) for raw, kind in places]
    return lots, equipment


def _require_no_allergy(tx: Transaction, course: Course, lots: Sequence[MaterialLot]) -> None:
    look = select(Allergy.substance).where(Allergy.patient_id == course.patient_id, Allergy.ended_at.is_(None))
    allergies = {substance.casefold() for substance in tx.session.execute(look).scalars()}
    for lot in lots:
        found = sorted(allergies & set((lot.substances or "").casefold().split()))
        if found:
            near = NearMiss("allergy", SEED, course.code, scanned=lot.code)
            sentence = f"The patient is allergic to {found[0]}, and {lot.name} contains it. Take another lot."
            raise Mismatch("allergy", sentence, near_miss=near)


def _make_vessels(
    tx: Transaction,
    culture: Culture,
    step: CultureStep,
    asked: SeedCulture,
    what: tuple[int, Decimal | None, MaterialLot, Equipment],
) -> None:
    vessels, il2_iu_per_ml, il2_lot, incubator = what
    line = {"course_id": culture.course_id, "patient_id": culture.patient_id, "culture_id": culture.id}
    group = VesselGroup(
        **line,
        seeding_step_id=step.id,
        vessel_count=vessels,
        volume_each_ul=int(asked.vessel_volume_ml * 1000),
        viable_cells_each=int(asked.viable_cells_per_vessel_1e9 * BILLION),
        il2_per_ml=asked.il2_per_ml,
        il2_unit=asked.il2_unit,
        il2_lot_id=il2_lot.id,
        il2_iu_per_ml=il2_iu_per_ml,
        incubator_id=incubator.id,
    )
    tx.session.add(group)
    tx.session.flush()
    for member in range(1, vessels + 1):
        code = next_code(tx, Kind.VESSEL)
        tx.session.add(Vessel(**line, code=code, vessel_group_id=group.id, member=member, state=VesselState.ACTIVE))
