"""Reads the text of one ISBT 128 structure into its fields. Not messages of several: that is `reading`.

House rule: identifiers, section 3. The order is fixed: length, characters, reserved values, dates, check; the
first failure is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from app.domain.identifiers import check_character, check_value
from app.domain.isbt128.donation import LOWEST_CHECK_FLAG, FlagKind, container_number, flag_kind
from app.domain.isbt128.moments import iso
from app.domain.isbt128.settings import AdapterSettings
from app.domain.isbt128.structures import DIVISION, DONATION, IDENTITY, PRODUCT, Form, Part, Structure
from app.domain.scan_refusal import ScanCategory, ScanRefusal, refused

Value: TypeAlias = str | int | bool
_Fields: TypeAlias = dict[str, Value]
_LABEL_DATES: Final = frozenset({Form.EXPIRY_DAY, Form.DAY, Form.MOMENT})
_DATES: Final = _LABEL_DATES | {Form.CALENDAR_MOMENT, Form.CALENDAR_DAY}
_DIVISIONS: Final = re.compile(r"00|99|[A-Z][0a-z]")
_SEE_DIVISION: Final = "99"


@dataclass(frozen=True, slots=True)
class IsbtElement:
    """One structure: its number in the standard and its fields by name: text, whole number or yes/no.

    `needs` names the structure it cannot be used without: `032` for a product code whose division is 99.
    """

    structure: str
    fields: Mapping[str, Value]
    needs: str | None = None

    def text(self, name: str) -> str:
        """A field as text."""
        return str(self.fields[name])


def read_element(structure: Structure, text: str, settings: AdapterSettings) -> IsbtElement | ScanRefusal:
    """A text that begins with the identifier of the structure and holds nothing else."""
    data = text.removeprefix(structure.identifier)
    if len(data) != structure.length or not all(part.places for part in structure.parts):
        return refused(ScanCategory.BAD_LENGTH)
    cut = _cut(structure, data)
    if any(sign not in allowed for part, value in cut for sign, allowed in zip(value, part.places, strict=True)):
        return refused(ScanCategory.BAD_CHARACTER)
    if not all(_is_assigned(part, value) for part, value in cut):
        return refused(ScanCategory.RESERVED_VALUE)
    fields: _Fields = {}
    if not all(_fill(fields, part, value) for part, value in cut):
        return refused(ScanCategory.BAD_DATE)
    complete = _COMPLETE.get(structure.number)
    if complete is not None and not complete(fields, settings):
        return refused(ScanCategory.BAD_CHECK)
    is_elsewhere = structure is PRODUCT and fields["division"] == _SEE_DIVISION
    return IsbtElement(structure.number, MappingProxyType(fields), DIVISION.number if is_elsewhere else None)


def _cut(structure: Structure, data: str) -> list[tuple[Part, str]]:
    cut = []
    for part in structure.parts:
        cut.append((part, data[: len(part.places)]))
        data = data[len(part.places) :]
    return cut


def _is_assigned(part: Part, value: str) -> bool:
    if part.form is Form.WORD:
        return value in dict(part.words)
    if part.name == "flags":
        return flag_kind(value) is not None
    if part in PRODUCT.parts and part.name == "division":
        return _DIVISIONS.fullmatch(value) is not None
    return True


def _fill(fields: _Fields, part: Part, value: str) -> bool:
    """Adds the field of one part; False where its date does not exist."""
    if part.form is Form.NUMBER:
        fields[part.name] = int(value)
    elif part.form is Form.WORD:
        fields[part.name] = dict(part.words)[value]
    elif part.form is Form.PADDED:
        fields |= {"raw": value, part.name: value.lstrip("0")}
    elif part.form in _DATES:
        return _fill_date(fields, part, value)
    elif part.form is Form.TEXT:
        fields[part.name] = value
    return True


def _fill_date(fields: _Fields, part: Part, value: str) -> bool:
    at = iso(value, part.form)
    if at is None:
        return False
    fields[part.name] = f"{at}Z" if fields.get("zone") == "utc" else at
    if part.form in _LABEL_DATES:
        fields["time_given"] = part.form is Form.MOMENT
    return True


def _complete_donation(fields: _Fields, _settings: AdapterSettings) -> bool:
    """Adds what follows from number and flags; False where flags 60 to 96 are not the check value."""
    din, flags = f"{fields['fin']}{fields['year']}{fields['sequence']}", str(fields["flags"])
    kind = flag_kind(flags)
    assert kind is not None, "reserved flags are refused before"
    fields |= {"din": din, "flag_kind": kind.value, "check_character": check_character(din)}
    number = container_number(flags)
    if number is not None:
        fields["container_number"] = number
    return kind is not FlagKind.CHECK or int(flags) - LOWEST_CHECK_FLAG == check_value(din)


def _complete_identity(fields: _Fields, settings: AdapterSettings) -> bool:
    number = f"{fields['fin']}{fields['year']}{fields['sequence']}"
    payload = f"CH{number}" if settings.coi_check_with_prefix else number
    fields |= {"coi": f"CH{number}", "check_character": check_character(payload)}
    return True


_COMPLETE: Final[Mapping[str, Callable[[_Fields, AdapterSettings], bool]]] = MappingProxyType(
    {DONATION.number: _complete_donation, IDENTITY.number: _complete_identity}
)
