"""The catalogue: what lots can be of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select

from app.db.models import Material
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Invalid
from app.domain.gs1 import Gs1Code, parse_gs1
from app.domain.roles import Action
from app.domain.supplies import StockUnit
from app.domain.vocabulary import MaterialRole
from app.materials.schemas import AddMaterial


@dataclass(frozen=True, slots=True)
class MaterialAdded:
    """The new entry of the catalogue, by its name."""

    name: str


@command
def add_material(tx: Transaction, actor: Actor, asked: AddMaterial) -> MaterialAdded:
    """Add a material to the catalogue. It does not change: another composition is another material."""
    tx.permit(actor, Action.KEEP_CATALOGUE)
    if tx.session.execute(select(exists().where(Material.name == asked.name))).scalar_one():
        raise Duplicate("material_on_file", f"{asked.name} is in the catalogue already.", field="name")
    if asked.role is MaterialRole.COLLECTION_KIT and asked.unit is not StockUnit.PIECE:
        raise Invalid("kits_are_pieces", "A collection takes one kit: kits are counted in pieces.", field="unit")
    if asked.gtin is not None:
        _require_gtin(tx, asked.gtin)
    tx.session.add(
        Material(
            name=asked.name,
            role=asked.role,
            unit=asked.unit,
            storage=asked.storage,
            substances=" ".join(sorted(each.value for each in set(asked.substances))) or None,
            days_open=asked.days_open,
            shelf_life_h=asked.shelf_life_h,
            gtin=asked.gtin,
            added_at=tx.now,
            added_by_id=actor.user_id,
        )
    )
    return MaterialAdded(asked.name)


def _require_gtin(tx: Transaction, gtin: str) -> None:
    if not isinstance(parse_gs1(f"01{gtin}"), Gs1Code):
        sentence = "The check digit of this trade item number does not fit. Read the 14 digits again, or scan the box."
        raise Invalid("gtin_check", sentence, field="gtin")
    other = tx.session.execute(select(Material.name).where(Material.gtin == gtin)).scalar_one_or_none()
    if other is not None:
        raise Duplicate("gtin_on_file", f"This trade item number belongs to {other}.", field="gtin")
