"""The numbers of ISBT 128 a collection carries, its page, and finding a collection or course by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Collection, Course, IsbtNumber, User
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.identity.queries.scanning import scan_settings
from app.patients.queries.banner import Banner, banner_of_course
from app.web import formats

WORDS: Final[Mapping[str, str]] = {"001": "donation number", "040": "chain of identity"}


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One number, what it is, and who put it on record."""

    number: str
    what: str
    recorded: str


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """The numbers of a collection; a new one can be recorded while ISBT 128 is on."""

    patient: Banner
    code: str
    code_text: str
    row_version: int
    numbers: tuple[NumberLine, ...]
    is_on: bool


@dataclass(frozen=True, slots=True)
class NumberOnFile:
    """Where a number belongs."""

    structure: str
    collection_code: str
    course_code: str

    @property
    def code(self) -> str:
        """Our code of the thing the number names: the collection, or for a chain of identity the course."""
        return self.course_code if self.structure == "040" else self.collection_code


def numbers_page(db: Connection, code: str, now: datetime, zone: str) -> NumbersPage:
    """The page of a collection's numbers."""
    row = db.execute(
        select(Collection.id, Collection.row_version, Course.id.label("course_id"), Course.code)
        .join(Course, Course.id == Collection.course_id)
        .where(Collection.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No collection is on file under {display(code)}. Check the code.")
    return NumbersPage(
        patient=banner_of_course(db, row.code, now, zone),
        code=code,
        code_text=display(code),
        row_version=row.row_version,
        numbers=_lines(db, row.id, row.course_id, now, zone),
        is_on=scan_settings(db).isbt128 is not None,
    )


def _lines(db: Connection, collection_id: int, course_id: int, now: datetime, zone: str) -> tuple[NumberLine, ...]:
    """The collection's own numbers and the course's chain of identity; unique indexes on both."""
    is_own, is_shared = IsbtNumber.collection_id == collection_id, IsbtNumber.structure == "040"
    look = (
        select(IsbtNumber.number, IsbtNumber.structure, IsbtNumber.recorded_at, User.full_name)
        .join(User, User.id == IsbtNumber.recorded_by_id)
        .where(IsbtNumber.course_id == course_id, is_own | is_shared)
        .order_by(IsbtNumber.structure)
    )
    return tuple(
        NumberLine(
            row.number,
            WORDS[row.structure].capitalize(),
            f"{formats.moment(row.recorded_at, zone, now)}, {formats.short_person(row.full_name)}",
        )
        for row in db.execute(look)
    )


def number_on_file(db: Connection, number: str) -> NumberOnFile | None:
    """Where a number belongs; unique index on the number."""
    row = db.execute(
        select(IsbtNumber.structure, Collection.code, Course.code)
        .join(Collection, Collection.id == IsbtNumber.collection_id)
        .join(Course, Course.id == IsbtNumber.course_id)
        .where(IsbtNumber.number == number)
    ).one_or_none()
    return None if row is None else NumberOnFile(*row)
