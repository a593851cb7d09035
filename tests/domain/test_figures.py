"""Figures for people: rounded, in words, and never across a limit."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.figures import cells_in_words, figure, instant_in_words, power_of_ten, rounded

ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("value", "decimals", "limits", "shown"),
    [
        ("69.96", 1, ("70",), "69.96"),
        ("69.94", 1, ("70",), "69.9"),
        ("70.04", 1, ("70",), "70.04"),
        ("70.00", 1, ("70",), "70.0"),
        ("70", 1, ("70",), "70"),
        ("69.9999999", 1, ("70",), "69.9999999"),
        ("4.97", 1, ("1", "5"), "4.97"),
        ("69.96", 1, (), "70.0"),
        ("1234.5", 0, (), "1234"),
    ],
)
def test_a_figure_keeps_as_many_decimals_as_its_limit_needs(
    value: str, decimals: int, limits: tuple[str, ...], shown: str
) -> None:
    assert str(rounded(Decimal(value), decimals, [Decimal(limit) for limit in limits])) == shown


@given(
    st.decimals(min_value=-1000, max_value=1000, places=6),
    st.lists(st.decimals(min_value=-1000, max_value=1000, places=6), max_size=2),
    st.integers(0, 4),
)
def test_no_figure_is_rounded_to_or_across_a_limit(value: Decimal, limits: list[Decimal], decimals: int) -> None:
    shown = rounded(value, decimals, limits)
    assert all((shown > limit) == (value > limit) and (shown < limit) == (value < limit) for limit in limits)
    assert limits or abs(shown - value) <= Decimal(10) ** -decimals / 2


def test_commas_stand_from_four_digits_on() -> None:
    assert figure(Decimal(11097), 1) == "11,097"
    assert figure(Decimal("999.95"), 1) == "1,000.0"


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (20_800_000_000, "2.08 × 10^10"),
        (54_000_000_000, "5.4 × 10^10"),
        (20_849_000_000, "2.08 × 10^10"),
        (9_996_000_000, "1 × 10^10"),
        (7, "7 × 10^0"),
        (0, "0 × 10^0"),
    ],
)
def test_cells_are_shown_with_three_digits_and_no_trailing_zero(cells: int, shown: str) -> None:
    assert str(power_of_ten(Decimal(cells))) == shown


def test_a_power_of_ten_keeps_the_side_of_its_limit() -> None:
    assert str(power_of_ten(Decimal(9_999_600_000), [Decimal(10**10)])) == "9.9996 × 10^9"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (20_800_000_000, "20.8 billion cells"),
        (184_000_000_000, "184 billion cells"),
        (1_500_000_000_000, "1,500 billion cells"),
        (999_900_000, "1 billion cells"),
        (1_500_000, "1.5 million cells"),
        (4_330, "4.33 thousand cells"),
        (850, "850 cells"),
        (1, "1 cell"),
        (0, "0 cells"),
    ],
)
def test_cells_are_written_in_words(cells: int, words: str) -> None:
    assert cells_in_words(Decimal(cells)) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 12, 7, 14, 10, tzinfo=UTC), "7 Dec 2026 09:10"),
        (datetime(2026, 7, 23, 4, 5, tzinfo=UTC), "23 Jul 2026 00:05"),
    ],
)
def test_an_instant_is_written_in_the_zone_of_the_site(at: datetime, words: str) -> None:
    assert instant_in_words(at, ZONE) == words


def test_a_time_without_zone_and_what_is_no_number_are_refused() -> None:
    with pytest.raises(Invalid):
        instant_in_words(datetime(2026, 12, 7), ZONE)  # noqa: DTZ001  refused
    with pytest.raises(Invalid):
        rounded(Decimal("NaN"), 1)
