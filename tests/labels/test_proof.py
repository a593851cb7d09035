"""Bytes that leave carry their proof: what they are, what they read as, what drew and read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from app.domain.errors import Mismatch
from app.domain.labels.spec import Area, Expected, LabelKind, LabelSpec, Text
from app.domain.labels.statements import Stage
from app.labels.drawing.finished import pdf_of, png_of, zpl_of
from app.labels.drawing.outputs.bitmap import png_from_bitmap
from app.labels.drawing.placing import place
from app.labels.drawing.verify import verify_pdf, verify_png
from tests.labels.examples import bitmap, every_label, group_facts, group_labels, pdf_page, read_page, required

LABELS = every_label(is_long=False, is_demo=True)
VESSEL, VESSEL_EXPECTED = LABELS["vessel"]
REQUIRED = required(Stage.IN_PROCESS)


def group(number: int) -> list[tuple[LabelSpec, Expected]]:
    """The head and the labels of a vessel group, with what the record expects of each."""
    head, *members = group_labels(group_facts(number), REQUIRED.statements)
    return [(head, Expected(head.code, 1, None)), *((spec, Expected(spec.code, 1, REQUIRED)) for spec in members)]


@pytest.mark.requirement("REQ-103", "REQ-106", "REQ-137")
def test_134_vessels_leave_as_one_proven_pdf_in_order() -> None:
    labels = group(134)
    finished = pdf_of(labels)
    assert finished.proof.payloads == tuple(f"{spec.code}01" for spec, _ in labels[1:])
    assert finished.proof.sha256 == sha256(finished.content).hexdigest()
    with pypdfium2.PdfDocument(finished.content) as document:
        assert len(document) == 135
        assert "Vessels 001 to 134" in document[0].get_textpage().get_text_bounded()
        assert "134 of 134" in document[134].get_textpage().get_text_bounded()


def test_pages_that_changed_places_are_refused() -> None:
    labels = group(2)
    swapped = pdf_of([labels[0], labels[2], labels[1]]).content
    with pytest.raises(Mismatch, match=labels[1][0].title):
        verify_pdf(swapped, [place(spec) for spec, _ in labels], [expected for _, expected in labels])


def test_a_page_too_few_is_refused() -> None:
    labels = group(2)
    short = pdf_of(labels[:2]).content
    with pytest.raises(Mismatch, match="2 pages for 3 labels"):
        verify_pdf(short, [place(spec) for spec, _ in labels], [expected for _, expected in labels])


def test_one_label_that_does_not_hold_refuses_the_whole_job() -> None:
    labels = group(3)
    spec, expected = labels[2]
    labels[2] = replace(spec, items=tuple(item for item in spec.items if item.name != "LS-01")), expected
    with pytest.raises(Mismatch, match=f"{spec.title}, statements"):
        pdf_of(labels)


def noted(spec: LabelSpec, text: str, x_mm: float) -> LabelSpec:
    """The badge with another note, or the note elsewhere."""
    box = Area(x_mm, 47, 20, 2.3)
    items = (
        replace(item, text=text, box=box) if isinstance(item, Text) and item.name == "note" else item
        for item in spec.items
    )
    return replace(spec, items=tuple(items))


def test_a_text_at_another_place_than_described_is_refused() -> None:
    badge, expected = LABELS["badge"]
    read_page(pdf_page(noted(badge, "PIN", 5)), noted(badge, "PIN", 5), expected)
    with pytest.raises(Mismatch, match="note: its text cannot be read out"):
        read_page(pdf_page(noted(badge, "PIN", 35)), noted(badge, "PIN", 5), expected)


def test_a_label_that_names_nothing_holds_no_symbol_and_any_other_holds_one() -> None:
    as_head = replace(VESSEL, kind=LabelKind.VESSEL_GROUP)
    with pytest.raises(Mismatch, match="not right for its kind"):
        zpl_of(as_head, VESSEL_EXPECTED, 8)
    head, expected = LABELS["vessel group"]
    with pytest.raises(Mismatch, match="not right for its kind"):
        pdf_of([(replace(head, kind=LabelKind.VESSEL), expected)])


@pytest.mark.requirement("REQ-103", "REQ-106")
@pytest.mark.parametrize("dots_per_mm", [8, 12])
@pytest.mark.parametrize("name", ["bag", "vessel", "sample", "wristband"])
def test_a_picture_is_the_exact_dots_and_proven(name: str, dots_per_mm: int) -> None:
    spec, expected = LABELS[name]
    finished = png_of(spec, expected, dots_per_mm)
    with Image.open(BytesIO(finished.content)) as image:
        assert (image.mode, image.tobytes()) == ("1", bitmap(spec, dots_per_mm).tobytes())
        assert image.info["dpi"] == pytest.approx((dots_per_mm * 25.4, dots_per_mm * 25.4), abs=0.1)
    assert finished.proof.payloads == zpl_of(spec, expected, dots_per_mm).proof.payloads


def _grey(image: Image.Image) -> Image.Image:
    return image.convert("L")


def _spotted(image: Image.Image) -> Image.Image:
    image.putpixel((100, 60), 255 - int(str(image.getpixel((100, 60)))))
    return image


def _smaller(image: Image.Image) -> Image.Image:
    return image.crop((0, 0, image.width - 1, image.height))


@pytest.mark.parametrize("change", [_grey, _spotted, _smaller])
def test_another_picture_is_refused(change: Callable[[Image.Image], Image.Image]) -> None:
    png = png_from_bitmap(change(bitmap(VESSEL, 8)), 8)
    with pytest.raises(Mismatch):
        verify_png(png, place(VESSEL, 8), VESSEL_EXPECTED)


@pytest.mark.parametrize("wrong", [b"", b"\x89PNG", png_from_bitmap(bitmap(VESSEL, 8), 8)[:200]])
def test_what_is_no_picture_is_refused(wrong: bytes) -> None:
    with pytest.raises(Mismatch, match="no readable picture"):
        verify_png(wrong, place(VESSEL, 8), VESSEL_EXPECTED)


def test_a_proof_names_what_drew_the_label_and_what_read_it() -> None:
    versions = pdf_of([(VESSEL, VESSEL_EXPECTED)]).proof.versions
    assert versions[:2] == ("template vessel 1", "label rules 1")
    assert [version.split()[0] for version in versions[2:]] == [
        "fonts",
        "pillow",
        "pypdfium2",
        "reportlab",
        "zxing-cpp",
    ]
