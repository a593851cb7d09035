"""What a database administrator could try: raw SQL, on SQLite also with foreign keys switched off."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.exc import DBAPIError

from tests.world import World


def refused_by_the_database(world: World, statement: str, because: str, **values: object) -> None:
    """The statement must fail, and the error must name the rule: the slug of a guard or the name of a constraint."""
    with pytest.raises(DBAPIError) as refused:
        world.sql(statement, **values)
    assert because in str(refused.value.orig), str(refused.value.orig)


def refused_without_foreign_keys(world: World, statement: str, because: str, **values: object) -> None:
    """On SQLite foreign keys can be switched off per connection; the triggers must refuse the link all the same."""
    path = world.database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA foreign_keys=OFF")
        with pytest.raises(sqlite3.Error) as refused:
            db.execute(statement, values)
    assert because in str(refused.value)
