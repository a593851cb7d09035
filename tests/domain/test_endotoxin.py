"""Endotoxin per kilogram and hour: worked examples, sliding hour, censored results, refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.endotoxin import (
    HOUR,
    PUBLISHED_K_EU_PER_KG_H,
    BagInfusion,
    Comparator,
    EndotoxinVerdict,
    heaviest_hour,
    judge_endotoxin,
    limit_eu_per_ml,
)
from app.domain.errors import Invalid
from app.domain.vocabulary import Censor, Route
from tests.domain.vectors_of import vectors

pytestmark = pytest.mark.requirement("REQ-062")

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
FOUR_PLACES = Decimal("0.0001")
KG = Decimal(70)


def bag(volume: str, eu: str, start_min: int, minutes: int, censor: Censor | None = None) -> BagInfusion:
    start = TEN + timedelta(minutes=start_min)
    return BagInfusion(Decimal(volume), Decimal(eu), start, start + timedelta(minutes=minutes), censor)


@pytest.mark.parametrize("vector", vectors("endotoxin.json"), ids=lambda vector: vector["id"])
def test_a_worked_example_agrees(vector):
    given_, expected = vector["input"], vector["expected"]
    k, weight = Decimal(given_["K_eu_per_kg_h"]), Decimal(given_["weight_kg"])
    if vector["group"] == "limit":
        volume, hours = Decimal(given_["volume_ml"]), Decimal(given_["duration_h"])
        limit = limit_eu_per_ml(k, weight_kg=weight, volume_ml=volume, duration_h=hours)
        assert limit.quantize(FOUR_PLACES) == Decimal(expected["limit_eu_per_ml"])
        return
    bags = [
        BagInfusion(
            Decimal(each["volume_ml"]),
            Decimal(each["endotoxin"]),
            datetime.fromisoformat(each["start"]),
            datetime.fromisoformat(each["end"]),
        )
        for each in given_["bags"]
    ]
    hour = heaviest_hour(bags, weight)
    assert hour.eu_per_kg.quantize(FOUR_PLACES) == Decimal(expected["worst_hour_eu_per_kg"])
    assert hour.is_upper_bound is expected["is_upper_bound"]
    assert judge_endotoxin(hour, k, Comparator(given_["comparator"])).value == expected["verdict"].lower()


def test_two_bags_inside_one_hour_add_up():
    both = heaviest_hour([bag("200", "0.5", 0, 30), bag("200", "0.5", 30, 30)], KG)
    assert both.exact_eu_per_kg == Fraction(200, 70)


def test_two_bags_far_apart_do_not_add_up():
    assert heaviest_hour([bag("200", "0.5", 0, 30), bag("200", "0.5", 91, 30)], KG).exact_eu_per_kg == Fraction(100, 70)


def test_two_bags_within_the_hour_add_only_what_falls_into_it():
    hour = heaviest_hour([bag("60", "1", 0, 60), bag("60", "1", 90, 60)], Decimal(1))
    assert hour.exact_eu_per_kg == 60
    overlapping = heaviest_hour([bag("60", "1", 0, 60), bag("60", "1", 30, 60)], Decimal(1))
    assert overlapping.exact_eu_per_kg == 90


def test_a_dose_exactly_at_the_limit_passes_at_most_and_fails_below():
    hour = heaviest_hour([bag("70", "5", 0, 30)], KG)
    assert judge_endotoxin(hour, Decimal(5), Comparator.AT_MOST) is EndotoxinVerdict.PASSED
    assert judge_endotoxin(hour, Decimal(5), Comparator.BELOW) is EndotoxinVerdict.FAILED


def test_thirds_of_the_limit_add_up_to_the_limit_and_not_beyond():
    thirds = [bag("70", "5", minute, 180) for minute in (0, 0, 0)]
    assert judge_endotoxin(heaviest_hour(thirds, KG), Decimal(5), Comparator.AT_MOST) is EndotoxinVerdict.PASSED


def test_a_result_below_detection_is_judged_at_its_bound():
    hour = heaviest_hour([bag("200", "0.5", 0, 30, Censor.BELOW)], KG)
    assert (hour.exact_eu_per_kg, hour.is_upper_bound) == (Fraction(100, 70), True)
    assert judge_endotoxin(hour, Decimal(5), Comparator.AT_MOST) is EndotoxinVerdict.PASSED


def test_a_result_above_the_range_of_the_test_never_passes():
    within = heaviest_hour([bag("200", "0.5", 0, 30, Censor.ABOVE)], KG)
    beyond = heaviest_hour([bag("200", "5", 0, 30, Censor.ABOVE)], KG)
    assert judge_endotoxin(within, Decimal(5), Comparator.AT_MOST) is EndotoxinVerdict.INVALID
    assert judge_endotoxin(beyond, Decimal(5), Comparator.AT_MOST) is EndotoxinVerdict.FAILED


def test_a_push_at_one_instant_counts_in_full():
    assert heaviest_hour([bag("10", "7", 0, 0)], KG).exact_eu_per_kg == 1


@pytest.mark.parametrize(("hours", "limit"), [("0.25", "1.75"), ("0.99", "1.75"), ("1", "1.75"), ("2", "3.5")])
def test_below_one_hour_the_volume_counts_in_full_once(hours, limit):
    found = limit_eu_per_ml(Decimal(5), weight_kg=KG, volume_ml=Decimal(200), duration_h=Decimal(hours))
    assert found == Decimal(limit)


def test_a_route_without_a_published_limit_has_none():
    assert {Route.INTRAVENOUS: Decimal(5), Route.INTRATHECAL: Decimal("0.2")} == PUBLISHED_K_EU_PER_KG_H


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("no_bag", lambda: heaviest_hour([], KG)),
        ("not_positive", lambda: heaviest_hour([bag("200", "1", 0, 30)], Decimal(0))),
        ("not_a_number", lambda: bag("NaN", "1", 0, 30)),
        ("negative_value", lambda: bag("200", "-0.1", 0, 30)),
        ("ends_before_start", lambda: bag("200", "1", 0, -1)),
        ("naive_time", lambda: BagInfusion(KG, KG, TEN.replace(tzinfo=None), TEN)),
    ],
)
def test_what_cannot_be_is_refused(code, make):
    with pytest.raises(Invalid) as refused:
        make()
    assert refused.value.code == code


BAGS = st.lists(
    st.builds(
        bag,
        st.integers(1, 500).map(str),
        st.integers(0, 9).map(str),
        st.integers(0, 300),
        st.integers(0, 240),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25)
@given(BAGS)
def test_no_minute_grid_finds_a_heavier_hour(bags):
    """The dose of an hour is piecewise linear between whole minutes here, so a minute grid sees the true maximum."""

    def dose(begin: datetime) -> Fraction:
        total = Fraction(0)
        for each in bags:
            inside = min(each.end, begin + HOUR) - max(each.start, begin)
            whole = Fraction(each.volume_ml) * Fraction(each.eu_per_ml)
            if each.start == each.end:
                total += whole if inside >= timedelta(0) else 0
            elif inside > timedelta(0):
                total += whole * Fraction(inside.seconds, int((each.end - each.start).total_seconds()))
        return total / 70

    grid = max(dose(TEN + timedelta(minutes=minute)) for minute in range(-60, 541))
    hour = heaviest_hour(bags, KG)
    assert hour.exact_eu_per_kg == grid == dose(hour.begins)


@given(BAGS, st.integers(1, 10))
def test_the_order_of_bags_and_a_later_clock_change_nothing(bags, days):
    later = [BagInfusion(b.volume_ml, b.eu_per_ml, b.start + timedelta(days), b.end + timedelta(days)) for b in bags]
    assert heaviest_hour(later[::-1], KG).exact_eu_per_kg == heaviest_hour(bags, KG).exact_eu_per_kg
