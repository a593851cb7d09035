"""One assay evaluated: from a plate to all that is kept of its result, and its plain record. Stores nothing."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal

from app.domain.cytotoxicity.method import (
    ENGINE_VERSION,
    REPORTED,
    AssaySettings,
    LyticUnitDefinition,
    Model,
)
from app.domain.cytotoxicity.models.comparison import area_log10
from app.domain.cytotoxicity.models.exponential import ExponentialFit
from app.domain.cytotoxicity.plate import Exclusion, Plate
from app.domain.cytotoxicity.reduction.plates import Reduction, reduce_plate
from app.domain.cytotoxicity.reporting import Curve, CurvePoint, Flag, LyticUnits, Status, fit_curve, has_hook, report
from app.domain.errors import Invalid, Mismatch
from app.domain.finite import positive, settled
from app.domain.vocabulary import TargetCells

Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]
"""What a record is made of: no floats, so that the ledger can hold it."""


@dataclass(frozen=True, slots=True)
class ExcludedPoint:
    """An E:T ratio a person left out, such as one above the peak of a hook."""

    effector_target_ratio: Decimal
    exclusion: Exclusion


@dataclass(frozen=True, slots=True)
class AssayConditions:
    """What was assayed and how long; part of every lytic unit."""

    target: TargetCells
    targets_per_well: int
    duration_h: Decimal
    excluded_points: tuple[ExcludedPoint, ...] = ()
    definitions: tuple[LyticUnitDefinition, ...] = REPORTED

    def __post_init__(self) -> None:
        positive(self.targets_per_well, "the number of targets per well")
        positive(self.duration_h, "the duration of the assay")


@dataclass(frozen=True, slots=True)
class AssayResult:
    """Everything of domain design 9.8 that the engine knows. Another setting makes another result, never this one.

    `reference_lysis_percent` (at 20:1) and the area under the curve are empty when the assay is invalid.
    """

    engine_version: str
    model: Model
    settings: AssaySettings
    conditions: AssayConditions
    plate: Plate
    reduction: Reduction
    has_hook: bool
    reference_lysis_percent: Decimal | None
    auc_log10: Decimal | None
    fit: ExponentialFit | None
    lytic_units: tuple[LyticUnits, ...]


def evaluate_assay(plate: Plate, conditions: AssayConditions, settings: AssaySettings) -> AssayResult:
    """Reduce, check, fit and report one target's wells. The same wells and settings always give the same result.

    Refuses an excluded point that is not on the plate. Whatever is wrong with the numbers is in the result.
    """
    reduction = reduce_plate(plate, settings)
    curve = _curve(plate, reduction, conditions)
    points = curve.points if reduction.is_valid else ()
    at_reference = [p.lysis_percent for p in points if p.effector_target_ratio == settings.reference_ratio]
    return AssayResult(
        engine_version=ENGINE_VERSION,
        model=Model.EXP,
        settings=settings,
        conditions=conditions,
        plate=plate,
        reduction=reduction,
        has_hook=has_hook(points, settings),
        reference_lysis_percent=at_reference[0] if at_reference else None,
        auc_log10=settled(area_log10(curve.floats)) if len(points) > 1 else None,
        fit=fit_curve(curve, settings),
        lytic_units=tuple(report(curve, definition, settings) for definition in conditions.definitions),
    )


def lytic_unit_sentence(result: AssayResult, units: LyticUnits) -> str:
    """A lytic unit with everything it means nothing without: p, N0, T, model, A, duration, target, engine."""
    signs = {Status.VALUE: "", Status.BELOW: "< ", Status.ABOVE: "> "}
    said = "not determinable" if units.value is None else f"{signs[units.status]}{units.value:.4g}"
    conditions = result.conditions
    plateau = "no fit" if units.a_mode_used is None else f"A {units.a_mode_used.value}"
    return (
        f"{units.definition}: {said} ({conditions.targets_per_well:,} {conditions.target.value} per well, "
        f"{conditions.duration_h.normalize():f} h, {result.model.value}, {plateau}, engine {result.engine_version})"
    )


def require_comparable(first: AssayResult, second: AssayResult) -> None:
    """Refuse to compare, convert or chart together results of different conditions (`assays_not_comparable`)."""
    pairs = {
        "target": (first.conditions.target, second.conditions.target),
        "targets per well": (first.conditions.targets_per_well, second.conditions.targets_per_well),
        "duration": (first.conditions.duration_h, second.conditions.duration_h),
        "engine": (first.engine_version, second.engine_version),
    }
    different = [name for name, (one, other) in pairs.items() if one != other]
    if different:
        raise Mismatch(
            "assays_not_comparable",
            f"These assays differ in {', '.join(different)}; their lytic units cannot be compared.",
        )


def plain(value: object) -> Plain:
    """Any part of a result as plain text, whole numbers, lists and named fields; every other number is text.

    Numbers are written so that reading them gives them back exactly.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return format(settled(value), "f")
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no place in a record")


def _curve(plate: Plate, reduction: Reduction, conditions: AssayConditions) -> Curve:
    excluded = {point.effector_target_ratio for point in conditions.excluded_points}
    unknown = excluded - {point.effector_target_ratio for point in reduction.points}
    if unknown:
        raise Invalid("point_unknown", f"The plate has no E:T {min(unknown)}, so it cannot be excluded.")
    points = tuple(
        CurvePoint(point.effector_target_ratio, point.lysis_percent, point.se_percent)
        for point in reduction.points
        if point.is_usable and point.lysis_percent is not None and point.effector_target_ratio not in excluded
    )
    flags = {
        Flag.WELLS_EXCLUDED: any(well.exclusion for well in plate.wells),
        Flag.POINTS_EXCLUDED: bool(excluded),
    }
    exclusions = tuple(flag for flag, is_set in flags.items() if is_set)
    return Curve(points, conditions.targets_per_well, reduction.is_valid, exclusions)
