"""What happens to a growing culture beside counting: it is fed, or loses a vessel."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import select

from app.collection.commands.run import whole
from app.culture.commands.counting import countable_vessel
from app.culture.commands.opening import CultureFact
from app.culture.schemas import DiscardVessel, FeedCulture
from app.culture.steps import (
    StepDone,
    Using,
    accepted,
    deviate,
    growing_vessels,
    moved,
    record_step,
    record_supplies,
    require_no_allergies,
    shown_culture,
)
from app.db.models import Culture, MaterialLot, VesselGroup
from app.db.transaction import Transaction, command
from app.deviations.opening import open_deviation
from app.domain.actor import Actor
from app.domain.culture import judged_il2
from app.domain.errors import Invalid
from app.domain.finite import not_negative
from app.domain.il2 import Il2Amount, Per, in_iu
from app.domain.limits import Judgement
from app.domain.reasons import require_reason
from app.domain.recipes import RecipeStepKind
from app.domain.roles import Action
from app.domain.states import CultureAct
from app.domain.vocabulary import DeviationClass, EquipmentKind, MaterialRole, StepKind, VesselState
from app.materials.use import use_volume
from app.patients.standing import going_on
from app.recipes.pinned import limits_of_culture

FEED: Final = "feed_culture"


@dataclass(frozen=True, slots=True)
class VesselDiscarded:
    """The vessel that left the group."""

    vessel_code: str
    state: VesselState


@command
def feed_culture(tx: Transaction, actor: Actor, asked: FeedCulture) -> CultureFact:
    """Add medium, IL-2 or both to every vessel. With IL-2, what the vessels then hold is judged by the recipe."""
    tx.permit(actor, Action.CULTURE_STEP)
    culture = shown_culture(tx, asked)
    course = going_on(tx, culture.course_id, step=FEED)
    state = moved(culture, CultureAct.FEED)
    il2 = _il2(asked)
    entry = accepted(tx, culture, asked, _judged(tx, culture, il2))
    using = Using(tx, entry.at, FEED, course.code, asked.reason)
    lots = using.lots((asked.medium_lot, MaterialRole.MEDIUM), (asked.il2_lot, MaterialRole.CYTOKINE))
    hood = using.equipment(asked.hood, EquipmentKind.HOOD)
    require_no_allergies(tx, course, lots, FEED)
    group = tx.session.execute(select(VesselGroup).where(VesselGroup.culture_id == culture.id)).scalar_one()
    added_ul = whole(not_negative(asked.volume_each_ml, "the volume added") * 1000, "volume_each_ml")
    done = StepDone(StepKind.FEED, entry.at, volume_ul=added_ul * len(growing_vessels(tx, culture)))
    record_supplies(using, record_step(tx, actor, culture, asked, done), lots, (hood,))
    if asked.medium_lot is not None:
        use_volume(tx, actor, lots[0], done.volume_ul or 0, culture.code)
    group.volume_each_ul += added_ul
    if il2 is not None:
        _hold_il2(group, il2, lots[-1])
    deviate(tx, actor, culture, entry, asked.reason)
    return CultureFact(culture.code, state)


@command
def discard_vessel(tx: Transaction, actor: Actor, asked: DiscardVessel) -> VesselDiscarded:
    """Take one vessel out of its group, with a reason; the rest go on. A contaminated one opens a deviation."""
    tx.permit(actor, Action.CULTURE_STEP)
    _culture, vessel = countable_vessel(tx, asked, "discard_vessel")
    reason = require_reason(asked.reason, "Discarding a vessel needs a reason.")
    tx.because("vessel_discarded", reason)
    vessel.state = VesselState.CONTAMINATED if asked.is_contaminated else VesselState.DISCARDED
    if asked.is_contaminated:
        what = f"Vessel {vessel.member} was discarded as contaminated. {reason}"
        open_deviation(tx, actor, vessel, grade=DeviationClass.MAJOR, what=what)
    return VesselDiscarded(vessel.code, vessel.state)


def _il2(asked: FeedCulture) -> Il2Amount | None:
    """What the vessels hold of IL-2 after the feed; lot, number and unit come together or not at all."""
    given = (asked.il2_lot, asked.il2_per_ml, asked.il2_unit)
    if asked.il2_per_ml is not None and asked.il2_unit is not None and asked.il2_lot is not None:
        return Il2Amount(asked.il2_per_ml, asked.il2_unit, Per.ML)
    if any(part is not None for part in given):
        sentence = "IL-2 is given with its lot, its number and its unit. Enter what is missing."
        raise Invalid("il2_incomplete", sentence, field="il2_per_ml")
    if asked.medium_lot is None:
        sentence = "Nothing was scanned to feed with. Scan the medium or the IL-2."
        raise Invalid("nothing_to_feed", sentence, field="medium_lot")
    return None


def _judged(tx: Transaction, culture: Culture, il2: Il2Amount | None) -> dict[str, Judgement]:
    limits = limits_of_culture(tx, culture, RecipeStepKind.SEED, is_feed=True)
    return {} if il2 is None else {"il2_per_ml": judged_il2(in_iu(il2).value, limits)}


def _hold_il2(group: VesselGroup, il2: Il2Amount, lot: MaterialLot) -> None:
    group.il2_per_ml, group.il2_unit, group.il2_lot_id = il2.value, il2.unit, lot.id
    group.il2_iu_per_ml = Decimal(in_iu(il2).value)
