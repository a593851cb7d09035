"""A label as a PDF page of its own size: vector modules, embedded fonts, text that can be extracted."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.domain.labels.spec import LabelSpec
from app.labels.drawing.fonts import Face
from app.labels.drawing.placing import Placed, place

POINTS_PER_MM: Final = 72 / 25.4


def draw_pdf(spec: LabelSpec) -> bytes:
    """One page of the label's size, to be printed at 100 %. The same description gives the same bytes."""
    label = place(spec)
    written = BytesIO()
    page = (spec.width_mm * POINTS_PER_MM, spec.height_mm * POINTS_PER_MM)
    canvas = Canvas(written, pagesize=page, invariant=1, pageCompression=1)
    canvas.setTitle(spec.title)
    for item in label.items:
        _draw(canvas, item, page[1])
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
