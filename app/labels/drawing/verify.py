"""Reads back the very bytes that will leave and compares them with the record: printer bytes, PNG, PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from io import BytesIO
from threading import Lock
from typing import Final

import pypdfium2
from PIL import Image, UnidentifiedImageError

from app.domain.labels.spec import Area, Code, Expected, Text
from app.labels.drawing.checks import check_codes, check_dots, check_ink, check_record, refused
from app.labels.drawing.fonts import FONT_FOLDER
from app.labels.drawing.outputs.bitmap import BLACK, WHITE
from app.labels.drawing.outputs.zpl import bitmap_from_zpl
from app.labels.drawing.placing import PlacedLabel

PDF_DPI: Final = 300

_PDF_LOCK: Final = Lock()
"""PDFium may be used by one thread at a time only."""

_LINE_END_HYPHEN: Final = "\x02"
"""What PDFium reads for a hyphen at the end of a line, the line end included."""

_INK: Final = [BLACK] * 128 + [WHITE] * 128
"""Of the 256 greys of a rendered page the darker half is ink."""

_MM_PER_POINT: Final = 25.4 / 72
_SIZE_SLACK_MM: Final = 0.1


@dataclass(frozen=True, slots=True)
class Proof:
    """For the ledger: the SHA-256 of the bytes, every payload decoded from them, and what drew and read them."""

    sha256: str
    payloads: tuple[str, ...]
    versions: tuple[str, ...]

    @property
    def made_with(self) -> str:
        """The versions in one line, as they are kept with the label."""
        return "; ".join(self.versions)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was read back: in grey at 300 dpi, and the words between left, lower, right and upper."""

    image: Image.Image
    words: Callable[[float, float, float, float], str]
    height_pt: float


def verify_pdf(pdf: bytes, labels: Sequence[PlacedLabel], expected: Sequence[Expected]) -> Proof:
    """Renders every page at 300 dpi, decodes it, finds every text in its place. Mismatch naming label and item."""
    with _PDF_LOCK, closing(_pages(pdf, labels)) as pages:
        for page, label, wanted in zip(pages, labels, expected, strict=True):
            check_record(label.spec, wanted)
            _check_words(page, label)
            check_codes(page.image, label, PDF_DPI / 25.4)
            check_ink(page.image.point(_INK), label, PDF_DPI / 25.4)
    return _proof(pdf, labels, expected)


def verify_zpl(block: bytes, label: PlacedLabel, expected: Expected) -> Proof:
    """Unpacks the dots of one printer block and compares every item with itself drawn alone."""
    _verify_dots(bitmap_from_zpl(block), label, expected)
    return _proof(block, (label,), (expected,))


def verify_png(png: bytes, label: PlacedLabel, expected: Expected) -> Proof:
    """Reads the picture as it will be read elsewhere and compares it as printer bytes are."""
    try:
        with Image.open(BytesIO(png), formats=("PNG",)) as image:
            image.load()
    except (UnidentifiedImageError, OSError) as error:
        raise refused(label.spec, "whole label", "it is no readable picture") from error
    if image.mode != "1":
        raise refused(label.spec, "whole label", "it is not in black and white alone")
    _verify_dots(image, label, expected)
    return _proof(png, (label,), (expected,))


def _verify_dots(image: Image.Image, label: PlacedLabel, expected: Expected) -> None:
    assert label.dots_per_mm is not None, "a bitmap was placed on dots"
    check_record(label.spec, expected)
    check_dots(image, label, label.dots_per_mm)
    grey = image.convert("L")
    check_codes(grey, label, label.dots_per_mm)
    check_ink(grey, label, label.dots_per_mm)


def _pages(pdf: bytes, labels: Sequence[PlacedLabel]) -> Generator[Page]:
    """The pages, each of the size of its label; as many as there are labels."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise refused(labels[0].spec, "whole label", "it is no readable PDF") from error
    try:
        if len(document) != len(labels):
            raise refused(labels[0].spec, "whole label", f"it has {len(document)} pages for {len(labels)} labels")
        for number, label in enumerate(labels):
            page = document[number]
            sizes = zip(page.get_size(), (label.spec.width_mm, label.spec.height_mm), strict=True)
            if any(abs(points * _MM_PER_POINT - wanted_mm) > _SIZE_SLACK_MM for points, wanted_mm in sizes):
                raise refused(label.spec, "whole label", "its page is not the size of the label")
            image = page.render(scale=PDF_DPI / 72, grayscale=True).to_pil()
            yield Page(image, page.get_textpage().get_text_bounded, page.get_height())
            page.close()
    finally:
        document.close()


def _check_words(page: Page, label: PlacedLabel) -> None:
    """What can be read out of the place of a text is that text and nothing else."""
    for placed in label.items:
        words = _plain(" ".join(run.text for run in placed.runs))
        if isinstance(placed.item, Text) and _read_out(page, placed.area) != words:
            raise refused(label.spec, placed.item.name, "its text cannot be read out of the page")


def _read_out(page: Page, area: Area) -> str:
    points = [value_mm / _MM_PER_POINT for value_mm in (area.x_mm, area.bottom_mm, area.right_mm, area.y_mm)]
    left, lower, right, upper = points
    text = page.words(left, page.height_pt - lower, right, page.height_pt - upper)
    return _plain(text.replace(_LINE_END_HYPHEN, "- "))


def _proof(written: bytes, labels: Sequence[PlacedLabel], expected: Sequence[Expected]) -> Proof:
    payloads = tuple(item.payload for label in labels for item in label.spec.items if isinstance(item, Code))
    templates = sorted({f"template {label.spec.kind.words} {label.spec.template_version}" for label in labels})
    rules = sorted({f"label rules {one.required.rules_version}" for one in expected if one.required is not None})
    return Proof(hashlib.sha256(written).hexdigest(), payloads, (*templates, *rules, *_versions()))


@cache
def _versions() -> tuple[str, ...]:
    """What else decides how a label looks and whether it reads: fonts and libraries."""
    fonts = hashlib.sha256((FONT_FOLDER / "MANIFEST.json").read_bytes()).hexdigest()
    libraries = (f"{name} {version(name)}" for name in ("pillow", "pypdfium2", "reportlab", "zxing-cpp"))
    return (f"fonts {fonts}", *libraries)


def _plain(text: str) -> str:
    return " ".join(text.split())
