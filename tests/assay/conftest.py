"""A batch whose cells are in culture: on both databases, or on SQLite only for what does not depend on them."""

from __future__ import annotations

import pytest

from tests.line.culture import Batch, seeded_culture, shelf
from tests.world import World


@pytest.fixture
def batch(world: World) -> Batch:
    """An incubating culture of Ingrid's cells."""
    return seeded_culture(world, shelf(world))


@pytest.fixture
def lab(sqlite_world: World) -> World:
    """The laboratory of `culture`."""
    return sqlite_world


@pytest.fixture
def culture(lab: World) -> str:
    """The code of an incubating culture of Ingrid's cells."""
    return seeded_culture(lab, shelf(lab)).culture
