"""The exponential fit beside one we did not write: least squares of scipy, on curves drawn by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from scipy.optimize import least_squares

from app.domain.cytotoxicity.models.exponential import fit_exponential
from app.domain.cytotoxicity.models.points import Point, within_reach

CURVES = 2_000
RATIOS = (1.25, 2.5, 5.0, 10.0, 20.0, 40.0)
RATES_BEGUN_AT = (0.003, 0.03, 0.3)
PLATEAUS = (None, None, 80.0, 100.0)
"""Every second one is free."""


def test_our_ratios_are_those_of_scipy_on_two_thousand_curves() -> None:
    chance = Random(1986)
    defined = 0
    for number in range(CURVES):
        points, plateau = a_curve(chance), PLATEAUS[number % len(PLATEAUS)]
        fit = fit_exponential(points, plateau)
        height, rate = by_scipy(points, plateau)
        for lysis in (20.0, 30.0):
            ours = within_reach(fit.ratio_at(lysis), points)
            theirs = None if lysis >= height else within_reach(-math.log1p(-lysis / height) / rate, points)
            assert ours == (None if theirs is None else pytest.approx(theirs, rel=1e-3)), (points, plateau, lysis)
            defined += ours is not None
    assert defined > CURVES, "most of these curves reach 20 and 30 %"


def a_curve(chance: Random) -> tuple[Point, ...]:
    """Any plateau, any rate, every point some two points off."""
    plateau = chance.uniform(20, 100)
    highest = min(chance.uniform(5, 95), 0.97 * plateau)
    rate = -math.log1p(-highest / plateau) / max(RATIOS)
    return tuple(Point(x, -plateau * math.expm1(-rate * x) + chance.gauss(0, 2)) for x in RATIOS)


def by_scipy(points: Sequence[Point], plateau: float | None) -> tuple[float, float]:
    """Plateau and rate of the best of some local fits, within the bounds of ours."""
    x, y = (np.array(column) for column in zip(*points, strict=True))
    low, high = math.log(1e-6 / x.max()), math.log(50 / x.min())
    begun = [math.log(rate) for rate in RATES_BEGUN_AT]
    exact = {"xtol": 1e-12, "ftol": 1e-12, "gtol": 1e-12}
    if plateau is not None:
        fits = [
            least_squares(lambda q: -plateau * np.expm1(-np.exp(q[0]) * x) - y, [at], bounds=([low], [high]), **exact)
            for at in begun
        ]
        return plateau, math.exp(min(fits, key=lambda fit: fit.cost).x[0])
    height = min(max(y.max(), 1.0), 99.0)
    fits = [
        least_squares(
            lambda q: -q[0] * np.expm1(-np.exp(q[1]) * x) - y,
            [height, at],
            jac=lambda q: np.stack(
                [-np.expm1(-np.exp(q[1]) * x), q[0] * np.exp(q[1]) * x * np.exp(-np.exp(q[1]) * x)], axis=1
            ),
            bounds=([1e-6, low], [100.0, high]),
            **exact,
        )
        for at in begun
    ]
    best = min(fits, key=lambda fit: fit.cost).x
    return best[0], math.exp(best[1])
