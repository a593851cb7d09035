"""Endotoxin per body weight and hour: the K/M limit and the heaviest hour. Not the laboratory test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.domain.errors import Invalid
from app.domain.finite import not_negative, positive
from app.domain.vocabulary import Censor, Route

HOUR = timedelta(hours=1)

PUBLISHED_K_EU_PER_KG_H = {Route.INTRAVENOUS: Decimal(5), Route.INTRATHECAL: Decimal("0.2")}
"""USP <85>. A route that is missing here has a site value or blocks."""


class Comparator(StrEnum):
    """How the dose is compared with the limit K."""

    AT_MOST = "<="
    BELOW = "<"


class EndotoxinVerdict(StrEnum):
    """INVALID: a result above the test's range proves nothing, and the rest does not exceed the limit."""

    PASSED = "pass"
    FAILED = "fail"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class BagInfusion:
    """One bag's volume and endotoxin, infused at a constant rate over its planned, later its real times.

    `censor` BELOW means "less than `eu_per_ml`" and is judged at it; ABOVE means "more than".
    """

    volume_ml: Decimal
    eu_per_ml: Decimal
    start: datetime
    end: datetime
    censor: Censor | None = None

    def __post_init__(self) -> None:
        positive(self.volume_ml, "the bag volume")
        not_negative(self.eu_per_ml, "the endotoxin result")
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise Invalid("naive_time", "An infusion time has no time zone. Enter it with its zone.")
        if self.end < self.start:
            raise Invalid("ends_before_start", "An infusion ends before it starts. Check both times.")


@dataclass(frozen=True, slots=True)
class HeaviestHour:
    """Largest endotoxin dose in any closed 60 minutes, and where that hour begins.

    `is_upper_bound`: a "less than" result counts in that hour. `is_lower_bound`: some bag is above the range.
    """

    exact_eu_per_kg: Fraction
    begins: datetime
    is_upper_bound: bool
    is_lower_bound: bool

    @property
    def eu_per_kg(self) -> Decimal:
        """The dose as a decimal, to show; a verdict uses the exact one."""
        return Decimal(self.exact_eu_per_kg.numerator) / self.exact_eu_per_kg.denominator


def limit_eu_per_ml(k_eu_per_kg_h: Decimal, *, weight_kg: Decimal, volume_ml: Decimal, duration_h: Decimal) -> Decimal:
    """K / M, with M = mL per kg in the heaviest hour (USP <85>). Below an hour the volume counts in full."""
    hours = max(positive(duration_h, "the infusion time"), Decimal(1))
    per_kg = positive(k_eu_per_kg_h, "the limit K") * positive(weight_kg, "the body weight")
    return per_kg * hours / positive(volume_ml, "the volume")


def heaviest_hour(bags: Sequence[BagInfusion], weight_kg: Decimal) -> HeaviestHour:
    """Sum over all bags of concentration x volume x part infused inside the hour, per kg, at its maximum.

    The maximum lies at an hour that begins or ends with an infusion's start or end. Source: rules design 8.
    """
    weight = Fraction(positive(weight_kg, "the body weight"))
    if not bags:
        raise Invalid("no_bag", "There is no bag to sum endotoxin over. Add the bags of this patient.")
    heaviest, begin = _at_its_most(_turns(bags))
    return HeaviestHour(
        exact_eu_per_kg=heaviest / weight,
        begins=begin,
        is_upper_bound=any(bag.censor is Censor.BELOW and _given(bag, begin) > 0 for bag in bags),
        is_lower_bound=any(bag.censor is Censor.ABOVE for bag in bags),
    )


def judge_endotoxin(
    hour: HeaviestHour, k_eu_per_kg_h: Decimal, comparator: Comparator = Comparator.AT_MOST
) -> EndotoxinVerdict:
    """Compare the heaviest hour, unrounded, with K in EU per kg and hour (USP <85>: at most K)."""
    limit = Fraction(positive(k_eu_per_kg_h, "the limit K"))
    dose = hour.exact_eu_per_kg
    if dose > limit or (dose == limit and comparator is Comparator.BELOW):
        return EndotoxinVerdict.FAILED
    return EndotoxinVerdict.INVALID if hour.is_lower_bound else EndotoxinVerdict.PASSED


@dataclass(slots=True)
class _Turn:
    """What changes in the dose of the hour as its begin passes an instant: its rate, EU per microsecond, and pushes."""

    rate: Fraction = Fraction(0)
    comes_in: Fraction = Fraction(0)
    goes_out: Fraction = Fraction(0)


def _turns(bags: Sequence[BagInfusion]) -> dict[datetime, _Turn]:
    """Where the hour may be heaviest: a bag's end comes into it or leaves it."""
    turns: dict[datetime, _Turn] = defaultdict(_Turn)
    for bag in bags:
        if bag.start == bag.end:
            turns[bag.start - HOUR].comes_in += _whole(bag)
            turns[bag.start].goes_out += _whole(bag)
            continue
        rate = _whole(bag) / _microseconds(bag.end - bag.start)
        for at in (bag.start - HOUR, bag.end):
            turns[at].rate += rate
        for at in (bag.end - HOUR, bag.start):
            turns[at].rate -= rate
    return turns


def _at_its_most(turns: Mapping[datetime, _Turn]) -> tuple[Fraction, datetime]:
    """The largest dose in EU and where its hour begins; the first such hour."""
    dose = rate = heaviest = Fraction(0)
    before = begins = min(turns)
    for at, turn in sorted(turns.items()):
        dose += rate * _microseconds(at - before) + turn.comes_in
        if dose > heaviest:
            heaviest, begins = dose, at
        dose -= turn.goes_out
        rate += turn.rate
        before = at
    return heaviest, begins


def _given(bag: BagInfusion, begin: datetime) -> Fraction:
    """Endotoxin of a bag inside the closed hour from `begin`, EU. A push at one instant counts in full."""
    inside = min(bag.end, begin + HOUR) - max(bag.start, begin)
    if inside < timedelta(0):
        return Fraction(0)
    if bag.start == bag.end:
        return _whole(bag)
    return _whole(bag) * Fraction(_microseconds(inside), _microseconds(bag.end - bag.start))


def _whole(bag: BagInfusion) -> Fraction:
    return Fraction(bag.volume_ml) * Fraction(bag.eu_per_ml)


def _microseconds(time: timedelta) -> int:
    return time // timedelta.resolution
