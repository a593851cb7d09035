"""A label as an SVG picture for a page, text as outlines. No style attributes, no identifiers, no scripts."""

from __future__ import annotations

from xml.sax.saxutils import escape

from app.domain.labels.spec import LabelSpec
from app.labels.drawing.fonts import outline
from app.labels.drawing.placing import Placed, place
from app.labels.drawing.text import Run


def draw_svg(spec: LabelSpec) -> str:
    """The label at its own size in millimetres, named for those who cannot see it by its words."""
    label = place(spec)
    words = " / ".join(run.text for placed in label.items for run in placed.runs)
    drawn = "".join(_drawn(placed) for placed in label.items)
    width, height = _number(spec.width_mm), _number(spec.height_mm)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" role="img">'
        f"<title>{escape(f'{spec.title}: {words}')}</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>{drawn}</svg>'
    )


def _drawn(placed: Placed) -> str:
    rectangles = "".join(
        f"M{_number(area.x_mm)} {_number(area.y_mm)}h{_number(area.width_mm)}"
        f"v{_number(area.height_mm)}h-{_number(area.width_mm)}z"
        for area in placed.rectangles
    )
    path = f'<path d="{rectangles}"/>' if rectangles else ""
    return path + "".join(_line(run) for run in placed.runs)


def _line(run: Run) -> str:
    places = tuple((character, (x_mm - run.x_mm) / run.size_mm) for character, x_mm in run.glyphs())
    fill = ' fill="#fff"' if run.is_white else ""
    move = f"translate({_number(run.x_mm)} {_number(run.baseline_mm)}) scale({_number(run.size_mm / 1000)})"
    return f'<path{fill} transform="{move}" d="{outline(run.face, places)}"/>'


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
