"""Harvest, bags, quarantine: the pooled cells become a product lot, the lot is filled into bags, labels close it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from app.culture.balance import deviate_unclosed, require_reason_for_gain, seeded_viable_cells
from app.culture.schemas import CompleteLot, FillBags, HarvestCulture
from app.culture.steps import StepDone, accepted, moved, record_step, record_supplies, shown_culture
from app.db.codes import next_code
from app.db.models import Bag, Course, Culture, CultureStep, CustodyEvent, Place, ProductLot, Recipe, TestRun, Vessel
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct, decide
from app.domain.errors import Invalid, SpecificationNotMet, WrongState
from app.domain.identifiers import Kind, display
from app.domain.limits import Judgement, Range, judge
from app.domain.roles import Action
from app.domain.states import LOT, BagAct, BagState, CultureAct, CultureState, LotAct, LotState, next_state
from app.domain.vocabulary import EquipmentKind, MaterialRole, StepKind, TestKind, VesselState
from app.materials.use import usable_equipment, usable_lot
from app.patients.standing import going_on

BILLION: Final = 10**9
NEEDED_AT_HARVEST: Final = (TestKind.STERILITY, TestKind.MYCOPLASMA, TestKind.ENDOTOXIN)


@dataclass(frozen=True, slots=True)
class LotFact:
    """The product lot and its state."""

    lot_code: str
    state: LotState


@dataclass(frozen=True, slots=True)
class BagsFilled:
    """The bags of a lot, in order."""

    lot_code: str
    bag_codes: tuple[str, ...]


@command
def harvest_culture(tx: Transaction, actor: Actor, asked: HarvestCulture) -> LotFact:
    """Pool the vessels. Sterility, mycoplasma and endotoxin tests must be registered; an odd age needs a reason."""
    tx.permit(actor, Action.CULTURE_STEP)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step="harvest_culture")
    state = moved(culture, CultureAct.HARVEST)
    _require_samples(tx, culture)
    recipe = tx.session.get_one(Recipe, culture.recipe_id)
    seeded = seeded_viable_cells(tx, culture)
    cells = int(asked.viable_cells_1e9 * BILLION)
    entry = accepted(tx, asked, _harvest_values(culture, recipe, asked, seeded, tx.now))
    require_reason_for_gain(seeded, cells, asked.reason)
    step = record_step(tx, actor, culture, asked, StepDone(StepKind.HARVEST, entry.at, cells, _ul(asked.volume_ml)))
    hood = usable_equipment(
        tx, asked.hood, EquipmentKind.HOOD, at=tx.now, step="harvest_culture", course_code=course.code
    )
    record_supplies(tx, step, (), (hood,))
    _harvest_vessels(tx, culture)
    culture.state, culture.harvested_at = state, entry.at
    lot = _lot(tx, culture, cells, asked.viability_percent)
    deviate_unclosed(tx, actor, lot, seeded, cells)
    return LotFact(lot.code, lot.state)


@command
def fill_bags(tx: Transaction, actor: Actor, asked: FillBags) -> BagsFilled:
    """Fill the lot into equal bags. Expiry follows from the recipe; more cells than harvested are refused."""
    tx.permit(actor, Action.FILL_BAGS)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step="fill_bags")
    lot = _lot_of(tx, culture)
    if culture.state is not CultureState.HARVESTED or lot.formulated_at is not None:
        raise WrongState("bags_filled", f"Lot {display(lot.code)} was filled already, or is not harvested yet.")
    _require_cells(lot, asked)
    recipe = tx.session.get_one(Recipe, culture.recipe_id)
    entry = accepted(tx, asked, _bag_values(asked))
    step = record_step(tx, actor, culture, asked, StepDone(StepKind.FORMULATE, entry.at, _filled_cells(asked)))
    _record_filling(tx, asked, course, step)
    lot.formulated_at = entry.at
    lot.expires_at = entry.at + timedelta(hours=recipe.expiry_after_formulation_h)
    lot.volume_ul, lot.viable_cells = _ul(asked.volume_each_ml * asked.bags), _filled_cells(asked)
    lot.viability_percent = asked.viability_percent
    tx.session.flush()
    assert step.checked_by_id is not None, "bags are filled by two"
    return BagsFilled(lot.code, _fill(tx, actor, lot, asked, step.checked_by_id))


@command
def complete_lot(tx: Transaction, actor: Actor, asked: CompleteLot) -> LotFact:
    """Every bag carries its label: the culture is formulated and the lot waits in quarantine for QA."""
    tx.permit(actor, Action.FILL_BAGS)
    culture = shown_culture(tx, asked)
    lot = _lot_of(tx, culture)
    bags = tx.session.execute(select(Bag).where(Bag.product_lot_id == lot.id).order_by(Bag.division)).scalars().all()
    bare = [bag for bag in bags if bag.state is BagState.FILLED]
    if bare or not bags:
        what = f"Bag {bare[0].division}" if bare else "The lot"
        raise SpecificationNotMet("label_missing", f"{what} has no label applied yet. Print, scan back and apply it.")
    state = moved(culture, CultureAct.FORMULATE)
    entry = accepted(tx, asked, {})
    record_step(tx, actor, culture, asked, StepDone(StepKind.CLOSE, entry.at))
    culture.state, culture.bench_id = state, None
    lot.state = next_state(LOT, lot.state, LotAct.COMPLETE, f"Lot {display(lot.code)}")
    return LotFact(lot.code, lot.state)


def _require_samples(tx: Transaction, culture: Culture) -> None:
    look = select(TestRun.kind).where(TestRun.culture_id == culture.id)
    missing = [kind for kind in NEEDED_AT_HARVEST if kind not in set(tx.session.execute(look).scalars())]
    if missing:
        words = missing[0].value.replace("_", " ")
        raise SpecificationNotMet(
            "sample_missing", f"No {words} test is registered for {display(culture.code)}. Take its sample first."
        )


def _harvest_values(
    culture: Culture, recipe: Recipe, asked: HarvestCulture, seeded: int, now: datetime
) -> dict[str, Judgement]:
    assert culture.seeded_at is not None, "an incubating culture was seeded"
    age_h = Decimal(int(((asked.performed_at or now) - culture.seeded_at).total_seconds())) / 3600
    window = Range(Decimal(recipe.harvest_from_h), Decimal(recipe.harvest_until_h))
    recovery = asked.viable_cells_1e9 * BILLION * 100 / seeded
    return {
        "performed_at": judge("culture_age_h", age_h, recipe_range=window),
        "viability_percent": judge("viability_percent", asked.viability_percent),
        "viable_cells_1e9": judge("harvest_recovery_percent", recovery),
    }


def _bag_values(asked: FillBags) -> dict[str, Judgement]:
    cells = asked.viable_cells_each_1e9 * BILLION
    return {
        "volume_each_ml": judge("final_volume_ml", asked.volume_each_ml),
        "viable_cells_each_1e9": judge("cells_per_bag", cells),
        "viability_percent": judge("viability_percent", asked.viability_percent),
    }


def _require_cells(lot: ProductLot, asked: FillBags) -> None:
    if _filled_cells(asked) > lot.harvested_viable_cells:
        raise Invalid(
            "more_than_harvested",
            f"{asked.bags} bags of {asked.viable_cells_each_1e9} × 10^9 cells are more than the"
            f" {lot.harvested_viable_cells:,} viable cells harvested. Check number and exponent.",
            field="viable_cells_each_1e9",
        )


def _filled_cells(asked: FillBags) -> int:
    return int(asked.viable_cells_each_1e9 * asked.bags * BILLION)


def _ul(volume_ml: Decimal) -> int:
    return int(volume_ml * 1000)


def _harvest_vessels(tx: Transaction, culture: Culture) -> None:
    look = select(Vessel).where(Vessel.culture_id == culture.id, Vessel.state == VesselState.ACTIVE)
    vessels = tx.session.execute(look).scalars().all()
    if not vessels:
        raise WrongState("no_vessel", f"Culture {display(culture.code)} has no vessel left to harvest.")
    for vessel in vessels:
        vessel.state = VesselState.HARVESTED


def _lot(tx: Transaction, culture: Culture, cells: int, viability_percent: Decimal) -> ProductLot:
    assert culture.harvested_at is not None
    lot = ProductLot(
        code=next_code(tx, Kind.PRODUCT_LOT),
        course_id=culture.course_id,
        patient_id=culture.patient_id,
        culture_id=culture.id,
        specification_id=culture.specification_id,
        state=next_state(LOT, None, LotAct.CREATE, "The lot"),
        harvested_at=culture.harvested_at,
        harvested_viable_cells=cells,
        viability_percent=viability_percent,
    )
    tx.session.add(lot)
    tx.session.flush()
    return lot


def _lot_of(tx: Transaction, culture: Culture) -> ProductLot:
    look = select(ProductLot).where(ProductLot.culture_id == culture.id).with_for_update()
    lot = tx.session.execute(look).scalar_one_or_none()
    if lot is None:
        raise WrongState("not_harvested", f"Culture {display(culture.code)} is not harvested yet. Harvest it first.")
    return lot


def _record_filling(tx: Transaction, asked: FillBags, course: Course, step: CultureStep) -> None:
    medium = usable_lot(
        tx, asked.formulation_lot, MaterialRole.FORMULATION, at=tx.now, step="fill_bags", course_code=course.code
    )
    hood = usable_equipment(tx, asked.hood, EquipmentKind.HOOD, at=tx.now, step="fill_bags", course_code=course.code)
    record_supplies(tx, step, (medium,), (hood,))


def _fill(tx: Transaction, actor: Actor, lot: ProductLot, asked: FillBags, witness_id: int) -> tuple[str, ...]:
    assert lot.formulated_at is not None
    assert lot.expires_at is not None
    place_id = actor.station_place_id or _any_store(tx)
    codes: Sequence[str] = [next_code(tx, Kind.BAG) for _ in range(asked.bags)]
    for division, code in enumerate(codes, start=1):
        bag = Bag(
            course_id=lot.course_id,
            patient_id=lot.patient_id,
            code=code,
            product_lot_id=lot.id,
            division=division,
            volume_ul=_ul(asked.volume_each_ml),
            viable_cells=int(asked.viable_cells_each_1e9 * BILLION),
            viability_percent=asked.viability_percent,
            filled_at=lot.formulated_at,
            expires_at=lot.expires_at,
            state=BagState.FILLED,
            holder_id=actor.user_id,
            place_id=place_id,
        )
        tx.session.add(bag)
        tx.session.flush()
        _first_link(tx, actor, bag, witness_id)
    return tuple(codes)


def _any_store(tx: Transaction) -> int:
    place = tx.session.execute(select(Place.id).order_by(Place.id).limit(1)).scalar_one_or_none()
    if place is None:
        raise Invalid("no_place", "No place is registered. The supervisor must register the cell store first.")
    return place


def _first_link(tx: Transaction, actor: Actor, bag: Bag, witness_id: int) -> None:
    act = CustodyAct(
        act=BagAct.FILL,
        at=bag.filled_at,
        recorded_at=tx.now,
        actor_id=actor.user_id,
        witness_id=witness_id,
        to_holder_id=bag.holder_id,
        to_place_id=bag.place_id,
    )
    link = decide(None, act, f"Bag {display(bag.code)}")
    tx.session.add(
        CustodyEvent(
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
            station_id=actor.station_id,
            is_typed=False,
            request_key=tx.request_key,
        )
    )
    tx.session.flush()
