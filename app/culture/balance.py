"""The cell balance of a culture at harvest: seeded against harvested, within a tolerance."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from app.db.models import Culture, ProductLot, VesselGroup
from app.db.transaction import Transaction
from app.deviations.opening import open_deviation
from app.domain.actor import Actor
from app.domain.reasons import require_reason
from app.domain.vocabulary import DeviationClass

MOST_GAIN_PERCENT: Final = 120
"""LAK cells hardly expand in four days: more than this of what was seeded does not close (our setting)."""


def seeded_viable_cells(tx: Transaction, culture: Culture) -> int:
    """Viable cells in all vessels at seeding."""
    look = select(VesselGroup.vessel_count * VesselGroup.viable_cells_each).where(VesselGroup.culture_id == culture.id)
    return int(tx.session.execute(look).scalar_one())


def require_reason_for_gain(seeded: int, harvested: int, reason: str | None) -> None:
    """Refuse a harvest of more cells than the culture can hold, unless somebody says why."""
    if harvested * 100 > seeded * MOST_GAIN_PERCENT:
        require_reason(reason, f"The harvest is {harvested * 100 // seeded}% of the cells seeded.")


def deviate_unclosed(tx: Transaction, actor: Actor, lot: ProductLot, seeded: int, harvested: int) -> None:
    """Open a deviation by itself when the balance does not close."""
    if harvested * 100 > seeded * MOST_GAIN_PERCENT:
        what = f"The cell balance does not close: {seeded:,} viable cells seeded, {harvested:,} harvested."
        open_deviation(tx, actor, lot, grade=DeviationClass.MAJOR, what=what)
