"""A clock the tests set. It never goes back by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class TestClock:
    """Answers the time it was set to, a millisecond later at each question, so that order is visible."""

    __test__ = False

    def __init__(self, start: datetime = START) -> None:
        self.time = start

    def __call__(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time

    def forward(self, **kwargs: float) -> datetime:
        """Let time pass."""
        self.time += timedelta(**kwargs)
        return self.time
