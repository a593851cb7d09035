"""Places every item of a label, snapped to a printer's dots where it has them. It draws nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final, assert_never

from app.domain.errors import Invalid
from app.domain.labels.spec import Area, Box, Code, Item, LabelSpec, Line, Pattern, Picture, Symbol, Symbology, Text
from app.labels.drawing.fonts import Face, glyph
from app.labels.drawing.symbols import QUIET_MODULES, Matrix, encode
from app.labels.drawing.text import Run, fit

MARGIN_MM: Final = 1.0
"""No ink and no quiet zone nearer to the edge of a label."""

LEAST_DOTS: Final = 2
"""A module of one dot decodes clean and is lost by mild blur (measured)."""

_LEAST_BAR_HEIGHT_MM: Final = 5.0
_LEAST_BAR_SHARE: Final = 0.15
_SLACK_MM: Final = 1e-6
_DARK_RUN: Final = re.compile(rb"\x01+")
_PICTURES: Final = {Picture.BIOHAZARD: (Face.DEJAVU_REGULAR, "\N{BIOHAZARD SIGN}")}


@dataclass(frozen=True, slots=True)
class Placed:
    """One item where it will stand: its area, quiet zone included, its black rectangles and its text.

    `ink` is the area of a bar code without its quiet zone; for every other item it equals `area`.
    """

    item: Item
    area: Area
    ink: Area
    rectangles: tuple[Area, ...]
    runs: tuple[Run, ...] = ()

    @property
    def kept(self) -> tuple[Area, ...]:
        """Where no other item may stand: all of it, but of a frame only its lines."""
        return self.rectangles if isinstance(self.item, Box) else (self.area,)


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A whole label ready to be drawn; `dots_per_mm` is None for outputs that are exact."""

    spec: LabelSpec
    dots_per_mm: int | None
    items: tuple[Placed, ...]


def place(spec: LabelSpec, dots_per_mm: int | None = None) -> PlacedLabel:
    """Every item of `spec` in its place. Invalid, naming label and item, where one does not fit."""
    items = []
    for item in spec.items:
        try:
            items.append(_placed(item, dots_per_mm))
        except Invalid as refusal:
            raise Invalid(refusal.code, f"{spec.title}, {item.name}: {refusal.sentence}") from refusal
    for placed in items:
        if not _is_inside(placed.area, spec):
            raise Invalid(
                "item_leaves_label",
                f"{spec.title}: the {placed.item.name} leaves the label. Correct the template.",
            )
    for one, other in combinations(((each, area) for each in items for area in each.kept), 2):
        if one[0] is not other[0] and _overlap(one[1], other[1]):
            raise Invalid(
                "items_overlap",
                f"{spec.title}: the {one[0].item.name} and the {other[0].item.name} overlap. Correct the template.",
            )
    return PlacedLabel(spec, dots_per_mm, tuple(items))


def _placed(item: Item, dots_per_mm: int | None) -> Placed:
    match item:
        case Text():
            return Placed(item, item.box, item.box, (item.box,) if item.is_reversed else (), fit(item))
        case Code():
            return _placed_code(item, encode(item.symbology, item.scheme, item.payload), dots_per_mm)
        case Line():
            return Placed(item, item.box, item.box, (item.box,))
        case Box():
            return Placed(item, item.box, item.box, tuple(_edges(item)))
        case Pattern():
            return Placed(item, item.box, item.box, item.bars)
        case Symbol():
            return Placed(item, item.box, item.box, (), (_picture(item),))
        case _:
            assert_never(item)


def _placed_code(item: Code, matrix: Matrix, dots_per_mm: int | None) -> Placed:
    module_mm = _module(item, dots_per_mm)
    x_mm, y_mm = (_snapped(value, dots_per_mm) for value in (item.x_mm, item.y_mm))
    width_mm = matrix.columns * module_mm
    is_linear = item.symbology is Symbology.CODE_128
    row_mm = item.height_mm if is_linear else module_mm
    ink = Area(x_mm, y_mm, width_mm, row_mm * len(matrix.rows))
    if is_linear and ink.height_mm < max(_LEAST_BAR_HEIGHT_MM, _LEAST_BAR_SHARE * width_mm) - _SLACK_MM:
        raise Invalid("bars_too_low", f"bars of {item.height_mm} mm are too low for a width of {width_mm:.1f} mm.")
    quiet_mm = QUIET_MODULES[item.symbology] * module_mm
    above_mm = 0.0 if is_linear else quiet_mm
    area = Area(x_mm - quiet_mm, y_mm - above_mm, width_mm + 2 * quiet_mm, ink.height_mm + 2 * above_mm)
    return Placed(item, area, ink, tuple(_modules(matrix, ink, module_mm, row_mm)))


def _module(item: Code, dots_per_mm: int | None) -> float:
    """Module width rounded down to whole dots, so that a symbol never outgrows its place; never too thin."""
    module_mm = item.module_mm
    if dots_per_mm is not None:
        dots = math.floor(item.module_mm * dots_per_mm + _SLACK_MM)
        module_mm = dots / dots_per_mm
        if dots < LEAST_DOTS:
            raise Invalid("module_too_small", f"a module of {dots} dot at {dots_per_mm} dots/mm does not last.")
    if module_mm < item.least_module_mm - _SLACK_MM:
        raise Invalid(
            "module_too_small",
            f"its module of {module_mm:.3f} mm is under the least, {item.least_module_mm} mm.",
        )
    return module_mm


def _snapped(value_mm: float, dots_per_mm: int | None) -> float:
    return value_mm if dots_per_mm is None else round(value_mm * dots_per_mm) / dots_per_mm


def _modules(matrix: Matrix, ink: Area, module_mm: float, row_mm: float) -> Iterator[Area]:
    """Runs of dark modules, row by row."""
    for number, row in enumerate(matrix.rows):
        y_mm = ink.y_mm + number * row_mm
        for run in _DARK_RUN.finditer(bytes(row)):
            width_mm = (run.end() - run.start()) * module_mm
            yield Area(ink.x_mm + run.start() * module_mm, y_mm, width_mm, row_mm)


def _edges(item: Box) -> Iterator[Area]:
    box, stroke_mm = item.box, item.stroke_mm
    yield Area(box.x_mm, box.y_mm, box.width_mm, stroke_mm)
    yield Area(box.x_mm, box.bottom_mm - stroke_mm, box.width_mm, stroke_mm)
    yield Area(box.x_mm, box.y_mm, stroke_mm, box.height_mm)
    yield Area(box.right_mm - stroke_mm, box.y_mm, stroke_mm, box.height_mm)


def _picture(item: Symbol) -> Run:
    face, character = _PICTURES[item.picture]
    measures = glyph(face, character)
    width, height = measures.x_most - measures.x_least, measures.y_most - measures.y_least
    size_mm = min(item.box.width_mm / width, item.box.height_mm / height)
    x_mm = item.box.x_mm + (item.box.width_mm - width * size_mm) / 2 - measures.x_least * size_mm
    baseline_mm = item.box.y_mm + (item.box.height_mm - height * size_mm) / 2 + measures.y_most * size_mm
    return Run(face, size_mm, x_mm, baseline_mm, character, is_white=False)


def _is_inside(area: Area, spec: LabelSpec) -> bool:
    least = MARGIN_MM - _SLACK_MM
    return (
        area.x_mm >= least
        and area.y_mm >= least
        and area.right_mm <= spec.width_mm - least
        and area.bottom_mm <= spec.height_mm - least
    )


def _overlap(one: Area, other: Area) -> bool:
    return (
        one.x_mm < other.right_mm - _SLACK_MM
        and other.x_mm < one.right_mm - _SLACK_MM
        and one.y_mm < other.bottom_mm - _SLACK_MM
        and other.y_mm < one.bottom_mm - _SLACK_MM
    )
