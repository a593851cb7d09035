"""Limits of entered numbers: below, at and above each of them; reasons; what is no number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid, ReasonRequired
from app.domain.limits import FIELD_LIMITS, Grade, Range, accept, check, field_limit, judge, judge_against

pytestmark = pytest.mark.requirement("REQ-042")

WHY = "Counted twice, confirmed by the supervisor"
TINY = Decimal("0.0000001")


def edges(grade: Grade) -> list[object]:
    """Both ends of the refuse or warn range of every row."""
    found = []
    for limit in FIELD_LIMITS.values():
        limits = limit.refuse if grade is Grade.REFUSE else limit.warn
        for end in ("low", "high"):
            edge = getattr(limits, end) if limits else None
            if limits and edge is not None:
                found.append(pytest.param(limit, limits, end, edge, id=f"{limit.key}-{end}"))
    return found


@pytest.mark.parametrize(("limit", "limits", "end", "edge"), edges(Grade.REFUSE))
def test_beyond_a_refuse_limit_nothing_is_saved_and_at_it_something_is(limit, limits, end, edge):
    outwards = -TINY if end == "low" else TINY
    assert judge(limit.key, edge).grade is not Grade.REFUSE
    assert judge(limit.key, edge - outwards).grade is not Grade.REFUSE
    with pytest.raises(Invalid) as refused:
        check(limit.key, edge + outwards, WHY)
    assert (refused.value.code, refused.value.field) == ("outside_limits", limit.key)
    assert limit.unit in refused.value.sentence


@pytest.mark.parametrize(("limit", "limits", "end", "edge"), edges(Grade.WARN))
def test_beyond_a_warn_limit_a_reason_is_needed_and_at_it_none_is(limit, limits, end, edge):
    outwards = -TINY if end == "low" else TINY
    is_open = end == "high" and limits.is_below_high
    assert (judge(limit.key, edge).grade is Grade.WARN) is is_open
    assert judge(limit.key, edge - outwards).grade in (Grade.OK, Grade.OUTSIDE_RECIPE)
    if judge(limit.key, edge + outwards).grade is Grade.REFUSE:
        return
    with pytest.raises(ReasonRequired):
        check(limit.key, edge + outwards, None)
    assert check(limit.key, edge + outwards, WHY).grade is Grade.WARN


@pytest.mark.parametrize("reason", [None, "", "error", "Error.", "too short", "other other other"])
def test_a_reason_that_says_nothing_does_not_help(reason):
    with pytest.raises(ReasonRequired):
        check("body_weight_kg", Decimal(135), reason)


def test_a_reason_never_helps_beyond_the_last_limit():
    with pytest.raises(Invalid) as refused:
        check("body_weight_kg", Decimal(700), WHY)
    assert refused.value.sentence == (
        "Body weight is 700 kg; only 2 to 350 kg can be recorded. Check the number and its unit."
    )


def test_large_limits_are_said_as_powers_of_ten():
    with pytest.raises(Invalid) as refused:
        check("wbc_collected_cells", Decimal("54e12"), WHY)
    assert "5.4 × 10^13 cells" in refused.value.sentence
    assert "1 × 10^6 to 1 × 10^12" in refused.value.sentence


@pytest.mark.parametrize(("hours", "is_outside"), [("71.9", True), ("72", False), ("96", False), ("96.1", True)])
def test_outside_the_recipe_range_a_deviation_opens_without_a_reason(hours, is_outside):
    judgement = check("culture_age_h", Decimal(hours), None)
    assert judgement.is_outside_recipe is is_outside
    assert judgement.grade is (Grade.OUTSIDE_RECIPE if is_outside else Grade.OK)


def test_the_pinned_recipe_replaces_the_usual_range():
    twenty_hours = Range(Decimal(18), Decimal(22))
    judgement = judge("culture_age_h", Decimal(20), recipe_range=twenty_hours)
    assert (judgement.is_outside_recipe, judgement.grade) == (False, Grade.WARN)
    assert judge("culture_age_h", Decimal(80), recipe_range=twenty_hours).is_outside_recipe


def test_a_value_outside_recipe_and_warn_range_needs_the_reason_and_opens_the_deviation():
    judgement = check("culture_age_h", Decimal(130), WHY)
    assert (judgement.grade, judgement.is_outside_recipe) == (Grade.WARN, True)


@pytest.mark.parametrize(("fill", "grade"), [("1000", "ok"), ("1500", "ok"), ("1501", "warn"), ("2301", "refuse")])
def test_a_vessel_brings_its_own_limits(fill, grade):
    bottle = replace(
        field_limit("vessel_fill_ml"),
        warn=Range(Decimal(1), Decimal(1500)),
        refuse=Range(Decimal(0), Decimal(2300)),
    )
    assert judge_against(bottle, Decimal(fill)).grade == grade


@pytest.mark.parametrize("bad", ["NaN", "sNaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("key", ["body_weight_kg", "weight_change_percent", "viability_percent"])
def test_what_is_no_number_is_refused_everywhere(key, bad):
    with pytest.raises(Invalid) as refused:
        check(key, Decimal(bad), WHY)
    assert refused.value.code == "not_a_number"


def test_accepting_a_judgement_gives_it_back():
    judgement = judge("body_weight_kg", Decimal("72.5"))
    assert accept(judgement, None) is judgement
    assert judgement.sentence == "Body weight is 72.5 kg."


@pytest.mark.parametrize("limit", FIELD_LIMITS.values(), ids=lambda limit: limit.key)
def test_every_row_says_where_it_comes_from_and_widens_outwards(limit):
    assert limit.label
    assert limit.unit
    assert limit.basis
    for inner, outer in ((limit.recipe, limit.warn), (limit.warn, limit.refuse)):
        for edge in (inner.low, inner.high) if inner and outer and not outer.is_below_high else ():
            assert edge is None or edge in outer


@given(st.sampled_from(sorted(FIELD_LIMITS)), st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_a_value_is_refused_exactly_when_it_lies_outside_the_refuse_range(key, value):
    limits = field_limit(key).refuse
    assert (judge(key, value).grade is Grade.REFUSE) is (limits is not None and value not in limits)
