"""Fixtures: the two databases, copied from one founded laboratory each, so that every test starts fresh and fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import postgresql
from tests.clocks import TestClock
from tests.stages import Stage, build, copied
from tests.world import World, found, settings_for

DIALECTS = ("sqlite", "postgresql")
Founded = Callable[[str, str, Callable[[World], object]], Stage[object]]
AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server of our own; when it cannot start, the tests fail."""
    with postgresql.running() as server:
        yield server


@pytest.fixture(scope="session")
def founded(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str, str, Callable[[World], object]], Stage[object]]:
    """Gives a laboratory walked to a named stage, built at most once per database in this session."""
    built: dict[tuple[str, str], Stage[object]] = {}

    def give(dialect: str, name: str, walk: Callable[[World], object]) -> Stage[object]:
        if (dialect, name) not in built:
            folder = tmp_path_factory.mktemp(f"{dialect}-{name}")
            url, database = "", f"stage_{name}"
            if dialect == "postgresql":
                server: postgresql.Server = request.getfixturevalue("postgresql_server")
                server.run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
                server.run(f"CREATE DATABASE {database}")
                url = server.url(database)
            world = found(settings_for(folder, url), TestClock())
            world.clock.forward(minutes=5)
            built[dialect, name] = build(world, folder, database, walk)
        return built[dialect, name]

    return give


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database this run of the test uses."""
    return str(request.param)


@pytest.fixture
def at_stage(
    dialect: str, founded: Founded, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str, Callable[[World], object]], tuple[World, object]]]:
    """A copy of the laboratory at a named stage, on SQLite and on PostgreSQL, with what was reached there."""
    with ExitStack() as stack:

        def give(name: str, walk: Callable[[World], object]) -> tuple[World, object]:
            stage = founded(dialect, name, walk)
            server = request.getfixturevalue("postgresql_server") if dialect == "postgresql" else None
            return stack.enter_context(copied(stage, tmp_path, server)), stage.reached

        yield give


@pytest.fixture
def world(at_stage: AtStage) -> World:
    """A laboratory of its own for this test, on SQLite and on PostgreSQL."""
    return at_stage("founded", lambda _world: None)[0]


@pytest.fixture
def sqlite_world(founded: Founded, tmp_path: Path) -> Iterator[World]:
    """A laboratory on SQLite only, for what does not depend on the database."""
    with copied(founded("sqlite", "founded", lambda _world: None), tmp_path, None) as world:
        yield world
