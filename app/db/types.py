"""Column types that refuse what a record may not hold: naive times and binary floating point."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    DateTime,
    Dialect,
    Enum,
    Integer,
    Numeric,
    String,
    TypeDecorator,
    literal_column,
)

Whole = BigInteger().with_variant(Integer(), "sqlite")
"""Whole number up to 2^53: keys, cells, microlitres, grams, international units."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant in UTC; naive times are refused.

    PostgreSQL keeps `timestamptz`; SQLite keeps ISO text with microseconds and `+00:00`, which sorts as time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # Any: SQLAlchemy's own signature
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # Any: text or datetime
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive time {value!r} cannot be stored; give it a zone"
            raise ValueError(msg)
        instant = value.astimezone(UTC)
        return instant.isoformat(timespec="microseconds") if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:  # Any: SQLAlchemy's own
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal number with the digits it was entered with; binary floating point is refused."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # Any: SQLAlchemy's own signature
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(64))
        return dialect.type_descriptor(Numeric(asdecimal=True))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # Any: text or Decimal
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            msg = f"{value!r} is not a finite decimal number"
            raise ValueError(msg)
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, _dialect: Dialect) -> Decimal | None:  # Any: SQLAlchemy's own
        return None if value is None else Decimal(value)


def in_words(word: StrEnum) -> ColumnClause[str]:
    """A word of ours written into the statement itself, for a column that a partial index asks about.

    Given beside the statement, SQLite would plan the whole statement anew each time, to see whether the index may be
    used; and PostgreSQL's general plan could not use it.
    """
    return literal_column(f"'{word.value}'", String())


def controlled(kind: type[StrEnum], name: str | None = None) -> Enum:
    """A column of one of the words of `kind`, kept as text and guarded by a named CHECK.

    `name` is the CHECK's own name, needed where a table has several columns of one kind.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda words: [word.value for word in words],
        name=name or _snake(kind.__name__),
    )


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
