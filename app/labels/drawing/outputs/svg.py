"""A label as an SVG picture for a page, text as outlines. No style attributes, no identifiers, no scripts."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from app.labels.drawing.fonts import outline
from app.labels.drawing.placing import Placed, PlacedLabel
from app.labels.drawing.text import Run


def draw_svg(label: PlacedLabel) -> Markup:
    """The label at its own size in millimetres, named for those who cannot see it by its words."""
    spec = label.spec
    words = " / ".join(run.text for placed in label.items for run in placed.runs)
    return _SVG.format(
        width=_number(spec.width_mm),
        height=_number(spec.height_mm),
        title=f"{spec.title}: {words}",
        drawn=Markup("").join(map(_drawn, label.items)),
    )


_SVG: Final = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
    'viewBox="0 0 {width} {height}" role="img">'
    '<title>{title}</title><rect width="{width}" height="{height}" fill="#fff"/>{drawn}</svg>'
)
"""Whatever is put into it is escaped, unless it was drawn here."""


def _drawn(placed: Placed) -> Markup:
    rectangles = "".join(
        f"M{_number(area.x_mm)} {_number(area.y_mm)}h{_number(area.width_mm)}"
        f"v{_number(area.height_mm)}h-{_number(area.width_mm)}z"
        for area in placed.rectangles
    )
    path = Markup('<path d="{}"/>').format(rectangles) if rectangles else Markup("")
    return path + Markup("").join(map(_line, placed.runs))


def _line(run: Run) -> Markup:
    places = tuple((character, (x_mm - run.x_mm) / run.size_mm) for character, x_mm in run.glyphs())
    fill = Markup(' fill="#fff"') if run.is_white else Markup("")
    move = f"translate({_number(run.x_mm)} {_number(run.baseline_mm)}) scale({_number(run.size_mm / 1000)})"
    return Markup('<path{} transform="{}" d="{}"/>').format(fill, move, outline(run.face, places))


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
