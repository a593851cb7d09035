"""Which lot to take next: of each material in a role, the usable lot whose time ends first, and where it stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, select

from app.db.models import Material, MaterialLot, MaterialMovement, Place
from app.domain.identifiers import display
from app.domain.supplies import quantity
from app.domain.vocabulary import MaterialRole, MaterialState
from app.web import formats


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lot to take: what it is, until when it is good, how much is left and where it stands."""

    role: str
    name: str
    code: str
    until: str
    left: str
    place: str


def left_milli() -> ScalarSelect[int]:
    """What is left of the lot in the statement around it; by the unique index on lot and number."""
    last = select(MaterialMovement.left_milli).where(MaterialMovement.material_lot_id == MaterialLot.id)
    return last.order_by(MaterialMovement.number.desc()).limit(1).correlate(MaterialLot).scalar_subquery()


def proposals(db: Connection, roles: Collection[MaterialRole], now: datetime, zone: str) -> tuple[Proposal, ...]:
    """One lot of each material in these roles, in the order of their roles. One statement."""
    left = left_milli()
    look = (
        select(MaterialLot.__table__, Material.unit, Place.name.label("place"), left.label("left"))
        .join(Material, Material.id == MaterialLot.material_id)
        .join(Place, Place.id == MaterialLot.place_id, isouter=True)
        .where(
            MaterialLot.role.in_(roles),
            MaterialLot.state == MaterialState.RELEASED,
            MaterialLot.expires_at > now,
            MaterialLot.open_until.is_(None) | (MaterialLot.open_until > now),
            left > 0,
        )
    )
    rows = sorted(db.execute(look), key=lambda row: (row.open_until or row.expires_at, row.code))
    first = {row.material_id: row for row in reversed(rows)}
    return tuple(
        Proposal(
            role=row.role.value.replace("_", " "),
            name=row.name,
            code=display(row.code),
            until=formats.moment(row.open_until or row.expires_at, zone, now),
            left=quantity(row.left, row.unit),
            place=row.place or "a place not on record",
        )
        for row in sorted(first.values(), key=lambda row: (row.role.value, row.name))
    )
