"""Who looks at which thing, and what a reader of one kind answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import Connection

from app.custody.queries.scan.stops import ScanStop
from app.domain.actor import Actor
from app.domain.roles import Action, may_read
from app.patients.queries.acts import Act, may
from app.patients.queries.words import Chip


@dataclass(frozen=True, slots=True)
class Looking:
    """One scan: the code, and who looks when."""

    db: Connection
    code: str
    actor: Actor
    now: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Thing:
    """What a card says of a thing. `patient_code` is None for what is no patient's, `last` its last link of custody."""

    title: str
    patient_code: str | None
    chip: Chip
    facts: tuple[tuple[str, str | Markup], ...]
    acts: tuple[Act, ...]
    stop: ScanStop | None = None
    last: str = ""
    missing: tuple[str, str] | None = None


def offered(actor: Actor, *acts: tuple[Action, str, str]) -> tuple[Act, ...]:
    """The acts this person may do, each given as right, address and verb."""
    return tuple(Act(href, verb) for action, href, verb in acts if may(actor, action))


def opened(actor: Actor, action: Action, href: str, verb: str) -> Iterable[Act]:
    """The page of a thing, for who may look at it."""
    if may_read(actor.roles, action):
        yield Act(href, verb)
