"""Writes the exact text of a structure or message, and the text people read. It prints nothing it cannot read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.errors import Invalid
from app.domain.identifiers import check_character
from app.domain.isbt128.elements import IsbtElement, Value, read_element
from app.domain.isbt128.moments import digits
from app.domain.isbt128.reading import IsbtMessage, read
from app.domain.isbt128.settings import AdapterSettings
from app.domain.isbt128.structures import (
    COMPOUND,
    DONATION,
    DONOR,
    IDENTITY,
    MARKERS,
    PATIENT_NUMBER,
    PRODUCT,
    STRUCTURES,
    TISSUE,
    Form,
    Part,
    Structure,
    structure_of,
)
from app.domain.scan_refusal import ScanRefusal

_BY_NUMBER: Final = {structure.number: structure for structure in STRUCTURES}


def compose(number: str, fields: Mapping[str, Value], settings: AdapterSettings) -> str:
    """The text of structure `number`. A field that is computed may be left out; one that is given must agree.

    Raises Invalid where a field is missing or its value cannot stand in the structure.
    """
    structure = _layout(number, fields)
    try:
        data = "".join(_written(part, fields) for part in structure.parts)
    except (KeyError, ValueError) as error:
        raise _unprintable(number, "a field is missing or cannot be written") from error
    text = structure.identifier + data
    found = structure_of(text)
    back = None if found is None or found.number != number else read_element(found, text, settings)
    if not isinstance(back, IsbtElement):
        raise _unprintable(number, "no code" if back is None else back.sentence)
    if any(back.fields.get(name) != value for name, value in fields.items()):
        raise _unprintable(number, "it would not read back as what was asked for")
    return text


def compose_message(elements: Sequence[IsbtElement], settings: AdapterSettings, message_id: str = "000") -> str:
    """The text of a compound message of these structures, in this order."""
    parts = "".join(compose(element.structure, element.fields, settings) for element in elements)
    text = f"{COMPOUND.identifier}{len(elements):02d}{message_id}{parts}"
    back = read(text, settings)
    if back != IsbtMessage(tuple(elements), message_id):
        why = back.sentence if isinstance(back, ScanRefusal) else "it would not read back as what was asked for"
        raise _unprintable(COMPOUND.number, why)
    return text


def text_with_check(element: IsbtElement) -> str:
    """The text under the bar code with its check character, for the four structures that must show one."""
    match element.structure:
        case DONATION.number:
            shown = _joined(element, "fin", "year", "sequence", "check_character")
        case IDENTITY.number:
            shown = f"CH{_joined(element, 'fin', 'year', 'sequence', 'check_character')}"
        case DONOR.number:
            payload = element.text("fin") + element.text("donor_number")
            shown = f"{_joined(element, 'fin', 'donor_number')} {check_character(payload)}"
        case MARKERS.number:
            shown = f"{element.text('raw')} {check_character(element.text('raw'))}"
        case _:
            raise _unprintable(element.structure, "its text has no check character")
    return shown


def _joined(element: IsbtElement, *names: str) -> str:
    return " ".join(element.text(name) for name in names)


def _layout(number: str, fields: Mapping[str, Value]) -> Structure:
    structure = _BY_NUMBER.get(number)
    if structure is None or structure is COMPOUND:
        raise _unprintable(number, "no such structure of its own")
    if structure is PRODUCT and "pack" in fields:
        return TISSUE
    if structure is not PATIENT_NUMBER:
        return structure
    head = f"00{len(str(fields.get('value', ''))):02d}"
    return structure_of(structure.identifier + head) or structure


def _written(part: Part, fields: Mapping[str, Value]) -> str:
    """The characters of one part."""
    width = len(part.places)
    match part.form:
        case Form.TEXT:
            return str(fields[part.name])
        case Form.NUMBER:
            return f"{fields[part.name]:0{width}d}"
        case Form.CONSTANT:
            return "".join(next(iter(allowed)) for allowed in part.places)
        case Form.WORD:
            return next((code for code, word in part.words if word == fields[part.name]), "")
        case Form.PADDED:
            return str(fields["raw"]) if "raw" in fields else str(fields[part.name]).rjust(width, "0")
        case _:
            return digits(str(fields[part.name]), part.form)


def _unprintable(number: str, why: str) -> Invalid:
    return Invalid("isbt_unprintable", f"ISBT 128 structure {number} cannot be printed: {why.rstrip('.')}.")
