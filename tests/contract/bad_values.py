"""What people and programs send by mistake, for each kind of field, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from itertools import islice
from typing import Any

from pydantic import BaseModel

from app.web.forms import as_read

MOST_BY_PAGE = 3
"""A page reads the same request as the API; so many values of a field show that it does."""

CANARY = "Zebracanary"
"""No sentence and no log may say it again."""


class Left(Enum):
    """A field that is not sent at all."""

    OUT = auto()


ANY: dict[str, object] = {"an object": {CANARY: 1}, "a list in a list": [[CANARY]]}
TEXTS: dict[str, object] = {
    "a number": 5,
    "too long": CANARY * 3000,
    "NUL": f"{CANARY}\0b",
    "an escape": f"{CANARY}\x1b[31m",
    "a turned direction": f"{CANARY}\u202egnp",
    "a blank without width": f"{CANARY}\u200b",
    "half a character": f"{CANARY}\ud800",
}
WHOLE: dict[str, object] = {"a word": CANARY, "no whole": "1.5", "immense": 10**40}
NUMBERS: dict[str, object] = {
    "a word": CANARY,
    "with its unit": "5 U",
    "binary": 1.5,
    "no number": "NaN",
    "without end": "Infinity",
    "immense": "1e308",
    "minute": "1e-300",
    "thousands or decimals": "1,500",
    "very long": "9" * 5000,
    "other digits": "\u0661\u0662",
}
TIMES: dict[str, object] = {
    "a word": CANARY,
    "a number": 1_700_000_000,
    "long ago": "0001-01-01T00:00:00+14:00",
    "far ahead": "9999-12-31T23:59:59-12:00",
    "last century": "1899-11-23T08:00:00+00:00",
    "next millennium": "2999-11-23T08:00:00+00:00",
    "no such day": "2026-02-30T08:00:00+00:00",
    "day first": "23.11.2026 08:00",
}
NAIVE: dict[str, object] = {"without zone": "2026-11-23T08:00:00"}
DAYS: dict[str, object] = {
    "a word": CANARY,
    "a number": 1_700_000_000,
    "long ago": "0001-01-01",
    "next millennium": "2999-11-23",
    "no such day": "2026-02-30",
}
WISHES: dict[str, object] = {"a word": CANARY, "both": "maybe"}
CHOICES: dict[str, object] = {"a word": CANARY}


def bad_values(model: type[BaseModel], *, is_api: bool) -> Iterator[tuple[str, str, object]]:
    """Field, what is wrong, and the value, for every field of a request."""
    schema = model.model_json_schema()
    read_to_the_letter = as_read(model)
    for name, part in schema.get("properties", {}).items():
        if name in schema.get("required", ()):
            yield name, "left out", Left.OUT
            yield from [(name, "nothing", None)] if is_api else []
        bad = _bad(part, schema, is_api=is_api, is_read=name in read_to_the_letter)
        if is_api:
            yield from ((name, why, value) for why, value in bad.items())
        else:
            forms = ((name, why, value) for why, value in bad.items() if _can_stand_in_a_form(value))
            yield from islice(forms, MOST_BY_PAGE)


def _can_stand_in_a_form(value: object) -> bool:
    return isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value)


def _beyond(part: dict[str, Any]) -> dict[str, object]:
    """Just outside the bounds a field states itself."""
    beyond: dict[str, object] = {}
    if "minimum" in part:
        beyond["below its least"] = str(int(part["minimum"]) - 1)
    if "maximum" in part:
        beyond["above its most"] = str(int(part["maximum"]) + 1)
    return beyond


def _bad(part: dict[str, Any], whole: dict[str, Any], *, is_api: bool, is_read: bool) -> dict[str, object]:
    if "$ref" in part:
        return _bad(whole["$defs"][part["$ref"].rsplit("/", 1)[1]], whole, is_api=is_api, is_read=is_read)
    if "allOf" in part or "anyOf" in part:
        return _bad((part.get("allOf") or part["anyOf"])[0], whole, is_api=is_api, is_read=is_read)
    if "enum" in part or "const" in part:
        return CHOICES
    match part.get("type"), part.get("format"):
        case "string", "date-time":
            return TIMES | (NAIVE if is_api else {})
        case "string", "date":
            return DAYS
        case "string", "binary" | "base64" | "base64url":
            return {}
        case "string", _ if is_read:
            return {"a number": 5, "too long": CANARY * 3000}
        case "string", _ if "pattern" in part and r"\d" in part["pattern"] and r"eE" in part["pattern"]:
            return NUMBERS
        case "string", _:
            return ANY | TEXTS
        case "integer", _:
            return WHOLE | _beyond(part)
        case "number", _:
            return NUMBERS
        case "boolean", _:
            return WISHES
        case "array", _:
            return {"a word": CANARY} if is_api else {}
    return {}
