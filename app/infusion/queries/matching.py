"""MATCH: both sides of every identifier, and what the bag was checked for. Every word ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection, Label, Row, Select, func, select
from sqlalchemy.orm import aliased

from app.custody.links import chain_of
from app.db.models import (
    Bag,
    BedsideCheck,
    Course,
    DecisionBag,
    DecisionPending,
    Infusion,
    Patient,
    ReleaseDecision,
    User,
    Wristband,
)
from app.db.types import in_words
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.signing import Meaning, RecordValue, canonical_record, statement
from app.domain.states import InfusionState
from app.domain.vocabulary import ReleaseKind
from app.identity.signing import Signable
from app.infusion.dosing import figures, whose
from app.infusion.queries.waiting import seconds_left, where_is
from app.patients.queries.banner import Banner, banner_of_patient
from app.patients.records import course_patient
from app.web import formats


@dataclass(frozen=True, slots=True)
class Compared:
    """One identifier from both sides."""

    word: str
    wristband: str
    bag: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was checked for this bag."""

    word: str
    fact: str | Markup
    is_pending: bool = False


@dataclass(frozen=True, slots=True)
class MatchPage:
    """Right patient, right bag. `second` is empty until the second person confirmed."""

    where: str
    patient: Banner
    check_id: int
    bag_code: str
    bag_shown: str
    compared: tuple[Compared, ...]
    checks: tuple[Checked, ...]
    first: str
    second: str
    seconds_left: int
    is_typed: bool
    signable: Signable


def match_page(db: Connection, station_id: int | None, check_id: int, now: datetime, zone: str) -> MatchPage:
    """The MATCH of a check, with what the bag was checked for."""
    check = _check(db, check_id)
    second = check.second_name or ""
    return MatchPage(
        where=where_is(db, station_id),
        patient=banner_of_patient(db, check.patient, now, zone),
        check_id=check_id,
        bag_code=check.bag,
        bag_shown=display(check.bag),
        compared=_compared(check),
        checks=_checks(db, check, now, zone),
        first=formats.short_person(check.first_name),
        second=formats.short_person(second) if second else "",
        seconds_left=seconds_left(check.bag_scanned_at, now) if check.infusion_state in _WAITING else 0,
        is_typed=check.typed_reason is not None,
        signable=start_record(db, check.bag),
    )


def start_record(db: Connection, bag_code: str) -> Signable:
    """What is signed to start a bag."""
    confirmed = (Infusion.bag_id == Bag.id) & (Infusion.state != in_words(InfusionState.CANCELLED))
    row = db.execute(
        select(Bag.__table__, Course.code.label("course"), Infusion.bedside_check_id, Infusion.confirmed_at)
        .join(Course, Course.id == Bag.course_id)
        .join(Infusion, confirmed, isouter=True)
        .where(Bag.code == bag_code)
    ).one()
    about = course_patient(db, row.course)
    record: dict[str, RecordValue] = {
        "record": "infusion_start",
        "bag": bag_code,
        **whose(about),
        "viable_cells": row.viable_cells,
        "volume_ul": row.volume_ul,
        "expires_at": row.expires_at,
        "bedside_check": row.bedside_check_id,
        "dose_confirmed_at": row.confirmed_at,
    }
    what = f"start of bag {display(bag_code)} with {figures(row.viable_cells)} in {about.words}"
    said, text = statement(Meaning.PERFORMED, what), canonical_record(record).decode()
    return Signable(Meaning.PERFORMED, said, f"infusion:{bag_code}", text, about.course_id, about.patient_id)


_WAITING = frozenset({InfusionState.CONFIRMED, InfusionState.CHECKED})


def _check(db: Connection, check_id: int) -> Row[Any]:  # Any: SQLAlchemy's own signature
    row = db.execute(_look().where(BedsideCheck.id == check_id)).one_or_none()
    if row is None:
        raise NotFound("not_on_file", "That check is not on file. Begin again at the wristband.")
    return row


@cache  # built once
def _look() -> Select[*tuple[Any, ...]]:  # Any: SQLAlchemy's own signature
    """A check with its bag, and the patient once by the wristband and once by the bag."""
    first, second = aliased(User), aliased(User)
    banded, held = aliased(Patient), aliased(Patient)
    return (
        select(
            *(BedsideCheck.bag_scanned_at, BedsideCheck.typed_reason, BedsideCheck.bag_id, BedsideCheck.course_id),
            *(Bag.division, Bag.product_lot_id, Bag.viable_cells, Bag.viability_percent, Bag.expires_at),
            Bag.code.label("bag"),
            Course.code.label("course"),
            banded.code.label("patient"),
            *_identifiers(banded, "band"),
            *_identifiers(held, "bag"),
            first.full_name.label("first_name"),
            second.full_name.label("second_name"),
            Infusion.state.label("infusion_state"),
        )
        .join(Bag, Bag.id == BedsideCheck.bag_id)
        .join(Course, Course.id == Bag.course_id)
        .join(Wristband, Wristband.id == BedsideCheck.wristband_id)
        .join(banded, banded.id == Wristband.patient_id)
        .join(held, held.id == Bag.patient_id)
        .join(first, first.id == BedsideCheck.first_user_id)
        .join(second, second.id == BedsideCheck.second_user_id, isouter=True)
        .join(
            Infusion, (Infusion.bag_id == Bag.id) & (Infusion.state != in_words(InfusionState.CANCELLED)), isouter=True
        )
    )


def _identifiers(patient: type[Patient], side: str) -> tuple[Label[Any], ...]:  # Any: SQLAlchemy's own signature
    return (
        patient.family_name.label(f"{side}_family"),
        patient.given_name.label(f"{side}_given"),
        patient.birth_date.label(f"{side}_born"),
        patient.hospital_number.label(f"{side}_number"),
    )


def _compared(check: Row[Any]) -> tuple[Compared, ...]:
    course = display(check.course)
    return (
        Compared(
            "Name",
            formats.patient_name(check.band_family, check.band_given),
            formats.patient_name(check.bag_family, check.bag_given),
        ),
        Compared("Born", formats.date_text(check.band_born), formats.date_text(check.bag_born)),
        Compared("Hospital No.", formats.hospital_number(check.band_number), formats.hospital_number(check.bag_number)),
        Compared("Therapy", course, course, is_code=True),
    )


def _checks(db: Connection, check: Row[Any], now: datetime, zone: str) -> tuple[Checked, ...]:
    viable = formats.cells(check.viable_cells) + f", {formats.percent(check.viability_percent)} viable"
    bags = db.execute(select(func.count()).where(Bag.product_lot_id == check.product_lot_id)).scalar_one()
    chain = chain_of(db, check.bag_id)
    return (
        Checked("Dose in order", viable),
        *_release(db, check.bag_id, now, zone),
        Checked("In date", f"until {formats.moment(check.expires_at, zone, now)}"),
        Checked("Not infused before", f"bag {check.division} of {bags}"),
        Checked("Custody unbroken", chain.line.removeprefix("unbroken, ")),
    )


def _release(db: Connection, bag_id: int, now: datetime, zone: str) -> tuple[Checked, ...]:
    decision = db.execute(
        select(
            ReleaseDecision.id,
            ReleaseDecision.kind,
            ReleaseDecision.effective_at,
            ReleaseDecision.acknowledged_by_id,
            User.full_name,
        )
        .join(DecisionBag, DecisionBag.release_decision_id == ReleaseDecision.id)
        .join(User, User.id == ReleaseDecision.signed_by_id)
        .where(DecisionBag.bag_id == bag_id, DecisionBag.is_effective)
    ).one_or_none()
    if decision is None:
        return ()
    at = formats.moment(decision.effective_at, zone, now)
    pending = select(DecisionPending.criterion).where(DecisionPending.release_decision_id == decision.id)
    waits = tuple(
        Checked(f"{criterion} pending", f"acknowledged {at}", is_pending=True)
        for criterion in db.execute(pending.order_by(DecisionPending.id)).scalars()
    )
    word = "Released by QA" if decision.kind is ReleaseKind.RELEASE else f"Released {decision.kind.value}ly"
    return (Checked(word, f"{formats.short_person(decision.full_name)} {at}"), *waits)
