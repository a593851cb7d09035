"""The inspection of a collection on receipt: as it was recorded, and the form that records it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Collection, CollectionReceipt, Course, User
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.vocabulary import Inspection
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import Chip
from app.web import formats

LINES: Final = (
    ("integrity", "Container intact, no leak"),
    ("temperature", "Temperature inside its limits"),
    ("identity", "Name, birth date and hospital number agree"),
    ("label", "Label complete and legible"),
    ("time_out_of_storage", "Time out of storage inside its limit"),
)
"""The checklist, in its order: field and what is looked at (21 CFR 1271.265(a), damage and contamination)."""

CHIPS: Final = {
    Inspection.PASS: Chip("ok", "circle-check", "pass"),
    Inspection.FAIL: Chip("stop", "circle-x", "fail"),
    Inspection.UNKNOWN: Chip("warn", "circle-help", "unknown"),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was found on arrival."""

    lines: tuple[tuple[str, Chip], ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReceiptForm:
    """The form of a receipt."""

    patient: Banner
    code: str
    code_text: str
    row_version: int
    lines: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]
    volume: str


def receipt_of(db: Connection, collection_id: int, now: datetime, zone: str) -> Receipt | None:
    """The receipt of a collection, None before it arrived (unique index on the collection)."""
    giver = select(User.full_name).where(User.id == CollectionReceipt.given_by_id).scalar_subquery()
    receiver = select(User.full_name).where(User.id == CollectionReceipt.received_by_id).scalar_subquery()
    look = select(CollectionReceipt.__table__, giver.label("giver"), receiver.label("receiver"))
    row = db.execute(look.where(CollectionReceipt.collection_id == collection_id)).one_or_none()
    if row is None:
        return None
    return Receipt(
        lines=tuple((words, CHIPS[getattr(row, field)]) for field, words in LINES),
        facts=(
            ("Received", formats.moment(row.received_at, zone, now)),
            ("From, to", f"{row.giver}, {row.receiver}"),
            ("Temperature", formats.measurement(row.temperature_c, "°C", 1)),
            ("Out of storage", f"{row.out_of_storage_min}{formats.NBSP}min"),
            ("Volume", formats.dose(row.volume_ul // 1000, "mL")),
            ("Note", row.note or "none"),
        ),
    )


def receipt_form(db: Connection, code: str, now: datetime, zone: str) -> ReceiptForm:
    """The form that receives a collection."""
    row = db.execute(
        select(Collection.row_version, Collection.volume_ul, Course.code)
        .join(Course, Course.id == Collection.course_id)
        .where(Collection.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No collection is on file under {display(code)}. Check the code.")
    return ReceiptForm(
        patient=banner_of_course(db, row.code, now, zone),
        code=code,
        code_text=display(code),
        row_version=row.row_version,
        lines=LINES,
        answers=(("pass", "Pass"), ("fail", "Fail"), ("unknown", "Unknown")),
        volume="" if row.volume_ul is None else formats.dose(row.volume_ul // 1000, "mL"),
    )
