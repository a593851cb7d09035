"""Counts the statements a page makes, so that a list cannot grow into one statement per row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.world import World


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Every statement made inside, in order."""
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        made.append(statement)

    databases = (
        world.database,
        world.app.state.house.database,
    )  # a client asks the server's own
    engines = {engine for database in databases for engine in (database.reader, database.writer)}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
