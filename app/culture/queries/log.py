"""The culture log: the vessels as a grid, one of them on the pad, and what a second person must verify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection

from app.culture.queries.head import Stage, stages
from app.culture.queries.pad import E6, Chosen, Log, log_of, on_pad
from app.culture.queries.readings import Grown, Reading
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.roles import Action
from app.domain.states import CultureState
from app.patients.queries.acts import may
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import words
from app.web import formats

GRID: Final = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A vessel in the grid: address, number, its density today, and done, flag, now or ''."""

    href: str
    name: str
    value: str
    state: str


@dataclass(frozen=True, slots=True)
class Note:
    """A count outside the usual range, with its reason and who gave it."""

    name: str
    words: Markup
    who: str


@dataclass(frozen=True, slots=True)
class Unverified:
    """A count that waits for a second person."""

    name: str
    density: str
    viability: str
    volume: str
    who: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """The culture log. Without `chosen` nothing is on the pad, and `missing` says why.

    `earlier` and `later` lead through groups of more than twelve vessels. `to_verify` are counts of others.
    """

    patient: Banner
    code: str
    code_text: str
    stages: tuple[Stage, ...]
    day: str
    vessels: str
    counted: str
    cells: tuple[Cell, ...]
    earlier: str
    later: str
    chosen: Chosen | None
    missing: str
    why: str
    notes: tuple[Note, ...]
    to_verify: tuple[Unverified, ...]
    last_reading_id: int
    own_waiting: str


def log_page(
    db: Connection, code: str, vessel: str | None, after: int, now: datetime, zone: str, actor: Actor
) -> LogPage:
    """The log with this vessel on the pad, else the next one to count behind member `after`. Six statements."""
    log = log_of(db, code, now, zone)
    chosen = _chosen(log, vessel, after) if log.head.state is CultureState.INCUBATING else None
    is_counting = chosen is not None and may(actor, Action.RECORD_COUNT)
    shown = _window(log, chosen)
    others = _waiting(log, actor) if may(actor, Action.VERIFY_COUNT) else []
    missing, why = _missing(log, is_all_counted=chosen is None)
    return LogPage(
        patient=banner_of_course(db, log.head.course_code, now, zone),
        code=code,
        code_text=log.head.text,
        stages=stages(log.head),
        day=_day(log),
        vessels=formats.count(len(log.vessels), "vessel", "vessels"),
        counted=f"{sum(log.today(each) is not None for each in log.vessels)} counted",
        cells=tuple(_cell(log, each, chosen) for each in shown),
        earlier=_beside(log, shown, -1),
        later=_beside(log, shown, 1),
        chosen=on_pad(log, chosen) if is_counting and chosen is not None else None,
        missing=missing,
        why=why,
        notes=tuple(_notes(log, shown)),
        to_verify=tuple(_unverified(log, *each) for each in others),
        last_reading_id=max((reading.id for _, reading in others), default=0),
        own_waiting=_own_waiting(log, actor),
    )


def _chosen(log: Log, code: str | None, after: int) -> Grown | None:
    """The vessel asked for, else the next one to count; None when every one is counted."""
    if code is None:
        return log.to_do(after)
    found = next((vessel for vessel in log.vessels if vessel.code == code), None)
    if found is None:
        raise NotFound("not_on_file", "That vessel does not grow in this culture. Choose one of the grid.")
    return found


def _window(log: Log, chosen: Grown | None) -> tuple[Grown, ...]:
    """The twelve vessels around the chosen one."""
    at = 0 if chosen is None else [vessel.id for vessel in log.vessels].index(chosen.id)
    first = at - at % GRID
    return log.vessels[first : first + GRID]


def _beside(log: Log, shown: tuple[Grown, ...], step: int) -> str:
    """The address of the twelve before (-1) or behind (1) these; nothing at the ends."""
    if not shown:
        return ""
    at = log.vessels.index(shown[0]) + step * GRID
    return _href(log, log.vessels[at]) if 0 <= at < len(log.vessels) else ""


def _href(log: Log, vessel: Grown) -> str:
    return f"/batches/{log.head.code}/log?vessel={vessel.code}"


def _cell(log: Log, vessel: Grown, chosen: Grown | None) -> Cell:
    today = log.today(vessel)
    value = "" if today is None else _density(today)
    if chosen is not None and vessel.id == chosen.id:
        state = "now"
    elif today is None:
        state = ""
    else:
        state = "flag" if today.is_odd(log.group.filled_ml, log.limits) else "done"
    return Cell(_href(log, vessel), log.name(vessel), value, state)


def _missing(log: Log, *, is_all_counted: bool) -> tuple[str, str]:
    if log.head.state is not CultureState.INCUBATING:
        return "Nothing is counted now", f"The culture is {words(log.head.state)}."
    if is_all_counted:
        return "Every vessel is counted today", "Choose one of the grid to correct it."
    return "Technicians count", "The counts stand in the grid."


def _day(log: Log) -> str:
    assert log.head.seeded_at is not None, "a culture with vessels was seeded"
    return f"Count and feed, day {((log.head.harvested_at or log.now) - log.head.seeded_at).days}"


def _waiting(log: Log, actor: Actor) -> list[tuple[Grown, Reading]]:
    """Counts of others that nobody verified yet."""
    return [
        (vessel, reading)
        for vessel in log.vessels
        for reading in vessel.readings
        if reading.verified_by_id is None and reading.entered_by_id != actor.user_id
    ]


def _own_waiting(log: Log, actor: Actor) -> str:
    own = sum(
        reading.verified_by_id is None and reading.entered_by_id == actor.user_id
        for vessel in log.vessels
        for reading in vessel.readings
    )
    return formats.count(own, "count of yours waits", "counts of yours wait") if own else ""


def _unverified(log: Log, vessel: Grown, reading: Reading) -> Unverified:
    return Unverified(
        name=f"Vessel {log.name(vessel)}",
        density=_density(reading),
        viability=formats.percent(reading.viability_percent),
        volume=formats.dose(Decimal(reading.volume_ul) / 1000, "mL"),
        who=_who(log, reading),
    )


def _notes(log: Log, shown: tuple[Grown, ...]) -> Iterator[Note]:
    """What lies outside the usual range today, with the reason that was given."""
    for vessel in shown:
        today = log.today(vessel)
        if today is not None and (today.reason or today.is_odd(log.group.filled_ml, log.limits)):
            yield Note(f"Vessel {log.name(vessel)}", _said(today), _who(log, today))


def _said(reading: Reading) -> Markup:
    reason = Markup(". Reason: {}").format(reading.reason) if reading.reason else ""
    viability = formats.percent(reading.viability_percent)
    return formats.concentration(reading.per_ml) + Markup(", {}{}").format(viability, reason)


def _density(reading: Reading) -> str:
    return f"{formats.rounded(Decimal(reading.per_ml) / E6, 2)}"


def _who(log: Log, reading: Reading) -> str:
    return f"{formats.short_person(reading.entered_by)} {formats.moment(reading.taken_at, log.zone, log.now)}"
