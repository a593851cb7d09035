"""What QA signs when a bag is called back or restocked; page, API and command build it with the same words."""

from __future__ import annotations

from sqlalchemy import Connection, Row, select

from app.custody.links import chain_of, links_of
from app.db.models import Bag, Course, Patient, ProductLot
from app.domain.custody import CustodyEvent
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.signing import Meaning, RecordValue, canonical_record
from app.identity.signing import Signable
from app.web import formats


def recall_record(db: Connection, code: str, reason: str) -> Signable:
    """The recall of a bag for this reason."""
    row = _bag(db, code)
    said = f"I call back bag {display(code)} of {_whose(row)}, for the reason given here. It is not to be given."
    return _signable(db, row, "bag_recall", said, {"reason": reason})


def restock_record(db: Connection, code: str) -> Signable:
    """The restocking of a returned bag, with what its chain of custody says now."""
    row = _bag(db, code)
    said = (
        f"I have reviewed the return of bag {display(code)} of {_whose(row)}: seal, temperature, chain of custody."
        " It may be issued again."
    )
    return _signable(db, row, "bag_restock", said, {})


def _bag(db: Connection, code: str) -> Row[*tuple[object, ...]]:
    row = db.execute(
        select(
            Bag.__table__,
            Course.code.label("course"),
            ProductLot.code.label("lot"),
            Patient.family_name,
            Patient.given_name,
        )
        .join(Course, Course.id == Bag.course_id)
        .join(Patient, Patient.id == Bag.patient_id)
        .join(ProductLot, ProductLot.id == Bag.product_lot_id)
        .where(Bag.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No bag is on file under {display(code)}. Check the code and scan again.")
    return row


def _whose(row: Row[*tuple[object, ...]]) -> str:
    return str(formats.patient_name(row.family_name, row.given_name))


def _signable(
    db: Connection, row: Row[*tuple[object, ...]], what: str, said: str, more: dict[str, RecordValue]
) -> Signable:
    record: dict[str, RecordValue] = {
        "record": what,
        "bag": row.code,
        "lot": row.lot,
        "course": row.course,
        "state": row.state.value,
        "expires_at": row.expires_at,
        "custody": chain_of(db, row.id).line,
        "links": tuple(_link(link) for link in links_of(db, row.id)),
        "row_version": row.row_version,
        **more,
    }
    text = canonical_record(record).decode()
    return Signable(Meaning.APPROVED, said, f"bag:{row.code}", text, row.course_id, row.patient_id)


def _link(link: CustodyEvent) -> dict[str, RecordValue]:
    """One link as the page shows it: what, when, by whom, with whom, where, and what was measured."""
    return {
        "seq": link.seq,
        "kind": link.kind.value,
        "at": link.at,
        "actor_id": link.actor_id,
        "witness_id": link.witness_id,
        "holder_id": link.to_holder_id,
        "place_id": link.to_place_id,
        "temperature_c": link.temperature_c,
        "seal": link.seal,
        "reason": link.reason,
    }
