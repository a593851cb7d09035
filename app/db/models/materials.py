"""Materials, equipment and places: everything a culture touches that is not the patient's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, Stream, Versioned, code_text, refers
from app.db.types import controlled
from app.domain.vocabulary import (
    EquipmentKind,
    EquipmentState,
    Il2Unit,
    MaterialRole,
    MaterialState,
    PlaceKind,
)


class MaterialLot(Versioned, Base):
    """A received lot. `substances` lists, separated by blanks, what an allergy can be against."""

    __tablename__ = "material_lot"
    __stream__ = Stream.LOT
    __fixed__ = ("code", "maker_lot", "expires_at")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    name: Mapped[str] = code_text(80)
    role: Mapped[MaterialRole] = mapped_column(controlled(MaterialRole))
    maker_lot: Mapped[str] = code_text(40)
    expires_at: Mapped[datetime] = mapped_column()
    state: Mapped[MaterialState] = mapped_column(controlled(MaterialState))
    substances: Mapped[str | None] = code_text(400)
    il2_per_ml: Mapped[Decimal | None] = mapped_column()
    il2_unit: Mapped[Il2Unit | None] = mapped_column(controlled(Il2Unit))
    received_at: Mapped[datetime] = mapped_column()
    received_by_id: Mapped[int] = refers("user_account.id")

    __table_args__ = (
        UniqueConstraint("name", "maker_lot"),
        Index("ix_material_lot_expires_at", "expires_at"),  # Today: what expires next
    )


class Equipment(Versioned, Base):
    """A registered piece of equipment; overdue calibration blocks its use."""

    __tablename__ = "equipment"
    __stream__ = Stream.EQUIPMENT
    __fixed__ = ("code", "kind")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    name: Mapped[str] = code_text(60)
    kind: Mapped[EquipmentKind] = mapped_column(controlled(EquipmentKind))
    calibration_due_at: Mapped[datetime] = mapped_column()
    state: Mapped[EquipmentState] = mapped_column(controlled(EquipmentState))
    place_id: Mapped[int | None] = refers("place.id")


class Place(Versioned, Base):
    """A bench, store, ward or transport box."""

    __tablename__ = "place"
    __stream__ = Stream.SYSTEM
    __fixed__ = ("code", "kind")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    name: Mapped[str] = code_text(60)
    kind: Mapped[PlaceKind] = mapped_column(controlled(PlaceKind))
