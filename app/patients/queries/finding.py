"""Finding a patient: the list by family name, page by page, and the search. At most two statements each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, combinations
from typing import Final

from sqlalchemy import Connection, Result, and_, bindparam, func, or_, select, tuple_

from app.db.models import Course, Patient
from app.domain.actor import Actor
from app.domain.names import folded, is_similar
from app.domain.roles import Action
from app.patients.queries.acts import may
from app.patients.queries.words import words
from app.web import formats

PAGE_OF: Final = 50
LAST_LETTER: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One patient of the list. `is_similar` marks each of two names that could be confused."""

    code: str
    name: str
    born: str
    hospital_number: str
    course: str
    is_similar: bool


@dataclass(frozen=True, slots=True)
class PatientList:
    """A page of patients. `after` is the code to go on from, None at the end; `sought` what was searched for."""

    rows: tuple[PatientRow, ...]
    after: str | None
    sought: str
    can_enrol: bool


def patient_list(db: Connection, after: str | None, now: datetime, zone: str, actor: Actor) -> PatientList:
    """The patients by family name, from the one with the code `after` on (ix_patient_search_name_id)."""
    rows = _rows(db.execute(_BEYOND, {"after": after}) if after else db.execute(_ALL), db, now, zone)
    more = len(rows) > PAGE_OF
    next_after = rows[PAGE_OF - 1].code if more else None
    return PatientList(rows[:PAGE_OF], next_after, "", can_enrol=may(actor, Action.ENROL_PATIENT))


def found_patients(db: Connection, sought: str, now: datetime, zone: str, actor: Actor) -> PatientList:
    """The patients with that hospital number, or whose family name begins so (both by index)."""
    number, start = "".join(sought.split()).upper(), folded(sought)
    begins = and_(Patient.search_name >= start, Patient.search_name < start + LAST_LETTER)
    is_number = Patient.hospital_number == number
    rows = _rows(db.execute(_ALL.where(or_(is_number, begins) if start else is_number)), db, now, zone)
    return PatientList(rows[:PAGE_OF], None, sought, can_enrol=may(actor, Action.ENROL_PATIENT))


def has_similar_name(db: Connection, patient_id: int, family_name: str) -> bool:
    """Whether another patient on file could be taken for this one, among names with the same first two letters."""
    name = folded(family_name)
    start = name[:2]
    look = (
        select(Patient.search_name)
        .where(Patient.search_name >= start, Patient.search_name < start + LAST_LETTER, Patient.id != patient_id)
        .limit(1000)
    )
    return any(is_similar(name, other) for other in db.execute(look).scalars())


_ALL: Final = (
    select(
        Patient.id,
        Patient.code,
        Patient.family_name,
        Patient.search_name,
        Patient.given_name,
        Patient.title,
        Patient.birth_date,
        Patient.hospital_number,
    )
    .order_by(Patient.search_name, Patient.id)
    .limit(PAGE_OF + 1)
)
_key = select(Patient.search_name, Patient.id).where(Patient.code == bindparam("after")).subquery()
_BEYOND: Final = _ALL.where(
    tuple_(Patient.search_name, Patient.id) > select(_key.c.search_name, _key.c.id).scalar_subquery()
)
_last = (
    select(Course.patient_id, func.max(Course.number).label("number"))
    .where(Course.patient_id.in_(bindparam("patients", expanding=True)))
    .group_by(Course.patient_id)
    .subquery()
)
_LAST_COURSES: Final = select(Course.patient_id, Course.number, Course.protocol, Course.state).join(
    _last, and_(_last.c.patient_id == Course.patient_id, _last.c.number == Course.number)
)
"""By the unique index on patient and number."""


def _rows(result: Result[*tuple[object, ...]], db: Connection, now: datetime, zone: str) -> tuple[PatientRow, ...]:
    found = result.all()
    courses = _last_courses(db, [row.id for row in found])
    similar = similar_names({row.id: row.search_name for row in found})
    today = formats.local(now, zone).date()
    return tuple(
        PatientRow(
            code=row.code,
            name=formats.patient_name(row.family_name, row.given_name, row.title or ""),
            born=formats.born(row.birth_date, today),
            hospital_number=formats.hospital_number(row.hospital_number),
            course=courses.get(row.id, ""),
            is_similar=row.id in similar,
        )
        for row in found
    )


def similar_names(names: Mapping[int, str]) -> set[int]:
    """Who of these could be taken for another of them.

    Names that are one letter apart, or have two swapped, share a text that is one of them or both without one letter;
    so only those that share one are compared.
    """
    sharing: defaultdict[str, list[int]] = defaultdict(list)
    for key, name in names.items():
        for text in {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}:
            sharing[text].append(key)
    pairs = {pair for keys in sharing.values() if len(keys) > 1 for pair in combinations(keys, 2)}
    return set(chain.from_iterable(pair for pair in pairs if is_similar(names[pair[0]], names[pair[1]])))


def _last_courses(db: Connection, patients: Sequence[int]) -> dict[int, str]:
    """The last course of each patient in words."""
    rows = db.execute(_LAST_COURSES, {"patients": patients})
    return {row.patient_id: f"Course {row.number}, {row.protocol}, {words(row.state)}" for row in rows}
