"""What surrounds a page: navigation for this person, site, station, nonce. Not who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

from app.domain.roles import Role
from app.web import formats
from app.web.viewer import SiteFacts, Viewer

WEDGE_GAP_MS: Final = 50
"""Median time between two keys of a scan, where nobody is recognised yet. House rule: labels, section 10.1."""


@dataclass(frozen=True, slots=True)
class RailItem:
    """One place in the navigation. `waiting` counts work that waits for this person; 0 shows no badge."""

    key: str
    href: str
    icon: str
    word: str
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class BareFrame:
    """The frame of a page on which nobody is recognised yet: sign-in, lock, first run."""

    nonce: str
    is_demo: bool
    wedge_gap_ms: int = field(default=WEDGE_GAP_MS, kw_only=True)

    def new_request_key(self) -> str:
        """A fresh key for one form. The same key sent twice is carried out once."""
        return str(uuid4())


@dataclass(frozen=True, slots=True)
class Frame(BareFrame):
    """The frame of a page for a recognised person. `here` is the key of the rail item the page belongs to."""

    here: str
    items: tuple[RailItem, ...]
    who: str
    station_name: str | None
    idle_seconds: int
    now_text: str
    zone_text: str
    site_name: str

    @property
    def secret_word(self) -> str:
        """What proves a signature here: the PIN on an enrolled station, the password elsewhere."""
        return "Password" if self.station_name is None else "PIN"


def frame_for(
    *, viewer: Viewer, site: SiteFacts, here: str, now: datetime, nonce: str, badges: Mapping[str, int]
) -> Frame:
    """The frame for a recognised person. `badges` holds waiting work by rail key."""
    items = rail_items(viewer.actor.roles, badges)
    return Frame(
        nonce=nonce,
        is_demo=site.is_demo,
        wedge_gap_ms=viewer.wedge_gap_ms,
        here=here if any(item.key == here for item in items) else "more",
        items=items,
        who=formats.short_person(viewer.actor.full_name),
        station_name=viewer.station_name,
        idle_seconds=viewer.idle_seconds,
        now_text=f"{formats.day_of(now, site.zone)} {formats.time_of(now, site.zone)}",
        zone_text=site.zone,
        site_name=site.name,
    )


def rail_items(roles: frozenset[Role], badges: Mapping[str, int]) -> tuple[RailItem, ...]:
    """The navigation of the first of a person's roles, in the order of `_ITEMS`."""
    keys = next((keys for role, keys in _ITEMS.items() if role in roles), ("more",))
    return tuple(RailItem(key, *_PLACES[key], waiting=badges.get(key, 0)) for key in keys)


_PLACES: Final = {
    "today": ("/", "calendar-clock", "Today"),
    "patients": ("/patients", "users", "Patients"),
    "batches": ("/batches", "flask-conical", "Batches"),
    "release": ("/release", "clipboard-check", "Release"),
    "bedside": ("/bedside", "scan-barcode", "Bedside"),
    "users": ("/users", "users", "Users"),
    "stations": ("/stations", "map-pin", "Stations"),
    "more": ("/more", "ellipsis", "More"),
}
_ITEMS: Final = {
    Role.QA: ("today", "release", "batches", "patients", "more"),
    Role.SUPERVISOR: ("today", "patients", "batches", "more"),
    Role.TECHNICIAN: ("today", "patients", "batches", "more"),
    Role.CLINICIAN: ("today", "patients", "bedside", "more"),
    Role.ADMINISTRATOR: ("users", "stations", "more"),
    Role.INSPECTOR: ("patients", "batches", "more"),
}
