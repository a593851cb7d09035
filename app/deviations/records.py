"""What is signed when a deviation is closed or a hold is lifted; page and command build it with the same words."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.db.models import Course, Deviation, Hold, Patient, ProductLot
from app.deviations.schemas import ClosingWords
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.signing import Meaning, canonical_record
from app.domain.vocabulary import Disposition
from app.identity.signing import Signable
from app.web import formats

DISPOSITIONS = {
    Disposition.USE: "Use",
    Disposition.USE_WITH_REASON: "Use, for the reason given",
    Disposition.REJECT: "Reject",
}


def closing_record(db: Connection, words: ClosingWords) -> Signable:
    """The closing of a deviation with these words, or the refusal that it is not on file."""
    row = db.execute(
        select(Deviation.__table__, Course.code.label("course"), Patient.family_name, Patient.given_name)
        .join(Course, Course.id == Deviation.course_id)
        .join(Patient, Patient.id == Deviation.patient_id)
        .where(Deviation.number == words.number)
    ).one_or_none()
    if row is None:
        raise unknown_deviation(words.number)
    record = canonical_record(
        {
            "deviation": row.number,
            "course": row.course,
            "about": row.about,
            "grade": row.grade.value,
            "what": row.what,
            "opened_at": row.opened_at,
            "opened_by_id": row.opened_by_id,
            "cause": words.cause,
            "effect": words.effect,
            "action": words.action,
            "disposition": words.disposition.value,
        }
    )
    whose = formats.patient_name(row.family_name, row.given_name)
    statement = (
        f"I close deviation {row.number} about {display(row.about)} of {whose}, with cause, effect and action as"
        f" written. Decision: {DISPOSITIONS[words.disposition].lower()}. I did not open it."
    )
    where = {"course_id": row.course_id, "patient_id": row.patient_id}
    return Signable(Meaning.APPROVED, statement, f"deviation:{row.number}", record.decode(), **where)


def lifting_record(db: Connection, hold_id: int) -> Signable:
    """The lifting of a hold, or the refusal that there is none."""
    row = db.execute(
        select(
            Hold.__table__,
            Course.code.label("course"),
            ProductLot.code.label("lot"),
            Patient.family_name,
            Patient.given_name,
        )
        .join(Course, Course.id == Hold.course_id)
        .join(Patient, Patient.id == Hold.patient_id)
        .join(ProductLot, ProductLot.id == Hold.product_lot_id, isouter=True)
        .where(Hold.id == hold_id)
    ).one_or_none()
    if row is None:
        raise unknown_hold()
    record = canonical_record(
        {
            "hold": row.id,
            "course": row.course,
            "lot": row.lot,
            "reason": row.reason,
            "placed_at": row.placed_at,
            "placed_by_id": row.placed_by_id,
        }
    )
    what = f"lot {display(row.lot)}" if row.lot else f"course {display(row.course)}"
    whose = formats.patient_name(row.family_name, row.given_name)
    statement = f"I lift the hold on {what} of {whose}: its reason no longer stands. I did not place it."
    where = {"course_id": row.course_id, "patient_id": row.patient_id}
    return Signable(Meaning.APPROVED, statement, f"hold:{row.id}", record.decode(), **where)


def unknown_deviation(number: str) -> NotFound:
    """The refusal of a number nobody gave out."""
    return NotFound("not_on_file", f"No deviation is on file under {number}. Look it up in the list.")


def unknown_hold() -> NotFound:
    """The refusal of a hold nobody placed."""
    return NotFound("not_on_file", "No such hold is on file. Look it up in the list of deviations.")
