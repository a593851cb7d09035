"""The report of open bags: every bag that has not ended in exactly one way yet (rules 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import Connection, Select, select

from app.db.models import Bag, Patient, Place, User
from app.domain.identifiers import display
from app.domain.states import BAG, BagState
from app.patients.queries.words import Chip, chip
from app.web import formats

PAGE: Final = 50
OPEN: Final = tuple(state for state in BagState if state not in BAG.terminal)


@dataclass(frozen=True, slots=True)
class OpenBag:
    """A bag that has not ended."""

    code: str
    code_text: str
    whose: str
    expires: str
    is_over: bool
    where: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class OpenBags:
    """Fifty at a time, oldest first; `next` is the code after which the next page begins, or empty."""

    bags: tuple[OpenBag, ...]
    next: str


def open_bags(db: Connection, now: datetime, zone: str, after: str | None) -> OpenBags:
    """By key over ix_bag_state_id. One statement."""
    look = _look()
    if after is not None:
        look = look.where(Bag.id > select(Bag.id).where(Bag.code == after).scalar_subquery())
    rows = db.execute(look).all()
    bags = tuple(
        OpenBag(
            code=row.code,
            code_text=display(row.code),
            whose=formats.patient_name(row.family_name, row.given_name),
            expires=formats.moment(row.expires_at, zone, now),
            is_over=row.expires_at <= now,
            where=f"{row.place}, {formats.short_person(row.holder)}",
            chip=chip(row.state),
        )
        for row in rows[:PAGE]
    )
    return OpenBags(bags, bags[-1].code if len(rows) > PAGE else "")


@cache  # built once
def _look() -> Select[*tuple[object, ...]]:
    return (
        select(
            Bag.code,
            Bag.state,
            Bag.expires_at,
            Place.name.label("place"),
            User.full_name.label("holder"),
            Patient.family_name,
            Patient.given_name,
        )
        .join(Place, Place.id == Bag.place_id)
        .join(User, User.id == Bag.holder_id)
        .join(Patient, Patient.id == Bag.patient_id)
        .where(Bag.state.in_(OPEN))
        .order_by(Bag.id)
        .limit(PAGE + 1)
    )
