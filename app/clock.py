"""The one clock. Everything else gets the time handed down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the present instant, in UTC."""


def system_clock() -> datetime:
    """The server's own time in UTC; the only place that asks for it."""
    return datetime.now(UTC)
