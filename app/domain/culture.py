"""What a culture must satisfy at each of its steps, and the balance of its cells. Its moves: `app.domain.states`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.domain.culture_arithmetic import vessel_count
from app.domain.errors import Invalid, Mismatch, NearMiss
from app.domain.figures import rounded
from app.domain.il2 import Il2Amount, Per, in_iu
from app.domain.limits import FieldLimit, Judgement, Range, field_limit, judge_against
from app.domain.recipes.limits import HOUSE, StepLimits
from app.domain.vocabulary import Il2Unit, SeparationMethod

JUMP: Final = 10
"""A density ten times higher or lower than the one before is a slip until somebody says otherwise (our setting)."""

USUAL_RECOVERY: Final[Mapping[SeparationMethod, Range]] = {
    SeparationMethod.WASH: Range(Decimal(75), Decimal(98)),
    SeparationMethod.FICOLL: Range(Decimal(45), Decimal(80)),
}
"""Percent of the cells a separation keeps. Source: domain design, section 5, around the published 88 and 59 %."""

USUAL_FILL: Final = (Decimal("0.9"), Decimal("1.05"))
"""What a vessel holds, as a share of what was put into it: samples are taken, water evaporates (our setting)."""


@dataclass(frozen=True, slots=True)
class Seeding:
    """What goes into the vessels. Cells in absolute numbers, volume in mL, IL-2 per mL as entered.

    `cells_before` are those the seeded ones come from: out of the separation, else as collected.
    """

    cells_before: int
    viable_cells: Decimal
    viability_percent: Decimal
    viable_cells_per_vessel: Decimal
    vessel_volume_ml: Decimal
    il2_per_ml: Decimal
    il2_unit: Il2Unit

    @property
    def vessels(self) -> int:
        """How many vessels the cells fill. Refuses numbers that are not above zero."""
        _require_positive(self.viable_cells, "viable_cells_1e9")
        _require_positive(self.viable_cells_per_vessel, "viable_cells_per_vessel_1e9")
        return vessel_count(self.viable_cells, self.viable_cells_per_vessel).vessels

    @property
    def il2_iu_per_ml(self) -> Decimal:
        """IL-2 in IU/mL, exactly. Refuses a unit without a defined factor."""
        return in_iu(Il2Amount(self.il2_per_ml, self.il2_unit, Per.ML)).value


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into each of equal bags. Volume in mL, cells in absolute numbers."""

    bags: int
    volume_ml: Decimal
    viable_cells: Decimal
    viability_percent: Decimal


@dataclass(frozen=True, slots=True)
class CellBalance:
    """Viable cells from the vessels to the bags. `discarded` were seeded into vessels that were taken out."""

    seeded: int
    discarded: int = 0
    harvested: int | None = None
    bagged: int | None = None

    @property
    def possible(self) -> int:
        """The seeded cells that stayed in the culture."""
        return self.seeded - self.discarded

    @property
    def recovery_percent(self) -> Decimal | None:
        """Harvested of the cells that stayed in the culture."""
        return None if self.harvested is None else _percent(self.harvested, self.possible)

    @property
    def bagged_percent(self) -> Decimal | None:
        """Filled into bags of the cells harvested."""
        return None if self.bagged is None or not self.harvested else _percent(self.bagged, self.harvested)


def judged_separation(
    method: SeparationMethod,
    *,
    cells_before: int,
    viable_cells: int,
    viability_percent: Decimal,
    limits: StepLimits = HOUSE,
) -> Mapping[str, Judgement]:
    """What a separation kept, by form field. Where the recipe names no range, the usual one of the method stands."""
    row = limits.row("separation_recovery_percent")
    recovery = replace(row, recipe=row.recipe or USUAL_RECOVERY[method])
    return {
        "viable_cells_1e9": _judged(recovery, _percent(viable_cells, cells_before)),
        "viability_percent": _judged(limits.row("viability_percent"), viability_percent),
    }


def judged_seeding(given: Seeding, limits: StepLimits) -> Mapping[str, Judgement]:
    """Each value of a seeding against the limits of the pinned recipe, by form field.

    More cells than there were before is the slip of 1,000 this finds first. Source: domain design, section 5.
    """
    _require_positive(given.vessel_volume_ml, "vessel_volume_ml")
    density = given.viable_cells_per_vessel / given.vessel_volume_ml
    kept = field_limit("separation_recovery_percent")
    return {
        "viable_cells_1e9": _judged(kept, _percent(given.viable_cells, given.cells_before)),
        "viability_percent": _judged(limits.row("viability_percent"), given.viability_percent),
        "viable_cells_per_vessel_1e9": _judged(limits.row("vessels_per_group"), Decimal(given.vessels)),
        "vessel_volume_ml": _judged(limits.row("seeding_density_per_ml"), density),
        "vessel_fill": _judged(limits.row("vessel_fill_ml"), given.vessel_volume_ml),
        "il2_per_ml": judged_il2(given.il2_iu_per_ml, limits),
    }


def judged_il2(iu_per_ml: Decimal, limits: StepLimits) -> Judgement:
    """The IL-2 of a culture against the recipe's range."""
    return _judged(limits.row("il2_iu_per_ml"), iu_per_ml)


def density_limit(limits: StepLimits) -> FieldLimit:
    """The row a counted density is judged by: what the recipe says of growing cells, else of seeded ones."""
    key = "culture_density_per_ml" if "culture_density_per_ml" in limits.parameters else "seeding_density_per_ml"
    return replace(limits.row(key), label="Density")


def usual_volume_ml(filled_ml: Decimal) -> Range:
    """What a vessel that was filled so far usually holds."""
    low, high = USUAL_FILL
    return Range(filled_ml * low, filled_ml * high)


def judged_reading(
    *,
    viable_cells_per_ml: Decimal,
    viability_percent: Decimal,
    volume_ml: Decimal,
    filled_ml: Decimal,
    limits: StepLimits = HOUSE,
) -> Mapping[str, Judgement]:
    """The count of one vessel that was filled to `filled_ml`, by form field. `limits` are those of the seeding."""
    fill = replace(field_limit("vessel_fill_ml"), warn=usual_volume_ml(filled_ml))
    return {
        "viable_cells_1e6_per_ml": _judged(density_limit(limits), viable_cells_per_ml),
        "viability_percent": _judged(limits.row("viability_percent"), viability_percent),
        "volume_ml": judge_against(fill, volume_ml),
    }


def is_jump(density: Decimal, before: Decimal) -> bool:
    """Whether a density is ten times the one before, or a tenth of it, or beyond. From none at all there is no jump."""
    return before > 0 and (density >= before * JUMP or density * JUMP <= before)


def judged_harvest(
    *, age_h: Decimal, balance: CellBalance, viability_percent: Decimal, limits: StepLimits
) -> Mapping[str, Judgement]:
    """Age, viability and recovery of a harvest, by form field. LAK cells hardly expand in four days."""
    assert balance.recovery_percent is not None, "a harvest has a number of cells"
    return {
        "performed_at": _judged(limits.row("culture_age_h"), age_h),
        "viability_percent": _judged(limits.row("viability_percent"), viability_percent),
        "viable_cells_1e9": _judged(limits.row("harvest_recovery_percent"), balance.recovery_percent),
    }


def judged_filling(given: Filling, limits: StepLimits = HOUSE) -> Mapping[str, Judgement]:
    """Volume, cells, concentration and viability of equal bags, by form field."""
    _require_positive(given.volume_ml, "volume_each_ml")
    return {
        "volume_each_ml": _judged(limits.row("final_volume_ml"), given.volume_ml),
        "viable_cells_each_1e9": _judged(limits.row("cells_per_bag"), given.viable_cells),
        "concentration": _judged(limits.row("final_concentration_per_ml"), given.viable_cells / given.volume_ml),
        "viability_percent": _judged(limits.row("viability_percent"), given.viability_percent),
    }


def require_enough_cells(given: Filling, harvested: int) -> None:
    """Refuse more cells in the bags than were harvested."""
    if given.viable_cells * given.bags > harvested:
        raise Invalid(
            "more_than_harvested",
            f"{given.bags} bags of {given.viable_cells:,f} cells are more than the {harvested:,} viable cells"
            " harvested. Check number and exponent.",
            field="viable_cells_each_1e9",
        )


def require_no_allergy(
    allergies: Iterable[str], lots: Iterable[tuple[str, str, str | None]], step: str, course_code: str
) -> None:
    """Refuse a lot that holds what the patient is allergic to. `lots` are code, name and substances of each.

    One word of the allergy among the lot's substances is enough: "penicillin G" meets "penicillin".
    House rule: penicillin and gentamicin are in the medium (domain design, section 2). Raises Mismatch.
    """
    known = {word: allergy for allergy in allergies for word in allergy.casefold().split()}
    for code, name, substances in lots:
        for word in (substances or "").casefold().split():
            if word in known:
                sentence = f"The patient is allergic to {known[word]}, and {name} contains {word}. Take another lot."
                near = NearMiss("allergy", step, course_code=course_code, scanned=code)
                raise Mismatch("allergy", sentence, near_miss=near)


def _judged(limit: FieldLimit, value: Decimal) -> Judgement:
    """Judge by a row; quotients are shortened, but never across a limit."""
    ranges = (limit.recipe, limit.warn, limit.refuse)
    edges = [edge for one in ranges if one is not None for edge in (one.low, one.high) if edge is not None]
    shown = rounded(value, max(1, 2 - value.adjusted()), edges).normalize() if value.is_finite() and value else value
    return judge_against(limit, shown)


def _percent(part: Decimal | int, whole: int) -> Decimal:
    return 100 * Decimal(part) / whole


def _require_positive(value: Decimal, field: str) -> None:
    if value <= 0:
        raise Invalid("not_positive", "The number must be above zero. Check it.", field=field)
