"""Reads the GS1 element strings of hospital wristbands, badges and reagents. It makes none."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import Final

from app.domain.scan_refusal import ScanCategory, ScanRefusal, refused

GS: Final = "\x1d"
"""Ends a value of variable length."""


@dataclass(frozen=True, slots=True)
class Gs1Code:
    """The elements of one GS1 code; None where the code does not carry the element.

    `recipient` (8018) and `provider` (8017) are service relation numbers, `place` (414) a location number.
    `expires_on` (17) is a date in ISO form; `expires_at` (7003) is local time, `2026-11-24T14:30`, no zone.
    `protocol`, `media_type` and `protocol_version` (7240 to 7242) tell a wristband from a sticker.
    """

    recipient: str | None = None
    provider: str | None = None
    gtin: str | None = None
    serial: str | None = None
    lot: str | None = None
    expires_on: str | None = None
    expires_at: str | None = None
    place: str | None = None
    protocol: str | None = None
    media_type: str | None = None
    protocol_version: str | None = None


def parse_gs1(text: str) -> Gs1Code | ScanRefusal:
    """The elements of `text`, or the first refusal. Every element must be known: an unknown one has no end.

    Source: GS1 General Specifications, application identifiers.
    """
    found: dict[str, str] = {}
    rest = text
    while rest:
        identifier = next((one for one in _ELEMENTS if rest.startswith(one)), None)
        if identifier is None:
            return refused(ScanCategory.UNKNOWN_STRUCTURE)
        element = _ELEMENTS[identifier]
        value, rest = element.split(rest.removeprefix(identifier))
        answer = _read(value, element)
        if isinstance(answer, ScanRefusal):
            return answer
        if element.field in found:
            return refused(ScanCategory.AMBIGUOUS)
        found[element.field] = answer
    return Gs1Code(**found)


@dataclass(frozen=True, slots=True)
class _Element:
    field: str
    longest: int
    is_fixed: bool = True
    has_check_digit: bool = False

    def split(self, text: str) -> tuple[str, str]:
        """The value and what follows it; a separator after a value of fixed length is allowed."""
        if self.is_fixed:
            return text[: self.longest], text[self.longest :].removeprefix(GS)
        value, _, rest = text.partition(GS)
        return value, rest


_ELEMENTS: Final = {
    "8018": _Element("recipient", 18, has_check_digit=True),
    "8017": _Element("provider", 18, has_check_digit=True),
    "01": _Element("gtin", 14, has_check_digit=True),
    "21": _Element("serial", 20, is_fixed=False),
    "10": _Element("lot", 20, is_fixed=False),
    "17": _Element("expires_on", 6),
    "7003": _Element("expires_at", 10),
    "414": _Element("place", 13, has_check_digit=True),
    "7240": _Element("protocol", 20, is_fixed=False),
    "7241": _Element("media_type", 2),
    "7242": _Element("protocol_version", 20, is_fixed=False),
}
_DIGITS: Final = frozenset("0123456789")
_TEXT: Final = frozenset("!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
"""GS1 AI encodable character set 82."""


def _read(value: str, element: _Element) -> str | ScanRefusal:
    is_whole = len(value) == element.longest if element.is_fixed else 0 < len(value) <= element.longest
    if not is_whole or GS in value:
        return refused(ScanCategory.BAD_LENGTH)
    if not set(value) <= (_DIGITS if element.is_fixed else _TEXT):
        return refused(ScanCategory.BAD_CHARACTER)
    if element.field in ("expires_on", "expires_at"):
        return _moment(value) or refused(ScanCategory.BAD_DATE)
    if element.has_check_digit and not _check_digit_fits(value):
        return refused(ScanCategory.BAD_CHECK)
    return value


def _moment(digits: str) -> str | None:
    """YYMMDD or YYMMDDhhmm in ISO form, years 2000 to 2099; day 00 is the last of the month (date only)."""
    year, month, day = 2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    if day == 0 and len(digits) == 6:
        day = last
    if not 1 <= day <= last:
        return None
    iso_date = f"{year}-{month:02d}-{day:02d}"
    if len(digits) == 6:
        return iso_date
    hour, minute = int(digits[6:8]), int(digits[8:10])
    return f"{iso_date}T{hour:02d}:{minute:02d}" if hour <= 23 and minute <= 59 else None


def _check_digit_fits(digits: str) -> bool:
    """Modulo 10 with weights 3 and 1 from the right, the check digit itself weighing 1."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10 == 0
