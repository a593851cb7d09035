"""A collection from its plan to its end at the patient's side. Not its receipt in the laboratory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select

from app.collection.schemas import (
    FinishCollection,
    OfCollection,
    PlanCollection,
    RecordCollectionYield,
    StartCollection,
    StopCollection,
)
from app.db.codes import next_code
from app.db.finding import fresh, load
from app.db.models import Collection, Course, Label, Site
from app.db.transaction import Transaction, command
from app.db.types import in_words
from app.deviations.opening import open_deviation
from app.domain.actor import Actor
from app.domain.collection import Yield, judged_prechecks, judged_yield, require_plan
from app.domain.entry import accept_entry
from app.domain.errors import Invalid, NearMiss, WrongState
from app.domain.identifiers import Kind, display
from app.domain.independence import require_another_person
from app.domain.limits import Judgement
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import COLLECTION, CollectionAct, CollectionState, LabelState, next_state
from app.domain.supplies import StockMove
from app.domain.vocabulary import DeviationClass, EquipmentKind, MaterialRole
from app.identity.signing import second_person
from app.materials.use import move_stock, usable_equipment, usable_lot
from app.patients.standing import active_order, going_on, scanned_wristband

CELLS_1E9: Final = 10**9
START: Final = "start_collection"


@dataclass(frozen=True, slots=True)
class CollectionPlanned:
    """The new collection and its number in the course."""

    collection_code: str
    number: int


@dataclass(frozen=True, slots=True)
class CollectionFact:
    """The collection a command changed, and its state now."""

    collection_code: str
    state: CollectionState


@command
def plan_collection(tx: Transaction, actor: Actor, asked: PlanCollection) -> CollectionPlanned:
    """Plan the next collection of an ordered, consented course. Refused beyond the number ordered."""
    tx.permit(actor, Action.PLAN_COLLECTION)
    course = going_on(tx, load(tx, Course, asked.course_code).id, step="plan_collection")
    order = active_order(tx, course, step="plan_collection")
    planned_at = asked.planned_at or tx.now
    zone = ZoneInfo(tx.session.execute(select(Site.zone)).scalar_one())
    of_order = Collection.treatment_order_id == order.id, Collection.state != CollectionState.CANCELLED
    already = tx.session.execute(select(func.count()).select_from(Collection).where(*of_order)).scalar_one()
    require_plan(
        planned_at.astimezone(zone).date(), course.first_day, already=already, ordered=order.collections_planned
    )
    last = tx.session.execute(select(func.max(Collection.number)).where(Collection.course_id == course.id))
    collection = Collection(
        code=next_code(tx, Kind.COLLECTION),
        course_id=course.id,
        patient_id=course.patient_id,
        number=(last.scalar_one() or 0) + 1,
        treatment_order_id=order.id,
        state=next_state(COLLECTION, None, CollectionAct.PLAN, "The collection"),
        planned_at=planned_at,
    )
    tx.session.add(collection)
    return CollectionPlanned(collection.code, collection.number)


@command
def start_collection(tx: Transaction, actor: Actor, asked: StartCollection) -> CollectionFact:
    """Begin the run: the patient's own wristband, a calibrated separator, a released kit in date, blood counts."""
    tx.permit(actor, Action.PERFORM_COLLECTION)
    collection = shown(tx, asked)
    course = going_on(tx, collection.course_id, step=START)
    state = moved(collection, CollectionAct.START)
    active_order(tx, course, step=START)
    band = scanned_wristband(tx, asked.wristband, course, step=START)
    entry = accept_entry(asked.started_at, tx.now, asked.reason, field="started_at", values=_prechecks(asked))
    separator = usable_equipment(
        tx, asked.separator, EquipmentKind.SEPARATOR, at=entry.at, step=START, course_code=course.code
    )
    kit = usable_lot(
        tx,
        asked.kit,
        MaterialRole.COLLECTION_KIT,
        at=entry.at,
        step=START,
        course_code=course.code,
        reason=asked.reason,
    )
    if entry.why is not None:
        tx.because(entry.why, asked.reason)
    collection.wristband_id, collection.separator_id, collection.kit_lot_id = band.id, separator.id, kit.id
    collection.precount_lymphocytes_1e9_per_l = asked.precount_lymphocytes_1e9_per_l
    collection.haemoglobin_g_per_l = whole(asked.haemoglobin_g_per_l, "haemoglobin_g_per_l")
    collection.platelets_1e9_per_l = whole(asked.platelets_1e9_per_l, "platelets_1e9_per_l")
    collection.started_at, collection.state = entry.at, state
    tx.session.flush()  # the last kit is taken after the database has seen that one was there
    move_stock(tx, actor, kit, StockMove.USED, -1000, used_for=collection.code)
    return CollectionFact(collection.code, state)


@command
def record_collection_yield(tx: Transaction, actor: Actor, asked: RecordCollectionYield) -> CollectionFact:
    """Enter the end of the run and what it gave, for the label and the second person. A change needs a reason."""
    tx.permit(actor, Action.PERFORM_COLLECTION)
    collection = shown(tx, asked)
    if collection.state is not CollectionState.IN_PROGRESS or collection.started_at is None:
        raise WrongState("cannot_enter_yield", f"{name_of(collection)} is not running. Start it first.")
    ended_at = asked.ended_at or tx.now
    entry = accept_entry(
        ended_at, tx.now, asked.reason, field="ended_at", values=_yield(asked, ended_at - collection.started_at)
    )
    if collection.yield_entered_at is not None:
        tx.because("yield_changed", require_reason(asked.reason, "The yield was entered before with other values."))
    elif entry.why is not None:
        tx.because(entry.why, asked.reason)
    collection.ended_at, collection.yield_entered_at = entry.at, tx.now
    collection.blood_processed_ml = whole(asked.blood_processed_l * 1000, "blood_processed_l")
    collection.anticoagulant_ul = whole(asked.anticoagulant_ml * 1000, "anticoagulant_ml")
    collection.volume_ul = whole(asked.volume_ml * 1000, "volume_ml")
    collection.wbc_cells = whole(asked.wbc_1e9 * CELLS_1E9, "wbc_1e9")
    collection.lymphocyte_percent = asked.lymphocyte_percent
    collection.performed_by_id = actor.user_id
    if entry.outside_recipe:
        what = " ".join([*(value.sentence for value in entry.outside_recipe), asked.reason or ""]).strip()
        open_deviation(tx, actor, collection, grade=DeviationClass.MINOR, what=what)
    return CollectionFact(collection.code, collection.state)


@command
def finish_collection(tx: Transaction, actor: Actor, asked: FinishCollection) -> CollectionFact:
    """End the run: entries complete, the product's label on it, and checked by somebody who did not enter them."""
    tx.permit(actor, Action.PERFORM_COLLECTION)
    collection = shown(tx, asked)
    course = going_on(tx, collection.course_id, step="finish_collection")
    state = moved(collection, CollectionAct.FINISH)
    if collection.performed_by_id is None:
        raise WrongState("yield_missing", f"Enter the end and the yield of {name_of(collection)} first.")
    if not _wears_current_label(tx, collection):
        near = NearMiss("label_not_applied", "finish_collection", course_code=course.code)
        sentence = f"The label of {name_of(collection)} with these values is not on the bag. Print and apply it first."
        raise WrongState("label_not_applied", sentence, near_miss=near)
    checker = second_person(tx, actor, asked, Action.PERFORM_COLLECTION)
    require_another_person(collection.performed_by_id, checker.user_id, "finish the collection")
    collection.checked_by_id, collection.state = checker.user_id, state
    return CollectionFact(collection.code, state)


@command
def cancel_collection(tx: Transaction, actor: Actor, asked: StopCollection) -> CollectionFact:
    """Take back a planned collection. The order then has room for another."""
    tx.permit(actor, Action.PLAN_COLLECTION)
    return _stop(tx, asked, CollectionAct.CANCEL, "collection_cancelled")


@command
def abandon_collection(tx: Transaction, actor: Actor, asked: StopCollection) -> CollectionFact:
    """Break off a running collection. The reason says what became of any product."""
    tx.permit(actor, Action.PERFORM_COLLECTION)
    return _stop(tx, asked, CollectionAct.ABANDON, "collection_abandoned")


def shown(tx: Transaction, asked: OfCollection) -> Collection:
    """The collection of a request, locked, when it is still as the page showed it."""
    collection = load(tx, Collection, asked.collection_code)
    fresh(collection, asked.row_version)
    return collection


def moved(collection: Collection, act: CollectionAct) -> CollectionState:
    """The state after an act, or the refusal that the table does not list it."""
    return next_state(COLLECTION, collection.state, act, name_of(collection))


def name_of(collection: Collection) -> str:
    """The collection for a sentence."""
    return f"Collection {display(collection.code)}"


def whole(value: Decimal, field: str) -> int:
    """The value as a whole number of its stored unit; a finer one is refused, never rounded."""
    if value != value.to_integral_value():
        raise Invalid("too_fine", "The number has more decimals than can be recorded. Round it.", field=field)
    return int(value)


def _stop(tx: Transaction, asked: StopCollection, act: CollectionAct, why: str) -> CollectionFact:
    collection = shown(tx, asked)
    tx.because(why, require_reason(asked.reason, "A collection does not end by itself."))
    collection.state = moved(collection, act)
    return CollectionFact(collection.code, collection.state)


def _prechecks(asked: StartCollection) -> Mapping[str, Judgement]:
    return judged_prechecks(
        lymphocytes=asked.precount_lymphocytes_1e9_per_l,
        haemoglobin=asked.haemoglobin_g_per_l,
        platelets=asked.platelets_1e9_per_l,
    )


def _yield(asked: RecordCollectionYield, took: timedelta) -> Mapping[str, Judgement]:
    given = Yield(
        procedure_min=Decimal(took // timedelta(minutes=1)),
        blood_processed_l=asked.blood_processed_l,
        anticoagulant_ml=asked.anticoagulant_ml,
        volume_ml=asked.volume_ml,
        wbc_cells=asked.wbc_1e9 * CELLS_1E9,
        lymphocyte_percent=asked.lymphocyte_percent,
    )
    return judged_yield(given)


def _wears_current_label(tx: Transaction, collection: Collection) -> bool:
    """The label on the bag was printed after the yield was last entered."""
    applied = (
        Label.collection_id == collection.id,
        Label.code == collection.code,
        Label.state == in_words(LabelState.APPLIED),
    )
    look = exists().where(*applied, Label.requested_at >= collection.yield_entered_at)
    return tx.session.execute(select(look)).scalar_one()
