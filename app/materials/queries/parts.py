"""Lots made of lots: everything that was made of a lot, at any depth. The way back stands with the tracing of a bag.

Recursive, by ix_material_part_part_id. A part is always older than what is made
of it, so each walk ends; `union` visits a lot once.
"""

from __future__ import annotations

from sqlalchemy import CTE, literal, select

from app.db.models import MaterialPart
from app.db.types import Whole


def made_of(lot_id: int) -> CTE:
    """The lot itself and every preparation it went into, by id."""
    lots = select(literal(lot_id, Whole).label("id")).cte("made_of", recursive=True)
    return lots.union(select(MaterialPart.material_lot_id).join(lots, MaterialPart.part_id == lots.c.id))
