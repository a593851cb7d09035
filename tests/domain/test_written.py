"""Numbers, days and times as they are written: what is read, and what could be two things and is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.written import written_day, written_moment, written_number, written_text

pytestmark = pytest.mark.requirement("REQ-042")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("218", "218"),
        (" 0.5 ", "0.5"),
        ("0,5", "0.5"),
        ("1.5e9", "1.5E+9"),
        ("1 500", "1500"),
        ("1\u00a0500\u202f000,25", "1500000.25"),
        ("1,500,000", "1500000"),
        ("1,500.5", "1500.5"),
        ("0,500", "0.500"),
        ("-3", "-3"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: str) -> None:
    assert written_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", "five", "5 U", "1,500", "12,345", "1_000", "٣", "NaN", "Infinity", "1e308", "1e-300", "9" * 41, "1.5.2"],
)
def test_what_is_no_number_or_could_be_two_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|thousands|measured") as refused:
        written_number(text)
    assert len(text) < 3 or text not in str(refused.value)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3))
def test_a_number_written_plainly_is_that_number(value: Decimal) -> None:
    assert written_number(f"{value:f}") == value


def test_a_time_is_on_the_clock_of_the_site_or_says_its_zone() -> None:
    assert written_moment("2026-11-23 14:06", BERLIN) == datetime(2026, 11, 23, 13, 6, tzinfo=UTC)
    assert written_moment("2026-11-23T14:06Z", None) == datetime(2026, 11, 23, 14, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2026-11-23T14:06", None, "has no zone"),
        ("2026-03-29 02:30", BERLIN, "skipped"),
        ("23.11.2026 14:06", BERLIN, "year first"),
        ("2026-02-30 14:06", BERLIN, "no such day"),
        ("0001-01-01T00:00:00+14:00", None, "2000 to 2099"),
        ("9999-12-31T23:59:59-12:00", None, "2000 to 2099"),
    ],
)
def test_a_time_that_never_was_is_refused(text: str, zone: ZoneInfo | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        written_moment(text, zone)


def test_a_day_is_written_year_first_and_lies_in_a_life() -> None:
    assert written_day("1951-03-14") == date(1951, 3, 14)
    for text, said in (("14.03.1951", "year first"), ("1951-02-30", "no such day"), ("0001-01-01", "1890 to 2099")):
        with pytest.raises(ValueError, match=said):
            written_day(text)


def test_a_text_is_composed_and_hides_nothing() -> None:
    assert written_text("A\u030angstro\u0308m\r\n2") == "Ångström\n2"
    for hidden in "\0\x1b\u00ad\u200b\u200c\u200d\u202e\u2066\ud800":
        with pytest.raises(ValueError, match="cannot be seen"):
            written_text(f"a{hidden}b")
