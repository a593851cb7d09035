"""Doses: what is ordered and confirmed, and what it rests on."""

from app.infusion.dosing.checks import require_confirmable
from app.infusion.dosing.facts import (
    WEIGHT_HOLDS,
    Cells,
    DoseSheet,
    OrderFacts,
    OrderSheet,
    Weight,
    figures,
    whose,
)
from app.infusion.dosing.sheets import cancellation, dose_sheet, dosing_weight, order_facts, order_sheet

__all__ = [
    "WEIGHT_HOLDS",
    "Cells",
    "DoseSheet",
    "OrderFacts",
    "OrderSheet",
    "Weight",
    "cancellation",
    "dose_sheet",
    "dosing_weight",
    "figures",
    "order_facts",
    "order_sheet",
    "require_confirmable",
    "whose",
]
