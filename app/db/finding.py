"""Finding the row a command is about, by its code, and locking it until the command ends."""

from __future__ import annotations

from functools import cache
from typing import Protocol, TypeVar

from sqlalchemy import Select, bindparam, select
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
    row: Row | None = tx.session.execute(_by_code(model), {"code": code}).scalar_one_or_none()
    if row is None:
        words = model.__tablename__.replace("_", " ")
        raise NotFound("not_on_file", f"No {words} is on file under {display(code)}. Check the code and scan again.")
    return row


@cache  # of each model once: every command loads one
def _by_code(model: type[Row]) -> Select[Row]:
    return select(model).where(model.__table__.c.code == bindparam("code")).with_for_update()


def fresh(row: _Versioned, seen: int) -> None:
    """Refuse when the row changed since the page was shown."""
    if row.row_version != seen:
        raise Stale("record_changed", "Somebody changed this record since the page was shown. Load it again and look.")
