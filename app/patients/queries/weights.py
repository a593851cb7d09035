"""The body weight a dose rests on: the newest one that a second person read, and not an old one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, ScalarSelect, select
from sqlalchemy.orm import InstrumentedAttribute

from app.db.models import BodyWeight
from app.domain.errors import NearMiss, WrongState
from app.domain.identifiers import display

Value = TypeVar("Value")
WEIGHT_HOLDS = timedelta(days=7)
"""How old the verified weight may be that a dose rests on (House rule: rules, section 4.8; a site's setting)."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A verified body weight."""

    id: int
    weight_g: int
    measured_at: datetime

    @property
    def kg(self) -> Decimal:
        """The weight in kilograms."""
        return Decimal(self.weight_g) / 1000


def of_newest(column: InstrumentedAttribute[Value], course_id: int) -> ScalarSelect[Value]:
    """A column of the newest verified weight of a course, as part of another statement."""
    return select(column).where(*_verified(course_id)).order_by(*_NEWEST).limit(1).scalar_subquery()


def dosing_weight(db: Connection, course_code: str, course_id: int, now: datetime) -> Weight:
    """The newest verified weight, or the refusal that there is none or that it is too old."""
    look = select(BodyWeight.id, BodyWeight.weight_g, BodyWeight.measured_at).where(*_verified(course_id))
    row = db.execute(look.order_by(*_NEWEST).limit(1)).one_or_none()
    if row is None:
        raise WrongState(
            "weight_missing",
            f"Course {display(course_code)} has no verified body weight. Weigh the patient; a second person reads it.",
        )
    if now - row.measured_at > WEIGHT_HOLDS:
        raise WrongState(
            "weight_too_old",
            f"The body weight of course {display(course_code)} is older than {WEIGHT_HOLDS.days} days. Weigh again.",
            near_miss=NearMiss("weight_too_old", "dose", course_code),
        )
    return Weight(*row)


_NEWEST = (BodyWeight.measured_at.desc(), BodyWeight.id.desc())


def _verified(course_id: int) -> tuple[ColumnElement[bool], ...]:
    return BodyWeight.course_id == course_id, BodyWeight.verified_by_id.is_not(None)
