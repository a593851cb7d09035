"""A label as a PDF page of its own size: vector modules, embedded fonts, text that can be extracted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Final

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.labels.drawing.fonts import Face
from app.labels.drawing.placing import Placed, PlacedLabel

POINTS_PER_MM: Final = 72 / 25.4

rl_config.useA85 = 0  # the content of a page as bytes: writing it in letters costs time and room


def draw_pdf(labels: Sequence[PlacedLabel]) -> bytes:
    """A page of its own size for each label, to be printed at 100 %. The same labels give the same bytes."""
    written = BytesIO()
    canvas = Canvas(written, invariant=1, pageCompression=1)
    canvas.setTitle(labels[0].spec.title)
    for label in labels:
        width_pt, height_pt = label.spec.width_mm * POINTS_PER_MM, label.spec.height_mm * POINTS_PER_MM
        canvas.setPageSize((width_pt, height_pt))
        for item in label.items:
            _draw(canvas, item, height_pt)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _draw(canvas: Canvas, placed: Placed, height_pt: float) -> None:
    if placed.rectangles:
        path = canvas.beginPath()  # one path for all modules: no hairlines where two of them touch
        for area in placed.rectangles:
            x_pt, y_pt = area.x_mm * POINTS_PER_MM, height_pt - area.bottom_mm * POINTS_PER_MM
            path.rect(x_pt, y_pt, area.width_mm * POINTS_PER_MM, area.height_mm * POINTS_PER_MM)
        canvas.setFillGray(0)
        canvas.drawPath(path, stroke=0, fill=1)
    for run in placed.runs:
        canvas.setFillGray(1 if run.is_white else 0)
        canvas.setFont(_registered(run.face), run.size_mm * POINTS_PER_MM)
        canvas.drawString(run.x_mm * POINTS_PER_MM, height_pt - run.baseline_mm * POINTS_PER_MM, run.text)


@cache
def _registered(face: Face) -> str:
    pdfmetrics.registerFont(TTFont(face.value, str(face.path)))
    return face.value
