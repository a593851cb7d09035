"""What every table shares: names of constraints, keys, versions, and what the ledger must know of it.

A model says in class attributes how the ledger treats it:
    __stream__        which stream its events go to (`Stream`), or None with `__exempt__` giving the reason
    __append_only__   rows are never changed; corrections are new rows
    __evidence__      the columns whose row a release rests on through this one (`collection_id`, `culture_id`,
                      `product_lot_id`, or `id` for these three themselves); empty when it is no evidence
    __fixed__         columns that never change after the insert, guarded by trigger
and every text column says by `code_text`, `personal_text`, `blob_text` or its `info` how the ledger may write it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from app.db.types import Exact, UtcDateTime, Whole

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Stream(StrEnum):
    """Which chain of the ledger a row belongs to."""

    COURSE = "course"
    PATIENT = "patient"
    LOT = "lot"
    EQUIPMENT = "equipment"
    RECIPE = "recipe"
    USER = "user"
    SYSTEM = "system"


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {  # Any: SQLAlchemy's own signature
        int: Whole,
        bool: Boolean(),
        datetime: UtcDateTime(),
        date: Date(),
        Decimal: Exact(),
        bytes: LargeBinary(),
    }

    __stream__: ClassVar[Stream | None] = None
    __exempt__: ClassVar[str | None] = None
    __append_only__: ClassVar[bool] = False
    __evidence__: ClassVar[tuple[str, ...]] = ()
    __fixed__: ClassVar[tuple[str, ...]] = ()


Key = Annotated[int, mapped_column(primary_key=True)]


def code_text(length: int = 40, *, unique: bool = False) -> Any:  # Any: mapped_column's own signature
    """An opaque code, slug or controlled name, written in clear in the ledger."""
    return mapped_column(String(length), unique=unique, info={"ledger": "code"})


def personal_text(length: int = 2000) -> Any:  # Any: mapped_column's own signature
    """Patient data, a staff name or free text: the ledger holds a commitment, never the words."""
    return mapped_column(String(length), info={"ledger": "personal"})


def blob_text() -> Any:  # Any: mapped_column's own signature
    """Long frozen text (a canonical record, a raw payload): the ledger holds its SHA-256."""
    return mapped_column(Text(), info={"ledger": "blob"})


def refers(target: str) -> Any:  # Any: mapped_column's own signature
    """A foreign key to one column, such as `user_account.id`; nothing cascades, nothing is deletable."""
    return mapped_column(ForeignKey(target))


class Versioned:
    """A row that changes: each write raises `row_version`; a stale writer loses."""

    row_version: Mapped[int] = mapped_column()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.row_version}


class OfCourse:
    """A row bound to one course and its patient; both travel in every foreign key and never change."""

    course_id: Mapped[int] = mapped_column()
    patient_id: Mapped[int] = mapped_column()


def bound(*parents: str, optional: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """Constraints of an `OfCourse` table: its own key triple, its course, and each parent of the same course.

    `parents` are table names; the referring column is `<table>_id`. An optional parent may be null.
    """
    keys: list[Any] = [UniqueConstraint("id", "course_id", "patient_id")]
    for parent in ("course", *parents, *optional):
        own = ["course_id", "patient_id"] if parent == "course" else [f"{parent}_id", "course_id", "patient_id"]
        there = ["id", "patient_id"] if parent == "course" else ["id", "course_id", "patient_id"]
        keys.append(ForeignKeyConstraint(own, [f"{parent}.{column}" for column in there]))
    return tuple(keys)
