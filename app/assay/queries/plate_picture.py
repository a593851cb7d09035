"""A plate drawn: the heat map of its wells and the curves of its targets. Values come ready; none is worked out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from app.assay.queries.plates import PlateFacts
from app.assay.reduction import Assays, Judged
from app.assay.words import TARGET_WORDS
from app.domain.cytotoxicity import AssayResult, ExponentialFit, lysis_by_well
from app.domain.cytotoxicity.layouts import LaidWell, PlateLayout
from app.domain.instruments.plates import COLUMNS, ROWS
from app.domain.vocabulary import Censor, WellJudgement, WellRole
from app.web import charts, formats

TINTS: Final = 9
"""Steps of the heat map: below 10 % lysis, then one for every 10 %."""


@dataclass(frozen=True, slots=True)
class WellBox:
    """A well of the heat map: its class and what stands in it."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class PlateRow:
    """A row of the heat map; `note` is its E:T or control."""

    letter: str
    note: str
    wells: tuple[WellBox, ...]


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """A heading over neighbouring columns."""

    word: str
    columns: int


@dataclass(frozen=True, slots=True)
class PlateMap:
    """The heat map of a plate."""

    caption: str
    groups: tuple[ColumnGroup, ...]
    columns: tuple[int, ...]
    rows: tuple[PlateRow, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """The lysis a target must reach at the reference ratio, drawn where it applies."""

    ratio: Decimal
    percent: Decimal


def plate_map(plate: PlateFacts, assays: Assays, open_wells: Sequence[str]) -> PlateMap:
    """% lysis of each effector well, counts of the controls; flagged wells that are open are marked."""
    laid = {one.well.position: one for one in plate.read.wells}
    lysis = {position: value for assay in assays.values() for position, value in lysis_by_well(assay.plate).items()}
    return PlateMap(
        caption=f"96 wells. Targets: {', '.join(TARGET_WORDS[target] for target in assays)}. "
        "Effector wells in percent lysis, controls and medium in counts per minute.",
        groups=_groups(plate.layout, assays),
        columns=tuple(COLUMNS),
        rows=tuple(
            PlateRow(
                letter,
                _note([laid[f"{letter}{number}"] for number in COLUMNS if f"{letter}{number}" in laid]),
                tuple(
                    _box(laid.get(f"{letter}{number}"), lysis.get(f"{letter}{number}"), open_wells, plate.judged)
                    for number in COLUMNS
                ),
            )
            for letter in ROWS
        ),
    )


def curves(assays: Assays, others: Assays, open_wells: Sequence[str], limit: Limit | None, title: str) -> Markup | None:
    """Measured lysis with standard errors, the fitted curves, and dotted the other ones; None below two ratios."""
    ratios = sorted({point.effector_target_ratio for assay in assays.values() for point in assay.reduction.points})
    if len(ratios) < 2:
        return None
    low, high = float(ratios[0]), float(ratios[-1])
    series = [
        charts.Series(
            points=tuple(_points(assay, open_wells)),
            curve=_curve(assay.fit, low, high),
            ghost=_curve(others[target].fit, low, high) if target in others else (),
        )
        for target, assay in assays.items()
    ]
    bar = None
    if limit is not None:
        bar = charts.Measured(float(limit.ratio), float(limit.percent), label=f"limit {limit.percent.normalize():f}")
    return charts.dose_response(series, title=title, ratios=[f"{ratio.normalize():f}" for ratio in ratios], limit=bar)


def well_reads(laid: LaidWell, lysis: Decimal | None) -> str:
    """What a well reads: "31%" for an effector well, "412 cpm" for a control."""
    if lysis is not None:
        return formats.percent(lysis)
    return "nothing" if laid.well.value is None else f"{_count(laid)}{formats.NBSP}cpm"


def _groups(layout: PlateLayout, assays: Assays) -> tuple[ColumnGroup, ...]:
    words = [TARGET_WORDS[target] for target in assays]
    if layout is not PlateLayout.THREE_TARGETS:
        return (ColumnGroup(words[0], len(COLUMNS)),)
    words += ["not used"] * (layout.most_targets - len(words))
    return (*(ColumnGroup(word, 3) for word in words), ColumnGroup("Controls", 3))


def _note(row: Sequence[LaidWell]) -> str:
    """What stands beside the letter of a row, from its first columns."""
    ratios = [one.well.effector_target_ratio for one in row if one.well.effector_target_ratio is not None]
    if ratios:
        return f"{ratios[0].normalize():f}"
    signs = {WellRole.SPONTANEOUS: "S", WellRole.MAXIMUM: "M"}
    return ", ".join(dict.fromkeys(signs[one.well.role] for one in row if one.well.role in signs))


def _box(
    laid: LaidWell | None, lysis: Decimal | None, open_wells: Sequence[str], judged: Mapping[str, Judged]
) -> WellBox:
    if laid is None or laid.well.value is None:
        return WellBox("none", "")
    text = _count(laid) if lysis is None else f"{formats.rounded(lysis, 0)}"
    said = judged.get(laid.well.position)
    if laid.well.position in open_wells:
        return WellBox("odd", text)
    if laid.well.censor is not None or (said is not None and said.judgement is WellJudgement.EXCLUDE):
        return WellBox("none", text)
    if laid.well.role is WellRole.BACKGROUND:
        return WellBox("med", text)
    if laid.well.role is not WellRole.EXPERIMENTAL or lysis is None:
        return WellBox("ctl", text)
    return WellBox(f"p{max(0, min(TINTS - 1, int(lysis // 10)))}", text)


def _count(laid: LaidWell) -> str:
    assert laid.well.value is not None
    bound = {Censor.BELOW: "under ", Censor.ABOVE: "over "}.get(laid.well.censor, "") if laid.well.censor else ""
    return f"{bound}{formats.rounded(laid.well.value, 0)}"


def _points(assay: AssayResult, open_wells: Sequence[str]) -> Iterator[charts.Measured]:
    for point in assay.reduction.points:
        if point.lysis_percent is not None:
            error = float(point.se_percent or 0)
            yield charts.Measured(float(point.effector_target_ratio), float(point.lysis_percent), error)
    lysis = lysis_by_well(assay.plate)
    for well in assay.plate.wells:
        if well.position in open_wells and well.effector_target_ratio is not None and well.position in lysis:
            ratio, percent = float(well.effector_target_ratio), float(lysis[well.position])
            yield charts.Measured(ratio, percent, label=well.position, is_odd=True)


def _curve(fit: ExponentialFit | None, low: float, high: float) -> tuple[tuple[float, float], ...]:
    if fit is None:
        return ()
    steps = 48
    ratios = (low * math.pow(high / low, step / steps) for step in range(steps + 1))
    return tuple((ratio, fit.lysis_at(ratio)) for ratio in ratios)
