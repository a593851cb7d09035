"""Bringing a database to the newest schema with all its guards. Whether it stands there: `app.db.schema`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from app.db.database import Database
from app.db.schema import require_guards

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
        require_guards(connection)
