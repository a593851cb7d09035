"""Makes the module matrix of a bar code. The only place that creates one; it refuses before it encodes.

zxing-cpp ignores an unknown keyword in silence and ends the whole process on one of a wrong type: so the two
calls below stand alone, with literal keywords, and nothing but a checked text ever reaches them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image
from zxingcpp import BarcodeFormat, create_barcode

from app.domain.errors import Invalid
from app.domain.labels.spec import Scheme, Symbology
from app.domain.scan import OwnCode, parse
from app.domain.scan_refusal import ScanCategory, ScanRefusal, refused

QUIET_MODULES: Final = {Symbology.CODE_128: 10, Symbology.DATA_MATRIX: 2}
"""Modules without ink beside a symbol: left and right of Code 128 (ICCBBA ST-001), around Data Matrix."""

_LONGEST_TEST_TEXT: Final = 119


@dataclass(frozen=True, slots=True)
class Matrix:
    """Modules of one symbol, row by row, True where dark; a Code 128 has one row."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def columns(self) -> int:
        """Modules across."""
        return len(self.rows[0])


@lru_cache(maxsize=512)
def encode(symbology: Symbology, scheme: Scheme, text: str) -> Matrix:
    """The symbol of a text our own parser reads back; Invalid with a scan category for any other."""
    refusal = _refusal(symbology, scheme, text)
    if refusal is not None:
        raise Invalid(refusal.category.value, refusal.sentence)
    if symbology is Symbology.CODE_128:
        return Matrix(_rows(_code_128(text))[:1])
    barcode = create_barcode(text, BarcodeFormat.DataMatrix, force_square=True)
    return Matrix(_rows(Image.fromarray(barcode.to_image(scale=1, add_quiet_zones=False))))


def _code_128(text: str) -> Image.Image:
    try:
        barcode = create_barcode(text, BarcodeFormat.Code128)
    except ValueError as error:  # more than 101 symbol characters
        raise Invalid(ScanCategory.BAD_LENGTH.value, "The text is too long for a linear bar code.") from error
    return Image.fromarray(barcode.to_image(scale=1, add_quiet_zones=False))


def _rows(picture: Image.Image) -> tuple[tuple[bool, ...], ...]:
    width, height = picture.size
    dark = [value < 128 for value in picture.tobytes()]
    return tuple(tuple(dark[row * width : (row + 1) * width]) for row in range(height))


def _refusal(symbology: Symbology, scheme: Scheme, text: str) -> ScanRefusal | None:
    if not text:
        return refused(ScanCategory.EMPTY)
    if any(not " " <= character <= "~" for character in text):
        return refused(ScanCategory.CONTROL_CHAR)
    if text.startswith("]"):
        return refused(ScanCategory.BAD_CHARACTER)
    if scheme is Scheme.TEST:
        return refused(ScanCategory.BAD_LENGTH) if len(text) > _LONGEST_TEST_TEXT else None
    parsed = parse(text)
    if isinstance(parsed, ScanRefusal):
        return parsed
    if not isinstance(parsed, OwnCode):
        return refused(ScanCategory.UNKNOWN_PREFIX)
    if symbology is Symbology.CODE_128 and parsed.print_number is not None:
        return refused(ScanCategory.BAD_LENGTH, "A linear bar code carries the 14 characters without print number.")
    return None
