"""The release queue: lots to decide, and lots whose last result is awaited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from app.db.models import Patient, ProductLot, ReleaseDecision, Site
from app.domain.identifiers import display
from app.domain.states import DecisionState, LotState
from app.domain.vocabulary import ReleaseKind
from app.web import formats

QUEUE_ROWS = 50


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One lot in the queue."""

    code: str
    shown: str
    name: str
    line: str
    kind: str
    icon: str
    word: str
    is_current: bool


def queue(db: Connection, state: LotState, current: str | None) -> tuple[QueueItem, ...]:
    return tuple(_queue_item(row, current) for row in db.execute(_QUEUE, {"state": state}))


def awaiting_acknowledgement(lot_id: int | InstrumentedAttribute[int]) -> Select[int]:
    """The signed conditional decision of a lot that the physician has not acknowledged yet."""
    return select(ReleaseDecision.id).where(
        ReleaseDecision.product_lot_id == lot_id,
        ReleaseDecision.state == DecisionState.SIGNED,
        ReleaseDecision.kind == ReleaseKind.CONDITIONAL,
    )


_QUEUE: Final = (
    select(
        ProductLot.code,
        ProductLot.state,
        ProductLot.expires_at,
        Patient.family_name,
        Patient.given_name,
        Site.zone,
        awaiting_acknowledgement(ProductLot.id).exists().label("is_signed"),
    )
    .join(Patient, Patient.id == ProductLot.patient_id)
    .join(Site, Site.id == 1)
    .where(ProductLot.state == bindparam("state"))  # index ix_product_lot_state_id
    .order_by(ProductLot.expires_at, ProductLot.id)
    .limit(QUEUE_ROWS)
)


def _chip(state: LotState, *, is_signed: bool) -> tuple[str, str, str]:
    if state is LotState.CONDITIONAL:
        return ("info", "hourglass", "Result awaited")
    return ("info", "hourglass", "With the physician") if is_signed else ("none", "circle-dashed", "To decide")


def _queue_item(row: Row[str, LotState, datetime | None, str, str, str, bool], current: str | None) -> QueueItem:
    line = "" if row.expires_at is None else f"expires {formats.day_of(row.expires_at, row.zone)}"
    kind, icon, word = _chip(row.state, is_signed=row.is_signed)
    name = formats.patient_name(row.family_name, row.given_name)
    return QueueItem(row.code, display(row.code), name, line, kind, icon, word, row.code == current)
