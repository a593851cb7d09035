"""Quantities and lives of lots, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refusal
from app.domain.supplies import (
    StockUnit,
    Supply,
    expiry_of_preparation,
    left_after,
    open_until,
    quantity,
    take_next,
    thousandths,
)
from app.domain.vocabulary import MaterialRole, MaterialState

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOURS = st.integers(-100, 1000)


def supply(number: int, expires_h: int, open_h: int | None, left: int, state: MaterialState) -> Supply:
    until = None if open_h is None else NOW + timedelta(hours=open_h)
    expires = NOW + timedelta(hours=expires_h)
    return Supply(f"RGD7M26{number:06d}A", "RPMI 1640", MaterialRole.MEDIUM, state, expires, until, left)


SUPPLIES = st.lists(
    st.builds(
        supply,
        st.integers(1, 9),
        HOURS,
        st.none() | HOURS,
        st.integers(0, 3),
        st.sampled_from(MaterialState),
    ),
    max_size=8,
)


@given(SUPPLIES)
def test_the_lot_to_take_next_is_usable_and_none_usable_ends_before_it(lots: list[Supply]) -> None:
    usable = [
        lot for lot in lots if lot.state is MaterialState.RELEASED and lot.good_until > NOW and lot.left_milli > 0
    ]
    found = take_next(lots, NOW)
    assert (found is None) == (not usable)
    if found is not None:
        assert found in usable
        assert all(found.good_until <= lot.good_until for lot in usable)


@given(SUPPLIES, st.integers(1, 1000))
def test_a_preparation_outlives_none_of_its_parts(parts: list[Supply], shelf_life_h: int) -> None:
    ends = expiry_of_preparation(NOW, shelf_life_h, parts)
    assert ends <= NOW + timedelta(hours=shelf_life_h)
    assert all(ends <= part.expires_at for part in parts)
    assert all(part.open_until is None or ends <= part.open_until for part in parts)


def test_an_opened_lot_is_good_until_the_earlier_of_two() -> None:
    expires = NOW + timedelta(days=10)
    assert open_until(NOW, expires, None) == expires
    assert open_until(NOW, expires, 14) == expires
    assert open_until(NOW, expires, 7) == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("amount", "unit", "milli"),
    [("0.001", StockUnit.MILLILITRE, 1), ("1250.5", StockUnit.MILLILITRE, 1_250_500), ("20", StockUnit.PIECE, 20_000)],
)
def test_quantities_are_exact_thousandths(amount: str, unit: StockUnit, milli: int) -> None:
    assert thousandths(Decimal(amount), unit) == milli


@pytest.mark.parametrize(
    ("amount", "unit"),
    [("0", StockUnit.MILLILITRE), ("-1", StockUnit.PIECE), ("0.0001", StockUnit.MILLILITRE), ("0.5", StockUnit.PIECE)],
)
def test_a_quantity_that_cannot_be_is_refused(amount: str, unit: StockUnit) -> None:
    with pytest.raises(Refusal):
        thousandths(Decimal(amount), unit)


def test_quantities_are_written_as_people_read_them() -> None:
    words = {0: "0 mL", 1: "0.001 mL", 100_000: "100 mL", 1_250_500: "1,250.5 mL", -20_000: "-20 mL"}
    assert {milli: quantity(milli, StockUnit.MILLILITRE) for milli in words} == words
    assert [quantity(milli, StockUnit.PIECE) for milli in (1000, 20_000)] == ["1 piece", "20 pieces"]


@given(st.integers(0, 10**9), st.integers(-(10**9), 10**9))
def test_what_is_left_is_never_less_than_nothing(left: int, change: int) -> None:
    if left + change < 0:
        with pytest.raises(Refusal):
            left_after("RPMI 1640", StockUnit.MILLILITRE, left, change)
    else:
        assert left_after("RPMI 1640", StockUnit.MILLILITRE, left, change) == left + change
