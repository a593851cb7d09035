"""Who looks, as the web needs to know it. Recognising them is `app.identity`; this only carries the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import Refusal


@dataclass(frozen=True, slots=True)
class Cookies:
    """What the browser brought: the token of the sign-in and the token of the enrolled station."""

    session: str | None
    station: str | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A recognised person. `is_locked` means the screen is locked: nothing but unlocking may be done."""

    actor: Actor
    session_id: int
    is_locked: bool
    idle_seconds: int
    last_seen_at: datetime
    station_name: str | None
    wedge_gap_ms: int


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What every page and command needs to know of the site; fixed while the server runs."""

    code: str
    name: str
    zone: str
    is_demo: bool
    laboratory_phone: str


@dataclass(frozen=True, slots=True)
class Reception:
    """What features hand to the doors.

    `remember` keeps a refusal (near miss, failed secret) in a transaction of its own, after the refused one was undone.
    """

    recognise: Callable[[Connection, Cookies, datetime], Viewer | None]
    touch: Callable[[Transaction, int], None]
    remember: Callable[[Transaction, Refusal], None]
    badges: Callable[[Connection, Viewer], dict[str, int]]
