"""Doses: what is ordered and confirmed, and what it rests on."""

from app.infusion.dosing.checks import require_confirmable
from app.infusion.dosing.facts import (
    Cells,
    DoseSheet,
    OrderFacts,
    OrderSheet,
    figures,
    whose,
)
from app.infusion.dosing.sheets import cancellation, dose_sheet, order_facts, order_sheet

__all__ = [
    "Cells",
    "DoseSheet",
    "OrderFacts",
    "OrderSheet",
    "cancellation",
    "dose_sheet",
    "figures",
    "order_facts",
    "order_sheet",
    "require_confirmable",
    "whose",
]
