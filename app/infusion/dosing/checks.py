"""When a dose may not be ordered or confirmed, each refusal by its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from app.domain.errors import Invalid, Mismatch, NearMiss, NotFound, SpecificationNotMet, WrongState
from app.domain.identifiers import display
from app.domain.limits import check
from app.domain.reasons import require_reason
from app.domain.states import BagState
from app.domain.vocabulary import OrderState
from app.infusion.dosing.facts import Cells, DoseSheet, figures
from app.infusion.queries.bags import DoseBag
from app.infusion.schemas import DosePlan
from app.patients.queries.weights import Weight
from app.patients.records import CoursePatient


def require_possible(plan: DosePlan, cells: Cells, weight: Weight, now: datetime) -> None:
    """Refuse an order whose numbers cannot be: entries that differ, limits out of order, a time gone by."""
    if plan.target_1e9 != plan.target_again_1e9:
        raise Mismatch("entries_differ", "The two entries of the target differ. Enter both anew.", field="target_1e9")
    if not cells.least <= cells.target <= cells.most:
        raise Invalid("limits_not_in_order", "The target must lie between the least and the most.", field="target_1e9")
    if plan.planned_at < now:
        raise Invalid("planned_in_past", "The planned time has passed. Enter when it will begin.", field="planned_at")
    check("cells_per_kg", cells.target / weight.kg, plan.reason)
    check("infusion_min", Decimal(plan.infusion_min), plan.reason)


def require_confirmable(sheet: DoseSheet, reason: str | None, now: datetime) -> None:
    """Refuse a dose that may not be confirmed: order, bags, contents, endotoxin; a reason outside the order."""
    order = f"Dose order {sheet.order.number} of course {display(sheet.about.course_code)}"
    if sheet.order.state is not OrderState.ACTIVE:
        raise WrongState("order_not_active", f"{order} is {sheet.order.state.value}. Order a new dose first.")
    for bag in sheet.bags:
        _require_usable(sheet.about, bag, now)
    _require_endotoxin(sheet)
    check("cells_per_kg", sheet.viable_cells / sheet.weight.kg, reason)
    if sheet.is_outside_order:
        require_reason(reason, f"The bags hold {figures(sheet.viable_cells)}, outside the limits of the order.")


def require_own(about: CoursePatient, bags: Sequence[DoseBag], bag_codes: Sequence[str]) -> None:
    """Refuse bags that are not on file or not of this course."""
    missing = set(bag_codes) - {bag.code for bag in bags}
    if missing:
        raise NotFound("not_on_file", f"No bag is on file under {display(min(missing))}. Check the code.")
    for bag in bags:
        if bag.patient_id != about.patient_id or bag.course_id != about.course_id:
            raise Mismatch(
                "wrong_patient",
                f"Bag {display(bag.code)} is not of course {display(about.course_code)}. Choose a bag of this course.",
                near_miss=NearMiss("wrong_patient", "confirm dose", about.course_code, bag.code),
            )


def _require_usable(about: CoursePatient, bag: DoseBag, now: datetime) -> None:
    what = f"Bag {display(bag.code)}"
    near_miss = NearMiss("bag_not_usable", "confirm dose", about.course_code, bag.code)
    if bag.is_confirmed:
        raise WrongState("already_confirmed", f"{what} is confirmed as a dose already. Leave it out.")
    if bag.state is not BagState.AVAILABLE or not bag.is_released:
        state = bag.state.value.replace("_", " ")
        raise WrongState(
            "bag_not_available", f"{what} is {state}; only a released bag can be a dose.", near_miss=near_miss
        )
    if bag.is_held:
        raise WrongState(
            "on_hold", f"{what} is on hold, or a material of it was recalled. Ask QA.", near_miss=near_miss
        )
    if bag.expires_at <= now:
        raise WrongState("bag_expired", f"{what} has expired. Ask the laboratory for another.", near_miss=near_miss)


def _require_endotoxin(sheet: DoseSheet) -> None:
    near_miss = NearMiss("endotoxin", "confirm dose", sheet.about.course_code)
    if sheet.limit_eu_per_kg_h is None:
        raise SpecificationNotMet(
            "route_without_limit", f"No endotoxin limit is set for the {sheet.order.route.value} route. Ask QA."
        )
    if sheet.hour is None:
        raise SpecificationNotMet(
            "endotoxin_missing", "A bag has no approved endotoxin result. Ask the laboratory.", near_miss=near_miss
        )
    if not sheet.is_endotoxin_passed:
        raise SpecificationNotMet(
            "endotoxin_over_limit",
            f"Endotoxin in the heaviest hour is {sheet.hour.eu_per_kg:.3f} EU/kg; the limit is"
            f" {sheet.limit_eu_per_kg_h}. Give fewer bags, or more slowly, and confirm again.",
            near_miss=near_miss,
        )
