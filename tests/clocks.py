"""A clock the tests set. It never goes back by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from app.simulator.laboratory import SetClock

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class TestClock(SetClock):
    """The simulator's clock, beginning on the morning of the tests."""

    __test__ = False

    def __init__(self, start: datetime = START) -> None:
        super().__init__(start)
