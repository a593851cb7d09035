"""What a collection must satisfy at its planning, its end and its receipt. Its moves: `app.domain.states`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.domain.errors import Invalid, Mismatch, NearMiss, WrongState
from app.domain.identifiers import display
from app.domain.limits import Judgement, judge
from app.domain.vocabulary import Inspection

LONGEST_PLAN: Final = timedelta(days=366)
"""A collection is planned at most this long after day 1 of its course (our setting)."""

RECEIPT_TEMPERATURE_C: Final = (Decimal(-200), Decimal(60))
LONGEST_OUT_OF_STORAGE_MIN: Final = 10_080
"""A week; more minutes than that are a slip (our setting)."""


@dataclass(frozen=True, slots=True)
class Yield:
    """What a run of the separator took and gave. Blood in L, other volumes in mL, cells in absolute numbers."""

    procedure_min: Decimal
    blood_processed_l: Decimal
    anticoagulant_ml: Decimal
    volume_ml: Decimal
    wbc_cells: Decimal
    lymphocyte_percent: Decimal


def require_plan(planned_on: date, first_day: date, *, already: int, ordered: int) -> None:
    """Refuse a collection before day 1, more than a year after it, or beyond the number ordered.

    `already` counts the collections of the order that were not cancelled.
    """
    if not first_day <= planned_on <= first_day + LONGEST_PLAN:
        raise Invalid(
            "planned_outside_course",
            "A collection is planned on or after day 1 of the course, within a year. Check the date.",
            field="planned_at",
        )
    if already >= ordered:
        raise WrongState(
            "collections_used_up",
            f"The order asks for {ordered} collections, and {already} are planned or done. "
            "A prescriber must order more.",
        )


def judged_yield(given: Yield) -> Mapping[str, Judgement]:
    """Each value of the yield against its limits, by form field; the anticoagulant by its ratio to the blood.

    Source: domain design, section 5.
    """
    if given.anticoagulant_ml <= 0:
        raise Invalid("no_anticoagulant", "The anticoagulant must be above 0 mL.", field="anticoagulant_ml")
    return {
        "ended_at": judge("procedure_min", given.procedure_min),
        "blood_processed_l": judge("blood_processed_l", given.blood_processed_l),
        "anticoagulant_ml": judge("anticoagulant_ratio", given.blood_processed_l * 1000 / given.anticoagulant_ml),
        "volume_ml": judge("collection_volume_ml", given.volume_ml),
        "wbc_1e9": judge("wbc_collected_cells", given.wbc_cells),
        "lymphocyte_percent": judge("lymphocytes_percent", given.lymphocyte_percent),
    }


def judged_prechecks(*, lymphocytes: Decimal, haemoglobin: Decimal, platelets: Decimal) -> Mapping[str, Judgement]:
    """The blood counts before the run against their limits, by form field: 10^9/L, g/L, 10^9/L."""
    return {
        "precount_lymphocytes_1e9_per_l": judge("precount_lymphocytes_1e9_per_l", lymphocytes),
        "haemoglobin_g_per_l": judge("haemoglobin_g_per_l", haemoglobin),
        "platelets_1e9_per_l": judge("platelets_1e9_per_l", platelets),
    }


def require_storage(temperature_c: Decimal, out_of_storage_min: int) -> None:
    """Refuse what no thermometer and no clock can have shown. Whether it is good enough, the inspection says."""
    low, high = RECEIPT_TEMPERATURE_C
    if not low <= temperature_c <= high:
        sentence = f"A temperature from {low} to {high} °C can be recorded. Check the number and its sign."
        raise Invalid("outside_limits", sentence, field="temperature_c")
    if not 0 <= out_of_storage_min <= LONGEST_OUT_OF_STORAGE_MIN:
        sentence = f"0 to {LONGEST_OUT_OF_STORAGE_MIN:,} minutes out of storage can be recorded. Check the number."
        raise Invalid("outside_limits", sentence, field="out_of_storage_min")


def require_kept_cool(found: Inspection, temperature_c: Decimal, lowest_c: Decimal, highest_c: Decimal) -> None:
    """Refuse a temperature line that passes beside a reading the site's storage limits do not allow (REQ-053)."""
    if found is Inspection.PASS and not lowest_c <= temperature_c <= highest_c:
        raise Mismatch(
            "temperature_cannot_pass",
            f"{temperature_c} °C is outside {lowest_c} to {highest_c} °C, so the temperature line cannot pass. Check"
            " the reading, or mark the line as failed; the collection is then quarantined or rejected.",
            field="temperature",
        )


def require_passed(lines: Mapping[str, Inspection], code: str, course_code: str) -> None:
    """Refuse to accept a collection with any line of its receipt failed or unknown. Unknown is never a pass.

    House rule: rules, section 4.1. Raises WrongState naming the lines.
    """
    missing = [f"{name} ({found.value})" for name, found in lines.items() if found is not Inspection.PASS]
    if missing:
        raise WrongState(
            "inspection_not_passed",
            f"Collection {display(code)} cannot be accepted: {', '.join(missing)}. Quarantine it or reject it.",
            near_miss=NearMiss("inspection_not_passed", "accept_collection", course_code=course_code),
        )
