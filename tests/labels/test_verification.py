"""Verification: every label is read back from the bytes that leave, and anything unequal is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app.domain.errors import Mismatch
from app.domain.labels.spec import Area, Code, Expected, LabelSpec, Text
from app.labels.drawing.outputs.zpl import zpl_from_bitmap
from app.labels.drawing.placing import place
from tests.labels.examples import bitmap, every_label, pdf_page, read_block, read_page

EVERY = [
    pytest.param(spec, expected, id=f"{name}, {'longest' if is_long else 'shortest'}, {'demo' if is_demo else 'real'}")
    for is_long in (False, True)
    for is_demo in (False, True)
    for name, (spec, expected) in every_label(is_long=is_long, is_demo=is_demo).items()
]
LABELS = every_label(is_long=False, is_demo=True)
BAG, BAG_EXPECTED = LABELS["bag"]
VESSEL, VESSEL_EXPECTED = LABELS["vessel"]
PARTIAL, PARTIAL_EXPECTED = LABELS["partial"]
POINTS = 72 / 25.4


def payloads(spec: LabelSpec) -> tuple[str, ...]:
    return tuple(item.payload for item in spec.items if isinstance(item, Code))


def box_of(spec: LabelSpec, name: str) -> Area:
    return next(placed.ink for placed in place(spec).items if placed.item.name == name)


def changed_pdf(pdf: bytes, change: Callable[[pypdfium2.PdfPage], None]) -> bytes:
    """The PDF after a change to its page, written again."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        change(page)
        page.gen_content()
        written = BytesIO()
        document.save(written)
    return written.getvalue()


def painted(spec: LabelSpec, area: Area, grey: int) -> Callable[[pypdfium2.PdfPage], None]:
    def paint(page: pypdfium2.PdfPage) -> None:
        rectangle = pdfium.FPDFPageObj_CreateNewRect(
            area.x_mm * POINTS,
            (spec.height_mm - area.bottom_mm) * POINTS,
            area.width_mm * POINTS,
            area.height_mm * POINTS,
        )
        pdfium.FPDFPageObj_SetFillColor(rectangle, grey, grey, grey, 255)
        pdfium.FPDFPath_SetDrawMode(rectangle, pdfium.FPDF_FILLMODE_WINDING, 0)
        page.insert_obj(pypdfium2.PdfObject(rectangle))

    return paint


@pytest.mark.requirement("REQ-103", "REQ-106")
@pytest.mark.parametrize(("spec", "expected"), EVERY)
def test_a_pdf_of_every_kind_reads_back(spec: LabelSpec, expected: Expected) -> None:
    pdf = pdf_page(spec)
    verified = read_page(pdf, spec, expected)
    assert verified.sha256 == sha256(pdf).hexdigest()
    assert verified.payloads == payloads(spec)


@pytest.mark.requirement("REQ-103", "REQ-106")
@pytest.mark.parametrize("dots_per_mm", [8, 12])
@pytest.mark.parametrize(("spec", "expected"), EVERY)
def test_printer_bytes_of_every_kind_read_back(spec: LabelSpec, expected: Expected, dots_per_mm: int) -> None:
    block = zpl_from_bitmap(bitmap(spec, dots_per_mm))
    if spec.kind.value == "plate" and dots_per_mm == 8:
        with pytest.raises(Mismatch, match="no margin"):  # 8 mm of height leave two dots for a module
            read_block(block, spec, expected, dots_per_mm)
        return
    verified = read_block(block, spec, expected, dots_per_mm)
    assert verified.sha256 == sha256(block).hexdigest()
    assert verified.payloads == payloads(spec)


@pytest.mark.requirement("REQ-103")
def test_the_label_of_another_bag_is_refused() -> None:
    other = every_label(is_long=False, is_demo=True)["collection"][0]
    with pytest.raises(Mismatch):
        read_page(pdf_page(replace(other, kind=BAG.kind)), BAG, BAG_EXPECTED)


@pytest.mark.parametrize(
    "expected",
    [replace(BAG_EXPECTED, code="BGD7M26000418M"), replace(BAG_EXPECTED, print_number=2)],
)
def test_a_label_of_another_object_or_print_than_the_record_is_refused(expected: Expected) -> None:
    with pytest.raises(Mismatch, match="another object or print"):
        read_page(pdf_page(BAG), BAG, expected)


def test_a_label_without_a_required_statement_is_refused() -> None:
    silent = replace(BAG, items=tuple(item for item in BAG.items if item.name != "LS-01"))
    with pytest.raises(Mismatch, match="“FOR AUTOLOGOUS USE ONLY” is missing"):
        read_page(pdf_page(silent), silent, BAG_EXPECTED)


def test_a_label_without_bar_code_is_refused() -> None:
    bare = replace(BAG, items=tuple(item for item in BAG.items if not isinstance(item, Code)))
    with pytest.raises(Mismatch, match="it lacks the unique code of the product"):
        read_page(pdf_page(bare), bare, BAG_EXPECTED)
    with pytest.raises(Mismatch, match="bar codes"):
        read_page(pdf_page(bare), bare, replace(BAG_EXPECTED, required=None))


@pytest.mark.parametrize("name", [item.name for item in BAG.items if isinstance(item, Text)])
def test_a_page_with_one_text_painted_over_is_refused(name: str) -> None:
    item = next(one for one in BAG.items if one.name == name)
    assert isinstance(item, Text)
    grey = 0 if item.is_reversed else 255
    pdf = changed_pdf(pdf_page(BAG), painted(BAG, item.box, grey))
    with pytest.raises(Mismatch):
        read_page(pdf, BAG, BAG_EXPECTED)


@pytest.mark.parametrize("name", ["square symbol", "linear symbol"])
def test_a_page_with_a_symbol_half_covered_is_refused(name: str) -> None:
    box = box_of(BAG, name)
    half = replace(box, width_mm=box.width_mm / 2)
    with pytest.raises(Mismatch, match="bar codes"):
        read_page(changed_pdf(pdf_page(BAG), painted(BAG, half, 255)), BAG, BAG_EXPECTED)


@pytest.mark.parametrize("name", ["square symbol", "linear symbol"])
def test_a_page_with_ink_in_a_quiet_zone_is_refused(name: str) -> None:
    box = box_of(BAG, name)
    speck = Area(box.x_mm - 0.7, box.y_mm + 2, 0.4, 1)
    with pytest.raises(Mismatch):
        read_page(changed_pdf(pdf_page(BAG), painted(BAG, speck, 0)), BAG, BAG_EXPECTED)


def test_a_page_with_ink_nobody_described_is_refused() -> None:
    blot = changed_pdf(pdf_page(BAG), painted(BAG, Area(60, 34, 3, 3), 0))
    with pytest.raises(Mismatch, match="ink where nothing was described"):
        read_page(blot, BAG, BAG_EXPECTED)


def test_a_page_with_a_line_of_text_taken_away_is_refused() -> None:
    def take_away(page: pypdfium2.PdfPage) -> None:
        page.remove_obj(list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]))[5])

    with pytest.raises(Mismatch, match="cannot be read out"):
        read_page(changed_pdf(pdf_page(BAG), take_away), BAG, BAG_EXPECTED)


def test_a_page_whose_text_is_there_but_invisible_is_refused() -> None:
    def hide(page: pypdfium2.PdfPage) -> None:
        for text in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            pdfium.FPDFTextObj_SetTextRenderMode(text, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)

    with pytest.raises(Mismatch, match="left no ink"):
        read_page(changed_pdf(pdf_page(BAG), hide), BAG, BAG_EXPECTED)


def test_what_is_no_page_of_this_label_is_refused() -> None:
    pdf = pdf_page(BAG)
    with pypdfium2.PdfDocument(pdf) as document:
        document.import_pages(document)
        twice = BytesIO()
        document.save(twice)
    for wrong, why in [
        (b"", "no readable PDF"),
        (b"not a PDF", "no readable PDF"),
        (twice.getvalue(), "2 pages"),
        (pdf_page(PARTIAL), "size of the label"),
    ]:
        with pytest.raises(Mismatch, match=why):
            read_page(wrong, BAG, BAG_EXPECTED)


def test_a_refusal_names_the_label_and_the_item() -> None:
    box = next(item for item in BAG.items if isinstance(item, Text) and item.name == "expiry").box
    pdf = changed_pdf(pdf_page(BAG), painted(BAG, box, 255))
    with pytest.raises(Mismatch, match="bag label BG-D7M-26-000472-A 01, expiry: a word of it left no ink"):
        read_page(pdf, BAG, BAG_EXPECTED)


def test_printer_bytes_of_another_size_are_refused() -> None:
    with pytest.raises(Mismatch, match="size"):
        read_block(zpl_from_bitmap(bitmap(VESSEL, 8)), VESSEL, VESSEL_EXPECTED, 12)


def test_printer_bytes_with_an_overprint_are_refused() -> None:
    image = bitmap(VESSEL, 12)
    ImageDraw.Draw(image).line((20, 100, 300, 100), fill=0, width=2)
    with pytest.raises(Mismatch, match="does not stand there as it was drawn"):
        read_block(zpl_from_bitmap(image), VESSEL, VESSEL_EXPECTED, 12)


def test_a_blank_label_is_refused() -> None:
    blank = Image.new("1", bitmap(VESSEL, 8).size, 255)
    with pytest.raises(Mismatch):
        read_block(zpl_from_bitmap(blank), VESSEL, VESSEL_EXPECTED, 8)


def test_a_symbol_of_modules_too_thin_to_last_is_refused() -> None:
    spec, expected = LABELS["plate"]
    with pytest.raises(Mismatch, match="slightly blurred it cannot be read"):
        read_block(zpl_from_bitmap(bitmap(spec, 8)), spec, expected, 8)


SOLID = [area for placed in place(PARTIAL, 8).items for area in placed.kept]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 405), st.integers(0, 202))
def test_any_dot_changed_inside_an_item_or_far_from_all_is_found(x: int, y: int) -> None:
    """One dot inside the edge of an item and two outside are left to rounding."""
    at_x, at_y = (x + 0.5) / 8, (y + 0.5) / 8

    def is_within(area: Area, by_mm: float) -> bool:
        return area.x_mm - by_mm < at_x < area.right_mm + by_mm and area.y_mm - by_mm < at_y < area.bottom_mm + by_mm

    is_inside = any(is_within(area, -1.5 / 8) for area in SOLID)
    is_far = not any(is_within(area, 2.5 / 8) for area in SOLID)
    image = bitmap(PARTIAL, 8)
    image.putpixel((x, y), 255 - int(str(image.getpixel((x, y)))))
    if is_inside or is_far:
        with pytest.raises(Mismatch):
            read_block(zpl_from_bitmap(image), PARTIAL, PARTIAL_EXPECTED, 8)
