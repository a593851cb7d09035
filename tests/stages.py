"""Laboratories already walked to a stage of the line, built once per database and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar
from uuid import uuid4

from tests import postgresql
from tests.clocks import TestClock
from tests.world import World, open_world, settings_for

Reached = TypeVar("Reached")


class Stage(Generic[Reached]):
    """A stage: the folder and database it stands in, the time its clock shows, and what was reached."""

    def __init__(self, folder: Path, database: str, reached: Reached, clock: TestClock) -> None:
        self.folder = folder
        self.database = database
        self.reached = reached
        self.time = clock.time


def build(world: World, folder: Path, database: str, walk: Callable[[World], Reached]) -> Stage[Reached]:
    """Walk a world to a stage and close it; it is only copied from now on."""
    reached = walk(world)
    world.close()
    return Stage(folder, database, reached, world.clock)  # type: ignore[arg-type]  a world of the tests has their clock


@contextmanager
def copied(stage: Stage[Reached], folder: Path, server: postgresql.Server | None) -> Iterator[World]:
    """A fresh copy of a stage for one test."""
    if server is None:
        shutil.copytree(stage.folder, folder / "site")
        world = open_world(settings_for(folder / "site"), TestClock(stage.time))
        yield world
        world.close()
        return
    name = f"t_{uuid4().hex[:16]}"
    server.run(f"CREATE DATABASE {name} TEMPLATE {stage.database} STRATEGY FILE_COPY")
    shutil.copytree(stage.folder / "keys", folder / "site" / "keys")
    world = open_world(settings_for(folder / "site", server.url(name)), TestClock(stage.time))
    yield world
    world.close()
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
