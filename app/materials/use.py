"""Lots and equipment as a step takes them: scanned, found, and refused unless they may be used now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.db.models import Equipment, MaterialLot
from app.db.transaction import Transaction
from app.domain.errors import NearMiss, NotFound
from app.domain.identifiers import Kind
from app.domain.supplies import Apparatus, Supply, require_usable_equipment, require_usable_lot
from app.domain.vocabulary import EquipmentKind, MaterialRole
from app.identity.queries.scanning import expect_here


def usable_lot(
    tx: Transaction, raw: str, *roles: MaterialRole, at: datetime, step: str, course_code: str
) -> MaterialLot:
    """The lot that was scanned, when it has one of `roles`, is released and in date at `at`.

    `step` and `course_code` go into the near miss of a refusal.
    """
    scanned = expect_here(tx, raw, Kind.REAGENT, step=step)
    look = select(MaterialLot).where(MaterialLot.code == scanned.code)
    lot = tx.session.execute(look.with_for_update(read=True)).scalar_one_or_none()
    near = NearMiss("not_on_file", step, course_code=course_code, scanned=scanned.code)
    if lot is None:
        raise NotFound("not_on_file", f"No material is on file under {scanned.text}. Check the label.", near_miss=near)
    require_usable_lot(Supply(lot.code, lot.name, lot.role, lot.state, lot.expires_at), roles, at, near)
    return lot


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
