"""Bringing a database to the newest schema with all its guards, and refusing to run on any other."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.db import triggers
from app.db.database import Database

ROOT = Path(__file__).resolve().parents[2]


def configuration(url: str) -> Config:
    """Alembic's configuration for one database."""
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(database: Database) -> None:
    """Migrate to the newest schema and reinstall the triggers, or change nothing."""
    config = configuration(database.url)
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _require_guards(connection)


def require_head(database: Database) -> None:
    """Refuse to run on a database whose schema is older or newer than this application, or that lost a guard."""
    wanted = ScriptDirectory.from_config(configuration(database.url)).get_current_head()
    found = revision(database.writer)
    if found != wanted:
        message = f"The database is at schema {found}, this version needs {wanted}. Run: veinline migrate"
        raise RuntimeError(message)
    with database.writer.connect() as connection:
        _require_guards(connection)


def revision(engine: Engine) -> str | None:
    """The schema revision a database stands at."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _require_guards(connection: Connection) -> None:
    missing = triggers.missing(connection)
    if missing:
        message = (
            f"{len(missing)} of the database's own safety rules are not in force, the first is {missing[0]}."
            " Nothing may be written without them. Run: veinline migrate"
        )
        raise RuntimeError(message)
