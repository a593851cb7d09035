"""What a facility told the adapter. Not whether it may be on: that is the licence gate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.errors import Duplicate, Invalid

_FACILITY: Final = re.compile(r"[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{2}")
_VALIDATION: Final = re.compile(r"A999[0-9]")
_LOCAL_FLAG: Final = re.compile(r"([2-5][0-9])\s+(\S.{0,59})")


@dataclass(frozen=True, slots=True)
class AdapterSettings:
    """The adapter is on. `own_facility` is the licensed number of this facility.

    `local_flags` are those of 20 to 59 the facility has entered a meaning for. `coi_check_with_prefix`: the check
    character of a chain of identity is reckoned over its 15 characters with `CH` (unconfirmed, so a setting).
    `is_demo`: a demonstration uses no facility number but those reserved for validation.
    """

    own_facility: str
    local_flags: frozenset[str] = frozenset()
    coi_check_with_prefix: bool = True
    is_demo: bool = False


def is_facility_number(text: str) -> bool:
    """Five characters a facility number may have. Not whether anybody holds it: we keep no list."""
    return _FACILITY.fullmatch(text) is not None


def is_validation_facility(number: str) -> bool:
    """A9990 to A9999, reserved for validation: the only ones a demonstration may use."""
    return _VALIDATION.fullmatch(number) is not None


def local_flags(text: str) -> Mapping[str, str]:
    """The meanings a facility gave to flags 20 to 59, one to a line: `21 washed`. Raises Invalid or Duplicate."""
    meanings: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        found = _LOCAL_FLAG.fullmatch(line)
        if found is None:
            raise Invalid(
                "local_flag",
                f"“{line[:60]}” gives no flag a meaning. Write one to a line: a number from 20 to 59, a space and at"
                " most 60 characters.",
                field="local_flags",
            )
        if found[1] in meanings:
            raise Duplicate("local_flag_twice", f"Flag {found[1]} has two meanings. Keep one.", field="local_flags")
        meanings[found[1]] = found[2]
    return MappingProxyType(dict(sorted(meanings.items())))
