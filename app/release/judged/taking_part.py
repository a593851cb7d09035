"""Who took part in what a decision about a lot rests on. Whether that forbids anything: `app.domain.independence`."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.db.models import CultureInput, EvidenceActor
from app.domain.independence import Part


def parts_in(db: Connection, lot_id: int, culture_id: int) -> tuple[Part, ...]:
    """Everybody who touched the lot, its culture, or a collection that went into it, with what they did."""
    collections = select(CultureInput.collection_id).where(CultureInput.culture_id == culture_id)
    touched = select(EvidenceActor.user_id, EvidenceActor.step).where(
        (EvidenceActor.product_lot_id == lot_id)
        | (EvidenceActor.culture_id == culture_id)
        | EvidenceActor.collection_id.in_(collections)
    )
    return tuple(Part(row.user_id, row.step) for row in db.execute(touched))
