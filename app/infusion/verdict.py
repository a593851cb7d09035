"""Reading the facts of a bedside verdict in one transaction, and keeping what a STOP leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.custody.commands import require_current_label
from app.custody.links import chain_in
from app.custody.queries.standing import HELD
from app.custody.queries.tainted import TAINTED
from app.db.models import Bag, Consent, Course, DecisionBag, Infusion, Wristband
from app.db.transaction import Transaction
from app.db.types import in_words
from app.deviations.opening import open_deviation
from app.domain.actor import Actor
from app.domain.errors import NearMiss, NotFound, WrongState
from app.domain.identifiers import display
from app.domain.infusion import BedsideFacts, Stop, StopCode
from app.domain.scan import OwnCode
from app.domain.states import InfusionState
from app.domain.vocabulary import ConsentKind, CourseState, DeviationClass
from app.identity.reception import record_near_miss
from app.identity.signing import enrolled_station


@dataclass(frozen=True, slots=True, kw_only=True)
class BedsideVerdict:
    """What the bedside said: MATCH when `stop` is None, else STOP with its near miss. Codes and numbers only."""

    bag_code: str
    wristband_code: str
    at: datetime
    check_id: int | None = None
    stop: StopCode | None = None
    near_miss: str | None = None
    deviation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scans:
    """Who scanned what, where and when, up to this moment."""

    first_user_id: int
    second_user_id: int | None
    wristband_station_id: int
    bag_station_id: int
    wristband_at: datetime
    bag_at: datetime


def station_of(actor: Actor) -> int:
    """The enrolled station somebody stands at; without one nothing is checked."""
    return enrolled_station(actor, "bedside check", "Check wristband and bag at an enrolled station at the bed.")


def locked_bag(tx: Transaction, bag_code: str) -> Bag:
    """The bag, locked after its course, so that a hold or withdrawn consent and the bedside wait for each other."""
    course_id = tx.session.execute(select(Bag.course_id).where(Bag.code == bag_code)).scalar_one_or_none()
    if course_id is None:
        raise NotFound("not_on_file", f"No bag is on file under {display(bag_code)}. Check the code and scan again.")
    tx.session.get_one(Course, course_id, with_for_update=True, populate_existing=True)
    look = select(Bag).where(Bag.code == bag_code).with_for_update().execution_options(populate_existing=True)
    return tx.session.execute(look).scalar_one()


def infusion_of(tx: Transaction, bag: Bag) -> Infusion | None:
    """The one infusion record of a bag, locked; None before its dose was confirmed."""
    look = select(Infusion).where(Infusion.bag_id == bag.id, Infusion.state != in_words(InfusionState.CANCELLED))
    return tx.session.execute(look.with_for_update().execution_options(populate_existing=True)).scalar_one_or_none()


def is_label_current(tx: Transaction, bag: Bag, scanned: OwnCode) -> bool:
    """Whether the print that was scanned is the one in force."""
    try:
        require_current_label(tx, bag, scanned, "bedside check")
    except WrongState:
        return False
    return True


def bedside_facts(
    tx: Transaction, actor: Actor, band: Wristband, bag: Bag, scans: Scans, *, label_is_current: bool
) -> BedsideFacts:
    """Everything the verdict rests on, as it stands in this transaction."""
    infusion = infusion_of(tx, bag)
    return BedsideFacts(
        wristband_patient_id=band.patient_id,
        is_wristband_current=band.voided_at is None,
        bag_patient_id=bag.patient_id,
        bag_state=bag.state,
        bag_expires_at=bag.expires_at,
        is_label_current=label_is_current,
        has_effective_decision=_is_released(tx, bag),
        is_held=_is_held(tx, bag),
        chain=chain_in(tx.session, bag).verdict,
        infusion=None if infusion is None else infusion.state,
        first_user_id=scans.first_user_id,
        second_user_id=scans.second_user_id,
        wristband_station_id=scans.wristband_station_id,
        bag_station_id=scans.bag_station_id,
        station_id=station_of(actor),
        wristband_scanned_at=scans.wristband_at,
        bag_scanned_at=scans.bag_at,
        now=tx.now,
    )


def stopped(tx: Transaction, actor: Actor, stop: Stop, band: Wristband, bag: Bag, step: str) -> BedsideVerdict:
    """Keep a STOP: a near miss in the line of the bag, and a deviation when it was a wrong patient."""
    course = tx.session.get_one(Course, bag.course_id)
    near_miss = NearMiss(stop.code.value, step, course.code, bag.code, band.code)
    deviation = _open_deviation(tx, actor, band, bag) if stop.opens_deviation else None
    return BedsideVerdict(
        bag_code=bag.code,
        wristband_code=band.code,
        at=tx.now,
        stop=stop.code,
        near_miss=record_near_miss(tx, near_miss, user_id=actor.user_id),
        deviation=deviation,
    )


def _is_released(tx: Transaction, bag: Bag) -> bool:
    in_force = exists().where(DecisionBag.bag_id == bag.id, DecisionBag.is_effective)
    return tx.session.execute(select(in_force)).scalar_one()


def _is_held(tx: Transaction, bag: Bag) -> bool:
    """A hold on lot or course, a recalled material in it, a course that rests, or a consent that no longer stands."""
    course = tx.session.get_one(Course, bag.course_id)
    consent = Consent.course_id == bag.course_id, Consent.kind == ConsentKind.TREATMENT, Consent.withdrawn_at.is_(None)
    is_withheld, is_consented = tx.session.execute(
        select(exists().where(Bag.id == bag.id, HELD | TAINTED), exists().where(*consent))
    ).one()
    return is_withheld or not is_consented or course.state is not CourseState.ACTIVE


def _open_deviation(tx: Transaction, actor: Actor, band: Wristband, bag: Bag) -> str:
    what = (
        f"Bag {display(bag.code)} was scanned at the bed of another patient (wristband {display(band.code)})."
        " It was stopped; nothing was started."
    )
    grade = DeviationClass.MAJOR
    return open_deviation(tx, actor, bag, grade=grade, what=what, product_lot_id=bag.product_lot_id).number
