"""Opening deviations and holds about anything of a course. Judging, closing and lifting them is the work of QA."""

from __future__ import annotations

from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db.models import Deviation, Hold, Site
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.vocabulary import DeviationClass, DeviationState


class OfCourse(Protocol):
    """A row of a course."""

    @property
    def course_id(self) -> int:
        """Its course."""

    @property
    def patient_id(self) -> int:
        """Its patient."""


class OfCourseWithCode(OfCourse, Protocol):
    """A row of a course that carries a code of its own."""

    @property
    def code(self) -> str:
        """Its own code."""


def open_deviation(
    tx: Transaction,
    actor: Actor,
    about: OfCourseWithCode,
    *,
    grade: DeviationClass,
    what: str,
    product_lot_id: int | None = None,
) -> Deviation:
    """Open a deviation about a thing. Open, it blocks the lot it names, or every lot of the course."""
    deviation = Deviation(
        number=_next_number(tx),
        course_id=about.course_id,
        patient_id=about.patient_id,
        about=about.code,
        product_lot_id=product_lot_id,
        grade=grade,
        state=DeviationState.OPEN,
        what=what,
        opened_at=tx.now,
        opened_by_id=actor.user_id,
    )
    tx.session.add(deviation)
    tx.session.flush()
    return deviation


def open_hold(tx: Transaction, actor: Actor, of: OfCourse, reason: str, *, product_lot_id: int | None) -> Hold:
    """Stop a lot, or the whole course where no lot is named."""
    hold = Hold(
        course_id=of.course_id,
        patient_id=of.patient_id,
        product_lot_id=product_lot_id,
        reason=reason,
        placed_at=tx.now,
        placed_by_id=actor.user_id,
    )
    tx.session.add(hold)
    tx.session.flush()
    return hold


def raise_alarm(tx: Transaction, actor: Actor, about: OfCourseWithCode, *, product_lot_id: int, what: str) -> Deviation:
    """A lot that must not be given: a hold on it and a critical deviation, both in the same words."""
    open_hold(tx, actor, about, what, product_lot_id=product_lot_id)
    return open_deviation(tx, actor, about, grade=DeviationClass.CRITICAL, what=what, product_lot_id=product_lot_id)


def _next_number(tx: Transaction) -> str:
    """`DV-26-0009`: numbered within the year of the site. The site's row is the lock that gives each number once."""
    zone = tx.session.execute(select(Site.zone).with_for_update()).scalar_one()
    year = f"DV-{tx.now.astimezone(ZoneInfo(zone)):%y}-"
    last = tx.session.execute(select(Deviation.number).order_by(Deviation.id.desc()).limit(1)).scalar_one_or_none()
    is_same_year = last is not None and last.startswith(year)
    return f"{year}{int((last or '').removeprefix(year)) + 1 if is_same_year else 1:04}"
