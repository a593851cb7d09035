"""What is wrong with a request's form, in a sentence: the field in words, what it must be, that nothing was saved.

What was typed is never repeated: it may be anybody's name. Kinds of fault are pydantic's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi.exceptions import RequestValidationError

UNITS: Final[dict[str, str]] = {
    "_1e9_per_l": " × 10^9/L",
    "_1e6_per_ml": " × 10^6/mL",
    "_iu_per_ml": " IU/mL",
    "_eu_per_ml": " EU/mL",
    "_per_min": " per minute",
    "_1e9": " × 10^9",
    "_ml": " mL",
    "_kg": " kg",
    "_h": " h",
    "_min": " min",
    "_c": " °C",
    "_mmhg": " mmHg",
    "_percent": " %",
    "_l": " L",
}
"""What the names of fields end in, the longest first."""

_WHERE: Final = frozenset({"body", "query", "path"})
_ABBREVIATIONS: Final = {
    "il2": "IL-2",
    "isbt": "ISBT 128",
    "coi": "CoI",
    "pin": "PIN",
    "id": "number",
    "sha256": "digest",
}
_LEASTS: Final = {
    "greater_than": "must be more than {gt}{unit}",
    "greater_than_equal": "must be at least {ge}{unit}",
    "less_than": "must be less than {lt}{unit}",
    "less_than_equal": "must be at most {le}{unit}",
    "string_too_short": "needs at least {min_length} characters",
    "string_too_long": "has at most {max_length} characters; shorten it",
    "bytes_too_short": "is empty",
    "bytes_too_long": "is larger than {max_length} bytes",
    "too_short": "needs at least {min_length} entries",
    "too_long": "has at most {max_length} entries",
    "decimal_max_places": "has at most {decimal_places} digits after the point",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "missing": "is missing",
    "missing_argument": "is missing",
    "extra_forbidden": "is no field of this request; leave it out",
    "json_invalid": "is no valid JSON",
    "string_pattern_mismatch": "is not in the form it must have; check it against its source",
    "string_unicode": "holds characters that are no text; type it anew",
}
_KINDS: Final = (
    ("bool", "must be yes or no (true or false)"),
    ("int", "must be a whole number"),
    ("decimal", "must be a number"),
    ("date", "must be a day or time, year first, such as 2026-11-23"),
    ("string", "must be text"),
    ("tuple", "must be a list"),
    ("uuid", "must be a UUID"),
    ("base64", "must be encoded in Base64"),
    ("model", "must be an object with named fields"),
    ("dict", "must be an object with named fields"),
)
"""By how the name of the fault begins."""


def sentence_of(error: RequestValidationError) -> tuple[str, str | None]:
    """The sentence about the first fault, and the field it belongs to; None where the whole request is at fault."""
    first = error.errors()[0]
    place = [part for part in first["loc"] if part not in _WHERE]
    names = [part for part in place if isinstance(part, str)]
    if first["type"] == "json_invalid" or not names:
        return f"The request {_fault(first, '')}. Nothing was saved.", None
    entry = next((f", entry {part + 1}" for part in place if isinstance(part, int)), "")
    words, unit = words_of(names[-1])
    return f"{words}{entry}: {_fault(first, unit)}. Nothing was saved.", names[0]


def words_of(field: str) -> tuple[str, str]:
    """A field in words, and its unit: `blood_processed_l` is "Blood processed" in " L"."""
    ending = next((ending for ending in UNITS if field.endswith(ending)), "")
    words = " ".join(_ABBREVIATIONS.get(word, word) for word in field.removesuffix(ending).split("_"))
    return words[:1].upper() + words[1:], UNITS.get(ending, "")


def _fault(first: Mapping[str, Any], unit: str) -> str:
    kind = str(first["type"])
    if kind in {"value_error", "assertion_error"}:
        return str(first["msg"]).partition(", ")[2]
    if kind in _LEASTS:
        return _LEASTS[kind].format_map({"unit": unit, **first.get("ctx", {})})
    return next((words for start, words in _KINDS if kind.startswith(start)), "is not what it must be")
