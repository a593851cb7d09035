"""A recipe as one file: JSON to document, every fault a sentence with its place, and back, canonical or to read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from app.domain.errors import Invalid
from app.domain.recipes.document import InProcessTest, Material, RecipeDocument, RecipeStep
from app.domain.written import measurable, written_number, written_text

FORMAT: Final = "veinline recipe 1"
MOST_CHARACTERS: Final = 200_000
MOST_LISTED: Final = 60
LONGEST_TEXT: Final = 400
MOST_WHOLE: Final = 100_000
MOST_SAID: Final = 360
_SINGULAR: Final = {
    "steps": "step", "parameters": "parameter", "materials": "material", "tests": "test", "sources": "source",
}  # fmt: skip


class _Unreadable(ValueError):
    """The text is no recipe file at all; the message is a sentence."""


def read_document(text: str) -> tuple[RecipeDocument | None, tuple[str, ...]]:
    """The recipe a file holds, or every fault as a sentence that begins with its place. Nothing is repaired."""
    faults: list[str] = []
    try:
        given = _loaded(text)
    except _Unreadable as unreadable:
        return None, (str(unreadable),)
    if given.pop("format", None) != FORMAT:
        return None, (f'The file does not say "format": "{FORMAT}", so it is no recipe of this program.',)
    document = _fields(RecipeDocument, given, "", faults)
    return (None, tuple(faults)) if faults else (document, ())


def require_document(text: str, field: str = "file") -> RecipeDocument:
    """The recipe a file holds, or the refusal with its first faults."""
    document, faults = read_document(text)
    if document is None:
        raise Invalid("recipe_unreadable", said(faults), field=field)
    return document


def read_step(given: dict[str, Any], title: str, field: str) -> RecipeStep:  # Any: JSON
    """One step from the values of a form, or the refusal with its first faults."""
    faults: list[str] = []
    step = _fields(RecipeStep, json.loads(json.dumps(given), parse_int=str), f"step {title}", faults)
    if faults:
        raise Invalid("step_unreadable", said(faults), field=field)
    assert isinstance(step, RecipeStep)
    return step


def said(faults: Iterable[str]) -> str:
    """The first faults in one text, and how many more there are."""
    told = list(faults)
    shown = [each for number, each in enumerate(told) if number == 0 or len(" ".join(told[: number + 1])) <= MOST_SAID]
    rest = len(told) - len(shown)
    return " ".join([*shown, *([f"And {rest} more."] if rest > 0 else [])])


def plain(part: RecipeDocument | RecipeStep | Material | InProcessTest) -> dict[str, Any]:  # Any: JSON
    """A recipe, or a part of one, as JSON values, without what stands at its default."""
    return ({"format": FORMAT} if isinstance(part, RecipeDocument) else {}) | _plain_fields(part)


def canonical_text(document: RecipeDocument) -> str:
    """The one text of a document: keys sorted, no white space, decimals as plain text."""
    return json.dumps(plain(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def document_sha256(document: RecipeDocument) -> str:
    """What two equal documents share and unequal ones do not."""
    return hashlib.sha256(canonical_text(document).encode()).hexdigest()


def exported(document: RecipeDocument) -> str:
    """The file a person can read."""
    return json.dumps(plain(document), indent=2, ensure_ascii=False) + "\n"


def _loaded(text: str) -> dict[str, Any]:  # Any: JSON
    if len(text) > MOST_CHARACTERS:
        message = f"The file is longer than {MOST_CHARACTERS:,} characters. A recipe is shorter."
        raise _Unreadable(message)
    try:
        given = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=_no_constant, object_pairs_hook=_once_each
        )
    except json.JSONDecodeError as error:
        message = f"The file is no JSON: line {error.lineno}, column {error.colno} cannot be read."
        raise _Unreadable(message) from None
    except RecursionError:
        message = "The file is nested too deep. A recipe has steps and their parts, nothing below."
        raise _Unreadable(message) from None
    if not isinstance(given, dict):
        message = "The file is a list or a single value. A recipe is one object with name and steps."
        raise _Unreadable(message)
    return given


def _no_constant(name: str) -> object:
    message = f"The file holds {name}, which is no number."
    raise _Unreadable(message)


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _times), *_ = Counter(key for key, _value in pairs).most_common(1)
        message = f"The file says {_short(twice)} twice in one place. Keep one."
        raise _Unreadable(message)
    return found


@cache
def _hints(kind: type) -> dict[str, Any]:  # Any: a type hint
    return get_type_hints(kind)


def _fields(kind: type, given: object, place: str, faults: list[str]) -> Any:  # Any: an instance of `kind`
    if not isinstance(given, dict):
        faults.append(_at(place, "is not written as an object in braces"))
        return None
    hints, before = _hints(kind), len(faults)
    unknown = sorted(given.keys() - hints.keys())
    faults += [_at(place, f"{_short(each)} is not part of a recipe; check its spelling") for each in unknown]
    found = {}
    for field in fields(kind):
        if field.name in given:
            found[field.name] = _value(hints[field.name], given[field.name], _below(place, field.name), faults)
        elif field.default is MISSING:
            faults.append(_at(place, f"{field.name} is missing"))
    return kind(**found) if len(faults) == before else None


def _value(hint: Any, given: object, place: str, faults: list[str]) -> Any:  # Any: a type hint, and its value
    if get_origin(hint) in (UnionType, Union):
        inner = next(each for each in get_args(hint) if each is not NoneType)
        return None if given is None else _value(inner, given, place, faults)
    if get_origin(hint) is tuple:
        return _listed(get_args(hint)[0], given, place, faults)
    if is_dataclass(hint):
        assert isinstance(hint, type)
        return _fields(hint, given, place, faults)
    try:
        return _one(hint, given)
    except ValueError as error:
        faults.append(_at(place, str(error)))
        return None


def _listed(hint: Any, given: object, place: str, faults: list[str]) -> tuple[Any, ...]:  # Any: as above
    if not isinstance(given, list):
        faults.append(_at(place, "is not written as a list in brackets"))
        return ()
    if len(given) > MOST_LISTED:
        faults.append(_at(place, f"lists more than {MOST_LISTED}"))
        return ()
    head, _, last = place.rpartition(", ")
    one = f"{head}, {_SINGULAR.get(last, last)}" if head else _SINGULAR.get(last, last)
    return tuple(_value(hint, each, f"{one} {number}", faults) for number, each in enumerate(given, start=1))


def _one(hint: Any, given: object) -> object:  # Any: a type hint
    if hint is bool:
        return _flag(given)
    if not isinstance(given, str):
        message = "is empty" if given is None else "is not a single value"
        raise ValueError(message)
    if hint is Decimal:
        return _decimal(given)
    if hint is int:
        return _whole(given)
    return _text(given) if hint is str else _word(hint, given)


def _flag(given: object) -> bool:
    if not isinstance(given, bool):
        message = "is neither true nor false"
        raise ValueError(message)
    return given


def _decimal(given: str) -> Decimal:
    """One spelling for each number: plain digits without trailing zeros."""
    try:
        value = measurable(written_number(given))
        return Decimal(format(value.normalize(), "f")) + 0
    except InvalidOperation:
        message = "this is no number; write digits only, such as 218 or 0.5"
        raise ValueError(message) from None


def _whole(given: str) -> int:
    value = _decimal(given)
    if value != value.to_integral_value() or not 0 <= value <= MOST_WHOLE:
        message = f"is not a whole number from 0 to {MOST_WHOLE:,}"
        raise ValueError(message)
    return int(value)


def _text(given: str) -> str:
    words = written_text(given).strip()
    if len(words) > LONGEST_TEXT or "\n" in words or "\t" in words:
        message = f"is longer than one line of {LONGEST_TEXT} characters"
        raise ValueError(message)
    return words


def _word(hint: type[StrEnum], given: str) -> StrEnum:
    if given not in set(hint):
        message = f"is none of {', '.join(hint)}"
        raise ValueError(message)
    return hint(given)


def _below(place: str, name: str) -> str:
    return f"{place}, {name}" if place else name


def _at(place: str, what: str) -> str:
    where = place or "the recipe"
    return f"{where[0].upper()}{where[1:]}: {what}."


def _short(word: str) -> str:
    return f"“{word[:40]}”" if word.isprintable() else "a key that cannot be printed"


def _plain_fields(value: Any) -> dict[str, Any]:  # Any: a dataclass, and JSON
    return {
        each.name: _plain(getattr(value, each.name))
        for each in fields(value)
        if each.default is MISSING or getattr(value, each.name) != each.default
    }


def _plain(value: object) -> object:
    if is_dataclass(value):
        return _plain_fields(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return format(value, "f") if isinstance(value, Decimal) else value
