"""From a label's description to bytes that may leave, with their proof. Nothing else hands out label bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.labels.spec import Expected, LabelSpec
from app.labels.drawing.outputs.bitmap import draw_bitmap, png_from_bitmap
from app.labels.drawing.outputs.pdf import draw_pdf
from app.labels.drawing.outputs.zpl import zpl_from_bitmap
from app.labels.drawing.placing import place
from app.labels.drawing.verify import Proof, verify_pdf, verify_png, verify_zpl


@dataclass(frozen=True, slots=True)
class Finished:
    """Bytes that were read back and say what the record says."""

    content: bytes
    proof: Proof


def pdf_of(labels: Sequence[tuple[LabelSpec, Expected]]) -> Finished:
    """One page for each label, of its size. One that is refused refuses all."""
    placed = [place(spec) for spec, _ in labels]
    pdf = draw_pdf(placed)
    return Finished(pdf, verify_pdf(pdf, placed, [expected for _, expected in labels]))


def zpl_of(spec: LabelSpec, expected: Expected, dots_per_mm: int) -> Finished:
    """One block of printer bytes at the printer's dots."""
    label = place(spec, dots_per_mm)
    block = zpl_from_bitmap(draw_bitmap(label))
    return Finished(block, verify_zpl(block, label, expected))


def png_of(spec: LabelSpec, expected: Expected, dots_per_mm: int) -> Finished:
    """The exact dots of a printer as a picture."""
    label = place(spec, dots_per_mm)
    png = png_from_bitmap(draw_bitmap(label), dots_per_mm)
    return Finished(png, verify_png(png, label, expected))
