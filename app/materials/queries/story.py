"""One lot as its story: received, certificates, signatures, every movement, and what it was made of or went into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Material, MaterialCertificate, MaterialLot, MaterialMovement, MaterialPart, Signature, User
from app.domain.identifiers import display
from app.domain.supplies import StockUnit, quantity
from app.web import formats

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the story: when, what, by whom; `code` of another thing it concerned, else empty."""

    at: str
    what: str
    who: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """A lot that went into another: which, and how much of it."""

    href: str
    name: str
    code: str
    amount: str


def story_of(db: Connection, lot_id: int, code: str, unit: StockUnit, zone: str, now: datetime) -> tuple[Happened, ...]:
    """The last two hundred lines, newest first; by the indexes on lot and on record."""
    found = [*_movements(db, lot_id, unit), *_certificates(db, lot_id), *_signatures(db, code)]
    found.sort(key=lambda line: line[0], reverse=True)
    return tuple(
        Happened(formats.moment(at, zone, now), what, who, other, why) for at, what, who, other, why in found[:MOST]
    )


def parts_of(db: Connection, lot_id: int) -> tuple[Part, ...]:
    """What the lot was made of."""
    look = (
        select(MaterialLot.code, MaterialLot.name, MaterialPart.amount_milli, Material.unit)
        .join(MaterialPart, MaterialPart.part_id == MaterialLot.id)
        .join(Material, Material.id == MaterialLot.material_id)
        .where(MaterialPart.material_lot_id == lot_id)
        .order_by(MaterialLot.name)
    )
    return tuple(_part(*row) for row in db.execute(look))


def made_from(db: Connection, lot_id: int, unit: StockUnit) -> tuple[Part, ...]:
    """What was prepared of the lot, with how much of it each took; by ix_material_part_part_id."""
    look = (
        select(MaterialLot.code, MaterialLot.name, MaterialPart.amount_milli)
        .join(MaterialPart, MaterialPart.material_lot_id == MaterialLot.id)
        .where(MaterialPart.part_id == lot_id)
        .order_by(MaterialLot.id)
    )
    return tuple(_part(*row, unit) for row in db.execute(look))


def _part(code: str, name: str, amount_milli: int, unit: StockUnit) -> Part:
    return Part(f"/materials/{code}", name, display(code), quantity(amount_milli, unit))


Line = tuple[datetime, str, str, str, str]


def _movements(db: Connection, lot_id: int, unit: StockUnit) -> Iterator[Line]:
    look = select(MaterialMovement.__table__, User.full_name).join(User, User.id == MaterialMovement.moved_by_id)
    look = look.where(MaterialMovement.material_lot_id == lot_id).order_by(MaterialMovement.number.desc()).limit(MOST)
    for row in db.execute(look):
        left = f"{quantity(row.left_milli, unit)} left"
        what = f"{row.kind.value.capitalize()} {quantity(abs(row.amount_milli), unit)}, {left}"
        yield row.moved_at, what, row.full_name, display(row.used_for) if row.used_for else "", row.reason or ""


def _certificates(db: Connection, lot_id: int) -> Iterator[Line]:
    look = select(MaterialCertificate.kept_at, MaterialCertificate.name, User.full_name)
    look = look.join(User, User.id == MaterialCertificate.kept_by_id)
    for kept_at, name, who in db.execute(look.where(MaterialCertificate.material_lot_id == lot_id)):
        yield kept_at, f"Certificate {name} kept", who, "", ""


def _signatures(db: Connection, code: str) -> Iterator[Line]:
    look = select(Signature.signed_at, Signature.statement, Signature.full_name)
    for signed_at, said, who in db.execute(look.where(Signature.record_of == f"material_lot:{code}")):
        yield signed_at, said, who, "", "signed"
