"""Finding the row a command is about, by its code, and locking it until the command ends."""

from __future__ import annotations

from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from app.db.base import Base
from app.db.transaction import Transaction
from app.domain.errors import NotFound, Stale
from app.domain.identifiers import display


class _Coded(Protocol):
    code: Mapped[str]


class _Versioned(Protocol):
    row_version: int


Row = TypeVar("Row", bound=Base)


def load(tx: Transaction, model: type[Row], code: str) -> Row:
    """The row with that code, locked (`FOR UPDATE` on PostgreSQL; SQLite has one writer). Refuses unknown codes."""
    column = model.__table__.c.code
    row = tx.session.execute(select(model).where(column == code).with_for_update()).scalar_one_or_none()
    if row is None:
        words = model.__tablename__.replace("_", " ")
        raise NotFound("not_on_file", f"No {words} is on file under {display(code)}. Check the code and scan again.")
    return row


def fresh(row: _Versioned, seen: int) -> None:
    """Refuse when the row changed since the page was shown."""
    if row.row_version != seen:
        raise Stale("record_changed", "Somebody changed this record since the page was shown. Load it again and look.")
