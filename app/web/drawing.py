"""The few parts every chart is made of: scale, tag, path, marks. Not the charts, and no values of the laboratory.

Pictures carry classes and presentation attributes only, because the content security policy forbids styles.
Coordinates are drawing units with one decimal; binary floating point is good enough to draw with, nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

Place = tuple[float, float]
"""A point as x and y."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to drawing units; logarithmic where each step doubles. `start` may lie beyond `end` (y axis)."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value is drawn. Values outside the axis are drawn outside it."""
        low, high, at = (math.log(v) if self.is_log else v for v in (self.low, self.high, value))
        return self.start + (at - low) / (high - low) * (self.end - self.start)


def tag(name: str, content: str | Markup = "", **attributes: str | float) -> Markup:
    """One element, everything escaped; `class_` and `stroke_width` become `class` and `stroke-width`."""
    written = (
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _short(value)) for key, value in attributes.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, join(written), content)


def join(parts: Iterable[Markup]) -> Markup:
    """Elements one after the other."""
    return Markup("").join(parts)


def picture(width: float, height: float, title: str, parts: Iterable[Markup], *, kind: str = "plot") -> Markup:
    """A chart: one image whose title says the finding; the values stand in a table beside it."""
    box = f"0 0 {_short(width)} {_short(height)}"
    return tag("svg", join(parts), class_=kind, viewBox=box, role="img", aria_label=title)


def line(places: Sequence[Place], kind: str) -> Markup:
    """Straight pieces through the places."""
    return tag("polyline", class_=kind, points=" ".join(f"{_short(x)},{_short(y)}" for x, y in places))


def area(places: Sequence[Place], kind: str) -> Markup:
    """A filled surface with the places as corners."""
    return tag("polygon", class_=kind, points=" ".join(f"{_short(x)},{_short(y)}" for x, y in places))


def words(text: str, x: float, y: float, *, anchor: str = "middle", kind: str = "") -> Markup:
    """Text at a place; `anchor` is start, middle or end."""
    shown = {"class_": kind} if kind else {}
    return tag("text", text, x=x, y=y, text_anchor=anchor, **shown)


def mark(series: int, x: float, y: float, size: float = 6) -> Markup:
    """The sign of a series: circle, square, triangle; never colour alone."""
    kind = f"m{series}"
    match series:
        case 0:
            return tag("circle", class_=kind, cx=x, cy=y, r=size)
        case 1:
            side = size * 1.8
            return tag("rect", class_=kind, x=x - side / 2, y=y - side / 2, width=side, height=side)
        case _:
            tip, foot, half = y - size * 1.15, y + size * 0.95, size * 1.15
            return area(((x, tip), (x + half, foot), (x - half, foot)), kind)


def mark_alone(series: int) -> Markup:
    """The sign of a series for the row of a table."""
    return tag("svg", mark(series, 7, 7), class_="mark", viewBox="0 0 14 14", aria_hidden="true")


def _short(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
