"""Fourteen days are fourteen times 24 hours, and day 13 is still pending."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.errors import Invalid
from app.domain.sterility import final_reading_due, reading_day, require_final_reading

SAMPLED = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def test_the_final_reading_is_due_fourteen_days_after_the_sample() -> None:
    assert final_reading_due(SAMPLED) == datetime(2026, 12, 7, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sampled", "due"), [((2026, 10, 25, 12), (2026, 11, 8, 11)), ((2027, 3, 10, 12), (2027, 3, 24, 13))]
)
def test_a_clock_change_moves_the_wall_time_not_the_instant(
    sampled: tuple[int, int, int, int], due: tuple[int, int, int, int]
) -> None:
    zone = ZoneInfo("America/New_York")
    at, expected = datetime(*sampled, tzinfo=zone), datetime(*due, tzinfo=zone)
    assert final_reading_due(at) == expected.astimezone(UTC)
    assert reading_day(at, expected) == 14


@pytest.mark.parametrize(
    ("elapsed", "day"),
    [
        (timedelta(0), 0),
        (timedelta(days=1) - INSTANT, 0),
        (timedelta(days=1), 1),
        (timedelta(days=14) - INSTANT, 13),
        (timedelta(days=14), 14),
    ],
)
def test_day_zero_is_the_sample_and_a_day_is_24_hours(elapsed: timedelta, day: int) -> None:
    assert reading_day(SAMPLED, SAMPLED + elapsed) == day


def test_a_reading_before_its_sample_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        reading_day(SAMPLED, SAMPLED - INSTANT)
    assert caught.value.code == "read_before_sample"


def test_an_interim_reading_cannot_be_entered_as_the_final_one() -> None:
    require_final_reading(SAMPLED, SAMPLED + timedelta(days=14))
    with pytest.raises(Invalid, match="Day 13 is no final sterility reading") as caught:
        require_final_reading(SAMPLED, SAMPLED + timedelta(days=14) - INSTANT)
    assert caught.value.code == "interim_reading_as_final"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(Invalid):
        final_reading_due(datetime(2026, 11, 23))  # noqa: DTZ001  refused
