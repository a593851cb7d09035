"""A laboratory with two bags ready to be issued: on both databases, and on SQLite alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.custody.ward import STAGE, dosed
from tests.line.infusion import Ward
from tests.stages import Stage, copied
from tests.world import World


@pytest.fixture
def lot(at_stage: Callable[[str, Callable[[World], object]], tuple[World, object]]) -> tuple[World, Ward]:
    """On SQLite and on PostgreSQL."""
    world, ward = at_stage(STAGE, dosed)
    assert isinstance(ward, Ward)
    return world, ward


@pytest.fixture
def sqlite_world_lot(
    founded: Callable[[str, str, Callable[[World], object]], Stage[object]], tmp_path: Path
) -> Iterator[tuple[World, Ward]]:
    """On SQLite only, for what does not depend on the database."""
    stage = founded("sqlite", STAGE, dosed)
    assert isinstance(stage.reached, Ward)
    with copied(stage, tmp_path, None) as world:
        yield world, stage.reached
