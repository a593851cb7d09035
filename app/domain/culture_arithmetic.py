"""Arithmetic of a culture: growth, recovery, seeding, vessels, IL-2 to add. Not limits and not decisions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.domain.errors import Invalid
from app.domain.finite import not_negative, positive
from app.domain.il2 import Il2Amount, Per, in_iu

COUNT_ERROR_ABOVE = 110
"""Percent of collection efficiency."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Fold expansion; no doublings when every cell died, no doubling time when the culture did not grow."""

    fold: Decimal
    population_doublings: Decimal | None
    doubling_time_h: Decimal | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """Percent of cells recovered in each step and over all. Above 100 % is kept; `is_above_100` flags it."""

    steps_percent: tuple[Decimal, ...]
    overall_percent: Decimal
    is_above_100: bool


@dataclass(frozen=True, slots=True)
class Seeding:
    """Culture volume and the part of it that is cell stock, mL."""

    vessel_volume_ml: Decimal
    stock_volume_ml: Decimal


@dataclass(frozen=True, slots=True)
class VesselCount:
    """How many vessels the cells fill: the exact quotient and the whole number needed."""

    exact: Decimal
    vessels: int


@dataclass(frozen=True, slots=True)
class CollectionEfficiency:
    """CE2 in percent. Above 110 % one of the counts is wrong (house rule)."""

    percent: Decimal
    is_count_error: bool


@dataclass(frozen=True, slots=True)
class Spike:
    """IL-2 stock to add, mL: on top of the culture volume, or within a fixed final volume."""

    added_to_culture_ml: Decimal
    in_fixed_final_ml: Decimal


def growth(start_viable: Decimal | int, end_viable: Decimal | int, *, hours: Decimal) -> Growth:
    """Fold = end / start; doublings = log2 fold; doubling time = hours / doublings, only when fold > 1."""
    fold = not_negative(end_viable, "the final cell number") / positive(start_viable, "the first cell number")
    time_h = positive(hours, "the culture time")
    doublings = fold.ln() / Decimal(2).ln() if fold else None
    return Growth(fold, doublings, time_h / doublings if doublings and fold > 1 else None)


def recovery(viable_by_step: Sequence[Decimal | int]) -> Recovery:
    """100 x out / in for each step, and last / first over all (the product of the steps)."""
    if len(viable_by_step) < 2:
        raise Invalid("too_few_steps", "A recovery needs the cells before and after at least one step.")
    before = [positive(cells, "the cell number before a step") for cells in viable_by_step[:-1]]
    after = [not_negative(cells, "the cell number after a step") for cells in viable_by_step[1:]]
    steps = tuple(100 * out / into for into, out in zip(before, after, strict=True))
    return Recovery(steps, 100 * after[-1] / before[0], any(step > 100 for step in steps))


def seeding(viable_to_seed: Decimal | int, *, density_per_ml: Decimal, stock_per_ml: Decimal) -> Seeding:
    """Culture volume = cells / density; stock volume = cells / stock density. Refuses a thinner stock."""
    cells = positive(viable_to_seed, "the number of cells to seed")
    density, stock = positive(density_per_ml, "the density"), positive(stock_per_ml, "the stock density")
    if stock < density:
        raise Invalid(
            "stock_thinner_than_density",
            f"The stock has {stock} cells/mL, too few to seed {density} cells/mL. Concentrate it first.",
        )
    return Seeding(cells / density, cells / stock)


def vessel_count(amount: Decimal | int, per_vessel: Decimal | int) -> VesselCount:
    """Vessels needed for an amount (cells, or mL) with so much in each; the exact quotient rounded up."""
    whole, each = not_negative(amount, "the amount"), positive(per_vessel, "the amount per vessel")
    return VesselCount(whole / each, math.ceil(Fraction(whole) / Fraction(each)))


def spike(volume_ml: Decimal, *, target: Il2Amount, stock: Il2Amount) -> Spike:
    """V Cf / (Cs - Cf) when the stock adds to the volume, V Cf / Cs when the final volume is fixed.

    Both amounts per mL and compared in one unit. Refuses `stock_not_stronger_than_target`.
    """
    if target.per is not Per.ML or stock.per is not Per.ML:
        raise Invalid("not_a_concentration", "IL-2 target and stock must both be given per mL.")
    wanted, strong = (
        (target.value, stock.value) if target.unit is stock.unit else (in_iu(target).value, in_iu(stock).value)
    )
    if strong <= wanted:
        raise Invalid(
            "stock_not_stronger_than_target",
            f"The IL-2 stock ({stock}) is not stronger than the target ({target}). Check both units.",
        )
    volume = positive(volume_ml, "the volume")
    return Spike(volume * wanted / (strong - wanted), volume * wanted / strong)


def collection_efficiency(
    collected_cells: Decimal | int, *, processed_l: Decimal, precount_1e9_per_l: Decimal
) -> CollectionEfficiency:
    """CE2 = 100 x yield / (blood processed x count before), percent.

    Source: published formula (terumobct.com), design collection.efficiency_ce2.
    """
    offered = positive(processed_l, "the blood processed") * positive(precount_1e9_per_l, "the count before")
    ce2 = 100 * not_negative(collected_cells, "the number of cells collected") / (offered * 10**9)
    return CollectionEfficiency(ce2, ce2 > COUNT_ERROR_ABOVE)
