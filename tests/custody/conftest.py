"""A laboratory with two bags ready to be issued, built once per database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.custody.ward import STAGE, dosed
from tests.line.infusion import Ward
from tests.world import World

AtStage = Callable[[str, Callable[[World], object]], tuple[World, object]]


@pytest.fixture
def ready(at_stage: AtStage) -> tuple[World, Ward]:
    """The laboratory and its two bags, on SQLite and on PostgreSQL."""
    world, ward = at_stage(STAGE, dosed)
    assert isinstance(ward, Ward)
    return world, ward
