"""The refusals of the scan parser, each with its sentence. Not the refusals of use, such as a wrong kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ScanCategory(StrEnum):
    """Why a scanned text is no code; the slugs are binding (House rule: identifiers, section 3)."""

    EMPTY = "empty"
    CONTROL_CHAR = "control_char"
    DOUBLED_SCAN = "doubled_scan"
    UNKNOWN_PREFIX = "unknown_prefix"
    ADAPTER_OFF = "adapter_off"
    UNKNOWN_STRUCTURE = "unknown_structure"
    BAD_LENGTH = "bad_length"
    BAD_CHARACTER = "bad_character"
    RESERVED_VALUE = "reserved_value"
    BAD_DATE = "bad_date"
    BAD_CHECK = "bad_check"
    BAD_COUNT = "bad_count"
    NOT_ALLOWED_IN_COMPOUND = "not_allowed_in_compound"
    MISSING_COMPANION = "missing_companion"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class ScanRefusal:
    """One category for machines and one sentence for people: what is wrong and what to do next."""

    category: ScanCategory
    sentence: str


def refused(category: ScanCategory, sentence: str = "") -> ScanRefusal:
    """The refusal of that category, with its general sentence unless a more exact one is given."""
    return ScanRefusal(category, sentence or _SENTENCES[category])


_SENTENCES: Final = {
    ScanCategory.EMPTY: "Nothing was scanned. Scan the code again.",
    ScanCategory.CONTROL_CHAR: (
        "The scan holds a character that no code has. Scan again; if it stays so, check the reader's set-up."
    ),
    ScanCategory.DOUBLED_SCAN: "The reader sent one code twice in one go. Scan it once more.",
    ScanCategory.UNKNOWN_PREFIX: "This is no code of ours, and no GS1 code. Scan the code on the label.",
    ScanCategory.ADAPTER_OFF: (
        "This is an ISBT 128 code, which is not read here. Scan the square code of our own label."
    ),
    ScanCategory.UNKNOWN_STRUCTURE: "The code holds an element we do not read. Scan our own label.",
    ScanCategory.BAD_LENGTH: "The code is too short or too long. Scan it again.",
    ScanCategory.BAD_CHARACTER: "The code holds a character that cannot stand there. Scan it again.",
    ScanCategory.RESERVED_VALUE: "The code holds a value that is not in use. Take it to the supervisor.",
    ScanCategory.BAD_DATE: "The code holds a date that does not exist. Take it to the supervisor.",
    ScanCategory.BAD_CHECK: "The check character does not fit: a character is wrong. Scan or type it again.",
    ScanCategory.BAD_COUNT: (
        "The code says it holds another number of parts than it does. Scan it again; if it stays so, take the label "
        "to the supervisor."
    ),
    ScanCategory.NOT_ALLOWED_IN_COMPOUND: (
        "The code holds a message inside a message. Take the label to the supervisor."
    ),
    ScanCategory.MISSING_COMPANION: (
        "The product code and its division code belong together, and one of them is missing. Scan both."
    ),
    ScanCategory.AMBIGUOUS: "The code gives the same fact twice. Scan one code only.",
}
