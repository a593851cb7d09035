"""The pictures of the laboratory as server-drawn SVG: curves, growth, traces, spans, genealogy. No chart library.

Each function takes values that are ready to draw and a title that says the finding; it computes no result. The
caller shows the same values as a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.web.drawing import Place, Scale, area, join, line, mark, mark_alone, picture, tag, words

__all__ = [
    "Link",
    "Measured",
    "Series",
    "Span",
    "dose_response",
    "edges",
    "growth",
    "mark_alone",
    "spans",
    "sparkline",
    "trace",
]

MOST_SERIES = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured value: `y` at `x` with its standard error in the same unit. `is_odd` marks one to explain."""

    x: float
    y: float
    error: float = 0.0
    label: str = ""
    is_odd: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Measured values and the fitted curve through them. `ghost` is the other curve that stays visible."""

    points: tuple[Measured, ...]
    curve: tuple[Place, ...] = ()
    ghost: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A bar over days, both included. `state`: done, on, plan."""

    first: int
    last: int
    word: str
    state: str


@dataclass(frozen=True, slots=True)
class Link:
    """An edge of the genealogy between two nodes, each as (column, half row) from 1. `state`: hot, plan or ''."""

    parent: tuple[int, int]
    child: tuple[int, int]
    state: str = ""


def dose_response(
    series: Sequence[Series], *, title: str, ratios: Sequence[str], limit: Measured | None = None
) -> Markup:
    """Specific lysis in percent against effectors per target, one mark and dash per target (at most three).

    `ratios` are the labels of the axis, lowest first; `limit` draws a short bar where it applies.
    """
    width, height = 340.0, 272.0
    x = Scale(float(ratios[0]), float(ratios[-1]), 46, width - 18, is_log=True)
    values = [point.y for one in series for point in one.points] or [0.0]
    ceiling = 100 if max(values) > 80 else 80
    floor = min(0, math.floor(min(values) / 20) * 20)
    y = Scale(floor, ceiling, height - 54, 14)
    parts = [_y_axis(y, range(floor, ceiling + 1, 20), 38, width - 4)]
    parts += [words(ratio, x(float(ratio)), height - 30) for ratio in ratios]
    parts.append(words("Effectors per target", (50 + width) / 2, height - 6))
    for number, one in enumerate(series[:MOST_SERIES]):
        parts.append(_fitted(one, number, x, y))
    if limit is not None:
        at, level = x(limit.x), y(limit.y)
        parts.append(tag("line", class_="lim", x1=at - 26, y1=level, x2=at + 26, y2=level))
        parts.append(words(limit.label, at, level + 18, kind="limt"))
    return picture(width, height, title, parts)


def growth(points: Sequence[Measured], *, title: str, band: Sequence[tuple[float, float, float]]) -> Markup:
    """Cells by day over the recipe's band. `band` holds day, lowest and highest; labels stand at the points."""
    width, height = 210.0, 170.0
    last_day = max([point.x for point in points] + [day for day, _, _ in band] + [1.0])
    top = max([point.y for point in points] + [high for _, _, high in band] + [0.0]) * 1.15 or 1.0
    x, y = Scale(0, last_day, 20, width - 20), Scale(0, top, height - 34, 14)
    upper = [(x(day), y(high)) for day, _, high in band]
    lower = [(x(day), y(low)) for day, low, _ in reversed(band)]
    parts = [area([*upper, *lower], "bandok")] if band else []
    parts.append(line([(x(point.x), y(point.y)) for point in points], "s0 line"))
    for point in points:
        is_newest = point is points[-1]
        parts.append(mark(0, x(point.x), y(point.y), 6 if is_newest else 4))
        parts.append(words(point.label, x(point.x), y(point.y) - 12, kind="said" if is_newest else ""))
    parts += [words(str(day), x(day), height - 6) for day in range(int(last_day) + 1)]
    return picture(width, height, title, parts)


def trace(
    points: Sequence[Measured], *, days: int, title: str, ceiling: float, limit: Measured | None = None
) -> Markup:
    """One value per day on the grid of the course (weight gain in percent). Labels where points carry one."""
    width, height = 600.0, 58.0
    step = width / days
    y = Scale(min([0.0] + [point.y for point in points]), ceiling, height - 8, 6)
    parts = []
    if limit is not None:
        parts.append(tag("line", class_="edgeok", x1=0, y1=y(limit.y), x2=width, y2=y(limit.y)))
        parts.append(words(limit.label, width, y(limit.y) + 17, anchor="end"))
    places = [((point.x - 0.5) * step, y(point.y)) for point in points]
    parts.append(line(places, "s0 line"))
    for point, (at, level) in zip(points, places, strict=True):
        parts.append(mark(0, at, level, 6 if point is points[-1] else 4))
        if point.label:
            parts.append(words(point.label, at, level - 11, kind="said"))
    return picture(width, height, title, parts)


def spans(rows: Sequence[Span], *, days: int, title: str) -> Markup:
    """One bar per row over the days of a course, its word inside. Cells, so that words keep their size."""
    drawn = join(tag("tr", _gap(row.first - 1) + _bar(row) + _gap(days - row.last)) for row in rows)
    grid = tag("table", tag("tbody", drawn), class_="spans", aria_hidden="true")
    return tag("div", grid, role="img", aria_label=title)


def sparkline(values: Sequence[float], *, low: float, high: float, title: str) -> Markup:
    """A trace of one instrument over its permitted range; amber when any value leaves it."""
    width, height = 120.0, 26.0
    margin = (high - low) * 0.4 or 1.0
    y = Scale(low - margin, high + margin, height - 1, 1)
    x = Scale(0, max(len(values) - 1, 1), 1, width - 1)
    is_within = all(low <= value <= high for value in values)
    parts = [
        tag("rect", class_="bandok", x=0, y=y(high), width=width, height=y(low) - y(high), rx=2),
        line([(x(at), y(value)) for at, value in enumerate(values)], "okline" if is_within else "warnline"),
    ]
    return picture(width, height, title, parts)


def edges(links: Sequence[Link], rows: int) -> Markup:
    """The lines behind the genealogy's nodes, hidden from readers: the nodes are links in reading order.

    The picture stretches over the grid of five columns (16.8% each, gaps of 4%) and `rows` half rows; a node fills
    two half rows from its own row on.
    """
    drawn = sorted(links, key=lambda link: link.state == "hot")
    paths = join(tag("path", class_=link.state, d=_bow(link)) for link in drawn)
    box = f"0 0 100 {rows}"
    return tag("svg", paths, class_="edges", viewBox=box, preserveAspectRatio="none", aria_hidden="true")


def _bar(row: Span) -> Markup:
    return tag("td", row.word, class_=row.state, colspan=row.last - row.first + 1)


def _gap(days: int) -> Markup:
    return tag("td", colspan=days) if days else Markup("")


def _bow(link: Link) -> str:
    x1, x2 = _column(link.parent[0]) + 16.8, _column(link.child[0])
    y1, y2 = link.parent[1], link.child[1]
    middle = (x1 + x2) / 2
    return f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"


def _column(number: int) -> float:
    return (number - 1) * (16.8 + 4)


def _y_axis(y: Scale, steps: range, left: float, right: float) -> Markup:
    return join(
        tag("line", class_="grid", x1=left, y1=y(step), x2=right, y2=y(step))
        + words(str(step), left - 8, y(step) + 5, anchor="end")
        for step in steps
    )


def _fitted(series: Series, number: int, x: Scale, y: Scale) -> Markup:
    parts = []
    if series.ghost:
        parts.append(line([(x(a), y(b)) for a, b in series.ghost], "ghost"))
    if series.curve:
        parts.append(line([(x(a), y(b)) for a, b in series.curve], f"s{number} line"))
    parts += [_point(point, number, x(point.x), y) for point in series.points]
    return join(parts)


def _point(point: Measured, number: int, at: float, y: Scale) -> Markup:
    level = y(point.y)
    if point.is_odd:
        circle = tag("circle", class_="odd", cx=at, cy=level, r=7)
        return circle + words(point.label, at - 12, level + 5, anchor="end", kind="said")
    high, low = y(point.y + point.error), y(point.y - point.error)
    whisker = tag("line", class_=f"s{number} whisker", x1=at, y1=high, x2=at, y2=low) if point.error else Markup("")
    return whisker + mark(number, at, level)
