"""Reads back the very bytes that will leave and compares them with the record. It fails closed.

It is no print-quality grade: a printer, its ribbon and the stock are checked by scanning what came out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Final

import pypdfium2
from PIL import Image, ImageChops, ImageFilter
from zxingcpp import BarcodeFormat, BarcodeFormats, TextMode, read_barcodes

from app.domain.errors import Mismatch
from app.domain.labels.spec import Area, Code, Expected, LabelSpec, Symbology, Text
from app.domain.scan import OwnCode, parse
from app.labels.drawing.outputs.bitmap import BLACK, WHITE, dots, draw_alone
from app.labels.drawing.outputs.zpl import bitmap_from_zpl
from app.labels.drawing.placing import Placed, PlacedLabel, place

PDF_DPI: Final = 300

_PDF_LOCK: Final = Lock()
"""PDFium may be used by one thread at a time only."""

_FORMATS: Final = {
    BarcodeFormat.Code128: Symbology.CODE_128,
    BarcodeFormat.DataMatrix: Symbology.DATA_MATRIX,
}
_READ: Final = BarcodeFormats(tuple(_FORMATS))
_LINE_END_HYPHEN: Final = "\x02"
"""What PDFium reads for a hyphen at the end of a line, the line end included."""

_MM_PER_POINT: Final = 25.4 / 72
_SIZE_SLACK_MM: Final = 0.1
_DARK: Final = 128
"""A dot darker than this is ink."""


@dataclass(frozen=True, slots=True)
class VerifiedLabel:
    """Proof for the ledger: the SHA-256 of the bytes, and every payload decoded from them."""

    sha256: str
    payloads: tuple[str, ...]


def verify_pdf(pdf: bytes, spec: LabelSpec, expected: Expected) -> VerifiedLabel:
    """Renders the page at 300 dpi, decodes it, finds every text again. Mismatch naming label and item."""
    label = place(spec)
    page, words = _rendered(pdf, spec)
    for placed in label.items:
        for run in placed.runs:
            if _plain(run.text) not in words:
                raise _refused(spec, placed.item.name, "its text cannot be read out of the page")
    return _verified(pdf, page, label, PDF_DPI / 25.4, expected)


def verify_zpl(block: bytes, spec: LabelSpec, expected: Expected, dots_per_mm: int) -> VerifiedLabel:
    """Unpacks the dots of one printer block and compares every item with itself drawn alone."""
    label = place(spec, dots_per_mm)
    image = bitmap_from_zpl(block)
    if image.size != (round(spec.width_mm * dots_per_mm), round(spec.height_mm * dots_per_mm)):
        raise _refused(spec, "whole label", "its size is not the label's")
    for placed in label.items:
        if not all(_stands(image, placed, area, dots_per_mm) for area in placed.kept):
            raise _refused(spec, placed.item.name, "it does not stand there as it was drawn")
    return _verified(block, image.convert("L"), label, dots_per_mm, expected)


def _stands(image: Image.Image, placed: Placed, area: Area, dots_per_mm: int) -> bool:
    """The item drawn alone equals its place; one dot at the edges is left to the rounding of neighbours."""
    shown = image.crop(_outward(area, dots_per_mm, -1))
    alone = draw_alone(placed, area, dots_per_mm)
    inner = alone.crop((1, 1, alone.width - 1, alone.height - 1))
    return ImageChops.logical_xor(shown, inner).getbbox() is None


def _verified(
    written: bytes, image: Image.Image, label: PlacedLabel, dots_per_mm: float, expected: Expected
) -> VerifiedLabel:
    spec = label.spec
    _check_record(spec, expected)
    _check_codes(image, label, dots_per_mm)
    _check_ink(image, label, dots_per_mm)
    payloads = tuple(item.payload for item in spec.items if isinstance(item, Code))
    return VerifiedLabel(hashlib.sha256(written).hexdigest(), payloads)


def _check_record(spec: LabelSpec, expected: Expected) -> None:
    """Codes are those of the expected object and print; every required statement is among the texts."""
    for item in spec.items:
        if isinstance(item, Code):
            parsed = parse(item.payload)
            prints = (expected.print_number,) if item.symbology is Symbology.DATA_MATRIX else (None,)
            if not isinstance(parsed, OwnCode) or parsed.code != expected.code or parsed.print_number not in prints:
                raise _refused(spec, item.name, f"it says {item.payload}, which is another object or print")
    texts = {item.text for item in spec.items if isinstance(item, Text)}
    for statement in expected.statements:
        if statement not in texts:
            raise _refused(spec, "statements", f"“{statement}” is missing")


def _check_codes(image: Image.Image, label: PlacedLabel, dots_per_mm: float) -> None:
    """Nothing missing, nothing else, and each symbol still readable when it is slightly blurred."""
    codes = [(placed, placed.item) for placed in label.items if isinstance(placed.item, Code)]
    wanted = Counter((item.symbology, item.payload) for _, item in codes)
    found = Counter(_decoded(image))
    if not codes or found != wanted:
        lost = ", ".join(payload for _, payload in (wanted - found)) or "nothing"
        added = ", ".join(payload for _, payload in (found - wanted)) or "nothing"
        raise _refused(label.spec, "bar codes", f"read back: missing {lost}, too many {added}")
    for placed, item in codes:
        cut = image.crop(dots(placed.area, dots_per_mm))
        if _decoded(cut.filter(ImageFilter.GaussianBlur(1))) != [(item.symbology, item.payload)]:
            raise _refused(label.spec, item.name, "it has no margin: slightly blurred it cannot be read")


def _check_ink(image: Image.Image, label: PlacedLabel, dots_per_mm: float) -> None:
    """Ink in every word, none in a quiet zone, none where no item stands."""
    ink = image.point(lambda value: BLACK if value < _DARK else WHITE)
    rest = ink.copy()
    for placed in label.items:
        name = placed.item.name
        if isinstance(placed.item, Code) and _has_ink(ink, placed, dots_per_mm):
            raise _refused(label.spec, name, "its quiet zone holds ink")
        for run in placed.runs:
            colour = WHITE if run.is_white else BLACK
            for word in run.words():
                if not _holds(ink.crop(dots(word, dots_per_mm)), colour):
                    raise _refused(label.spec, name, "a word of it left no ink")
        for area in placed.kept:
            rest.paste(WHITE, _outward(area, dots_per_mm, 1))
    if _holds(rest, BLACK):
        raise _refused(label.spec, "whole label", "there is ink where nothing was described")


def _has_ink(ink: Image.Image, placed: Placed, dots_per_mm: float) -> bool:
    """Whether the quiet zone holds ink; one dot at its edges is left to rounding."""
    left, top, right, bottom = _outward(placed.area, dots_per_mm, -1)
    quiet = ink.crop((left, top, right, bottom))
    inner = _outward(placed.ink, dots_per_mm, 1)
    quiet.paste(WHITE, (inner[0] - left, inner[1] - top, inner[2] - left, inner[3] - top))
    return _holds(quiet, BLACK)


def _outward(area: Area, dots_per_mm: float, by_dots: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = dots(area, dots_per_mm)
    return left - by_dots, top - by_dots, right + by_dots, bottom + by_dots


def _holds(image: Image.Image, tone: int) -> bool:
    """Whether a picture of black and white has a dot of the tone."""
    return tone in image.getextrema()


def _decoded(image: Image.Image) -> list[tuple[Symbology, str]]:
    barcodes = read_barcodes(
        image,
        formats=_READ,
        text_mode=TextMode.Plain,
        try_rotate=False,
        try_invert=False,
        try_downscale=False,
    )
    return [(_FORMATS[barcode.format], barcode.text) for barcode in barcodes]


def _rendered(pdf: bytes, spec: LabelSpec) -> tuple[Image.Image, str]:
    """The one page in grey at 300 dpi, and its words with white space taken as one space."""
    with _PDF_LOCK:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise _refused(spec, "whole label", "it is no readable PDF") from error
        if len(document) != 1:
            raise _refused(spec, "whole label", f"it has {len(document)} pages")
        page = document[0]
        sizes = zip(page.get_size(), (spec.width_mm, spec.height_mm), strict=True)
        if any(abs(points * _MM_PER_POINT - wanted_mm) > _SIZE_SLACK_MM for points, wanted_mm in sizes):
            raise _refused(spec, "whole label", "its page is not the size of the label")
        words = _plain(page.get_textpage().get_text_bounded().replace(_LINE_END_HYPHEN, "- "))
        image: Image.Image = page.render(scale=PDF_DPI / 72, grayscale=True).to_pil().copy()
        document.close()
    return image, words


def _plain(text: str) -> str:
    return " ".join(text.split())


def _refused(spec: LabelSpec, item: str, why: str) -> Mismatch:
    return Mismatch(
        "label_differs", f"{spec.title}, {item}: {why}. Nothing was sent; make the label again or report it."
    )
