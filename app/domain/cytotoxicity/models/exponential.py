"""The exponential model y = A (1 - exp(-k x)), fitted by least squares. Not which A a report may use.

Source: exponential fit, PMID 7334070. For each k the best A is linear least squares, so only k is searched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.cytotoxicity.models.points import Point, r_squared

LARGEST_PLATEAU = 100.0
_SMALLEST_PLATEAU = 1e-6
_STEPS = 400
_SECTIONS = 60
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class ExponentialFit:
    """Plateau A in percent, rate k per E:T, R2 on % lysis (None when all points are equal)."""

    plateau: float
    rate: float
    r_squared: float | None
    is_free: bool

    @property
    def is_plateau_at_bound(self) -> bool:
        """Whether a free plateau ended at 100 %."""
        return self.is_free and self.plateau >= LARGEST_PLATEAU

    def lysis_at(self, ratio: float) -> float:
        """% lysis at a ratio of effectors to targets."""
        return -self.plateau * math.expm1(-self.rate * ratio)

    def ratio_at(self, lysis: float) -> float | None:
        """-ln(1 - p/A)/k: the ratio that gives p % lysis; None at the plateau and above."""
        if lysis >= self.plateau:
            return None
        return -math.log1p(-lysis / self.plateau) / self.rate


def fit_exponential(points: Sequence[Point], plateau: float | None) -> ExponentialFit:
    """Least-squares fit with a fixed plateau, or with None a free one in 0 < A <= 100. Needs one point or more.

    Scans 400 values of ln k from ln(1e-6 / max x) to ln(50 / min x), then golden section around the best.
    """
    ratios = [point.ratio for point in points]
    low, high = math.log(1e-6 / max(ratios)), math.log(50 / min(ratios))
    step = (high - low) / (_STEPS - 1)
    grid = [low + step * n for n in range(_STEPS)]
    best = min(grid, key=lambda log_rate: _error(points, math.exp(log_rate), plateau))
    rate = math.exp(_golden_section(points, plateau, best - step, best + step))
    fit = ExponentialFit(_plateau(points, rate, plateau), rate, None, plateau is None)
    return ExponentialFit(fit.plateau, rate, r_squared(points, fit.lysis_at), fit.is_free)


def _golden_section(points: Sequence[Point], plateau: float | None, low: float, high: float) -> float:
    first, second = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_first, at_second = (_error(points, math.exp(at), plateau) for at in (first, second))
    for _ in range(_SECTIONS):
        if at_first < at_second:
            high, second, at_second = second, first, at_first
            first = high - _GOLDEN * (high - low)
            at_first = _error(points, math.exp(first), plateau)
        else:
            low, first, at_first = first, second, at_second
            second = low + _GOLDEN * (high - low)
            at_second = _error(points, math.exp(second), plateau)
    return (low + high) / 2


def _plateau(points: Sequence[Point], rate: float, plateau: float | None) -> float:
    """The fixed plateau, or the one with the least squared error at this rate, kept within 0 and 100."""
    if plateau is not None:
        return plateau
    shapes = [-math.expm1(-rate * point.ratio) for point in points]
    best = sum(shape * point.lysis for shape, point in zip(shapes, points, strict=True))
    return min(max(best / sum(shape * shape for shape in shapes), _SMALLEST_PLATEAU), LARGEST_PLATEAU)


def _error(points: Sequence[Point], rate: float, plateau: float | None) -> float:
    height = _plateau(points, rate, plateau)
    return sum((point.lysis + height * math.expm1(-rate * point.ratio)) ** 2 for point in points)
