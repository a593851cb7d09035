"""Fixtures: the two databases, copied from one founded laboratory each, so that every test starts fresh and fast."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests import postgresql
from tests.clocks import TestClock
from tests.world import World, found, open_world, settings_for

DIALECTS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server of our own; when it cannot start, the tests fail."""
    with postgresql.running() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded laboratory on SQLite, to copy."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    world = found(settings_for(folder), TestClock())
    world.close()
    return folder


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory, postgresql_server: postgresql.Server) -> Path:
    """A founded laboratory on PostgreSQL, to copy; the folder holds its keys."""
    folder = tmp_path_factory.mktemp("postgresql-template")
    postgresql_server.run("CREATE DATABASE founded")
    world = found(settings_for(folder, postgresql_server.url("founded")), TestClock())
    world.close()
    return folder


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database this run of the test uses."""
    return str(request.param)


@pytest.fixture
def world(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A laboratory of its own for this test, on SQLite and on PostgreSQL."""
    make = _on_sqlite if dialect == "sqlite" else _on_postgresql
    yield from make(request, tmp_path)


@pytest.fixture
def sqlite_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A laboratory on SQLite only, for what does not depend on the database."""
    yield from _on_sqlite(request, tmp_path)


def _on_sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[World]:
    template: Path = request.getfixturevalue("sqlite_template")
    shutil.copytree(template, folder / "site")
    world = open_world(settings_for(folder / "site"), _clock_after(template))
    yield world
    world.close()


def _on_postgresql(request: pytest.FixtureRequest, folder: Path) -> Iterator[World]:
    template: Path = request.getfixturevalue("postgresql_template")
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    name = f"t_{uuid4().hex[:16]}"
    server.run(f"CREATE DATABASE {name} TEMPLATE founded STRATEGY FILE_COPY")
    shutil.copytree(template / "keys", folder / "site" / "keys")
    world = open_world(settings_for(folder / "site", server.url(name)), _clock_after(template))
    yield world
    world.close()
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


def _clock_after(_template: Path) -> TestClock:
    clock = TestClock()
    clock.forward(minutes=5)
    return clock
