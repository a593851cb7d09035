"""How each column of each audited table stands in the ledger. The one place that knows; recorder and verifier ask."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from sqlalchemy import Column, String, Table, Text, inspect

from app.db.base import Base
from app.ledger.canonical import Scalar, blob_hash, scalar

UNRECORDED = frozenset({"id", "row_version"})
SECRET_CHANGED = "s1:changed"  # noqa: S105  a constant that stands in for secrets, itself none


class Written(StrEnum):
    """How a column's value is written: in clear, as a commitment, as a hash, or not at all."""

    CLEAR = "clear"
    CODE = "code"
    PERSONAL = "personal"
    BLOB = "blob"
    SECRET = "secret"  # noqa: S105  a kind of column, no secret


def written(column: Column[object]) -> Written:
    """How this column is written. A text column that does not say is personal."""
    said = column.info.get("ledger")
    if said is not None:
        return Written(said)
    is_words = isinstance(column.type, String | Text) and not hasattr(column.type, "enums")
    return Written.PERSONAL if is_words else Written.CLEAR


@cache
def recorded_columns(model: type[Base]) -> tuple[Column[object], ...]:
    """The columns of an audited table whose values stand in its events."""
    table = model.__table__
    assert isinstance(table, Table)
    return tuple(column for column in table.columns if column.name not in UNRECORDED)


def row_id(row: Base) -> int:
    """The key of a flushed row."""
    return int(inspect(row).mapper.primary_key_from_instance(row)[0])


def clear_value(column: Column[object], value: object) -> Scalar:
    """A value as it stands in the event when it is not personal; text that looks like a mark is refused."""
    if value is None:
        return None
    match written(column):
        case Written.SECRET:
            return SECRET_CHANGED
        case Written.BLOB:
            assert isinstance(value, str | bytes)
            return blob_hash(value)
        case _:
            plain = scalar(value)
            if isinstance(plain, str) and plain[:3] in {"c1:", "b1:", "s1:"}:
                msg = f"text in {column} begins like a mark of the ledger"
                raise ValueError(msg)
            return plain


def audited_models() -> dict[str, type[Base]]:
    """Audited tables by name, with their models."""
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in Base.registry.mappers
        if mapper.class_.__exempt__ is None
    }
