"""Lots and equipment as a step takes them: scanned, found, and refused unless they may be used now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from app.db.models import Equipment, Material, MaterialLot, MaterialMovement
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import NearMiss, NotFound
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.supplies import (
    Apparatus,
    StockMove,
    StockUnit,
    Supply,
    left_after,
    open_until,
    require_usable_equipment,
    require_usable_lot,
    take_next,
)
from app.domain.vocabulary import EquipmentKind, MaterialRole, MaterialState
from app.identity.queries.scanning import expect_here
from app.materials.queries.taking import left_milli


def usable_lot(
    tx: Transaction, raw: str, *roles: MaterialRole, at: datetime, step: str, course_code: str, reason: str | None
) -> MaterialLot:
    """The lot that was scanned, when it has one of `roles` and may be used at `at`. Its first use opens it.

    `step` and `course_code` go into the near miss of a refusal. A lot that is not the first to end needs a reason.
    """
    lot = scanned_lot(tx, raw, roles, at=at, step=step, course_code=course_code)
    _require_first_to_end(tx, lot, at, reason)
    return lot


def scanned_lot(
    tx: Transaction, raw: str, roles: Collection[MaterialRole], *, at: datetime, step: str, course_code: str | None
) -> MaterialLot:
    """As `usable_lot`, for what belongs to no course as well, and whichever lot ends first."""
    scanned = expect_here(tx, raw, Kind.REAGENT, step=step)
    look = (
        select(MaterialLot, Material.days_open, left_milli())
        .join(Material, Material.id == MaterialLot.material_id)
        .where(MaterialLot.code == scanned.code)
        .with_for_update(read=True, of=MaterialLot)
    )
    row = tx.session.execute(look).one_or_none()
    near = NearMiss("not_on_file", step, course_code=course_code, scanned=scanned.code)
    if row is None:
        raise NotFound("not_on_file", f"No material is on file under {scanned.text}. Check the label.", near_miss=near)
    lot, days_open, left = row
    require_usable_lot(_supply(lot, left), roles, at, near)
    if lot.opened_at is None and days_open is not None:
        open_lot(tx, lot, at)
    return lot


def _require_first_to_end(tx: Transaction, lot: MaterialLot, at: datetime, reason: str | None) -> None:
    """Of one material the lot that ends first is taken first; another choice needs a reason."""
    look = select(MaterialLot, left_milli()).where(
        MaterialLot.material_id == lot.material_id,
        MaterialLot.state == MaterialState.RELEASED,
        MaterialLot.expires_at > at,
    )  # by ix_material_lot_material_id
    supplies = {each.code: _supply(each, left) for each, left in tx.session.execute(look)}
    first = take_next(supplies.values(), at)
    if first is None or supplies[lot.code].good_until <= first.good_until:
        return
    sentence = f"Another lot of {lot.name} ends before this one: {display(first.code)}. Take that one first."
    why = require_reason(reason, sentence)
    if tx.reason is None:
        tx.because("not_first_to_end", why)


def supply_of(tx: Transaction, lot: MaterialLot) -> Supply:
    """The lot as the rules see it."""
    return _supply(lot, left_of(tx, lot))


def _supply(lot: MaterialLot, left: int | None) -> Supply:
    return Supply(lot.code, lot.name, lot.role, lot.state, lot.expires_at, lot.open_until, left or 0)


def open_lot(tx: Transaction, lot: MaterialLot, at: datetime) -> None:
    """A container is open from `at`, and good until the earlier of the expiry and its days after opening."""
    days_open = tx.session.execute(select(Material.days_open).where(Material.id == lot.material_id)).scalar_one()
    lot.opened_at, lot.open_until = at, open_until(at, lot.expires_at, days_open)
    tx.session.flush()


def left_of(tx: Transaction, lot: MaterialLot) -> int:
    """What is left of the lot by its record, in thousandths; nothing of a lot whose receipt has no quantity."""
    _, left = _last(tx, lot)
    return left


def move_stock(
    tx: Transaction,
    actor: Actor,
    lot: MaterialLot,
    kind: StockMove,
    change_milli: int,
    *,
    used_for: str | None = None,
    reason: str | None = None,
) -> None:
    """Book what came to a lot or went from it. Refused below nothing; two bookings at once are one after the other."""
    tx.session.execute(select(MaterialLot.id).where(MaterialLot.id == lot.id).with_for_update())
    unit = tx.session.get_one(Material, lot.material_id).unit
    number, left = _last(tx, lot)
    tx.session.add(
        MaterialMovement(
            material_lot_id=lot.id,
            number=number + 1,
            kind=kind,
            amount_milli=change_milli,
            left_milli=left_after(lot.name, unit, left, change_milli),
            used_for=used_for,
            moved_at=tx.now,
            moved_by_id=actor.user_id,
            reason=reason,
        )
    )
    tx.session.flush()


def use_volume(tx: Transaction, actor: Actor, lot: MaterialLot, volume_ul: int, used_for: str) -> None:
    """Book a volume a step took, where the material is counted in millilitres."""
    if volume_ul and tx.session.get_one(Material, lot.material_id).unit is StockUnit.MILLILITRE:
        move_stock(tx, actor, lot, StockMove.USED, -volume_ul, used_for=used_for)


def _last(tx: Transaction, lot: MaterialLot) -> tuple[int, int]:
    """The last movement of the lot: its number and what was left; by the unique index on lot and number."""
    look = select(MaterialMovement.number, MaterialMovement.left_milli)
    look = look.where(MaterialMovement.material_lot_id == lot.id).order_by(MaterialMovement.number.desc()).limit(1)
    row = tx.session.execute(look).one_or_none()
    return (0, 0) if row is None else (row.number, row.left_milli)


def usable_equipment(
    tx: Transaction, raw: str, *kinds: EquipmentKind, at: datetime, step: str, course_code: str
) -> Equipment:
    """The equipment that was scanned, when it is of one of `kinds`, in service and calibrated at `at`."""
    scanned = expect_here(tx, raw, Kind.EQUIPMENT, step=step)
    look = select(Equipment).where(Equipment.code == scanned.code)
    found = tx.session.execute(look.with_for_update(read=True)).scalar_one_or_none()
    near = NearMiss("not_on_file", step, course_code=course_code, scanned=scanned.code)
    if found is None:
        raise NotFound("not_on_file", f"No equipment is on file under {scanned.text}. Check the label.", near_miss=near)
    apparatus = Apparatus(found.code, found.name, found.kind, found.state, found.calibration_due_at)
    require_usable_equipment(apparatus, kinds, at, near)
    return found
