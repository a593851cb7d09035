"""Notes everybody who touched what a release rests on, so that independence is computed and never typed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.db.base import Base
from app.db.models import EvidenceActor
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.independence import JUDGING_ACTIONS

ANCHORS = {"collection": "collection_id", "culture": "culture_id", "product_lot": "product_lot_id"}


def note_actors(session: Session, tx: Transaction, rows: Sequence[Base]) -> None:
    """Add the actor of this command to the evidence it changed, unless the command judges evidence only."""
    if not isinstance(tx.actor, Actor) or tx.permission in JUDGING_ACTIONS:
        return
    touched = {anchor for row in rows if (anchor := _anchor(row)) is not None}
    people = {tx.actor.user_id, *tx.witnesses}
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for column, anchor_id in sorted(touched):
        for user_id in sorted(people):
            session.execute(
                make(EvidenceActor)
                .values({column: anchor_id, "user_id": user_id, "step": tx.action})
                .on_conflict_do_nothing()
            )


def _anchor(row: Base) -> tuple[str, int] | None:
    for column in row.__evidence__:
        value = getattr(row, column)
        if value is not None:
            return ANCHORS.get(row.__tablename__, "") if column == "id" else column, value
    return None
