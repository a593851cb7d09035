"""The outputs: same description, same bytes; sizes in millimetres; printer bytes that can be undone."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pypdfium2
import pytest

from app.domain.errors import Mismatch
from app.labels.drawing.outputs.svg import draw_svg
from app.labels.drawing.outputs.zpl import bitmap_from_zpl, zpl_from_bitmap
from app.labels.drawing.placing import place
from tests.labels.examples import bitmap, every_label, pdf_page

LABELS = every_label(is_long=True, is_demo=True)
SPEC, _ = LABELS["vessel"]
everyone = pytest.mark.parametrize("name", LABELS)


@everyone
def test_the_same_description_gives_the_same_pdf(name: str) -> None:
    assert pdf_page(LABELS[name][0]) == pdf_page(LABELS[name][0])


@everyone
def test_a_pdf_page_is_as_large_as_its_label(name: str) -> None:
    spec, _ = LABELS[name]
    with pypdfium2.PdfDocument(pdf_page(spec)) as document:
        assert len(document) == 1
        sizes = [round(points * 25.4 / 72, 2) for points in document[0].get_size()]
    assert sizes == [spec.width_mm, spec.height_mm]


def test_only_our_own_fonts_are_embedded() -> None:
    fonts = set(re.findall(rb"/FontName /(?:[A-Z]{6}\+)?([\w-]+)", pdf_page(LABELS["bag"][0])))
    assert fonts
    assert all(name.startswith((b"AtkinsonHyperlegible", b"DejaVuSans")) for name in fonts)


@pytest.mark.parametrize("dots_per_mm", [8, 12])
@everyone
def test_a_bitmap_has_one_bit_for_each_dot(name: str, dots_per_mm: int) -> None:
    spec, _ = LABELS[name]
    image = bitmap(spec, dots_per_mm)
    assert image.mode == "1"
    assert image.size == (round(spec.width_mm * dots_per_mm), round(spec.height_mm * dots_per_mm))


@everyone
def test_a_picture_is_well_formed_and_keeps_to_a_strict_policy(name: str) -> None:
    picture = draw_svg(place(LABELS[name][0]))
    root = ElementTree.fromstring(picture)
    assert {"style", "class", "id", "onload", "href"}.isdisjoint(
        attribute for element in root.iter() for attribute in element.attrib
    )
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "title", "rect", "path"}
    assert root.attrib["width"] == f"{LABELS[name][0].width_mm:g}mm"


def test_a_picture_says_its_words_to_those_who_cannot_see_it() -> None:
    title = ElementTree.fromstring(draw_svg(place(SPEC))).findtext("{http://www.w3.org/2000/svg}title") or ""
    assert title.startswith("vessel label VS-D7M-26-001000-1 12: DEMO - NOT FOR HUMAN USE")
    assert "007 of 134" in title


def test_printer_bytes_are_dots_and_nothing_else() -> None:
    block = zpl_from_bitmap(bitmap(SPEC, 8))
    assert block.startswith(b"^XA^PW406^LL203^FO0,0^GFA,")
    assert block.count(b"^XA") == block.count(b"^XZ") == 1
    assert not re.search(rb"\^(PQ|BC|BX|FD|A)\b", block)


@pytest.mark.parametrize("dots_per_mm", [8, 12])
@everyone
def test_printer_bytes_undone_are_the_bitmap(name: str, dots_per_mm: int) -> None:
    image = bitmap(LABELS[name][0], dots_per_mm)
    assert bitmap_from_zpl(zpl_from_bitmap(image)).tobytes() == image.tobytes()


def test_changed_printer_bytes_are_refused() -> None:
    block = zpl_from_bitmap(bitmap(SPEC, 8))
    start = block.index(b":Z64:") + 5
    changed = block[:start] + (b"B" if block[start : start + 1] == b"A" else b"A") + block[start + 1 :]
    for wrong in (changed, block[:-3], block + block, block.replace(b"^FO0,0", b"^FO8,0"), b""):
        with pytest.raises(Mismatch):
            bitmap_from_zpl(wrong)


def test_printer_bytes_of_a_wrong_size_are_refused() -> None:
    block = zpl_from_bitmap(bitmap(SPEC, 8))
    with pytest.raises(Mismatch, match="size"):
        bitmap_from_zpl(block.replace(b"^LL203", b"^LL204"))
