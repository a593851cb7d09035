"""The reporting rule of domain design 9.7: value, bound or not determinable. It excludes and repairs nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from app.domain.cytotoxicity.method import AssaySettings, LyticUnitDefinition, PlateauMode
from app.domain.cytotoxicity.models.exponential import ExponentialFit, fit_exponential
from app.domain.cytotoxicity.models.points import Point
from app.domain.errors import Invalid
from app.domain.finite import not_negative, positive, settled


class Status(StrEnum):
    """What stands behind a lytic unit: a number, only a bound, or neither."""

    VALUE = "value"
    BELOW = "below"
    ABOVE = "above"
    NOT_DETERMINABLE = "not_determinable"


class Reason(StrEnum):
    """Why there is a bound or nothing."""

    ASSAY_INVALID = "assay_invalid"
    TOO_FEW_POINTS = "too_few_points"
    HOOK = "hook"
    MAX_LYSIS_BELOW_P = "max_lysis_below_p"
    LYSIS_ABOVE_P_AT_LOWEST_ET = "lysis_above_p_at_lowest_ET"
    POOR_FIT = "poor_fit"
    PLATEAU_BELOW_P = "plateau_below_p"
    OUT_OF_RANGE = "out_of_range"

    @property
    def sentence(self) -> str:
        """The reason for people."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.ASSAY_INVALID: "The controls make the assay invalid. Repeat it.",
    Reason.TOO_FEW_POINTS: "There are too few usable E:T ratios for a curve.",
    Reason.HOOK: "Lysis falls towards the highest E:T. Exclude points above the peak with a reason, or repeat.",
    Reason.MAX_LYSIS_BELOW_P: "No E:T reached the lysis asked for, so only an upper bound is known.",
    Reason.LYSIS_ABOVE_P_AT_LOWEST_ET: "The lowest E:T lies above the lysis asked for; only a lower bound is known.",
    Reason.POOR_FIT: "The curve does not follow the points. Look at the wells, or repeat.",
    Reason.PLATEAU_BELOW_P: "The curve levels off below the lysis asked for.",
    Reason.OUT_OF_RANGE: "The lysis asked for lies too far outside the tested E:T ratios.",
}


class Flag(StrEnum):
    """What a reader of the result must know beside it."""

    EXTRAPOLATED = "extrapolated"
    R2_LOW = "r2_low"
    A_AT_BOUND = "A_at_bound"
    FEW_POINTS = "few_points"
    WELLS_EXCLUDED = "wells_excluded"
    POINTS_EXCLUDED = "points_excluded"


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """% lysis at one usable E:T, with its standard error when there is one."""

    effector_target_ratio: Decimal
    lysis_percent: Decimal
    se_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """What the rule looks at: the usable points, targets per well, and what people left out."""

    points: tuple[CurvePoint, ...]
    targets_per_well: int
    is_assay_valid: bool = True
    exclusions: tuple[Flag, ...] = ()

    @property
    def floats(self) -> tuple[Point, ...]:
        """The points as the models take them, from the lowest E:T up."""
        return tuple(
            sorted(Point(float(point.effector_target_ratio), float(point.lysis_percent)) for point in self.points)
        )


@dataclass(frozen=True, slots=True)
class LyticUnits:
    """One reported lytic unit. `value` is the number, or the bound of `below` and `above`.

    `a_mode_used` and `r2` are set when the fit was looked at, `ratio_at_lysis` when it gave the value.
    """

    definition: LyticUnitDefinition
    status: Status
    value: Decimal | None
    reason: Reason | None
    flags: tuple[Flag, ...]
    a_mode_used: PlateauMode | None = None
    r2: Decimal | None = None
    ratio_at_lysis: Decimal | None = None


def report(curve: Curve, definition: LyticUnitDefinition, settings: AssaySettings) -> LyticUnits:
    """Apply the rule in its order; every comparison is on unrounded values."""
    points, wanted = curve.points, definition.lysis_percent
    obstacle = _obstacle(curve, settings)
    if obstacle:
        return LyticUnits(definition, Status.NOT_DETERMINABLE, None, obstacle, curve.exclusions)
    if max(point.lysis_percent for point in points) < wanted:
        highest = max(point.effector_target_ratio for point in points)
        bound = _lytic_units(curve, definition, highest)
        return LyticUnits(definition, Status.BELOW, bound, Reason.MAX_LYSIS_BELOW_P, curve.exclusions)
    return _from_fit(curve, definition, settings)


def fit_curve(curve: Curve, settings: AssaySettings) -> ExponentialFit | None:
    """The fit the rule uses, also for drawing; None when the rule stops before any fit."""
    return None if _obstacle(curve, settings) else _fit(curve, settings)


def has_hook(points: Sequence[CurvePoint], settings: AssaySettings) -> bool:
    """Whether lysis drops, towards higher E:T, between any two points by more than the larger of both limits."""
    upwards = sorted(points, key=lambda point: point.effector_target_ratio)
    return any(
        low.lysis_percent - high.lysis_percent > _largest_drop(low, high, settings)
        for low, high in combinations(upwards, 2)
    )


def conversion_factor(from_percent: Decimal, to_percent: Decimal, plateau: float) -> float:
    """LU_b / LU_a = ln(1 - a/A) / ln(1 - b/A) inside one exponential fit (domain design 9.4).

    Refuses `lysis_level_at_or_above_plateau` when a or b does not lie below the plateau.
    """
    a, b = float(positive(from_percent, "the lysis")), float(positive(to_percent, "the lysis"))
    if max(a, b) >= plateau:
        raise Invalid(
            "lysis_level_at_or_above_plateau",
            f"The curve levels off at {plateau:.1f} %, so it has no lytic unit at {max(a, b):g} % lysis.",
        )
    return math.log1p(-a / plateau) / math.log1p(-b / plateau)


def total_lytic_units(lytic_units: Decimal, per_effectors: int, viable_cells: Decimal | int) -> Decimal:
    """Lytic units in a product: LU per N0 x viable cells / N0."""
    cells = not_negative(viable_cells, "the number of viable cells")
    return lytic_units * cells / positive(per_effectors, "the number of effectors of a lytic unit")


def _obstacle(curve: Curve, settings: AssaySettings) -> Reason | None:
    """Steps 1 to 3: why no number at all can follow."""
    needed = settings.min_points
    if settings.a_mode is PlateauMode.FREE:
        needed = max(needed, settings.min_points_free)
    if not curve.is_assay_valid:
        return Reason.ASSAY_INVALID
    if len(curve.points) < needed:
        return Reason.TOO_FEW_POINTS
    return Reason.HOOK if has_hook(curve.points, settings) else None


def _from_fit(curve: Curve, definition: LyticUnitDefinition, settings: AssaySettings) -> LyticUnits:
    """Steps 5 to 7: the value if the fit is acceptable, else the lower bound, else the first fault of the fit."""
    fit = _fit(curve, settings)
    ratio = fit.ratio_at(float(definition.lysis_percent))
    fault = _fault(fit, ratio, curve, settings)
    status, value, reason, flags = Status.NOT_DETERMINABLE, None, fault, curve.exclusions
    lowest = min(curve.points, key=lambda point: point.effector_target_ratio)
    if fault is None and ratio is not None:
        status, value = Status.VALUE, _lytic_units(curve, definition, settled(ratio))
        flags = (*_value_flags(fit, ratio, curve, settings), *flags)
    elif lowest.lysis_percent >= definition.lysis_percent:
        status, reason = Status.ABOVE, Reason.LYSIS_ABOVE_P_AT_LOWEST_ET
        value = _lytic_units(curve, definition, lowest.effector_target_ratio)
    return LyticUnits(
        definition,
        status,
        value,
        reason,
        flags,
        a_mode_used=PlateauMode.FREE if fit.is_free else PlateauMode.FIXED,
        r2=None if fit.r_squared is None else settled(fit.r_squared),
        ratio_at_lysis=settled(ratio) if status is Status.VALUE and ratio is not None else None,
    )


def _fit(curve: Curve, settings: AssaySettings) -> ExponentialFit:
    return fit_exponential(curve.floats, None if _is_free(curve.points, settings) else float(settings.a_fixed))


def _fault(fit: ExponentialFit, ratio: float | None, curve: Curve, settings: AssaySettings) -> Reason | None:
    if fit.r_squared is None or fit.r_squared < settings.r2_min:
        return Reason.POOR_FIT
    if ratio is None:
        return Reason.PLATEAU_BELOW_P
    tested, factor = curve.floats, float(settings.range_factor)
    is_near = tested[0].ratio / factor <= ratio <= factor * tested[-1].ratio
    return None if is_near else Reason.OUT_OF_RANGE


def _value_flags(fit: ExponentialFit, ratio: float, curve: Curve, settings: AssaySettings) -> tuple[Flag, ...]:
    tested = curve.floats
    shown = {
        Flag.EXTRAPOLATED: not tested[0].ratio <= ratio <= tested[-1].ratio,
        Flag.R2_LOW: fit.r_squared is not None and fit.r_squared < settings.r2_flag,
        Flag.A_AT_BOUND: fit.is_plateau_at_bound,
        Flag.FEW_POINTS: len(tested) < settings.min_points_free,
    }
    return tuple(flag for flag, is_shown in shown.items() if is_shown)


def _is_free(points: Sequence[CurvePoint], settings: AssaySettings) -> bool:
    match settings.a_mode:
        case PlateauMode.FREE:
            return True
        case PlateauMode.FIXED:
            return False
        case PlateauMode.AUTO:
            highest = max(point.lysis_percent for point in points)
            return highest >= settings.free_min_lysis and len(points) >= settings.min_points_free


def _largest_drop(low: CurvePoint, high: CurvePoint, settings: AssaySettings) -> Decimal:
    if low.se_percent is None or high.se_percent is None:
        return settings.hook_min_drop
    noise = settings.hook_se_factor * (low.se_percent**2 + high.se_percent**2).sqrt()
    return max(settings.hook_min_drop, noise)


def _lytic_units(curve: Curve, definition: LyticUnitDefinition, ratio: Decimal) -> Decimal:
    """LU_p per N0 = N0 / (T x X_p)."""
    return definition.per_effectors / (curve.targets_per_well * ratio)
