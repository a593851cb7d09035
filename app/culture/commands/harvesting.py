"""Harvest: the vessels are pooled at a free bench and become a product lot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from app.collection.commands.run import whole
from app.culture.queries.balance import cell_balance
from app.culture.schemas import HarvestCulture
from app.culture.steps import (
    StepDone,
    Using,
    accepted,
    clear_bench,
    deviate,
    growing_vessels,
    moved,
    record_step,
    record_supplies,
    require_no_allergies,
    shown_culture,
)
from app.db.codes import next_code
from app.db.models import Culture, ProductLot, TestRun
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.culture import judged_harvest
from app.domain.errors import SpecificationNotMet, WrongState
from app.domain.identifiers import Kind, display
from app.domain.limits import Judgement
from app.domain.recipes import RecipeStepKind
from app.domain.roles import Action
from app.domain.states import LOT, CultureAct, LotAct, LotState, next_state
from app.domain.vocabulary import MaterialRole, StepKind, TestKind, VesselState
from app.patients.standing import going_on
from app.recipes.pinned import limits_of_culture

BILLION: Final = 10**9
HARVEST: Final = "harvest_culture"
NEEDED_AT_HARVEST: Final = (TestKind.STERILITY, TestKind.MYCOPLASMA, TestKind.ENDOTOXIN)


@dataclass(frozen=True, slots=True)
class LotFact:
    """The product lot and its state."""

    lot_code: str
    state: LotState


@command
def harvest_culture(tx: Transaction, actor: Actor, asked: HarvestCulture) -> LotFact:
    """Pool the vessels. Sterility, mycoplasma and endotoxin tests must be registered; an odd age needs a reason."""
    tx.permit(actor, Action.CULTURE_STEP)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step=HARVEST)
    state = moved(culture, CultureAct.HARVEST)
    _require_samples(tx, culture)
    _require_vessels(tx, culture)
    cells = whole(asked.viable_cells_1e9 * BILLION, "viable_cells_1e9")
    entry = accepted(tx, culture, asked, _judged(tx, culture, asked, cells))
    using = Using(tx, entry.at, HARVEST, course.code, asked.reason)
    bench = clear_bench(tx, asked.bench, culture, course, HARVEST)
    lots = using.lots((asked.wash_lot, MaterialRole.WASH))
    require_no_allergies(tx, course, lots, HARVEST)
    volume_ul = whole(asked.volume_ml * 1000, "volume_ml")
    done = StepDone(StepKind.HARVEST, entry.at, None, cells, asked.viability_percent, volume_ul)
    step = record_step(tx, actor, culture, asked, done)
    record_supplies(using, step, lots, using.hood_and_centrifuge(asked.hood, asked.centrifuge))
    _empty_vessels(tx, culture)
    culture.state, culture.harvested_at, culture.bench_id = state, entry.at, bench.id
    lot = _lot(tx, culture, done)
    deviate(tx, actor, lot, entry, asked.reason, lot.id)
    return LotFact(lot.code, lot.state)


def _require_samples(tx: Transaction, culture: Culture) -> None:
    look = select(TestRun.kind).where(TestRun.culture_id == culture.id)
    registered = set(tx.session.execute(look).scalars())
    for kind in NEEDED_AT_HARVEST:
        if kind not in registered:
            sentence = f"No {kind.value} test is registered for {display(culture.code)}. Take its sample first."
            raise SpecificationNotMet("sample_missing", sentence)


def _require_vessels(tx: Transaction, culture: Culture) -> None:
    if not growing_vessels(tx, culture):
        raise WrongState("no_vessel", f"Culture {display(culture.code)} has no vessel left to harvest.")


def _judged(tx: Transaction, culture: Culture, asked: HarvestCulture, cells: int) -> dict[str, Judgement]:
    balance = cell_balance(tx.session.connection(), culture.id)
    assert balance is not None, "an incubating culture was seeded"
    judged = judged_harvest(
        age_h=_age_h(culture, asked.performed_at or tx.now),
        limits=limits_of_culture(tx, culture, RecipeStepKind.HARVEST),
        balance=replace(balance, harvested=cells),
        viability_percent=asked.viability_percent,
    )
    return dict(judged)


def _age_h(culture: Culture, at: datetime) -> Decimal:
    assert culture.seeded_at is not None, "an incubating culture was seeded"
    return Decimal(int((at - culture.seeded_at).total_seconds())) / 3600


def _empty_vessels(tx: Transaction, culture: Culture) -> None:
    for vessel in growing_vessels(tx, culture):
        vessel.state = VesselState.HARVESTED


def _lot(tx: Transaction, culture: Culture, done: StepDone) -> ProductLot:
    lot = ProductLot(
        code=next_code(tx, Kind.PRODUCT_LOT),
        course_id=culture.course_id,
        patient_id=culture.patient_id,
        culture_id=culture.id,
        specification_id=culture.specification_id,
        state=next_state(LOT, None, LotAct.CREATE, "The lot"),
        harvested_at=done.at,
        harvested_viable_cells=done.viable_cells,
        viability_percent=done.viability_percent,
    )
    tx.session.add(lot)
    tx.session.flush()
    return lot
