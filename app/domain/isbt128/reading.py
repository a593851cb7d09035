"""Reads an ISBT 128 text: one structure, a compound message, or two structures read as one. Never a guess.

House rule: identifiers, section 5.5. One failure refuses a whole message; nothing of it is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.identifiers import normalise_typed
from app.domain.isbt128.elements import IsbtElement, read_element
from app.domain.isbt128.settings import AdapterSettings
from app.domain.isbt128.structures import COMPOUND, DIVISION, DONATION, IDENTITY, PRODUCT, Structure, structure_of
from app.domain.scan_refusal import ScanCategory, ScanRefusal, refused

_ONLY_ONCE: Final = (DONATION.number, PRODUCT.number, DIVISION.number, IDENTITY.number)
_TYPED_DONATION: Final = re.compile(r"[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{10}[0-9A-Z*]")
_TYPED_IDENTITY: Final = re.compile(r"CH[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{4}[0-9A-Z]{6}[0-9A-Z*]")
_FLAG_FIELDS: Final = ("flags", "flag_kind")


@dataclass(frozen=True, slots=True)
class IsbtMessage:
    """Several structures in one scan. `message_id` is None for two neighbouring symbols read as one."""

    elements: tuple[IsbtElement, ...]
    message_id: str | None


def read(text: str, settings: AdapterSettings, *, is_pair: bool = False) -> IsbtElement | IsbtMessage | ScanRefusal:
    """A text that begins with `=` or `&`. `is_pair`: the reader says it read two symbols as one."""
    if is_pair:
        return _pair(text, settings)
    if text.startswith(COMPOUND.identifier):
        return _compound(text, settings)
    structure = structure_of(text)
    if structure is None:
        return refused(ScanCategory.UNKNOWN_STRUCTURE)
    return read_element(structure, text, settings)


def read_typed(text: str, settings: AdapterSettings) -> IsbtElement | ScanRefusal | None:
    """A donation number or chain of identity a person typed, with the check character printed beside it.

    None where the text is neither. Typing says nothing of the flags, so the element has none.
    """
    code = normalise_typed(text)
    if _TYPED_IDENTITY.fullmatch(code):
        element = read_element(IDENTITY, IDENTITY.identifier + code[:-1], settings)
    elif _TYPED_DONATION.fullmatch(code):
        element = read_element(DONATION, f"{DONATION.identifier}{code[:-1]}00", settings)
    else:
        return None
    if isinstance(element, ScanRefusal):
        return element
    if element.fields["check_character"] != code[-1]:
        return refused(ScanCategory.BAD_CHECK)
    known = {name: value for name, value in element.fields.items() if name not in _FLAG_FIELDS}
    return IsbtElement(element.structure, MappingProxyType(known))


def together(elements: Sequence[IsbtElement]) -> ScanRefusal | None:
    """Why structures cannot be used together: one fact twice, or one without its companion. None where they can."""
    numbers = [element.structure for element in elements]
    if _has_a_fact_twice(numbers):
        return refused(ScanCategory.AMBIGUOUS)
    needs = any(element.needs == DIVISION.number for element in elements)
    return None if needs == (DIVISION.number in numbers) else refused(ScanCategory.MISSING_COMPANION)


def _has_a_fact_twice(numbers: Sequence[str]) -> bool:
    return any(numbers.count(number) > 1 for number in _ONLY_ONCE)


def _pair(text: str, settings: AdapterSettings) -> IsbtMessage | ScanRefusal:
    """A companion may still follow in a scan of its own, so only a fact given twice refuses a whole pair."""
    parts = _split(text)
    if isinstance(parts, ScanRefusal):
        return parts
    if len(parts) != 2:
        return refused(ScanCategory.BAD_LENGTH, "The reader says it read two codes as one. Scan each code alone.")
    elements = _elements(parts, settings)
    if isinstance(elements, ScanRefusal):
        return elements
    if _has_a_fact_twice([element.structure for element in elements]):
        return refused(ScanCategory.AMBIGUOUS)
    return IsbtMessage(elements, None)


def _compound(text: str, settings: AdapterSettings) -> IsbtMessage | ScanRefusal:
    start = len(COMPOUND.identifier) + COMPOUND.length
    if len(text) <= start:
        return refused(ScanCategory.BAD_LENGTH)
    head = read_element(COMPOUND, text[:start], settings)
    if isinstance(head, ScanRefusal):
        return head
    parts = _split(text[start:])
    if isinstance(parts, ScanRefusal):
        return parts
    if len(parts) != head.fields["count"]:
        return refused(ScanCategory.BAD_COUNT)
    elements = _elements(parts, settings)
    if isinstance(elements, ScanRefusal):
        return elements
    return together(elements) or IsbtMessage(elements, head.text("message_id"))


def _split(text: str) -> list[tuple[Structure, str]] | ScanRefusal:
    """Cuts a text where each structure says it ends."""
    found = []
    while text:
        if text[0] not in "=&":
            return refused(ScanCategory.BAD_LENGTH)
        if text.startswith(COMPOUND.identifier):
            return refused(ScanCategory.NOT_ALLOWED_IN_COMPOUND)
        structure = structure_of(text)
        if structure is None:
            return refused(ScanCategory.UNKNOWN_STRUCTURE)
        length = len(structure.identifier) + structure.length
        found.append((structure, text[:length]))
        text = text[length:]
    return found


def _elements(
    parts: Sequence[tuple[Structure, str]], settings: AdapterSettings
) -> tuple[IsbtElement, ...] | ScanRefusal:
    elements = []
    for structure, text in parts:
        element = read_element(structure, text, settings)
        if isinstance(element, ScanRefusal):
            return element
        elements.append(element)
    return tuple(elements)
