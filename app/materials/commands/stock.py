"""The quantity of a lot, its opening, and preparations: lots made of lots."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select

from app.db.models import Material, MaterialLot, MaterialPart
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, NearMiss
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.supplies import StockMove, expiry_of_preparation, require_usable_lot, thousandths
from app.domain.vocabulary import MaterialRole
from app.materials.commands.deciding import shown_lot
from app.materials.commands.receiving import MaterialFact, new_lot, of_catalogue
from app.materials.schemas import BookMaterial, OpenMaterial, PrepareMaterial
from app.materials.use import left_of, move_stock, open_lot, scanned_lot, supply_of

PREPARE: Final = "prepare_material"
ANY_ROLE: Final = frozenset(MaterialRole)


@command
def open_material(tx: Transaction, actor: Actor, asked: OpenMaterial) -> MaterialFact:
    """A container of the lot was opened just now: the first, or the next one. How long it is good is computed."""
    tx.permit(actor, Action.USE_MATERIAL)
    lot = shown_lot(tx, asked)
    near = NearMiss("not_usable", "open_material", scanned=lot.code)
    require_usable_lot(replace(supply_of(tx, lot), open_until=None), ANY_ROLE, tx.now, near)
    open_lot(tx, lot, tx.now)
    return MaterialFact(lot.code, lot.state)


@command
def book_material(tx: Transaction, actor: Actor, asked: BookMaterial) -> MaterialFact:
    """Book what was used or wasted of a lot, or correct the record to what was counted. Never below nothing."""
    tx.permit(actor, Action.USE_MATERIAL)
    lot = shown_lot(tx, asked)
    unit = tx.session.get_one(Material, lot.material_id).unit
    reason = asked.reason
    if asked.kind is not StockMove.USED:
        reason = require_reason(reason, "What was wasted or corrected needs a reason.")
        tx.because(f"material_{asked.kind.value}", reason)
    if asked.kind is StockMove.CORRECTED:
        counted = 0 if asked.amount == 0 else thousandths(asked.amount, unit)
        change = counted - left_of(tx, lot)
    else:
        change = -thousandths(asked.amount, unit)
    if change == 0:
        raise Invalid("nothing_to_correct", "The record says the same. There is nothing to correct.", field="amount")
    move_stock(tx, actor, lot, asked.kind, change, reason=reason)
    return MaterialFact(lot.code, lot.state)


@command
def prepare_material(tx: Transaction, actor: Actor, asked: PrepareMaterial) -> MaterialFact:
    """Make a lot of lots, into quarantine. It expires with the first of its parts, or by its own shelf life."""
    tx.permit(actor, Action.USE_MATERIAL)
    material = of_catalogue(tx, asked.material)
    if material.shelf_life_h is None:
        sentence = f"{material.name} is not prepared here: the catalogue gives it no shelf life."
        raise Invalid("not_prepared_here", sentence, field="material")
    parts = _parts(tx, asked)
    supplies = [supply_of(tx, part) for part, _ in parts]
    lot = new_lot(tx, actor, material, "", expiry_of_preparation(tx.now, material.shelf_life_h, supplies))
    lot.maker_lot = lot.code
    held = {word for each in (lot, *(part for part, _ in parts)) for word in (each.substances or "").split()}
    lot.substances = " ".join(sorted(held)) or None
    tx.session.add(lot)
    tx.session.flush()
    for part, amount in parts:
        tx.session.add(MaterialPart(material_lot_id=lot.id, part_id=part.id, amount_milli=amount))
        tx.session.flush()
        move_stock(tx, actor, part, StockMove.PREPARED, -amount, used_for=lot.code)
    move_stock(tx, actor, lot, StockMove.RECEIVED, thousandths(asked.amount, material.unit))
    return MaterialFact(lot.code, lot.state)


def _parts(tx: Transaction, asked: PrepareMaterial) -> list[tuple[MaterialLot, int]]:
    """Each scanned lot with what is taken of it, usable now; no lot twice."""
    if len(asked.parts) != len(asked.amounts):
        sentence = "Each part needs its quantity, and each quantity its part. Enter what is missing."
        raise Invalid("part_without_amount", sentence, field="amounts")
    lots = [scanned_lot(tx, raw, ANY_ROLE, at=tx.now, step=PREPARE, course_code=None) for raw in asked.parts]
    if len({lot.id for lot in lots}) < len(lots):
        raise Invalid("part_twice", "One lot was scanned twice. Enter it once with its whole quantity.", field="parts")
    units = {row.id: row.unit for row in tx.session.execute(select(Material.id, Material.unit))}
    return [
        (lot, thousandths(amount, units[lot.material_id], "amounts"))
        for lot, amount in zip(lots, asked.amounts, strict=True)
    ]
