"""Labels read by programs we did not write, clean and after what a camera, a hand and a copier do to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from PIL import Image, ImageOps

from app.domain.labels.spec import Code, Symbology, Text
from app.labels.drawing.finished import pdf_of
from app.labels.drawing.outputs.bitmap import dots
from app.labels.drawing.placing import place
from tests.labels.examples import bitmap, every_label
from tests.labels.readers import blurred, clean, compressed, other, poppler_pages, poppler_words, turned, zxing

LABELS = {
    f"{name}, {'longest, demo' if is_long else 'shortest'}": label
    for is_long in (False, True)
    for name, label in every_label(is_long=is_long, is_demo=is_long).items()
}
AT_DOTS = [(name, dots_per_mm) for name in LABELS for dots_per_mm in (8, 12) if (name[:5], dots_per_mm) != ("plate", 8)]
"""The side of a plate leaves two dots for a module at 8 dots/mm; that label is refused, not printed."""

PDF_DPI = 300
Suffered = Callable[[Image.Image], Image.Image]


@cache
def symbols(name: str, dots_per_mm: int) -> list[tuple[Code, Image.Image]]:
    """Each symbol of a label and its picture with the quiet zone and some paper around it."""
    spec, _ = LABELS[name]
    drawn = bitmap(spec, dots_per_mm).convert("L")
    return [
        (placed.item, ImageOps.expand(drawn.crop(dots(placed.area, dots_per_mm)), 8, 255))
        for placed in place(spec, dots_per_mm).items
        if isinstance(placed.item, Code)
    ]


@cache
def paper() -> bytes:
    """All labels as one PDF."""
    return pdf_of(list(LABELS.values())).content


@cache
def words() -> dict[str, str]:
    return dict(zip(LABELS, poppler_words(paper()), strict=True))


@cache
def pages() -> dict[str, Image.Image]:
    return dict(zip(LABELS, poppler_pages(paper(), PDF_DPI), strict=True))


@pytest.mark.requirement("REQ-103", "REQ-106")
@pytest.mark.parametrize("suffered", [clean, blurred, turned, compressed], ids=lambda each: each.__name__)
@pytest.mark.parametrize(("name", "dots_per_mm"), AT_DOTS)
def test_two_decoders_read_every_symbol(name: str, dots_per_mm: int, suffered: Suffered) -> None:
    for code, image in symbols(name, dots_per_mm):
        for reader in (zxing, other):
            assert reader(suffered(image), code.symbology) == [code.payload], f"{code.name}, {reader.__name__}"


@pytest.mark.requirement("REQ-106")
@pytest.mark.parametrize("name", LABELS)
def test_a_page_drawn_by_poppler_reads_as_ours(name: str) -> None:
    spec, _ = LABELS[name]
    page = pages()[name]
    assert page.size == pytest.approx((spec.width_mm * PDF_DPI / 25.4, spec.height_mm * PDF_DPI / 25.4), abs=1)
    for symbology in Symbology:
        wanted = [item.payload for item in spec.items if isinstance(item, Code) and item.symbology is symbology]
        assert sorted(zxing(page, symbology)) == sorted(wanted)
    for placed in place(spec).items:
        if isinstance(placed.item, Code):
            alone = page.crop(dots(placed.area, PDF_DPI / 25.4))
            assert other(ImageOps.expand(alone, 8, 255), placed.item.symbology) == [placed.item.payload]


@pytest.mark.requirement("REQ-106")
@pytest.mark.parametrize("name", LABELS)
def test_poppler_finds_every_text_of_a_label_on_its_page(name: str) -> None:
    spec, _ = LABELS[name]
    found = words()[name].replace(" ", "").replace("-", "")
    for item in spec.items:
        if isinstance(item, Text):
            assert item.text.replace(" ", "").replace("-", "") in found, item.name
