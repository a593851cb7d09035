"""The flags of a donation number: what they say of the thing the label is on. Not what a step does with it: `use`."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

LOWEST_CHECK_FLAG: Final = 60
"""Flags 60 to 96 are the check value plus 60."""


class FlagKind(StrEnum):
    """What the two characters after a donation number mean (House rule: identifiers, section 5.3)."""

    NONE = "none"
    CONTAINER = "container"
    SECOND_LABEL = "second_label"
    PILOT_TUBE = "pilot_tube"
    TEST_TUBE = "test_tube"
    RECORD = "record"
    NAT_SAMPLE = "nat_sample"
    BACTERIAL_SAMPLE = "bacterial_sample"
    MATCH_WITH_UNIT = "match_with_unit"
    PARTIAL_LABEL = "partial_label"
    ATTACHED_LABEL = "attached_label"
    LOCAL = "local"
    CHECK = "check"


_ASSIGNED: Final = {
    "00": FlagKind.NONE,
    "05": FlagKind.SECOND_LABEL,
    "06": FlagKind.PILOT_TUBE,
    "07": FlagKind.TEST_TUBE,
    "08": FlagKind.RECORD,
    "09": FlagKind.NAT_SAMPLE,
    "10": FlagKind.BACTERIAL_SAMPLE,
    "11": FlagKind.MATCH_WITH_UNIT,
    "12": FlagKind.PARTIAL_LABEL,
    "13": FlagKind.ATTACHED_LABEL,
    **{f"{flags:02d}": FlagKind.CONTAINER for flags in (1, 2, 3, 4, 15, 16, 17, 18, 19)},
    **{f"{flags:02d}": FlagKind.LOCAL for flags in range(20, 60)},
    **{f"{flags:02d}": FlagKind.CHECK for flags in range(LOWEST_CHECK_FLAG, LOWEST_CHECK_FLAG + 37)},
}


def flag_kind(flags: str) -> FlagKind | None:
    """The meaning of two flag characters; None where the value is not assigned."""
    return _ASSIGNED.get(flags)


def container_number(flags: str) -> int | None:
    """Which container of a set: flags 01 to 04 say 1 to 4, flags 15 to 19 say 5 to 9."""
    if flag_kind(flags) is not FlagKind.CONTAINER:
        return None
    return int(flags) if int(flags) < 10 else int(flags) - 10
