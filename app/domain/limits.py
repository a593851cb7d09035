"""Limits of the numbers people enter: the table, and how a value is judged. Not the recipes that narrow it.

Refuse only the impossible or a certain slip of units, so that a true extreme can be recorded.
Source: domain design, section 5. Limits that depend on another value (last weight, rated volume of a vessel)
are judged by `judge_against` with a narrowed row, or by the row of the ratio.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from app.domain.errors import Invalid
from app.domain.reasons import require_reason


class Basis(StrEnum):
    """Where a limit comes from."""

    PUBLISHED = "P"
    CONVENTION = "C"
    SETTING = "S"
    UNCONFIRMED = "U"


class Grade(StrEnum):
    """How a value stands, gravest first in effect: refuse, warn (needs a reason), outside_recipe, ok."""

    OK = "ok"
    OUTSIDE_RECIPE = "outside_recipe"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high, both included unless `is_below_high`; None is open."""

    low: Decimal | None = None
    high: Decimal | None = None
    is_below_high: bool = False

    def __contains__(self, value: Decimal) -> bool:
        if self.low is not None and value < self.low:
            return False
        if self.high is None:
            return True
        return value < self.high if self.is_below_high else value <= self.high

    def __str__(self) -> str:
        low, high = (edge if edge is None else number_in_words(edge) for edge in (self.low, self.high))
        if low is None:
            return f"{'below' if self.is_below_high else 'at most'} {high}"
        return f"at least {low}" if high is None else f"{low} to {high}"


@dataclass(frozen=True, slots=True)
class FieldLimit:
    """One row. Outside `recipe` a deviation opens; outside `warn` a reason is due; `refuse` is final.

    `asked_by` names the recipe, its version and step where these rule.
    """

    key: str
    label: str
    unit: str
    recipe: Range | None
    warn: Range | None
    refuse: Range | None
    basis: tuple[Basis, ...]
    asked_by: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a value stands, in words. Outside the recipe range a deviation opens, whatever the grade."""

    limit: FieldLimit
    value: Decimal
    grade: Grade
    is_outside_recipe: bool
    sentence: str


def field_limit(key: str) -> FieldLimit:
    """The row of a field. An unknown key is a programming error (KeyError)."""
    return FIELD_LIMITS[key]


def judge(key: str, value: Decimal, *, recipe_range: Range | None = None) -> Judgement:
    """Judge a value by its row; the pinned recipe's `recipe_range` replaces the usual one. Refuses NaN."""
    return judge_against(field_limit(key), value, recipe_range=recipe_range)


def judge_against(limit: FieldLimit, value: Decimal, *, recipe_range: Range | None = None) -> Judgement:
    """As `judge`, by a row the caller narrowed, such as a vessel's own volume."""
    if not value.is_finite():
        raise Invalid("not_a_number", f"{limit.label} is not a number. Enter it in digits.", field=limit.key)
    recipe = recipe_range or limit.recipe
    is_outside_recipe = recipe is not None and value not in recipe
    grade, broken = Grade.OK, None
    if limit.refuse is not None and value not in limit.refuse:
        grade, broken = Grade.REFUSE, limit.refuse
    elif limit.warn is not None and value not in limit.warn:
        grade, broken = Grade.WARN, limit.warn
    elif is_outside_recipe:
        grade, broken = Grade.OUTSIDE_RECIPE, recipe
    return Judgement(limit, value, grade, is_outside_recipe, _sentence(limit, value, grade, broken))


def check(key: str, value: Decimal, reason: str | None, *, recipe_range: Range | None = None) -> Judgement:
    """Judge a value before it is saved: Invalid outside `refuse`, ReasonRequired outside `warn` without one.

    A reason has at least ten characters that say something (`app.domain.reasons`).
    """
    return accept(judge(key, value, recipe_range=recipe_range), reason)


def accept(judgement: Judgement, reason: str | None) -> Judgement:
    """Let a judged value be saved, or refuse it as `check` does."""
    match judgement.grade:
        case Grade.REFUSE:
            raise Invalid("outside_limits", judgement.sentence, field=judgement.limit.key)
        case Grade.WARN:
            require_reason(reason, judgement.sentence)
    return judgement


def _sentence(limit: FieldLimit, value: Decimal, grade: Grade, broken: Range | None) -> str:
    said = f"{limit.label} is {number_in_words(value)} {limit.unit}"
    match grade:
        case Grade.REFUSE:
            under = f"under {limit.asked_by} " if limit.asked_by else ""
            return f"{said}; {under}only {broken} {limit.unit} can be recorded. Check the number and its unit."
        case Grade.WARN:
            under = f"under {limit.asked_by} " if limit.asked_by else ""
            return f"{said}; usual {under}is {broken} {limit.unit}."
        case Grade.OUTSIDE_RECIPE:
            return f"{said}; {limit.asked_by or 'the recipe'} asks for {broken} {limit.unit}. A deviation opens."
    return f"{said}."


def number_in_words(number: Decimal) -> str:
    """A number for a sentence, exactly: 1.5 × 10^6 from a million on, plain digits below."""
    if abs(number) < 10**6:
        return f"{number:,f}"
    exponent = number.adjusted()
    return f"{number.scaleb(-exponent).normalize():f} × 10^{exponent}"


def _range(written: str) -> Range | None:
    """`40..130` includes both ends, `..<15` lies below 15, an empty text is no range."""
    if not written:
        return None
    low, _, high = written.partition("..")
    return Range(
        Decimal(low) if low else None,
        Decimal(high.removeprefix("<")) if high else None,
        high.startswith("<"),
    )


def _rows(table: str) -> Mapping[str, FieldLimit]:
    limits = {}
    for line in table.strip().splitlines():
        key, label, unit, recipe, warn, refuse, basis = (cell.strip() for cell in line.split("|"))
        bases = tuple(Basis(letter) for letter in basis)
        limits[key] = FieldLimit(key, label, unit, _range(recipe), _range(warn), _range(refuse), bases)
    return MappingProxyType(limits)


# key | label | unit | recipe range | warn outside | refuse outside | basis
FIELD_LIMITS = _rows("""
body_weight_kg                | Body weight | kg | | 40..130 | 2..350 | S
weight_change_percent         | Weight against the last one | % | | -10..10 | | S
height_cm                     | Height | cm | | 140..205 | 40..250 | S
precount_lymphocytes_1e9_per_l | Lymphocytes before collection | ×10^9/L | | 0.5..40 | 0.01..500 | PS
haemoglobin_g_per_l           | Haemoglobin before collection | g/L | | 80.. | 20..250 | S
platelets_1e9_per_l           | Platelets before collection | ×10^9/L | | 50.. | 1..3000 | S
blood_processed_l             | Blood processed | L | 4..15 | 4..18 | 0.1..40 | PS
blood_volumes_processed       | Blood volumes processed | blood volumes | | ..4 | 0.. | S
inlet_flow_ml_per_min         | Inlet flow | mL/min | 40..60 | 20..90 | 5..200 | S
anticoagulant_ratio           | Anticoagulant ratio 1:n | n | | 8..16 | 3..50 | S
procedure_min                 | Procedure time | min | 180..300 | 90..420 | 10..720 | S
collection_volume_ml          | Volume of the collection | mL | 150..300 | 50..600 | 5..3000 | S
wbc_collected_cells           | White cells collected | cells | 2e10..6e10 | 2e9..1.5e11 | 1e6..1e12 | PS
lymphocytes_percent           | Lymphocytes | % | | 70.. | 0..100 | P
product_red_cells             | Red cells in the collection | cells | | ..5e11 | 0..1e13 | PS
product_platelets             | Platelets in the collection | cells | | ..1e12 | 0..1e13 | PS
collection_efficiency_percent | Collection efficiency | % | 40..70 | 20..90 | 0..150 | PS
separation_recovery_percent   | Recovery of the separation | % | | 40..100 | 0..130 | PS
seeding_density_per_ml        | Seeding density | viable cells/mL | | 0.5e6..5e6 | 1e4..1e8 | PS
vessel_fill_ml                | Fill of a vessel | mL | | | 0.. | P
vessels_per_group             | Vessels in a group | vessels | 1..140 | 1..140 | 1..500 | S
il2_iu_per_ml                 | IL-2 in culture | IU/mL | 6000..9000 | 600..12000 | 1..1e6 | PS
serum_percent                 | Serum | % v/v | | ..10 | 0..50 | PS
incubator_c                   | Incubator temperature | °C | | 36..38 | 4..45 | C
co2_percent                   | Carbon dioxide | % | | 4..6 | 0..20 | C
culture_age_h                 | Age of the culture | h | 72..96 | 60..120 | 6..1200 | PS
harvest_recovery_percent      | Recovery of the harvest | % of seeded | 60..100 | 40..120 | 0..500 | S
viability_percent             | Viability | % | 80.. | 80.. | 0..100 | P
final_volume_ml               | Volume of a bag | mL | | 50..500 | 1..2000 | U
final_concentration_per_ml    | Concentration in a bag | cells/mL | 5e7..2e8 | 1e7..3e8 | 1e4..1e9 | S
cells_per_bag                 | Cells in a bag | cells | 1e10..5e10 | 1e9..1e11 | 1e4..1e12 | PS
cells_per_course              | Cells in the course | cells | | ..2e11 | 0.. | PS
cells_per_kg                  | Cells per infusion | cells/kg | 1e8..1e9 | 1e7..2e9 | 1..1e11 | S
endotoxin_eu_per_kg_h         | Endotoxin in the heaviest hour | EU/kg | ..5 | ..<2.5 | 0..1e6 | PS
formulation_to_infusion_h     | Formulation to start of infusion | h | | ..2 | 0.. | S
infusion_min                  | Infusion time | min | | 10..120 | 1..1440 | U
il2_dose_iu_per_kg            | IL-2 dose | IU/kg | | | 0..1e6 | PS
il2_dose_of_recipe_percent    | IL-2 dose against the recipe | % | | 90..110 | 0.. | PS
il2_interval_h                | Interval of IL-2 doses | h | | 7..10 | 4.. | PS
il2_doses                     | IL-2 doses | doses | | ..14 | 0..30 | P
spontaneous_of_maximum_percent | Spontaneous of maximum release | % | ..<20 | ..<20 | | C
replicate_cv_percent          | Spread of replicates | % | ..<15 | ..<15 | 0.. | C
""")
