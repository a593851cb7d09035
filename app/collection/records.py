"""What people sign about a collection, as the page shows it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Row, select

from app.db.models import Collection, CollectionReceipt, Course, Deviation
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.signing import Meaning, RecordValue, canonical_record, statement
from app.identity.signing import Signable
from app.patients.records import CoursePatient, course_patient


def rejection(db: Connection, code: str) -> Signable:
    """What a supervisor or QA signs to reject a collection."""
    collection, about = _found(db, code)
    said = statement(Meaning.REJECTED, f"collection {display(code)} in {about.words}")
    record = _record(db, collection, "collection_rejection")
    return Signable(Meaning.REJECTED, said, f"collection:{code}", record, about.course_id, about.patient_id)


def quarantine_acceptance(db: Connection, code: str) -> Signable:
    """What QA signs to accept a collection out of quarantine."""
    collection, about = _found(db, code)
    said = (
        f"I accept collection {display(code)} in {about.words} out of quarantine. The treating physician was informed."
    )
    record = _record(db, collection, "quarantine_acceptance")
    return Signable(Meaning.APPROVED, said, f"collection:{code}", record, about.course_id, about.patient_id)


def _found(db: Connection, code: str) -> tuple[Row[*tuple[object, ...]], CoursePatient]:
    course = select(Course.code).where(Course.id == Collection.course_id).scalar_subquery()
    found = db.execute(
        select(Collection.__table__, course.label("course_code")).where(Collection.code == code)
    ).one_or_none()
    if found is None:
        raise NotFound("not_on_file", f"No collection is on file under {display(code)}. Check the code.")
    return found, course_patient(db, found.course_code)


def _record(db: Connection, collection: Row[*tuple[object, ...]], act: str) -> str:
    receipt = db.execute(
        select(CollectionReceipt.__table__).where(CollectionReceipt.collection_id == collection.id)
    ).one_or_none()
    deviations = db.execute(
        select(Deviation.number, Deviation.state, Deviation.disposition)
        .where(Deviation.course_id == collection.course_id, Deviation.about == collection.code)
        .order_by(Deviation.id)
    )
    record: dict[str, RecordValue] = {
        "record": act,
        "collection": collection.code,
        "course": collection.course_code,
        "state": collection.state,
        "started_at": collection.started_at,
        "ended_at": collection.ended_at,
        "volume_ul": collection.volume_ul,
        "wbc_cells": collection.wbc_cells,
        "receipt": None if receipt is None else {name: getattr(receipt, name) for name in _INSPECTED},
        "deviations": [
            {"number": row.number, "state": row.state, "disposition": row.disposition} for row in deviations
        ],
    }
    return canonical_record(record).decode()


_INSPECTED: Final = (
    "received_at", "integrity", "temperature", "identity", "label", "time_out_of_storage", "temperature_c",
    "out_of_storage_min", "volume_ul",
)  # fmt: skip
