"""Engines and sessions for SQLite and PostgreSQL. Not transactions: see `app.db.transaction`.

SQLite has one writer (`BEGIN IMMEDIATE`, pool of one) and a read-only pool beside it: with eight writers waiting
on the file, p99 was about a second; with one it was a tenth of that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from app.settings import Settings

SQLITE_PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
)


class Database:
    """One database: a writing engine, a reading engine, and the factory of recorded sessions.

    `pepper` belongs to its PIN hashes and is kept outside it; transactions carry it to where PINs are checked.
    """

    def __init__(self, settings: Settings, pepper: bytes) -> None:
        self.pepper = pepper
        self.url = settings.sqlalchemy_url
        self.is_sqlite = self.url.startswith("sqlite")
        self.writer = self._engine(pool_size=1 if self.is_sqlite else settings.pool_size)
        self.reader = self._engine(pool_size=4, is_read_only=True) if self.is_sqlite else self.writer
        self.sessions = sessionmaker(self.writer, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for plain SQL reads; on SQLite it cannot write."""
        with self.reader.connect() as connection:
            yield connection

    def session(self) -> Session:
        """A new session of the writing engine; `app.db.transaction` is its only user."""
        return self.sessions()

    def dispose(self) -> None:
        """Close all connections."""
        self.writer.dispose()
        self.reader.dispose()

    def _engine(self, *, pool_size: int, is_read_only: bool = False) -> Engine:
        engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=30 if self.is_sqlite else 5,
            pool_pre_ping=not self.is_sqlite,
            hide_parameters=True,  # an error may be logged; names may not
            connect_args={"check_same_thread": False} if self.is_sqlite else {},
        )
        if self.is_sqlite:
            _prepare_sqlite(engine, is_read_only=is_read_only)
        return engine


def _prepare_sqlite(engine: Engine, *, is_read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None  # we begin ourselves: the driver would begin too late
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if is_read_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin_now(connection: Connection) -> None:
        if is_read_only:  # takes no lock, so it cannot fail: past SQLAlchemy's bookkeeping, every page begins so
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.execute("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
