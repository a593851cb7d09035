"""What is due, for whom, until when: computed from the records, late first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.roles import Role
from app.today.queries.laboratory import incubation
from app.today.queries.task import LABORATORY, QUALITY, WARD, Task, Whose, in_order

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INGRID = Whose("HALVORSEN, Ingrid", "4417 0926")


def task(minutes: float, roles: frozenset[Role] = LABORATORY, *, has_deadline: bool = True, code: str = "A") -> Task:
    """A task due so many minutes from now, or waiting since then."""
    at = NOW + timedelta(minutes=minutes)
    return Task(at, "Count", INGRID, code, "", "Count", "/batches/A", roles, has_deadline)


def codes(tasks: list[Task]) -> list[str]:
    return [each.code for each in tasks]


def test_late_comes_first_then_what_waits_then_what_comes() -> None:
    given = [task(30, code="next"), task(-5, code="late"), task(-90, has_deadline=False, code="waits")]
    assert codes(in_order(given, LABORATORY, NOW, NOW + timedelta(hours=8))) == ["late", "waits", "next"]


@pytest.mark.parametrize(("minutes", "is_late"), [(-0.1, True), (0, False), (0.1, False)])
def test_late_begins_after_the_time(minutes: float, *, is_late: bool) -> None:
    assert task(minutes).is_late(NOW) is is_late


def test_what_only_waits_is_never_late() -> None:
    assert not task(-10_000, has_deadline=False).is_late(NOW)


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        ({Role.TECHNICIAN}, ["lab"]),
        ({Role.QA}, ["qa"]),
        ({Role.CLINICIAN}, ["ward"]),
        ({Role.QA, Role.SUPERVISOR}, ["lab", "qa"]),
        ({Role.INSPECTOR}, ["lab", "qa", "ward"]),
        ({Role.ADMINISTRATOR}, []),
        (set(), []),
    ],
    ids=["technician", "qa", "clinician", "qa and supervisor", "inspector", "administrator", "nobody"],
)
def test_each_role_sees_its_own_work(roles: set[Role], seen: list[str]) -> None:
    given = [task(1, LABORATORY, code="lab"), task(1, QUALITY, code="qa"), task(1, WARD, code="ward")]
    assert codes(in_order(given, frozenset(roles), NOW, NOW + timedelta(hours=8))) == seen


def test_what_is_due_after_the_end_of_the_day_is_not_today() -> None:
    until = NOW + timedelta(hours=15)
    given = [task(15 * 60, code="at midnight"), task(15 * 60 + 1, code="tomorrow")]
    assert codes(in_order(given, LABORATORY, NOW, until)) == ["at midnight"]


SEEDED = NOW
WINDOW = (SEEDED + timedelta(hours=72), SEEDED + timedelta(hours=96))


@pytest.mark.parametrize(
    ("counted_h", "now_h", "due_h", "act"),
    [
        (0, 1, 24, "Count"),
        (0, 30, 24, "Count"),
        (24, 25, 48, "Count"),
        (47.9, 48, 71.9, "Count"),
        (48, 49, 72, "Harvest"),
        (48, 71.9, 72, "Harvest"),
        (48, 72, 96, "Harvest"),
        (71, 97, 96, "Harvest"),
    ],
)
def test_a_culture_is_counted_daily_until_its_harvest_window_opens(
    counted_h: float, now_h: float, due_h: float, act: str
) -> None:
    counted, now = SEEDED + timedelta(hours=counted_h), SEEDED + timedelta(hours=now_h)
    assert incubation(SEEDED, counted, WINDOW, now) == (SEEDED + timedelta(hours=due_h), act)
