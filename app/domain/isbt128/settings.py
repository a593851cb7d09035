"""What a facility told the adapter. Not whether it may be on: that is the licence gate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_FACILITY: Final = re.compile(r"[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{2}")
_VALIDATION: Final = re.compile(r"A999[0-9]")


@dataclass(frozen=True, slots=True)
class AdapterSettings:
    """The adapter is on. `own_facility` is the licensed number of this facility.

    `local_flags` are those of 20 to 59 the facility has entered a meaning for. `coi_check_with_prefix`: the check
    character of a chain of identity is reckoned over its 15 characters with `CH` (unconfirmed, so a setting).
    """

    own_facility: str
    local_flags: frozenset[str] = frozenset()
    coi_check_with_prefix: bool = True


def is_facility_number(text: str) -> bool:
    """Five characters a facility number may have. Not whether anybody holds it: we keep no list."""
    return _FACILITY.fullmatch(text) is not None


def is_validation_facility(number: str) -> bool:
    """A9990 to A9999, reserved for validation: the only ones a demonstration may use."""
    return _VALIDATION.fullmatch(number) is not None
