"""The timeline of a final sterility test. Not its verdict: that is `app.domain.release`.

Day 0 is the instant of the sample; durations are differences of instants, so a clock change moves nothing.
House rule: rules, sections 9 and 13.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from app.domain.errors import Invalid

INCUBATION: Final = timedelta(days=14)


def final_reading_due(sampled_at: datetime) -> datetime:
    """When the final reading may be made at the earliest: 14 x 24 h after the sample, in UTC."""
    return _instant(sampled_at) + INCUBATION


def reading_day(sampled_at: datetime, read_at: datetime) -> int:
    """The day of a reading: whole 24-hour days since the sample. Refuses a reading before the sample."""
    elapsed = _instant(read_at) - _instant(sampled_at)
    if elapsed < timedelta(0):
        raise Invalid(
            "read_before_sample",
            "The reading lies before its sample was taken. Check both times.",
            field="read_at",
        )
    return elapsed.days


def require_final_reading(sampled_at: datetime, read_at: datetime) -> None:
    """Refuse an interim reading entered as the final one: day 13 is still pending."""
    if _instant(read_at) < final_reading_due(sampled_at):
        day = reading_day(sampled_at, read_at)
        raise Invalid(
            "interim_reading_as_final",
            f"Day {day} is no final sterility reading. Enter it as interim; the final one is due on day 14.",
            field="read_at",
        )


def _instant(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise Invalid("time_without_zone", f"The time {at.isoformat()} has no zone. Enter it with its zone.")
    return at.astimezone(UTC)
