"""Deviations and holds as lists, and the forms that open one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import Connection, Row, Select, select

from app.db.models import Course, Deviation, Hold, Patient, ProductLot
from app.deviations.queries.page import CLOSED, GRADES, OPEN
from app.domain.actor import Actor
from app.domain.identifiers import display
from app.domain.roles import Action, may_read
from app.domain.vocabulary import DeviationState
from app.patients.queries.acts import may
from app.patients.queries.words import Chip
from app.web import formats

PAGE: Final = 50
MOST_OPEN: Final = 200


@dataclass(frozen=True, slots=True)
class DeviationRow:
    """A deviation as a row."""

    number: str
    about: str
    whose: str
    grade: str
    opened: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class HoldRow:
    """An open hold as a row."""

    hold_id: int
    on: str
    whose: str
    placed: str


@dataclass(frozen=True, slots=True)
class DeviationList:
    """Everything open, then what was closed, newest first; `older` is the key of the next page, or empty."""

    open: tuple[DeviationRow, ...]
    holds: tuple[HoldRow, ...]
    closed: tuple[DeviationRow, ...]
    older: str
    may_raise: bool
    may_hold: bool
    may_see_caught: bool


@dataclass(frozen=True, slots=True)
class NewPage:
    """A form about a thing; `about` is its code, or empty where it is still to be scanned."""

    about: str
    grades: tuple[tuple[str, str], ...]


def deviation_list(db: Connection, now: datetime, zone: str, actor: Actor, before: str | None) -> DeviationList:
    """Three statements: open by ix_deviation_state_id, open holds, closed by descending key."""
    waiting = _look().where(Deviation.state == DeviationState.OPEN).order_by(Deviation.id).limit(MOST_OPEN)
    done = _look().where(Deviation.state == DeviationState.CLOSED).order_by(Deviation.id.desc()).limit(PAGE + 1)
    if before is not None:
        done = done.where(Deviation.id < select(Deviation.id).where(Deviation.number == before).scalar_subquery())
    closed = db.execute(done).all()
    return DeviationList(
        open=tuple(_row(row, now, zone) for row in db.execute(waiting)),
        holds=_holds(db, now, zone),
        closed=tuple(_row(row, now, zone) for row in closed[:PAGE]),
        older=closed[PAGE - 1].number if len(closed) > PAGE else "",
        may_raise=may(actor, Action.RAISE_DEVIATION),
        may_hold=may(actor, Action.PLACE_HOLD),
        may_see_caught=may_read(actor.roles, Action.INVESTIGATE_DEVIATION),
    )


def new_page(about: str) -> NewPage:
    """The form that raises a deviation or places a hold."""
    return NewPage(about, tuple((key.value, word) for key, word in GRADES.items()))


@cache  # built once
def _look() -> Select[*tuple[object, ...]]:
    return select(Deviation.__table__, Patient.family_name, Patient.given_name).join(
        Patient, Patient.id == Deviation.patient_id
    )


def _row(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> DeviationRow:
    return DeviationRow(
        number=row.number,
        about=display(row.about),
        whose=formats.patient_name(row.family_name, row.given_name),
        grade=GRADES[row.grade],
        opened=formats.moment(row.opened_at, zone, now),
        chip=OPEN if row.state is DeviationState.OPEN else CLOSED,
    )


def _holds(db: Connection, now: datetime, zone: str) -> tuple[HoldRow, ...]:
    rows = db.execute(
        select(
            Hold.id,
            Hold.placed_at,
            Course.code.label("course"),
            ProductLot.code.label("lot"),
            Patient.family_name,
            Patient.given_name,
        )
        .join(Course, Course.id == Hold.course_id)
        .join(Patient, Patient.id == Hold.patient_id)
        .join(ProductLot, ProductLot.id == Hold.product_lot_id, isouter=True)
        .where(Hold.lifted_at.is_(None))
        .order_by(Hold.id)
        .limit(MOST_OPEN)
    )
    return tuple(
        HoldRow(
            row.id,
            f"lot {display(row.lot)}" if row.lot else f"course {display(row.course)}",
            formats.patient_name(row.family_name, row.given_name),
            formats.moment(row.placed_at, zone, now),
        )
        for row in rows
    )
