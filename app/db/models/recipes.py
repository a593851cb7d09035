"""Versioned documents a culture pins when it opens: how it is made, and what its product must meet."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, Stream, Versioned, blob_text, code_text, refers
from app.db.types import controlled
from app.domain.release import Comparator, Severity, Statistic, Timing
from app.domain.vocabulary import SampleKind, TestKind, VersionState


class Recipe(Versioned, Base):
    """One version of how a product is made. Its draft is edited by its author; from its proposal on it is closed.

    `document` is the recipe (`app.domain.recipes`), its text canonical. Product, storage and harvest window stand
    beside it for labels and boards; `app.recipes.pinned` keeps them equal to the document.
    """

    __tablename__ = "recipe"
    __stream__ = Stream.RECIPE
    __fixed__ = ("name", "version", "author_id")

    id: Mapped[Key]
    name: Mapped[str] = code_text(40)
    version: Mapped[int] = mapped_column()
    state: Mapped[VersionState] = mapped_column(controlled(VersionState))
    document: Mapped[str] = blob_text()
    document_sha256: Mapped[str] = code_text(64)
    product_name: Mapped[str] = code_text(80)
    storage: Mapped[str] = code_text(40)
    harvest_from_h: Mapped[int | None] = mapped_column()
    harvest_until_h: Mapped[int | None] = mapped_column()
    author_id: Mapped[int] = refers("user_account.id")
    approved_by_id: Mapped[int | None] = refers("user_account.id")
    approved_at: Mapped[datetime | None] = mapped_column()
    signature_id: Mapped[int | None] = mapped_column()

    __table_args__ = (
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        UniqueConstraint("name", "version"),
        CheckConstraint("harvest_from_h < harvest_until_h", name="harvest_window"),
        CheckConstraint("state = 'draft' OR harvest_until_h IS NOT NULL", name="harvest_window_set"),
        CheckConstraint("approved_by_id <> author_id", name="approved_by_another"),
        CheckConstraint(
            "state <> 'approved' OR (approved_by_id IS NOT NULL AND signature_id IS NOT NULL)", name="approved_signed"
        ),
        Index(
            "uq_recipe_approved",
            "name",
            unique=True,
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
    )


class Specification(Versioned, Base):
    """One version of what a product must meet. `is_example` cannot release outside demo data."""

    __tablename__ = "specification"
    __stream__ = Stream.RECIPE
    __fixed__ = ("name", "version", "is_example", "effective_from", "author_id")

    id: Mapped[Key]
    name: Mapped[str] = code_text(40)
    version: Mapped[int] = mapped_column()
    state: Mapped[VersionState] = mapped_column(controlled(VersionState))
    is_example: Mapped[bool] = mapped_column()
    effective_from: Mapped[datetime] = mapped_column()
    author_id: Mapped[int] = refers("user_account.id")
    approved_by_id: Mapped[int | None] = refers("user_account.id")
    approved_at: Mapped[datetime | None] = mapped_column()
    signature_id: Mapped[int | None] = mapped_column()

    __table_args__ = (
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        UniqueConstraint("name", "version"),
        CheckConstraint("approved_by_id <> author_id", name="approved_by_another"),
        CheckConstraint(
            "state <> 'approved' OR (approved_by_id IS NOT NULL AND signature_id IS NOT NULL)", name="approved_signed"
        ),
        Index(
            "uq_specification_approved",
            "name",
            unique=True,
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
    )


class SpecificationCriterion(Base):
    """One row of a specification: a test, a comparator, a limit with its unit, and what it may wait for.

    `limit_words` and `derived_from` hold several words separated by blanks.
    """

    __tablename__ = "specification_criterion"
    __stream__ = Stream.RECIPE
    __append_only__ = True

    id: Mapped[Key]
    specification_id: Mapped[int] = refers("specification.id")
    position: Mapped[int] = mapped_column()
    key: Mapped[str] = code_text(40)
    label: Mapped[str] = code_text(80)
    any_of: Mapped[str | None] = code_text(40)
    test: Mapped[TestKind] = mapped_column(controlled(TestKind))
    analyte: Mapped[str] = code_text(40)
    comparator: Mapped[Comparator] = mapped_column(controlled(Comparator))
    limit_value: Mapped[Decimal | None] = mapped_column()
    limit_upper: Mapped[Decimal | None] = mapped_column()
    limit_words: Mapped[str | None] = code_text(120)
    unit: Mapped[str | None] = code_text(20)
    timing: Mapped[Timing] = mapped_column(controlled(Timing))
    severity: Mapped[Severity] = mapped_column(controlled(Severity))
    stage: Mapped[SampleKind | None] = mapped_column(controlled(SampleKind))
    statistic: Mapped[Statistic] = mapped_column(controlled(Statistic))
    derived_from: Mapped[str | None] = code_text(60)
    decimals: Mapped[int | None] = mapped_column()
    valid_hours: Mapped[int | None] = mapped_column()
    source: Mapped[str] = code_text(200)

    __table_args__ = (
        UniqueConstraint("specification_id", "key"),
        UniqueConstraint("specification_id", "position"),
        CheckConstraint("(limit_value IS NULL) <> (limit_words IS NULL)", name="limit_is_number_or_words"),
        CheckConstraint("limit_value IS NULL OR unit IS NOT NULL", name="number_has_unit"),
    )
