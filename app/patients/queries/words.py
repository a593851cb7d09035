"""How states of the line are shown to people: a word, an icon and a colour. Not what the states permit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.states import BagState, CollectionState, CultureState, InfusionState, LotState


@dataclass(frozen=True, slots=True)
class Chip:
    """A status as a template shows it: `kind` is ok, warn, stop, info, none or act."""

    kind: str
    icon: str
    word: str


def chip(state: StrEnum) -> Chip:
    """The chip of a state of collection, culture, lot, bag or infusion."""
    kind = _KINDS[type(state)].get(state.value, "none")
    return Chip(kind, _ICONS[kind], words(state))


def words(state: StrEnum) -> str:
    """The state in words: `in_process` is "in process"."""
    return state.value.replace("_", " ")


_ICONS: Final = {
    "ok": "circle-check",
    "warn": "triangle-alert",
    "stop": "octagon-x",
    "info": "hourglass",
    "none": "circle-dashed",
    "act": "syringe",
}
_KINDS: Final[dict[type[StrEnum], dict[str, str]]] = {
    CollectionState: {
        "in_progress": "info", "collected": "info", "received": "info", "accepted": "ok", "consumed": "ok",
        "quarantined": "stop", "rejected": "stop", "abandoned": "warn",
    },
    CultureState: {
        "in_process": "info", "incubating": "info", "harvested": "ok", "formulated": "ok", "closed": "ok",
        "stopped": "warn",
    },
    LotState: {
        "in_process": "info", "quarantine": "stop", "released": "ok", "conditional": "info", "exceptional": "warn",
        "released_final": "ok", "rejected": "stop", "post_release_failure": "stop",
    },
    BagState: {
        "filled": "info", "labelled": "info", "available": "ok", "issued": "ok", "received": "ok", "verified": "ok",
        "infusing": "act", "infused": "ok", "partly_infused": "warn", "returned": "warn", "expired": "warn",
        "recalled": "stop",
    },
    InfusionState: {
        "ordered": "info", "confirmed": "info", "checked": "info", "running": "act", "completed": "ok",
        "stopped": "warn",
    },
}  # fmt: skip
