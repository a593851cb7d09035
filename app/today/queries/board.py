"""The whole of Today for one person, in the order of their role, ready to print. At most 20 statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.domain.actor import Actor
from app.domain.identifiers import display
from app.domain.roles import Role
from app.today.queries import glance, laboratory, second, testing, ward
from app.today.queries.glance import SideCard
from app.today.queries.lanes import Lane, lanes
from app.today.queries.task import LABORATORY, WARD, Task, in_order, sees
from app.web import formats

ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class DueRow:
    """One row of the due list."""

    at: str
    relative: str
    is_late: bool
    what: str
    who: str
    code: str
    where: str
    verb: str
    href: str


@dataclass(frozen=True, slots=True)
class TodayPage:
    """Today for one person. `side_first` puts the cards before the list: QA sees the release queue first."""

    day: str
    clock: str
    rows: tuple[DueRow, ...]
    shown: str
    more: str
    nothing: str
    lanes: tuple[Lane, ...]
    patients: str
    side: tuple[SideCard, ...]
    release_first: SideCard | None
    is_whole: bool


def today_page(db: Connection, actor: Actor, now: datetime, zone: str, *, is_whole: bool) -> TodayPage:
    """Everything due until the end of the day at the site; `is_whole` shows all rows instead of the first five."""
    lots = laboratory.open_lots(db)
    end_of_day = datetime.combine(formats.local(now, zone).date() + timedelta(days=1), time(), ZoneInfo(zone))
    found = list(_tasks(db, lots, actor, now))
    due = in_order(found, actor.roles, now, end_of_day)
    rows = tuple(_row(task, now, zone) for task in (due if is_whole else due[:ROWS]))
    board = lanes(db, now, zone)
    release = glance.awaiting_release(lots, zone, now)
    is_qa = Role.QA in actor.roles
    hidden = len(due) - len(rows)
    return TodayPage(
        day=formats.long_date(formats.local(now, zone).date()),
        clock=formats.time_of(now, zone),
        rows=rows,
        shown=f"{len(rows)} of {len(due)}" if hidden else formats.count(len(due), "task", "tasks") if due else "",
        more=f"{hidden} more today" if hidden else "",
        nothing=_nothing(in_order(found, actor.roles, now, now + timedelta(days=30)), zone, now),
        lanes=board,
        patients=formats.count(len(board), "patient", "patients"),
        side=_side(db, actor, release, zone, now),
        release_first=release if is_qa else None,
        is_whole=is_whole,
    )


def _tasks(db: Connection, lots: list[laboratory.OpenLot], actor: Actor, now: datetime) -> chain[Task]:
    return chain(
        laboratory.collections(db, now),
        laboratory.cultures(db, now),
        second.counts(db, actor) if sees(LABORATORY, actor.roles) else (),
        second.weights(db, actor) if sees(WARD, actor.roles) else (),
        laboratory.lot_tasks(lots),
        testing.test_runs(db),
        ward.bags(db),
        ward.infusions(db),
        ward.acknowledgements(db),
    )


def _side(db: Connection, actor: Actor, release: SideCard, zone: str, now: datetime) -> tuple[SideCard, ...]:
    """The cards of a role: the ward sees no stock, the laboratory no deviations."""
    if actor.roles <= {Role.CLINICIAN}:
        return (release,)
    cards = [] if Role.QA in actor.roles else [release]
    if actor.roles & {Role.QA, Role.SUPERVISOR, Role.INSPECTOR}:
        cards += [glance.open_deviations(db, zone, now), glance.near_misses(db, zone, now)]
    if actor.roles & {Role.QA, Role.SUPERVISOR}:
        cards += glance.typed_codes(db, now)
    return (*cards, glance.expiring(db, zone, now), glance.calibration(db, zone, now))


def _row(task: Task, now: datetime, zone: str) -> DueRow:
    waits = formats.span(now - task.due_at)
    return DueRow(
        at=formats.time_of(task.due_at, zone),
        relative=_relative(task, now, zone) if task.has_deadline else f"waits {waits}",
        is_late=task.is_late(now),
        what=task.what,
        who=task.whose.name,
        code=display(task.code),
        where=task.where,
        verb=task.verb,
        href=task.href,
    )


def _relative(task: Task, now: datetime, zone: str) -> str:
    """`27 min late`, `in 18 min`; the date beside it when it is not today."""
    words = formats.relative(task.due_at, now)
    is_today = formats.local(task.due_at, zone).date() == formats.local(now, zone).date()
    return words if is_today else f"{formats.short_day(formats.local(task.due_at, zone).date())}, {words}"


def _nothing(coming: list[Task], zone: str, now: datetime) -> str:
    if not coming:
        return "Nothing is due. Planned collections, open cultures, tests and infusions stand here."
    return f"Nothing due until {formats.moment(coming[0].due_at, zone, now)}."
