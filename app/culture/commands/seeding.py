"""Separation and seeding: one event, n identical vessels, each with the same cells, volume and IL-2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, select

from app.collection.commands.run import whole
from app.culture.commands.opening import CultureFact
from app.culture.queries.balance import cells_before
from app.culture.schemas import SeedCulture, SeparateCells
from app.culture.steps import (
    StepDone,
    Using,
    accepted,
    deviate,
    moved,
    record_step,
    record_supplies,
    require_no_allergies,
    shown_culture,
)
from app.db.codes import next_code
from app.db.models import Culture, CultureStep, Equipment, MaterialLot, Vessel, VesselGroup
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.culture import Seeding, judged_seeding, judged_separation
from app.domain.errors import WrongState
from app.domain.identifiers import Kind, display
from app.domain.recipes import RecipeStepKind
from app.domain.roles import Action
from app.domain.states import CultureAct, CultureState
from app.domain.vocabulary import EquipmentKind, MaterialRole, StepKind, VesselState
from app.patients.standing import going_on
from app.recipes.pinned import limits_of_culture

BILLION: Final = 10**9
SEED: Final = "seed_culture"
SEPARATE: Final = "separate_cells"


@dataclass(frozen=True, slots=True)
class CultureSeeded:
    """The seeded culture and how many vessels it has."""

    culture_code: str
    vessels: int


@command
def separate_cells(tx: Transaction, actor: Actor, asked: SeparateCells) -> CultureFact:
    """Take red cells and platelets out. Optional, and done once; what it kept is judged by its method."""
    tx.permit(actor, Action.CULTURE_STEP)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step=SEPARATE)
    _require_separable(tx, culture)
    cells = whole(asked.viable_cells_1e9 * BILLION, "viable_cells_1e9")
    before = cells_before(tx.session.connection(), culture.id)
    values = judged_separation(
        asked.method,
        cells_before=before,
        viable_cells=cells,
        viability_percent=asked.viability_percent,
        limits=limits_of_culture(tx, culture, RecipeStepKind.SEPARATE),
    )
    entry = accepted(tx, culture, asked, values)
    using = Using(tx, entry.at, SEPARATE, course.code, asked.reason)
    lots = using.lots((asked.wash_lot, MaterialRole.WASH))
    require_no_allergies(tx, course, lots, SEPARATE)
    volume_ul = whole(asked.volume_ml * 1000, "volume_ml")
    done = StepDone(StepKind.SEPARATE, entry.at, asked.method, cells, asked.viability_percent, volume_ul)
    step = record_step(tx, actor, culture, asked, done)
    record_supplies(using, step, lots, using.hood_and_centrifuge(asked.hood, asked.centrifuge))
    deviate(tx, actor, culture, entry, asked.reason)
    return CultureFact(culture.code, culture.state)


@command
def seed_culture(tx: Transaction, actor: Actor, asked: SeedCulture) -> CultureSeeded:
    """Seed the vessels. Count and IL-2 are confirmed by a second person; the patient's allergies rule the medium."""
    tx.permit(actor, Action.CULTURE_STEP)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step=SEED)
    state = moved(culture, CultureAct.SEED)
    given = _seeding(asked, cells_before(tx.session.connection(), culture.id))
    entry = accepted(tx, culture, asked, judged_seeding(given, limits_of_culture(tx, culture, RecipeStepKind.SEED)))
    using = Using(tx, entry.at, SEED, course.code, asked.reason)
    il2_lot = using.lot(asked.il2_lot, MaterialRole.CYTOKINE)
    lots = using.lots((asked.medium_lot, MaterialRole.MEDIUM), (asked.serum_lot, MaterialRole.SERUM))
    hood, incubator = _equipment(using, asked)
    require_no_allergies(tx, course, (il2_lot, *lots), SEED)
    cells = whole(given.viable_cells, "viable_cells_1e9")
    done = StepDone(StepKind.SEED, entry.at, viable_cells=cells, viability_percent=asked.viability_percent)
    step = record_step(tx, actor, culture, asked, done)
    record_supplies(using, step, (il2_lot, *lots), (hood, incubator))
    _add_vessels(tx, _group(tx, step, given, il2_lot, incubator))
    deviate(tx, actor, culture, entry, asked.reason)
    culture.state, culture.seeded_at, culture.bench_id = state, entry.at, None
    return CultureSeeded(culture.code, given.vessels)


def _require_separable(tx: Transaction, culture: Culture) -> None:
    if culture.state is not CultureState.IN_PROCESS:
        moved(culture, CultureAct.SEED)
    done = exists().where(CultureStep.culture_id == culture.id, CultureStep.kind == StepKind.SEPARATE)
    if tx.session.execute(select(done)).scalar_one():
        raise WrongState(
            "separated_already", f"The cells of {display(culture.code)} were separated already. Seed them now."
        )


def _seeding(asked: SeedCulture, before: int) -> Seeding:
    return Seeding(
        cells_before=before,
        viable_cells=asked.viable_cells_1e9 * BILLION,
        viability_percent=asked.viability_percent,
        viable_cells_per_vessel=asked.viable_cells_per_vessel_1e9 * BILLION,
        vessel_volume_ml=asked.vessel_volume_ml,
        il2_per_ml=asked.il2_per_ml,
        il2_unit=asked.il2_unit,
    )


def _equipment(using: Using, asked: SeedCulture) -> tuple[Equipment, Equipment]:
    hood = using.equipment(asked.hood, EquipmentKind.HOOD)
    return hood, using.equipment(asked.incubator, EquipmentKind.INCUBATOR)


def _group(
    tx: Transaction, step: CultureStep, given: Seeding, il2_lot: MaterialLot, incubator: Equipment
) -> VesselGroup:
    group = VesselGroup(
        course_id=step.course_id,
        patient_id=step.patient_id,
        culture_id=step.culture_id,
        seeding_step_id=step.id,
        vessel_count=given.vessels,
        volume_each_ul=whole(given.vessel_volume_ml * 1000, "vessel_volume_ml"),
        viable_cells_each=whole(given.viable_cells_per_vessel, "viable_cells_per_vessel_1e9"),
        il2_per_ml=given.il2_per_ml,
        il2_unit=given.il2_unit,
        il2_lot_id=il2_lot.id,
        il2_iu_per_ml=given.il2_iu_per_ml,
        incubator_id=incubator.id,
    )
    tx.session.add(group)
    tx.session.flush()
    return group


def _add_vessels(tx: Transaction, group: VesselGroup) -> None:
    for member in range(1, group.vessel_count + 1):
        vessel = Vessel(
            course_id=group.course_id,
            patient_id=group.patient_id,
            culture_id=group.culture_id,
            code=next_code(tx, Kind.VESSEL),
            vessel_group_id=group.id,
            member=member,
            state=VesselState.ACTIVE,
        )
        tx.session.add(vessel)
