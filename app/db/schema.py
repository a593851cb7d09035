"""Whether a database stands at this version's schema with every guard in force. Migrating it: `app.db.migrate`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from app.db import triggers
from app.db.database import Database

HEAD: Final = "0001"
"""The newest revision in migrations/versions (a test compares), so that a server need not load Alembic to know it."""


def require_head(database: Database) -> None:
    """Refuse to run on a database whose schema is older or newer than this application, or that lost a guard."""
    found = revision(database.writer)
    if found != HEAD:
        message = f"The database is at schema {found}, this version needs {HEAD}. Run: veinline migrate"
        raise RuntimeError(message)
    with database.writer.connect() as connection:
        require_guards(connection)


def revision(engine: Engine) -> str | None:
    """The schema revision a database stands at; None in an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def require_guards(connection: Connection) -> None:
    """Refuse a database that lost one of its own safety rules."""
    missing = triggers.missing(connection)
    if missing:
        message = (
            f"{len(missing)} of the database's own safety rules are not in force, the first is {missing[0]}."
            " Nothing may be written without them. Run: veinline migrate"
        )
        raise RuntimeError(message)
