"""The dose of cells in numbers: viable, per kilogram, of a subset. Not whether a dose is acceptable."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.finite import not_negative, percent, positive


@dataclass(frozen=True, slots=True)
class CellDose:
    """Cells, and cells per kilogram of body weight."""

    cells: Decimal
    per_kg: Decimal

    def subset(self, subset_percent: Decimal) -> CellDose:
        """The part of the dose that is a subset, as percent of viable cells (such as CD3-CD56+)."""
        share = percent(subset_percent, "the subset") / 100
        return CellDose(self.cells * share, self.per_kg * share)


def viable_dose(total_nucleated_cells: Decimal | int, viability_percent: Decimal, weight_kg: Decimal) -> CellDose:
    """Viable cells = total nucleated cells x viability; per kg of the patient. Source: design dose.viable."""
    total = not_negative(total_nucleated_cells, "the number of cells")
    viable = total * percent(viability_percent, "the viability") / 100
    return CellDose(viable, viable / positive(weight_kg, "the body weight"))
