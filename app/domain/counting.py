"""Counting cells in a haemocytometer: concentration, viability, how sure they are. Not instrument counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.errors import Invalid
from app.domain.finite import not_negative, positive
from app.domain.proportion import Proportion, wilson

LEAST_COUNTED = 100
"""Fewer cells than this make a count that is kept with a warning (convention)."""

SQUARES_PER_ML = 10_000
"""One large square holds 1e-4 mL."""


class CountStatus(StrEnum):
    """Whether enough cells were counted."""

    OK = "ok"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class HaemocytometerCount:
    """Concentrations per mL of the undiluted sample; viability in percent with its 95 % interval."""

    viable_per_ml: Decimal
    total_per_ml: Decimal
    viability: Proportion
    poisson_cv_percent: Decimal
    status: CountStatus

    def total_viable(self, volume_ml: Decimal) -> Decimal:
        """Viable cells in a volume of the counted sample."""
        return self.viable_per_ml * not_negative(volume_ml, "the volume")


def haemocytometer_count(live: int, dead: int, *, squares: int, dilution: Decimal) -> HaemocytometerCount:
    """Concentration = cells / squares x dilution x 1e4; Poisson CV = 100 / sqrt(cells counted).

    0.1 mL dye with 1 mL sample is a dilution of 1.1. No live cell is a result; nothing counted is refused.
    Source: design, counting.hemocytometer (convention).
    """
    counted = live + dead
    if min(live, dead) < 0 or counted == 0:
        raise Invalid("nothing_counted", "No cell was counted. Count at least one live or dead cell.")
    if dilution < 1:
        raise Invalid("dilution_below_one", f"A dilution of {dilution} is not possible; undiluted is 1.")
    per_ml = positive(dilution, "the dilution") * SQUARES_PER_ML / positive(squares, "the number of squares")
    return HaemocytometerCount(
        viable_per_ml=live * per_ml,
        total_per_ml=counted * per_ml,
        viability=wilson(live, counted),
        poisson_cv_percent=100 / Decimal(counted).sqrt(),
        status=CountStatus.OK if counted >= LEAST_COUNTED else CountStatus.LOW,
    )
