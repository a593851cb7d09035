"""Points of a lysis curve as the fits see them, and how far a fit may be trusted. Floating point from here on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

REACH = 1000
"""An E:T beyond a thousandth of the lowest or a thousand times the highest one tested is no answer."""


class Point(NamedTuple):
    """% lysis at one ratio of effectors to targets."""

    ratio: float
    lysis: float


def within_reach(ratio: float | None, points: Sequence[Point]) -> float | None:
    """The ratio, or None when it is no finite number or beyond REACH of the tested range."""
    if ratio is None or not math.isfinite(ratio):
        return None
    tested = [point.ratio for point in points]
    return ratio if min(tested) / REACH <= ratio <= REACH * max(tested) else None


def r_squared(points: Sequence[Point], lysis_at: Callable[[float], float]) -> float | None:
    """1 - SSE/SST on % lysis; None when every point has the same lysis."""
    mean = math.fsum(point.lysis for point in points) / len(points)
    total = math.fsum((point.lysis - mean) ** 2 for point in points)
    error = math.fsum((point.lysis - lysis_at(point.ratio)) ** 2 for point in points)
    return 1 - error / total if total else None
