"""Product lots and their bags. The bag is the unit of custody."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, OfCourse, Stream, Versioned, bound, code_text, refers
from app.db.types import controlled
from app.domain.states import BagState, LotState


class ProductLot(OfCourse, Versioned, Base):
    """One harvest, one formulation, one release decision. The specification is the one its culture pinned."""

    __tablename__ = "product_lot"
    __stream__ = Stream.COURSE
    __evidence__ = ("id",)
    __fixed__ = ("course_id", "patient_id", "code", "culture_id", "specification_id")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    culture_id: Mapped[int] = mapped_column()
    specification_id: Mapped[int] = refers("specification.id")
    state: Mapped[LotState] = mapped_column(controlled(LotState))
    harvested_at: Mapped[datetime] = mapped_column()
    formulated_at: Mapped[datetime | None] = mapped_column()
    expires_at: Mapped[datetime | None] = mapped_column()
    harvested_viable_cells: Mapped[int] = mapped_column()
    volume_ul: Mapped[int | None] = mapped_column()
    viable_cells: Mapped[int | None] = mapped_column()
    viability_percent: Mapped[Decimal | None] = mapped_column()

    __table_args__ = (
        *bound("culture"),
        UniqueConstraint("culture_id"),
        CheckConstraint("expires_at > formulated_at", name="expires_after_formulation"),
        Index("ix_product_lot_state_id", "state", "id"),  # the release queue, by keyset
    )


class Bag(OfCourse, Versioned, Base):
    """One labelled container. State, holder and place are the fold of its custody events, nothing else."""

    __tablename__ = "bag"
    __stream__ = Stream.COURSE
    __evidence__ = ("product_lot_id",)
    __fixed__ = (
        "course_id",
        "patient_id",
        "code",
        "product_lot_id",
        "division",
        "volume_ul",
        "viable_cells",
        "expires_at",
    )

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    product_lot_id: Mapped[int] = mapped_column()
    division: Mapped[int] = mapped_column()
    volume_ul: Mapped[int] = mapped_column()
    viable_cells: Mapped[int] = mapped_column()
    viability_percent: Mapped[Decimal] = mapped_column()
    filled_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    state: Mapped[BagState] = mapped_column(controlled(BagState))
    holder_id: Mapped[int] = refers("user_account.id")
    place_id: Mapped[int] = refers("place.id")

    __table_args__ = (
        *bound("product_lot"),
        UniqueConstraint("product_lot_id", "division"),
        UniqueConstraint("id", "product_lot_id"),
        CheckConstraint("volume_ul BETWEEN 1000 AND 2000000", name="volume_possible"),
        CheckConstraint("viable_cells BETWEEN 0 AND 1000000000000", name="cells_possible"),
        CheckConstraint("expires_at > filled_at", name="expires_after_filling"),
        Index("ix_bag_state_id", "state", "id"),  # Today: open bags, by keyset
        Index("ix_bag_patient_id_id", "patient_id", "id"),  # the chart
    )
