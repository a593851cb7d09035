"""One thing to do, computed from the records: what, for whom, until when. Not how it is found, not how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.roles import Role

MOST_ROWS: Final = 50
"""Rows any one source gives: more open things of one kind are no list any more."""

LABORATORY: Final = frozenset({Role.TECHNICIAN, Role.SUPERVISOR})
QUALITY: Final = frozenset({Role.QA})
WARD: Final = frozenset({Role.CLINICIAN})


@dataclass(frozen=True, slots=True)
class Whose:
    """The patient a task is for, as pages write it."""

    name: str
    hospital_number: str


@dataclass(frozen=True, slots=True)
class Task:
    """A thing to do. Without a deadline `due_at` is since when it waits, and it is never late."""

    due_at: datetime
    what: str
    whose: Whose
    code: str
    where: str
    verb: str
    href: str
    roles: frozenset[Role]
    has_deadline: bool = True

    def is_late(self, now: datetime) -> bool:
        """Its time is over."""
        return self.has_deadline and self.due_at < now


def in_order(tasks: Iterable[Task], roles: frozenset[Role], now: datetime, until: datetime) -> list[Task]:
    """What concerns these roles until then: late first, then what waits or comes, by time. An inspector sees all."""
    mine = [task for task in tasks if task.due_at <= until and sees(task.roles, roles)]
    return sorted(mine, key=lambda task: (not task.is_late(now), task.due_at, task.code))


def sees(whose: frozenset[Role], roles: frozenset[Role]) -> bool:
    """Whether work of `whose` roles concerns somebody with `roles`."""
    return bool(whose & roles) or Role.INSPECTOR in roles
