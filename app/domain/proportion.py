"""Confidence intervals of a proportion: Wilson for counts, Clopper-Pearson for reports. Not who counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist

from app.domain.errors import Invalid

_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Proportion:
    """Events per total in percent, with the two ends of the 95 % interval."""

    percent: Decimal
    low: Decimal
    high: Decimal


def wilson(events: int, total: int) -> Proportion:
    """Wilson score interval at 95 % (Wilson 1927, J Am Stat Assoc 22:209). Refuses a total of zero."""
    share = _share(events, total)
    z = Decimal(NormalDist().inv_cdf(0.975))
    spread = z * z / total
    centre = share + spread / 2
    half = (spread * share * (1 - share) + spread * spread / 4).sqrt()
    return Proportion(
        100 * share,
        100 * max(Decimal(0), (centre - half) / (1 + spread)),
        100 * min(Decimal(1), (centre + half) / (1 + spread)),
    )


def clopper_pearson(events: int, total: int) -> Proportion:
    """Exact binomial interval at 95 % (Clopper and Pearson 1934, Biometrika 26:404).

    0 of n has the lower bound 0, n of n the upper bound 100. Refuses a total of zero.
    """
    share = _share(events, total)
    low = _exact_low(events, total)
    high = 1 - _exact_low(total - events, total)
    return Proportion(100 * share, 100 * Decimal(low), 100 * Decimal(high))


def _share(events: int, total: int) -> Decimal:
    if not 0 <= events <= total or total == 0:
        raise Invalid(
            "not_a_proportion",
            f"{events} of {total} is no proportion. Count the events among at least one case.",
        )
    return Decimal(events) / total


def _exact_low(events: int, total: int) -> float:
    """The share at which seeing at least so many events has a probability of 2.5 %."""
    if events == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if _at_least(events, total, middle) > 0.025 else (middle, high)
    return low


def _at_least(events: int, total: int, share: float) -> float:
    """Probability of at least so many events among `total` independent ones; `share` lies inside 0 and 1."""
    yes, no = math.log(share), math.log1p(-share)
    ways = math.lgamma(total + 1)
    return math.fsum(
        math.exp(ways - math.lgamma(n + 1) - math.lgamma(total - n + 1) + n * yes + (total - n) * no)
        for n in range(events, total + 1)
    )
