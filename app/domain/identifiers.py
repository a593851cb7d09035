"""Our own identifiers: kinds, check character, making and showing codes. Reading a scan is `scan`."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from app.domain.errors import Invalid

GLYPHS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The 32 characters a code may hold after its kind: no I, L, O, U."""

LARGEST_NUMBER: Final = 999_999
LARGEST_PRINT_NUMBER: Final = 99

_CHECK_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_SITE: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{2}[A-HJKMNP-TV-Z]")
_LOWER_TO_UPPER: Final = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
_SEPARATORS: Final = {ord(" "): None, ord("-"): None}


class Kind(StrEnum):
    """The first two letters of a code: what the object is. A step refuses a wrong kind before any search."""

    WRISTBAND = "PW"
    PATIENT_SHEET = "PR"
    COURSE = "TH"
    COLLECTION = "CN"
    SAMPLE = "SM"
    REAGENT = "RG"
    CULTURE = "BA"
    VESSEL = "VS"
    HARVEST = "HP"
    PRODUCT_LOT = "PD"
    BAG = "BG"
    PLATE = "PL"
    EQUIPMENT = "EQ"
    PLACE = "PC"
    STATION = "ST"
    BADGE = "BD"
    SHIPMENT = "SH"
    FORM = "FM"

    @property
    def word(self) -> str:
        """What people call it, for sentences: "patient wristband", "product bag"."""
        return _WORDS[self]


_WORDS: Final = {
    Kind.WRISTBAND: "patient wristband",
    Kind.PATIENT_SHEET: "patient sheet",
    Kind.COURSE: "course",
    Kind.COLLECTION: "collection",
    Kind.SAMPLE: "sample",
    Kind.REAGENT: "reagent",
    Kind.CULTURE: "culture",
    Kind.VESSEL: "culture vessel",
    Kind.HARVEST: "harvest",
    Kind.PRODUCT_LOT: "product lot",
    Kind.BAG: "product bag",
    Kind.PLATE: "assay plate",
    Kind.EQUIPMENT: "equipment",
    Kind.PLACE: "place",
    Kind.STATION: "station",
    Kind.BADGE: "staff badge",
    Kind.SHIPMENT: "shipping box",
    Kind.FORM: "paper form",
}


def check_value(payload: str) -> int:
    """ISO/IEC 7064 MOD 37-2 over digits and capital letters, 0 to 36.

    Source: ISO/IEC 7064; worked examples in ICCBBA ST-001 v6.2.2, appendix A.2.
    """
    total = 0
    for character in payload:
        total = (total + _CHECK_ALPHABET.index(character)) * 2 % 37
    return (38 - total) % 37


def check_character(payload: str) -> str:
    """The check value as a digit, a letter or `*`; our own codes and ISBT 128 share it."""
    return _CHECK_ALPHABET[check_value(payload)]


def is_site(text: str) -> bool:
    """Three characters of our alphabet, the third a letter: so no code looks like a donation number."""
    return _SITE.fullmatch(text) is not None


def make_code(kind: Kind, site: str, year: int, number: int) -> str | None:
    """The 14 characters of one object, or None where this kind skips the number.

    A number is skipped when its check character would be I, L, O, U or `*`; the caller takes the next one.
    `year` is the calendar year of allocation at the site, `number` its counter 1 to 999999.
    """
    if not is_site(site):
        raise Invalid(
            "site_code_impossible",
            f"The site code {site} cannot be used: it has three capital letters or digits (no I, L, O, U), "
            "and the third is a letter.",
        )
    if not 2000 <= year <= 2099:
        raise Invalid("code_year_impossible", f"The year {year} cannot stand in a code: 2000 to 2099 can.")
    if not 1 <= number <= LARGEST_NUMBER:
        raise Invalid(
            "code_numbers_used_up",
            f"The number {number} cannot stand in a code: a site has 1 to {LARGEST_NUMBER} in a year.",
        )
    payload = f"{kind}{site}{year % 100:02d}{number:06d}"
    check = check_character(payload)
    return payload + check if check in GLYPHS else None


def with_print_number(code: str, print_number: int) -> str:
    """The 16 characters of a square symbol: the code and which print of the label this is, 1 to 99."""
    if not 1 <= print_number <= LARGEST_PRINT_NUMBER:
        raise Invalid(
            "print_numbers_used_up",
            f"{display(code)} cannot be printed as number {print_number}: a label has 99 prints, 1 to 99.",
        )
    return f"{code}{print_number:02d}"


def display(code: str) -> str:
    """A code as people read it: `BG-D7M-26-000418-M`, with its print number `BG-D7M-26-000418-M 02`."""
    spaced = f"{code[:2]}-{code[2:5]}-{code[5:7]}-{code[7:13]}-{code[13:14]}"
    return f"{spaced} {code[14:]}" if code[14:] else spaced


def normalise_typed(text: str) -> str:
    """A typed code without spaces and hyphens, a-z raised. Nothing else is mapped: no O to 0, no I to 1.

    Only the 26 ASCII letters are raised: `str.upper` would turn a long s into S and so repair a wrong text.
    """
    return text.translate(_SEPARATORS).translate(_LOWER_TO_UPPER)
