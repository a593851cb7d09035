"""States of a material lot. Recalled and rejected lots never come back. House rule: interface design, section 2."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.states.table import state_table
from app.domain.vocabulary import MaterialState


class MaterialAct(StrEnum):
    """What happens to a lot."""

    RECEIVE = "receive"
    RELEASE = "release"
    REJECT = "reject"
    RECALL = "recall"


MATERIAL: Final = state_table(
    MaterialAct.RECEIVE,
    MaterialState.QUARANTINED,
    ((MaterialState.QUARANTINED,), MaterialAct.RELEASE, MaterialState.RELEASED),
    ((MaterialState.QUARANTINED,), MaterialAct.REJECT, MaterialState.REJECTED),
    ((MaterialState.QUARANTINED, MaterialState.RELEASED), MaterialAct.RECALL, MaterialState.RECALLED),
)
"""The moves of a material lot, received or prepared."""
