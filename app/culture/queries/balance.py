"""The cells of a culture at each step, as far as it has come: one statement each for cells before and balance."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from app.db.models import Collection, CultureInput, CultureStep, ProductLot, Vessel
from app.domain.culture import CellBalance
from app.domain.vocabulary import StepKind, VesselState


def cells_before(db: Connection, culture_id: int) -> int:
    """The cells there are to seed: viable ones out of the separation, else white cells as collected."""
    separated = select(CultureStep.viable_cells).where(
        CultureStep.culture_id == culture_id, CultureStep.kind == StepKind.SEPARATE
    )
    collected = (
        select(func.sum(Collection.wbc_cells))
        .join(CultureInput, CultureInput.collection_id == Collection.id)
        .where(CultureInput.culture_id == culture_id)
    )
    look = select(func.coalesce(separated.scalar_subquery(), collected.scalar_subquery()))
    return int(db.execute(look).scalar_one())


def cell_balance(db: Connection, culture_id: int) -> CellBalance | None:
    """The balance of a culture; None before it was seeded. Vessels taken out count by their share of the seeding."""
    taken_out = Vessel.state.in_((VesselState.DISCARDED, VesselState.CONTAMINATED))
    of_culture = Vessel.culture_id == culture_id
    seeded, vessels, gone, harvested, bagged = db.execute(
        select(
            select(CultureStep.viable_cells)
            .where(CultureStep.culture_id == culture_id, CultureStep.kind == StepKind.SEED)
            .scalar_subquery(),
            select(func.count()).where(of_culture).scalar_subquery(),
            select(func.count()).where(of_culture, taken_out).scalar_subquery(),
            select(ProductLot.harvested_viable_cells).where(ProductLot.culture_id == culture_id).scalar_subquery(),
            select(ProductLot.viable_cells).where(ProductLot.culture_id == culture_id).scalar_subquery(),
        )
    ).one()
    return None if seeded is None else CellBalance(seeded, seeded * gone // vessels, harvested, bagged)
