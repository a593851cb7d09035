"""What is entered about the past: never the future, late only with a reason, unusual only with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.entry import CLOCK_TOLERANCE, LATE_AFTER, accept_entry
from app.domain.errors import Invalid, ReasonRequired
from app.domain.limits import judge

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
REASON = "the ward was evacuated"


def test_without_a_time_it_happened_just_now() -> None:
    entry = accept_entry(None, NOW, None, field="at")
    assert (entry.at, entry.why, entry.outside_recipe) == (NOW, None, ())


@pytest.mark.parametrize("ahead", [timedelta(0), CLOCK_TOLERANCE])
def test_a_time_within_the_drift_of_clocks_counts_as_now(ahead: timedelta) -> None:
    assert accept_entry(NOW + ahead, NOW, None, field="at").at == NOW


def test_a_future_time_is_refused_at_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        accept_entry(NOW + CLOCK_TOLERANCE + timedelta(seconds=1), NOW, REASON, field="given_at")
    assert (refused.value.code, refused.value.field) == ("time_in_future", "given_at")


def test_thirty_minutes_are_in_time() -> None:
    assert accept_entry(NOW - LATE_AFTER, NOW, None, field="at").why is None


def test_a_late_entry_needs_a_reason_and_says_so() -> None:
    late = NOW - LATE_AFTER - timedelta(seconds=1)
    with pytest.raises(ReasonRequired):
        accept_entry(late, NOW, None, field="at")
    assert accept_entry(late, NOW, REASON, field="at").why == "late_entry"


@pytest.mark.parametrize(("weight", "why"), [("40", None), ("39.9", "outside_usual_range"), ("130", None)])
def test_a_value_outside_the_usual_range_needs_a_reason(weight: str, why: str | None) -> None:
    values = {"weight_kg": judge("body_weight_kg", Decimal(weight))}
    assert accept_entry(None, NOW, REASON, field="at", values=values).why == why


@pytest.mark.parametrize("weight", ["1.9", "350.1"])
def test_an_impossible_value_is_refused_at_its_own_field(weight: str) -> None:
    with pytest.raises(Invalid) as refused:
        accept_entry(None, NOW, REASON, field="at", values={"weight_kg": judge("body_weight_kg", Decimal(weight))})
    assert refused.value.field == "weight_kg"


def test_a_value_outside_the_recipe_is_told_whatever_the_reason() -> None:
    values = {"wbc_1e9": judge("wbc_collected_cells", Decimal(10**10))}
    (outside,) = accept_entry(None, NOW, None, field="at", values=values).outside_recipe
    assert "2 × 10^10 to 6 × 10^10" in outside.sentence
