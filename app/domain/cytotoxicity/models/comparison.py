"""The other models of domain design 9.5, to stand beside the reported one. None of them is ever reported."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, StatisticsError, linear_regression

from app.domain.cytotoxicity.method import Model
from app.domain.cytotoxicity.models.exponential import fit_exponential
from app.domain.cytotoxicity.models.points import Point, within_reach

_CLIP = 0.1
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class LineFit:
    """A straight line behind a model; `is_clipped` when lysis was pulled inside [0.1, A - 0.1] to transform it.

    von_krogh: intercept log10 K, slope n. exp_linearised: slope k. logit, probit, log_linear: a and b over log10 x.
    """

    model: Model
    plateau: float
    intercept: float
    slope: float
    is_clipped: bool

    def ratio_at(self, lysis: float) -> float | None:
        """The ratio that gives so much lysis; None for a wrong slope, at the plateau, or beyond all numbers."""
        if self.slope <= 0 or (self.model is not Model.LOG_LINEAR and not 0 < lysis < self.plateau):
            return None
        match self.model:
            case Model.EXP_LINEARISED:
                return -math.log1p(-lysis / self.plateau) / self.slope
            case Model.VON_KROGH:
                return _power_of_ten(self.intercept + self.slope * _log_odds(lysis, self.plateau))
            case _:
                return _power_of_ten((_transformed(self.model, lysis, self.plateau) - self.intercept) / self.slope)


def fit_line(model: Model, points: Sequence[Point], plateau: float = 100.0) -> LineFit | None:
    """Fit a model that is a straight line after transformation; None when the points do not span a line."""
    lysis = [point.lysis for point in points]
    if model is not Model.LOG_LINEAR:
        lysis = [min(max(y, _CLIP), plateau - _CLIP) for y in lysis]
    is_clipped = any(y != point.lysis for y, point in zip(lysis, points, strict=True))
    ratios = [point.ratio for point in points]
    if model is Model.EXP_LINEARISED:
        falls = [-math.log1p(-y / plateau) for y in lysis]
        slope = sum(x * y for x, y in zip(ratios, falls, strict=True)) / sum(x * x for x in ratios)
        return LineFit(model, plateau, 0.0, slope, is_clipped)
    across = [math.log10(ratio) for ratio in ratios]
    up = [_transformed(model, y, plateau) for y in lysis]
    line = _regression(up, across) if model is Model.VON_KROGH else _regression(across, up)
    return None if line is None else LineFit(model, plateau, *line, is_clipped)


def interpolated_ratio(points: Sequence[Point], lysis: float) -> float | None:
    """A straight line over log10 x between the first two neighbours, from the lowest E:T up, that bracket it."""
    for low, high in pairwise(sorted(points)):
        if min(low.lysis, high.lysis) <= lysis <= max(low.lysis, high.lysis) and low.lysis != high.lysis:
            part = (lysis - low.lysis) / (high.lysis - low.lysis)
            return low.ratio * math.pow(high.ratio / low.ratio, part)
    return None


def area_log10(points: Sequence[Point]) -> float:
    """Trapezoid area of % lysis over log10 E:T; needs no model."""
    return math.fsum(
        (low.lysis + high.lysis) / 2 * math.log10(high.ratio / low.ratio) for low, high in pairwise(sorted(points))
    )


def ratio_by_model(model: Model, points: Sequence[Point], lysis: float, plateau: float = 100.0) -> float | None:
    """The ratio a model gives for p % lysis, for comparison; None when it has none within reach of the points."""
    match model:
        case Model.EXP:
            ratio = fit_exponential(points, plateau).ratio_at(lysis)
        case Model.INTERPOLATION:
            ratio = interpolated_ratio(points, lysis)
        case _:
            line = fit_line(model, points, plateau)
            ratio = line.ratio_at(lysis) if line else None
    return within_reach(ratio, points)


def _log_odds(lysis: float, plateau: float) -> float:
    return math.log10(lysis / (plateau - lysis))


def _transformed(model: Model, lysis: float, plateau: float) -> float:
    match model:
        case Model.PROBIT:
            return _NORMAL.inv_cdf(lysis / 100)
        case Model.LOG_LINEAR:
            return lysis
        case _:
            return _log_odds(lysis, plateau)


def _regression(across: Sequence[float], up: Sequence[float]) -> tuple[float, float] | None:
    try:
        slope, intercept = linear_regression(across, up)
    except StatisticsError:
        return None
    return intercept, slope


def _power_of_ten(exponent: float) -> float | None:
    return math.pow(10, exponent) if abs(exponent) < 300 else None
