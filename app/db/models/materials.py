"""Materials, equipment and places: everything a culture touches that is not the patient's."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, Stream, Versioned, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.supplies import StockMove, StockUnit, Storage
from app.domain.vocabulary import (
    EquipmentKind,
    EquipmentState,
    Il2Unit,
    MaterialRole,
    MaterialState,
    PlaceKind,
)


class Material(Base):
    """One entry of the catalogue: what lots can be of. It never changes; another composition is another material.

    `substances` are words of `Substance`, blanks between. `days_open` bounds the use of an opened lot; `shelf_life_h`
    is there for what the laboratory prepares itself. `gtin` is the number on the maker's box.
    """

    __tablename__ = "material"
    __stream__ = Stream.SYSTEM
    __append_only__ = True

    id: Mapped[Key]
    name: Mapped[str] = code_text(80, unique=True)
    role: Mapped[MaterialRole] = mapped_column(controlled(MaterialRole))
    unit: Mapped[StockUnit] = mapped_column(controlled(StockUnit))
    storage: Mapped[Storage] = mapped_column(controlled(Storage))
    substances: Mapped[str | None] = code_text(400)
    days_open: Mapped[int | None] = mapped_column()
    shelf_life_h: Mapped[int | None] = mapped_column()
    gtin: Mapped[str | None] = code_text(14, unique=True)
    added_at: Mapped[datetime] = mapped_column()
    added_by_id: Mapped[int] = refers("user_account.id")

    __table_args__ = (
        CheckConstraint("days_open BETWEEN 1 AND 3660", name="days_open_possible"),
        CheckConstraint("shelf_life_h BETWEEN 1 AND 87840", name="shelf_life_possible"),
    )


class MaterialLot(Versioned, Base):
    """A lot that was received, or prepared from other lots. Name, role and substances are those of its label.

    `substances` lists, separated by blanks, what an allergy can be against; of a preparation, all of its parts.
    `opened_at` is when the container now in use was opened.
    """

    __tablename__ = "material_lot"
    __stream__ = Stream.LOT
    __fixed__ = (
        "code",
        "material_id",
        "name",
        "role",
        "maker_lot",
        "expires_at",
        "substances",
        "il2_per_ml",
        "il2_unit",
        "received_at",
        "received_by_id",
        "arrival_temperature_c",
    )

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    material_id: Mapped[int] = refers("material.id")
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
    arrival_temperature_c: Mapped[Decimal | None] = mapped_column()
    place_id: Mapped[int | None] = refers("place.id")
    released_by_id: Mapped[int | None] = refers("user_account.id")
    opened_at: Mapped[datetime | None] = mapped_column()
    open_until: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("name", "maker_lot"),
        CheckConstraint("released_by_id <> received_by_id", name="released_by_another"),
        CheckConstraint("(opened_at IS NULL) = (open_until IS NULL)", name="opened_until_something"),
        Index("ix_material_lot_expires_at", "expires_at"),  # the stock list and Today: what expires next
        Index("ix_material_lot_material_id", "material_id", "state", "expires_at"),  # which lot to take next
    )


class MaterialCertificate(Base):
    """The maker's certificate of a lot, exactly as it came. The release of the lot signs its SHA-256."""

    __tablename__ = "material_certificate"
    __stream__ = Stream.LOT
    __append_only__ = True

    id: Mapped[Key]
    material_lot_id: Mapped[int] = refers("material_lot.id")
    sha256: Mapped[str] = code_text(64)
    name: Mapped[str] = code_text(80)
    content: Mapped[bytes] = mapped_column(info={"ledger": "blob"})
    kept_at: Mapped[datetime] = mapped_column()
    kept_by_id: Mapped[int] = refers("user_account.id")

    __table_args__ = (UniqueConstraint("material_lot_id", "sha256"),)


class MaterialMovement(Base):
    """What came to a lot or went from it, in thousandths of its unit, and what was left then. Numbered from 1."""

    __tablename__ = "material_movement"
    __stream__ = Stream.LOT
    __append_only__ = True

    id: Mapped[Key]
    material_lot_id: Mapped[int] = refers("material_lot.id")
    number: Mapped[int] = mapped_column()
    kind: Mapped[StockMove] = mapped_column(controlled(StockMove))
    amount_milli: Mapped[int] = mapped_column()
    left_milli: Mapped[int] = mapped_column()
    used_for: Mapped[str | None] = code_text(14)
    moved_at: Mapped[datetime] = mapped_column()
    moved_by_id: Mapped[int] = refers("user_account.id")
    reason: Mapped[str | None] = personal_text()

    __table_args__ = (
        UniqueConstraint("material_lot_id", "number"),
        CheckConstraint("left_milli >= 0", name="never_less_than_nothing"),
        CheckConstraint("kind = 'corrected' OR (kind = 'received') = (amount_milli > 0)", name="direction_of_kind"),
        CheckConstraint("(kind = 'received') = (number = 1)", name="received_once"),
    )


class MaterialPart(Base):
    """A lot that went into a preparation. A part is always older than what is made of it: nothing is circular."""

    __tablename__ = "material_part"
    __stream__ = Stream.LOT
    __append_only__ = True

    id: Mapped[Key]
    material_lot_id: Mapped[int] = refers("material_lot.id")
    part_id: Mapped[int] = refers("material_lot.id")
    amount_milli: Mapped[int] = mapped_column()

    __table_args__ = (
        UniqueConstraint("material_lot_id", "part_id"),
        CheckConstraint("part_id < material_lot_id", name="part_is_older"),
        CheckConstraint("amount_milli > 0", name="some_of_the_part"),
        Index("ix_material_part_part_id", "part_id"),  # recall: what was made of a lot
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
