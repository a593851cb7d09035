"""The list of cultures, newest first, what could be opened, and the form that opens one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, Row, exists, select

from app.db.models import Collection, Course, Culture, CultureInput, Patient, Recipe, VesselGroup
from app.domain.actor import Actor
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.states import CollectionState, CultureState
from app.domain.vocabulary import VersionState
from app.patients.queries.acts import may
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import Chip, chip
from app.web import formats

PAGE_OF: Final = 25
MOST_WAITING: Final = 10


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One culture of the list."""

    code: str
    code_text: str
    patient: str
    hospital_number: str
    fact: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class Waiting:
    """An accepted collection that no culture takes yet."""

    course_code: str
    code_text: str
    patient: str
    hospital_number: str
    white_cells: str


@dataclass(frozen=True, slots=True)
class BatchList:
    """A page of cultures. `after` is the code to go on from, None at the end."""

    waiting: tuple[Waiting, ...]
    rows: tuple[BatchRow, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class OpenForm:
    """The form that opens a culture: the accepted collections of a course and the approved recipes."""

    patient: Banner
    course_code: str
    collections: tuple[tuple[str, str, bool], ...]
    recipes: tuple[tuple[str, str], ...]


def batch_list(db: Connection, after: str | None, now: datetime, zone: str, actor: Actor) -> BatchList:
    """The cultures, newest first (primary key); before them, on the first page, what could be opened."""
    look = (
        select(
            Culture.code,
            Culture.state,
            Culture.opened_at,
            Culture.seeded_at,
            VesselGroup.vessel_count,
            Patient.family_name,
            Patient.given_name,
            Patient.hospital_number,
        )
        .join(Patient, Patient.id == Culture.patient_id)
        .join(VesselGroup, VesselGroup.culture_id == Culture.id, isouter=True)
        .order_by(Culture.id.desc())
        .limit(PAGE_OF + 1)
    )
    if after is not None:
        look = look.where(Culture.id < select(Culture.id).where(Culture.code == after).scalar_subquery())
    rows = tuple(_row(row, now, zone) for row in db.execute(look))
    more = rows[PAGE_OF - 1].code if len(rows) > PAGE_OF else None
    can_open = after is None and may(actor, Action.OPEN_CULTURE)
    return BatchList(_waiting(db) if can_open else (), rows[:PAGE_OF], more)


def open_form(db: Connection, course_code: str, now: datetime, zone: str) -> OpenForm:
    """The form that opens a culture of a course. Collections that a culture takes already can be split again."""
    patient = banner_of_course(db, course_code, now, zone)
    taken = exists().where(CultureInput.collection_id == Collection.id)
    look = (
        select(Collection.code, Collection.number, Collection.wbc_cells, taken.label("taken"))
        .join(Course, Course.id == Collection.course_id)
        .where(Course.code == course_code, Collection.state == CollectionState.ACCEPTED)
        .order_by(Collection.id)
    )
    recipes = select(Recipe.name, Recipe.product_name).where(Recipe.state == VersionState.APPROVED)
    return OpenForm(
        patient=patient,
        course_code=course_code,
        collections=tuple(_choice(row) for row in db.execute(look)),
        recipes=tuple((name, f"{name}: {what}") for name, what in db.execute(recipes.order_by(Recipe.name))),
    )


def _row(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> BatchRow:
    return BatchRow(
        code=row.code,
        code_text=display(row.code),
        patient=formats.patient_name(row.family_name, row.given_name),
        hospital_number=formats.hospital_number(row.hospital_number),
        fact=_fact(row, now, zone),
        chip=chip(row.state),
    )


def _fact(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> str:
    if row.state is CultureState.INCUBATING:
        return f"{formats.count(row.vessel_count, 'vessel', 'vessels')}, day {(now - row.seeded_at).days}"
    return f"opened {formats.moment(row.opened_at, zone, now)}"


def _waiting(db: Connection) -> tuple[Waiting, ...]:
    """By ix_collection_state_planned_at and ix_culture_input_collection_id."""
    taken = exists().where(CultureInput.collection_id == Collection.id)
    look = (
        select(
            Course.code.label("course_code"),
            Collection.code,
            Collection.wbc_cells,
            Patient.family_name,
            Patient.given_name,
            Patient.hospital_number,
        )
        .join(Course, Course.id == Collection.course_id)
        .join(Patient, Patient.id == Collection.patient_id)
        .where(Collection.state == CollectionState.ACCEPTED, ~taken)
        .order_by(Collection.planned_at)
        .limit(MOST_WAITING)
    )
    return tuple(
        Waiting(
            course_code=row.course_code,
            code_text=display(row.code),
            patient=formats.patient_name(row.family_name, row.given_name),
            hospital_number=formats.hospital_number(row.hospital_number),
            white_cells=formats.power_of_ten(Decimal(row.wbc_cells), 9, 1),
        )
        for row in db.execute(look)
    )


def _choice(row: Row[*tuple[object, ...]]) -> tuple[str, str, bool]:
    """Value, words, and whether it is ticked at first: what no culture takes yet."""
    words = f"Collection {row.number}, {display(row.code)}, {formats.cells_in_words(row.wbc_cells, 'white cells')}"
    return row.code, f"{words}, in another culture" if row.taken else words, not row.taken
