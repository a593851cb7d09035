"""Who is on treatment: twenty days per course, what was done on each and what is planned. Three statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Many
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, and_, select

from app.db.models import Collection, Course, DoseOrder, Infusion, Patient
from app.db.types import in_words
from app.domain.states import CollectionState, InfusionState
from app.domain.vocabulary import CourseState, OrderState
from app.today.queries.laboratory import whose
from app.web import formats

DAYS: Final = 20
MOST_LANES: Final = 12
TRACKS: Final = {"phe": "leukapheresis", "lak": "LAK infusion"}
"""Position in a day, by style class, and the act in words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One act on one day; `track` is its place, `is_planned` draws an outline."""

    track: str
    is_planned: bool


@dataclass(frozen=True, slots=True)
class LaneDay:
    """One of the twenty days."""

    marks: tuple[Mark, ...]
    is_today: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One course on the board."""

    name: str
    detail: str
    href: str
    days: tuple[LaneDay, ...]
    words: str


Acts = dict[int, set[Mark]]
"""Treatment day -> what happened or will."""


def lanes(db: Connection, now: datetime, zone: str) -> tuple[Lane, ...]:
    """The newest open courses; index ix_course_state_id."""
    look = (
        select(
            Course.id,
            Course.first_day,
            Patient.code,
            Patient.family_name,
            Patient.given_name,
            Patient.hospital_number,
        )
        .join(Patient, Patient.id == Course.patient_id)
        .where(Course.state.in_((CourseState.ACTIVE, CourseState.ON_HOLD)))
        .order_by(Course.id.desc())
        .limit(MOST_LANES)
    )
    courses = db.execute(look).all()
    acts = _acts(db, {row.id: row.first_day for row in courses}, zone)
    today = formats.local(now, zone).date()
    shown = []
    for course_id, first_day, code, *patient in courses:
        owner, day = whose(*patient), _day_of(first_day, today)
        days = tuple(
            LaneDay(tuple(sorted(acts[course_id][each], key=_place)), each == day) for each in range(1, DAYS + 1)
        )
        detail = f"{owner.hospital_number} · day {day}"
        shown.append(Lane(owner.name, detail, f"/patients/{code}", days, _words(day, acts[course_id])))
    return tuple(sorted(shown, key=lambda lane: lane.name))


def _acts(db: Connection, first_days: dict[int, date], zone: str) -> dict[int, Acts]:
    acts: dict[int, Acts] = defaultdict(lambda: defaultdict(set))
    found = (*_collections(db, first_days), *_infusions(db, first_days))
    for track, course_id, planned_at, done_at in sorted(found, key=lambda act: act[3] is not None):
        at = done_at or planned_at
        day = _day_of(first_days[course_id], formats.local(at, zone).date())
        acts[course_id][day].add(Mark(track, done_at is None))
        if done_at is not None:
            acts[course_id][day].discard(Mark(track, is_planned=True))
    return acts


Act = tuple[str, int, datetime, datetime | None]


def _collections(db: Connection, courses: Many[int]) -> list[Act]:
    """Collections of the courses, by their number in the course (unique course_id, number)."""
    never = (CollectionState.CANCELLED, CollectionState.ABANDONED)
    look = select(Collection.course_id, Collection.planned_at, Collection.started_at).where(
        Collection.course_id.in_(courses), Collection.state.not_in(never)
    )
    return [("phe", course_id, planned_at, started_at) for course_id, planned_at, started_at in db.execute(look)]


def _infusions(db: Connection, courses: Many[int]) -> list[Act]:
    """Ordered and given doses of the courses (unique course_id, number; ix_infusion_course_id)."""
    given = and_(
        Infusion.dose_order_id == DoseOrder.id,
        Infusion.course_id == DoseOrder.course_id,
        Infusion.state != in_words(InfusionState.CANCELLED),
    )
    look = (
        select(DoseOrder.course_id, DoseOrder.planned_at, Infusion.started_at)
        .join(Infusion, given, isouter=True)
        .where(DoseOrder.course_id.in_(courses), DoseOrder.state != OrderState.CANCELLED)
    )
    return [("lak", course_id, planned_at, started_at) for course_id, planned_at, started_at in db.execute(look)]


def _day_of(first_day: date, day: date) -> int:
    return (day - first_day).days + 1


def _place(mark: Mark) -> tuple[int, bool]:
    return list(TRACKS).index(mark.track), mark.is_planned


def _words(today: int, acts: Acts) -> str:
    """`Day 12 of 20: leukapheresis done on day 8, 9, planned on day 12.`: the lane for who does not see it."""
    parts = []
    for track, word in TRACKS.items():
        for is_planned, state in ((False, "done"), (True, "planned")):
            mark = Mark(track, is_planned)
            days = [str(day) for day in sorted(acts) if mark in acts[day]]
            if days:
                parts.append(f"{word} {state} on day {', '.join(days)}")
    return f"Day {today} of {DAYS}: {'; '.join(parts) or 'nothing planned yet'}."
