"""Gives out the next own code, inside the transaction that creates the object. Codes are never reused."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.db.models import CodeCounter, Site
from app.db.transaction import Transaction
from app.domain.identifiers import Kind, make_code


def next_code(tx: Transaction, kind: Kind) -> str:
    """The next code of a kind. Numbers are shared by all kinds of a year; those with an unfit check are skipped."""
    site = tx.session.execute(select(Site.code, Site.zone)).one()
    year = tx.now.astimezone(ZoneInfo(site.zone)).year
    while True:
        code = make_code(kind, site.code, year, _next_number(tx.session, year))
        if code is not None:
            return code


def _next_number(session: Session, year: int) -> int:
    take = (
        update(CodeCounter)
        .where(CodeCounter.year == year)
        .values(last_number=CodeCounter.last_number + 1)
        .returning(CodeCounter.last_number)
        .execution_options(synchronize_session=False)
    )
    number = session.execute(take).scalar_one_or_none()
    if number is None:
        make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(make(CodeCounter).values(year=year, last_number=0).on_conflict_do_nothing())
        number = session.execute(take).scalar_one()
    return number
