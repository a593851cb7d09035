"""The press: label bytes and pictures, with everything that draws and reads them back.

Beside the command line the one place that imports inside functions: ReportLab, PDFium, Pillow and the barcode library
cost every start a fifth of a second and ten megabytes, and a server may draw its first label hours later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from app.domain.labels.spec import Expected, LabelSpec

if TYPE_CHECKING:
    from app.labels.drawing.finished import Finished


def pdf_of(labels: Sequence[tuple[LabelSpec, Expected]]) -> Finished:
    """One page for each label, read back and proven. One that is refused refuses all."""
    from app.labels.drawing import finished

    return finished.pdf_of(labels)


def zpl_of(spec: LabelSpec, expected: Expected, dots_per_mm: int) -> Finished:
    """One block of printer bytes, undone and proven."""
    from app.labels.drawing import finished

    return finished.zpl_of(spec, expected, dots_per_mm)


def png_of(spec: LabelSpec, expected: Expected, dots_per_mm: int) -> Finished:
    """The exact dots of a printer as a picture, proven as printer bytes are."""
    from app.labels.drawing import finished

    return finished.png_of(spec, expected, dots_per_mm)


def picture_of(spec: LabelSpec) -> Markup:
    """The label as a page shows it."""
    from app.labels.drawing.outputs.svg import draw_svg
    from app.labels.drawing.placing import place

    return draw_svg(place(spec))
