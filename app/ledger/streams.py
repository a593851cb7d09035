"""Which streams a row's events go to. A patient's row goes to all courses of that patient."""

from __future__ import annotations

from typing import assert_never

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.db.base import Base, Stream
from app.db.models import (
    Badge,
    Course,
    Credential,
    Equipment,
    LabelElementRule,
    LabelRuleSet,
    LabelStatementRule,
    MaterialLot,
    Patient,
    Recipe,
    Specification,
    SpecificationCriterion,
    User,
    UserGrant,
    UserRole,
)

SYSTEM = "system"


def streams_of(session: Session, row: Base, cache: dict[str, str]) -> list[str]:
    """Names of the streams of a flushed row. `cache` remembers course codes within one transaction."""
    stream = row.__stream__
    assert stream is not None, f"{row.__tablename__} names no stream"
    match stream:
        case Stream.COURSE:
            return [_course_stream(session, row, cache)]
        case Stream.PATIENT:
            return _patient_streams(session, row)
        case Stream.LOT | Stream.EQUIPMENT:
            return [f"{stream.value}:{_code_of(session, row)}"]
        case Stream.RECIPE:
            return [f"recipe:{_document_name(session, row)}"]
        case Stream.USER:
            return [f"user:{_user_of(row)}"]
        case Stream.SYSTEM:
            return [SYSTEM]
    assert_never(stream)


def patient_of(row: Base) -> int | None:
    """The patient whose data key protects this row's personal values; None for the site's own key."""
    if isinstance(row, Patient):
        return row.id
    return getattr(row, "patient_id", None)


def _code_of(session: Session, row: Base) -> str:
    if isinstance(row, MaterialLot | Equipment):
        return row.code
    lot_id: int | None = getattr(row, "material_lot_id", None)
    assert lot_id is not None, f"{row.__tablename__} names no lot"
    return session.connection().execute(_LOT_CODE, {"lot": lot_id}).scalar_one()


_LOT_CODE = select(MaterialLot.code).where(MaterialLot.id == bindparam("lot"))


def _user_of(row: Base) -> int:
    if isinstance(row, User):
        return row.id
    assert isinstance(row, UserRole | UserGrant | Badge | Credential), f"{row.__tablename__} names no person"
    return row.user_id


_COURSE_CODE = select(Course.code).where(Course.id == bindparam("course"))
"""Built once: every command about a course asks it."""


def _course_stream(session: Session, row: Base, cache: dict[str, str]) -> str:
    if isinstance(row, Course):
        return f"course:{row.code}"
    course_id: int | None = getattr(row, "course_id", None)
    if course_id is None:  # a signature or near miss that belongs to no course
        user_id = getattr(row, "user_id", None)
        return SYSTEM if user_id is None else f"user:{user_id}"
    key = f"course {course_id}"
    if key not in cache:
        cache[key] = session.connection().execute(_COURSE_CODE, {"course": course_id}).scalar_one()
    return f"course:{cache[key]}"


def _patient_streams(session: Session, row: Base) -> list[str]:
    codes = session.execute(
        select(Course.code).where(Course.patient_id == patient_of(row)).order_by(Course.id)
    ).scalars()
    return [f"course:{code}" for code in codes] or [SYSTEM]


def _document_name(session: Session, row: Base) -> str:
    if isinstance(row, LabelRuleSet | LabelStatementRule | LabelElementRule):
        return "label rules"
    if isinstance(row, SpecificationCriterion):
        return session.execute(select(Specification.name).where(Specification.id == row.specification_id)).scalar_one()
    assert isinstance(row, Recipe | Specification)
    return row.name
