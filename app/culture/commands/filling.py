"""Bags and quarantine: the lot is filled into equal bags, and the labels on all of them complete it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from app.collection.commands.run import whole
from app.culture.commands.harvesting import LotFact
from app.culture.schemas import CompleteLot, FillBags
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
from app.db.models import Bag, Culture, CultureStep, CustodyEvent, ProductLot
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.culture import Filling, judged_filling, require_enough_cells
from app.domain.custody import CustodyAct, decide
from app.domain.errors import SpecificationNotMet, WrongState
from app.domain.identifiers import Kind, display
from app.domain.recipes import RecipeStepKind, StepLimits
from app.domain.roles import Action
from app.domain.states import LOT, BagAct, BagState, CultureAct, CultureState, LotAct, next_state
from app.domain.vocabulary import EquipmentKind, MaterialRole, StepKind
from app.patients.standing import going_on
from app.recipes.pinned import limits_of_culture

BILLION: Final = 10**9
FILL: Final = "fill_bags"


@dataclass(frozen=True, slots=True)
class BagsFilled:
    """The bags of a lot, in order."""

    lot_code: str
    bag_codes: tuple[str, ...]


@command
def fill_bags(tx: Transaction, actor: Actor, asked: FillBags) -> BagsFilled:
    """Fill the lot into equal bags. Expiry follows from the recipe; more cells than harvested are refused."""
    tx.permit(actor, Action.FILL_BAGS)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step=FILL)
    lot = _lot_to_fill(tx, culture)
    given = _filling(asked)
    require_enough_cells(given, lot.harvested_viable_cells)
    limits = limits_of_culture(tx, culture, RecipeStepKind.FORMULATE)
    entry = accepted(tx, culture, asked, judged_filling(given, limits))
    using = Using(tx, entry.at, FILL, course.code, asked.reason)
    lots = [using.lot(asked.formulation_lot, MaterialRole.FORMULATION)]
    hood = using.equipment(asked.hood, EquipmentKind.HOOD)
    require_no_allergies(tx, course, lots, FILL)
    lot.volume_ul = whole(given.volume_ml * 1000, "volume_each_ml") * given.bags
    lot.viable_cells = whole(given.viable_cells, "viable_cells_each_1e9") * given.bags
    lot.viability_percent = given.viability_percent
    done = StepDone(StepKind.FILL, entry.at, None, lot.viable_cells, given.viability_percent, lot.volume_ul)
    step = record_step(tx, actor, culture, asked, done)
    record_supplies(using, step, lots, (hood,))
    lot.formulated_at, lot.expires_at = done.at, done.at + _keeps(limits)
    tx.session.flush()
    deviate(tx, actor, lot, entry, asked.reason, lot.id)
    bags = [_filled(tx, culture, lot, step, division, given.bags) for division in range(1, given.bags + 1)]
    return BagsFilled(lot.code, tuple(bag.code for bag in bags))


@command
def complete_lot(tx: Transaction, actor: Actor, asked: CompleteLot) -> LotFact:
    """Every bag carries its label: the culture is formulated and the lot waits in quarantine for QA."""
    tx.permit(actor, Action.FILL_BAGS)
    culture = shown_culture(tx, asked)
    going_on(tx, culture.course_id, step="complete_lot")
    state = moved(culture, CultureAct.FORMULATE)
    lot = _lot_of(tx, culture)
    _require_labels(tx, lot)
    entry = accepted(tx, culture, asked, {})
    record_step(tx, actor, culture, asked, StepDone(StepKind.FORMULATE, entry.at))
    culture.state, culture.bench_id = state, None
    lot.state = next_state(LOT, lot.state, LotAct.COMPLETE, f"Lot {display(lot.code)}")
    return LotFact(lot.code, lot.state)


def _lot_to_fill(tx: Transaction, culture: Culture) -> ProductLot:
    if culture.state is not CultureState.HARVESTED:
        moved(culture, CultureAct.FORMULATE)
    lot = _lot_of(tx, culture)
    if lot.formulated_at is not None:
        raise WrongState("bags_filled", f"Lot {display(lot.code)} was filled already. Label its bags.")
    return lot


def _lot_of(tx: Transaction, culture: Culture) -> ProductLot:
    return tx.session.execute(
        select(ProductLot).where(ProductLot.culture_id == culture.id).with_for_update()
    ).scalar_one()


def _keeps(limits: StepLimits) -> timedelta:
    """How long the recipe lets a bag be used. No recipe is approved without it."""
    hours = limits.default("expiry_after_formulation_h")
    assert hours is not None, "an approved recipe states the expiry"
    return timedelta(seconds=int(hours * 3600))


def _filling(asked: FillBags) -> Filling:
    return Filling(asked.bags, asked.volume_each_ml, asked.viable_cells_each_1e9 * BILLION, asked.viability_percent)


def _require_labels(tx: Transaction, lot: ProductLot) -> None:
    look = select(Bag.division).where(Bag.product_lot_id == lot.id, Bag.state == BagState.FILLED)
    bare = tx.session.execute(look.order_by(Bag.division).limit(1)).scalar_one_or_none()
    if lot.formulated_at is None or bare is not None:
        what = "No bag is filled yet" if bare is None else f"Bag {bare} has no label applied yet"
        next_act = "Fill the bags first" if bare is None else "Print it, scan it back and apply it"
        raise SpecificationNotMet("label_missing", f"{what}. {next_act}.")


def _filled(tx: Transaction, culture: Culture, lot: ProductLot, step: CultureStep, division: int, bags: int) -> Bag:
    """One bag, held by who filled it at the bench of the culture, with the first link of its custody."""
    assert culture.bench_id is not None, "a harvested culture stands at a bench"
    bag = Bag(
        course_id=lot.course_id,
        patient_id=lot.patient_id,
        code=next_code(tx, Kind.BAG),
        product_lot_id=lot.id,
        division=division,
        volume_ul=(lot.volume_ul or 0) // bags,
        viable_cells=(lot.viable_cells or 0) // bags,
        viability_percent=lot.viability_percent,
        filled_at=lot.formulated_at,
        expires_at=lot.expires_at,
        state=BagState.FILLED,
        holder_id=step.performed_by_id,
        place_id=culture.bench_id,
    )
    tx.session.add(bag)
    tx.session.flush()
    _first_link(tx, bag, step)
    return bag


def _first_link(tx: Transaction, bag: Bag, step: CultureStep) -> None:
    act = CustodyAct(
        act=BagAct.FILL,
        at=bag.filled_at,
        recorded_at=tx.now,
        actor_id=step.performed_by_id,
        witness_id=step.checked_by_id,
        to_holder_id=bag.holder_id,
        to_place_id=bag.place_id,
    )
    link = decide(None, act, f"Bag {display(bag.code)}")
    event = CustodyEvent(
        course_id=bag.course_id,
        patient_id=bag.patient_id,
        bag_id=bag.id,
        product_lot_id=bag.product_lot_id,
        seq=link.seq,
        kind=link.kind,
        bag_state=link.state,
        at=link.at,
        recorded_at=tx.now,
        actor_id=link.actor_id,
        witness_id=link.witness_id,
        to_holder_id=link.to_holder_id,
        to_place_id=link.to_place_id,
        station_id=step.station_id,
        request_key=tx.request_key,
    )
    tx.session.add(event)
    tx.session.flush()
