"""What must hold for every label that leaves: its record, its bar codes, its ink. It fails closed.

It is no print-quality grade: a printer, its ribbon and the stock are checked by scanning what came out.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from PIL import Image, ImageChops, ImageFilter
from zxingcpp import BarcodeFormat, BarcodeFormats, TextMode, read_barcodes

from app.domain.errors import Mismatch
from app.domain.labels.spec import Area, Code, Expected, LabelSpec, Scheme, Symbology, Text
from app.domain.scan import OwnCode, parse
from app.labels.drawing.outputs.bitmap import BLACK, WHITE, dots, draw_alone
from app.labels.drawing.placing import Placed, PlacedLabel

_FORMATS: Final = {
    BarcodeFormat.Code128: Symbology.CODE_128,
    BarcodeFormat.DataMatrix: Symbology.DATA_MATRIX,
}
_READ: Final = BarcodeFormats(tuple(_FORMATS))


def check_record(spec: LabelSpec, expected: Expected) -> None:
    """Codes are those of the expected object and print; every required statement and element is there."""
    for item in spec.items:
        if isinstance(item, Code) and item.scheme is not spec.kind.scheme:
            raise refused(spec, item.name, "its bar code is not of the kind the label must have")
        if isinstance(item, Code) and item.scheme is Scheme.OWN:
            parsed = parse(item.payload)
            prints = (expected.print_number,) if item.symbology is Symbology.DATA_MATRIX else (None,)
            if not isinstance(parsed, OwnCode) or parsed.code != expected.code or parsed.print_number not in prints:
                raise refused(spec, item.name, f"it says {item.payload}, which is another object or print")
    texts = Counter(item.text for item in spec.items if isinstance(item, Text))
    for statement in (Counter(expected.statements) - texts).elements():
        raise refused(spec, "statements", f"“{statement}” is missing")
    for element in expected.missing_from(spec):
        raise refused(spec, "elements", f"it lacks {element}")


def check_codes(image: Image.Image, label: PlacedLabel, dots_per_mm: float) -> None:
    """Nothing missing, nothing else, and each symbol alone still readable when it is slightly blurred."""
    codes = [(placed, placed.item) for placed in label.items if isinstance(placed.item, Code)]
    if bool(codes) is not label.spec.kind.is_identity:
        raise refused(label.spec, "bar codes", f"it has {len(codes)}, which is not right for its kind")
    wanted = Counter((item.symbology, item.payload) for _, item in codes)
    found = Counter(_decoded(image))
    if found != wanted:
        lost = ", ".join(payload for _, payload in (wanted - found)) or "nothing"
        added = ", ".join(payload for _, payload in (found - wanted)) or "nothing"
        raise refused(label.spec, "bar codes", f"read back: missing {lost}, too many {added}")
    for placed, item in codes:
        cut = image.crop(dots(placed.area, dots_per_mm))
        if _decoded(cut.filter(ImageFilter.GaussianBlur(1))) != [(item.symbology, item.payload)]:
            raise refused(label.spec, item.name, "it has no margin: slightly blurred it cannot be read")


def check_ink(ink: Image.Image, label: PlacedLabel, dots_per_mm: float) -> None:
    """Ink in every word, none in a quiet zone, none where no item stands. The picture is black and white alone.

    An item may reach two dots over its edge: letters are drawn to whole dots. Never into another item: see check_dots.
    """
    rest = ink.copy()
    for placed in label.items:
        name = placed.item.name
        if isinstance(placed.item, Code) and _has_ink(ink, placed, dots_per_mm):
            raise refused(label.spec, name, "its quiet zone holds ink")
        for run in placed.runs:
            colour = WHITE if run.is_white else BLACK
            for word in run.words():
                if not _holds(ink.crop(dots(word, dots_per_mm)), colour):
                    raise refused(label.spec, name, "a word of it left no ink")
        for area in placed.kept:
            rest.paste(WHITE, _outward(area, dots_per_mm, 2))
    if _holds(rest, BLACK):
        raise refused(label.spec, "whole label", "there is ink where nothing was described")


def check_dots(image: Image.Image, label: PlacedLabel, dots_per_mm: int) -> None:
    """Every item drawn alone equals its place in a bitmap of the label's own size."""
    spec = label.spec
    if image.size != (round(spec.width_mm * dots_per_mm), round(spec.height_mm * dots_per_mm)):
        raise refused(spec, "whole label", "its size is not the label's")
    for placed in label.items:
        if not all(_stands(image, placed, area, dots_per_mm) for area in placed.kept):
            raise refused(spec, placed.item.name, "it does not stand there as it was drawn")


def refused(spec: LabelSpec, item: str, why: str) -> Mismatch:
    """The refusal of a label, naming it and the item."""
    return Mismatch(
        "label_differs", f"{spec.title}, {item}: {why}. Nothing was sent; make the label again or report it."
    )


def _stands(image: Image.Image, placed: Placed, area: Area, dots_per_mm: int) -> bool:
    """The item drawn alone equals its place; one dot at the edges is left to the rounding of neighbours."""
    inner = _outward(area, dots_per_mm, -1)
    return ImageChops.logical_xor(image.crop(inner), draw_alone(placed, inner, dots_per_mm)).getbbox() is None


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
