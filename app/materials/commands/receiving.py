"""Receiving lots: into quarantine, with their quantity and the maker's certificate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.db.codes import next_code
from app.db.finding import load
from app.db.models import Material, MaterialCertificate, MaterialLot, Place
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Invalid, NotFound
from app.domain.identifiers import Kind, display
from app.domain.roles import Action
from app.domain.states import MATERIAL
from app.domain.supplies import StockMove, thousandths
from app.domain.vocabulary import MaterialRole, MaterialState
from app.materials.commands.house import end_of
from app.materials.schemas import KeepCertificate, RegisterMaterial
from app.materials.use import move_stock


@dataclass(frozen=True, slots=True)
class MaterialFact:
    """The lot a command registered or changed, and its state now."""

    material_code: str
    state: MaterialState


@dataclass(frozen=True, slots=True)
class CertificateKept:
    """The lot and the SHA-256 of its certificate."""

    material_code: str
    sha256: str


@command
def register_material(tx: Transaction, actor: Actor, asked: RegisterMaterial) -> MaterialFact:
    """Put a received lot on file, in quarantine. Refuses an expired lot, and a strength without its unit."""
    tx.permit(actor, Action.REGISTER_MATERIAL)
    material = of_catalogue(tx, asked.material)
    expires_at = end_of(tx, asked.expires_on, "expires_on")
    _require_strength(material.role, asked)
    there = exists().where(MaterialLot.name == material.name, MaterialLot.maker_lot == asked.maker_lot)
    if tx.session.execute(select(there)).scalar_one():
        sentence = f"Lot {asked.maker_lot} of {material.name} is on file already."
        raise Duplicate("lot_on_file", sentence, field="maker_lot")
    lot = new_lot(tx, actor, material, asked.maker_lot, expires_at)
    lot.il2_per_ml, lot.il2_unit = asked.il2_per_ml, asked.il2_unit
    lot.arrival_temperature_c = asked.arrival_temperature_c
    lot.place_id = None if asked.place_code is None else load(tx, Place, asked.place_code).id
    tx.session.add(lot)
    tx.session.flush()
    move_stock(tx, actor, lot, StockMove.RECEIVED, thousandths(asked.amount, material.unit))
    return MaterialFact(lot.code, lot.state)


@command
def keep_certificate(tx: Transaction, actor: Actor, asked: KeepCertificate) -> CertificateKept:
    """Keep the maker's certificate of a lot exactly as it came. The same file again makes nothing new."""
    tx.permit(actor, Action.REGISTER_MATERIAL)
    lot = load(tx, MaterialLot, asked.material_code)
    sha256 = hashlib.sha256(asked.content).hexdigest()
    mine = exists().where(MaterialCertificate.material_lot_id == lot.id, MaterialCertificate.sha256 == sha256)
    if lot.state is not MaterialState.QUARANTINED:
        sentence = f"{lot.name} ({display(lot.code)}) is {lot.state.value}; its certificate was decided upon."
        raise Invalid("certificate_too_late", sentence, field="content")
    if not tx.session.execute(select(mine)).scalar_one():
        tx.session.add(
            MaterialCertificate(
                material_lot_id=lot.id,
                sha256=sha256,
                name=asked.file_name,
                content=asked.content,
                kept_at=tx.now,
                kept_by_id=actor.user_id,
            )
        )
    return CertificateKept(lot.code, sha256)


def of_catalogue(tx: Transaction, name: str) -> Material:
    """The catalogue's entry of that name."""
    material = tx.session.execute(select(Material).where(Material.name == name)).scalar_one_or_none()
    if material is None:
        sentence = f"{name} is not in the catalogue. A supervisor or QA adds it first."
        raise NotFound("not_in_catalogue", sentence, field="material")
    return material


def new_lot(tx: Transaction, actor: Actor, material: Material, maker_lot: str, expires_at: datetime) -> MaterialLot:
    """A lot of a material, in quarantine, with what the catalogue says of it."""
    return MaterialLot(
        code=next_code(tx, Kind.REAGENT),
        material_id=material.id,
        name=material.name,
        role=material.role,
        maker_lot=maker_lot,
        expires_at=expires_at,
        state=MATERIAL.first,
        substances=material.substances,
        received_at=tx.now,
        received_by_id=actor.user_id,
    )


def _require_strength(role: MaterialRole, asked: RegisterMaterial) -> None:
    if (asked.il2_per_ml is None) != (asked.il2_unit is None):
        raise Invalid("il2_unit_missing", "Give the strength of IL-2 with its unit, or neither.", field="il2_unit")
    if asked.il2_per_ml is not None and (role is not MaterialRole.CYTOKINE or asked.il2_per_ml <= 0):
        raise Invalid("il2_strength", "Only a cytokine has a strength of IL-2, and it is above 0.", field="il2_per_ml")
