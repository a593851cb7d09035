"""From start to empty bag: start, signs, end, stop. The start judges everything once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import exists, func, select

from app.custody.commands import require_current_label
from app.custody.links import move_bag
from app.custody.queries.endotoxin import endotoxin_problem
from app.db.models import Bag, BedsideCheck, Course, DoseOrder, Infusion, InfusionObservation, Label, Wristband
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.errors import Invalid, Mismatch, NearMiss, SpecificationNotMet, WrongState
from app.domain.identifiers import Kind, display
from app.domain.infusion import Stop, judge_bedside
from app.domain.reading import CodeSource
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import INFUSION, BagAct, BagState, InfusionAct, InfusionState, next_state
from app.domain.vocabulary import OrderState
from app.identity.queries.scanning import expect_here
from app.identity.signing import sign
from app.infusion.commands.bedside import scans_of
from app.infusion.commands.lapsing import lapse_if_over
from app.infusion.queries.matching import start_record
from app.infusion.schemas import FinishInfusion, RecordObservation, StartInfusion, StopInfusion
from app.infusion.verdict import BedsideVerdict, bedside_facts, infusion_of, locked_bag, stopped

FINISH = "finish infusion"
LATE = timedelta(minutes=30)
"""An end entered later than this needs a reason (House rule: rules, section 12)."""

_OVER = frozenset({InfusionState.RUNNING, InfusionState.COMPLETED, InfusionState.STOPPED})


@dataclass(frozen=True, slots=True)
class InfusionMoved:
    """Where an infusion and its bag stand."""

    bag_code: str
    bag_state: BagState
    infusion_state: InfusionState


@dataclass(frozen=True, slots=True)
class ObservationRecorded:
    """Signs that were recorded."""

    bag_code: str
    observation_id: int


@command
def start_infusion(tx: Transaction, actor: Actor, asked: StartInfusion) -> BedsideVerdict:
    """Start a bag that two persons checked at this station less than 120 s ago; else it is stopped, and kept.

    Endotoxin of the hour is summed once more with the bag running from now on.
    """
    tx.permit(actor, Action.START_INFUSION)
    bag = locked_bag(tx, asked.bag_code)
    check = _newest_check(tx, bag)
    band = tx.session.get_one(Wristband, check.wristband_id, populate_existing=True)
    facts = bedside_facts(
        tx,
        actor,
        band,
        bag,
        scans_of(check, check.second_user_id),
        label_is_current=not _is_relabelled(tx, bag, check.bag_scanned_at),
    )
    verdict = judge_bedside(facts)
    if isinstance(verdict, Stop):
        lapse_if_over(tx, bag)
        return stopped(tx, actor, verdict, band, bag, "start infusion")
    infusion = infusion_of(tx, bag)
    if infusion is None or infusion.bedside_check_id != check.id:
        raise _not_checked(bag)
    _require_endotoxin(tx, bag)
    infusion.start_signature_id = sign(tx, actor, asked, start_record(tx.session.connection(), bag.code)).id
    infusion.started_at, infusion.started_by_id = tx.now, actor.user_id
    _moved(tx, actor, bag, infusion, (BagAct.START, InfusionAct.START))
    return BedsideVerdict(bag_code=bag.code, wristband_code=band.code, at=tx.now, check_id=check.id)


@command
def record_observation(tx: Transaction, actor: Actor, asked: RecordObservation) -> ObservationRecorded:
    """Record signs or a graded reaction while cells run in."""
    tx.permit(actor, Action.RECORD_INFUSION)
    bag, infusion = _running(tx, asked.bag_code)
    next_state(INFUSION, infusion.state, InfusionAct.OBSERVE, f"The infusion of bag {display(bag.code)}")
    signs = asked.model_dump(exclude={"bag_code"})
    if all(value is None for value in signs.values()):
        raise Invalid("nothing_recorded", "Enter at least one sign, a reaction or a note.", field="temperature_c")
    if (asked.reaction is None) != (asked.reaction_grade is None):
        raise Invalid("reaction_without_grade", "A reaction needs its grade, 1 to 5.", field="reaction_grade")
    observation = InfusionObservation(
        course_id=bag.course_id,
        patient_id=bag.patient_id,
        infusion_id=infusion.id,
        at=tx.now,
        by_id=actor.user_id,
        **signs,
    )
    tx.session.add(observation)
    tx.session.flush()
    return ObservationRecorded(bag.code, observation.id)


@command
def finish_infusion(tx: Transaction, actor: Actor, asked: FinishInfusion) -> InfusionMoved:
    """Record that a bag was given, with its volume and its end; the empty bag is scanned."""
    tx.permit(actor, Action.RECORD_INFUSION)
    bag, infusion = _running(tx, asked.bag_code)
    _require_this_bag(tx, bag, asked.bag)
    _end(tx, actor, bag, infusion, asked, asked.reason)
    done = _moved(tx, actor, bag, infusion, (BagAct.FINISH, InfusionAct.COMPLETE), tx.reading.of(asked.bag))
    _complete_order(tx, infusion)
    return done


@command
def stop_infusion(tx: Transaction, actor: Actor, asked: StopInfusion) -> InfusionMoved:
    """Record that an infusion was stopped before its end, why, and how much was given."""
    tx.permit(actor, Action.RECORD_INFUSION)
    reason = require_reason(asked.reason, "A stopped infusion needs a reason.")
    tx.because("infusion_stopped", reason)
    bag, infusion = _running(tx, asked.bag_code)
    infusion.stop_reason = reason
    _end(tx, actor, bag, infusion, asked, reason)
    done = _moved(tx, actor, bag, infusion, (BagAct.STOP, InfusionAct.STOP))
    _complete_order(tx, infusion)
    return done


def _newest_check(tx: Transaction, bag: Bag) -> BedsideCheck:
    """The last check of this bag that two persons made, whether it still holds or not."""
    look = select(BedsideCheck).where(BedsideCheck.bag_id == bag.id, BedsideCheck.second_user_id.is_not(None))
    check = tx.session.execute(look.order_by(BedsideCheck.id.desc()).limit(1)).scalar_one_or_none()
    if check is None:
        raise _not_checked(bag)
    return check


def _require_endotoxin(tx: Transaction, bag: Bag) -> None:
    problem = endotoxin_problem(tx.session.connection(), bag.id, bag.course_id, tx.now, starts_at=tx.now)
    if problem is not None:
        course_code = tx.session.get_one(Course, bag.course_id).code
        near_miss = NearMiss(problem.code, "start infusion", course_code, bag.code)
        sentence = f"Bag {display(bag.code)} cannot be started now: {problem.words}"
        raise SpecificationNotMet(problem.code, sentence, near_miss=near_miss)


def _not_checked(bag: Bag) -> WrongState:
    return WrongState(
        "not_checked", f"Bag {display(bag.code)} is not checked by two persons. Begin at the wristband, at the bed."
    )


def _is_relabelled(tx: Transaction, bag: Bag, since: datetime) -> bool:
    newer = exists().where(Label.bag_id == bag.id, Label.applied_at > since)
    return tx.session.execute(select(newer)).scalar_one()


def _running(tx: Transaction, bag_code: str) -> tuple[Bag, Infusion]:
    bag = locked_bag(tx, bag_code)
    infusion = infusion_of(tx, bag)
    if infusion is None or infusion.state not in _OVER:
        raise WrongState("not_started", f"The infusion of bag {display(bag.code)} was not started. Check it first.")
    return bag, infusion


def _require_this_bag(tx: Transaction, bag: Bag, raw: str) -> None:
    scanned = expect_here(tx, raw, Kind.BAG, step=FINISH)
    if scanned.code != bag.code:
        course_code = tx.session.get_one(Course, bag.course_id).code
        near_miss = NearMiss("another_bag", FINISH, course_code, bag.code, scanned.code)
        sentence = f"That is {scanned.text}, not bag {display(bag.code)}. Scan the empty bag of this infusion."
        raise Mismatch("another_bag", sentence, field="bag", near_miss=near_miss)
    require_current_label(tx, bag, scanned, FINISH)


def _end(
    tx: Transaction,
    actor: Actor,
    bag: Bag,
    infusion: Infusion,
    asked: FinishInfusion | StopInfusion,
    reason: str | None,
) -> None:
    ended_at = asked.ended_at or tx.now
    if asked.volume_ml != asked.volume_again_ml:
        raise Mismatch("entries_differ", "The two entries of the volume differ. Enter both anew.", field="volume_ml")
    if asked.volume_ml * 1000 > bag.volume_ul:
        held = Decimal(bag.volume_ul) / 1000
        raise Invalid("more_than_the_bag", f"The bag holds {held.normalize():f} mL, not more.", field="volume_ml")
    _require_end_possible(infusion, ended_at, tx.now)
    if tx.now - ended_at > LATE:
        tx.because("late_entry", require_reason(reason, "The end is entered more than 30 minutes late."))
    infusion.ended_at, infusion.ended_by_id = ended_at, actor.user_id
    infusion.volume_given_ul = int(asked.volume_ml * 1000)


def _require_end_possible(infusion: Infusion, ended_at: datetime, now: datetime) -> None:
    assert infusion.started_at is not None, "a running infusion was started"
    if not infusion.started_at < ended_at <= now:
        raise Invalid("end_impossible", "The end lies after the start and not in the future.", field="ended_at")


def _moved(
    tx: Transaction,
    actor: Actor,
    bag: Bag,
    infusion: Infusion,
    acts: tuple[BagAct, InfusionAct],
    source: CodeSource | None = None,
) -> InfusionMoved:
    bag_act, act = acts
    infusion.state = next_state(INFUSION, infusion.state, act, f"The infusion of bag {display(bag.code)}")
    tx.session.flush()
    move_bag(tx, bag, CustodyAct(act=bag_act, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id), source)
    return InfusionMoved(bag.code, bag.state, infusion.state)


def _complete_order(tx: Transaction, infusion: Infusion) -> None:
    """The order is completed once nothing of it waits or runs and the least was in the bags that were begun."""
    begun = select(func.sum(Infusion.contained_viable_cells)).where(
        Infusion.dose_order_id == infusion.dose_order_id, Infusion.state.in_(_OVER - {InfusionState.RUNNING})
    )
    open_ones = select(func.count()).where(
        Infusion.dose_order_id == infusion.dose_order_id,
        Infusion.state.in_((InfusionState.CONFIRMED, InfusionState.CHECKED, InfusionState.RUNNING)),
    )
    order = tx.session.get_one(DoseOrder, infusion.dose_order_id)
    given, waiting = tx.session.execute(select(begun.scalar_subquery(), open_ones.scalar_subquery())).one()
    if waiting == 0 and (given or 0) >= order.least_viable_cells and order.state is OrderState.ACTIVE:
        order.state = OrderState.COMPLETED
