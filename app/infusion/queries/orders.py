"""The pages of a dose order: what is asked for, which bags are it, what still has to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from markupsafe import Markup
from sqlalchemy import Connection, select

from app.db.models import Bag, DoseOrder, Infusion, User
from app.db.types import in_words
from app.domain.actor import Actor
from app.domain.endotoxin import HeaviestHour
from app.domain.errors import ReasonRequired, Refusal
from app.domain.identifiers import display
from app.domain.limits import field_limit
from app.domain.roles import Action
from app.domain.states import InfusionState
from app.domain.vocabulary import OrderState, Route
from app.identity.signing import Signable
from app.infusion.dosing import (
    DoseSheet,
    OrderFacts,
    OrderSheet,
    cancellation,
    dose_sheet,
    order_facts,
    require_confirmable,
)
from app.infusion.queries.bags import DoseBag, bags_of, offered
from app.infusion.schemas import DosePlan
from app.patients.queries.acts import may
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import Chip, chip
from app.patients.records import CoursePatient, course_patient
from app.web import formats

Pairs = tuple[tuple[str, str | Markup], ...]
ROUTES = tuple((route.value, route.value.capitalize()) for route in Route)


@dataclass(frozen=True, slots=True)
class NewOrderPage:
    """The empty form of a dose order."""

    patient: Banner
    course_code: str
    course_shown: str
    zone: str
    routes: tuple[tuple[str, str], ...]
    per_kg_hint: Markup
    minutes_hint: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """An order before it is signed, in figures and words."""

    patient: Banner
    course_code: str
    course_shown: str
    number: int
    facts: Pairs
    plan: tuple[tuple[str, str], ...]
    signable: Signable


@dataclass(frozen=True, slots=True)
class BagRow:
    """A bag that may be, or is, part of the dose."""

    code: str
    shown: str
    of_lot: str
    cells: Markup
    viability: str
    volume: str
    expires: str
    pending: str
    is_chosen: bool
    state: Chip | None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a prescriber confirms. `locked` says why it cannot be; `reason_why` when it needs a reason."""

    facts: Pairs
    pending: tuple[str, ...]
    bag_codes: tuple[str, ...]
    signable: Signable | None
    locked: str
    reason_why: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One dose order."""

    patient: Banner
    course_code: str
    course_shown: str
    number: int
    state: Chip
    facts: Pairs
    given: tuple[BagRow, ...]
    offered: tuple[BagRow, ...]
    confirmation: Confirmation | None
    cancellation: Signable | None


def new_order_page(db: Connection, course_code: str, now: datetime, zone: str) -> NewOrderPage:
    """The form that orders a dose."""
    return NewOrderPage(
        patient=banner_of_course(db, course_code, now, zone),
        course_code=course_code,
        course_shown=display(course_code),
        zone=zone,
        routes=ROUTES,
        per_kg_hint=Markup("Usual {} per kg.").format(_cells_range("cells_per_kg")),
        minutes_hint=f"Usual {field_limit('infusion_min').warn} min.",
    )


def review_page(db: Connection, sheet: OrderSheet, plan: DosePlan, now: datetime, zone: str) -> ReviewPage:
    """What the prescriber reads once more before signing."""
    return ReviewPage(
        patient=banner_of_course(db, plan.course_code, now, zone),
        course_code=plan.course_code,
        course_shown=display(plan.course_code),
        number=sheet.number,
        facts=_order_pairs(sheet, sheet.weight.kg, now, zone),
        plan=tuple((name, str(value)) for name, value in plan.model_dump(mode="json", exclude_none=True).items()),
        signable=sheet.signable,
    )


def order_page(
    db: Connection, course_code: str, number: int, chosen: Sequence[str], actor: Actor, now: datetime, zone: str
) -> OrderPage:
    """One order; with the right to confirm, the dose made of `chosen` bags, of all that are free when none is."""
    about = course_patient(db, course_code)
    order = order_facts(db, about, number)
    free = offered(db, about.course_id)
    bags = tuple(sorted(set(chosen) & set(free))) or free
    is_active = order.state is OrderState.ACTIVE
    confirming = is_active and bags and may(actor, Action.CONFIRM_DOSE)
    rows = tuple(_row(bag, now, zone, is_chosen=bag.code in bags) for bag in bags_of(db, free))
    return OrderPage(
        patient=banner_of_course(db, course_code, now, zone),
        course_code=course_code,
        course_shown=display(course_code),
        number=number,
        state=_ORDER_CHIPS[order.state],
        facts=(*_order_pairs(order, None, now, zone), ("Ordered", _ordered(db, order, now, zone))),
        given=_given(db, order, now, zone),
        offered=rows if is_active else (),
        confirmation=_confirmation(db, about, order, bags, now, zone) if confirming else None,
        cancellation=cancellation(db, course_code, number) if is_active and may(actor, Action.CANCEL_ORDER) else None,
    )


_ORDER_CHIPS = {
    OrderState.ACTIVE: Chip("info", "hourglass", "active"),
    OrderState.COMPLETED: Chip("ok", "circle-check", "completed"),
    OrderState.CANCELLED: Chip("none", "circle-dashed", "cancelled"),
}


def _order_pairs(order: OrderFacts | OrderSheet, weight_kg: Decimal | None, now: datetime, zone: str) -> Pairs:
    cells = order.cells
    per_kg = () if weight_kg is None else (("Per kg", _cells(cells.target / weight_kg)),)
    weight = () if weight_kg is None else (("Body weight", formats.measurement(weight_kg, "kg", 1)),)
    return (
        ("Target", _both(cells.target)),
        *per_kg,
        ("Limits", Markup("{} to {}").format(formats.cells(cells.least), formats.cells(cells.most))),
        *weight,
        ("Route", order.route.value.capitalize()),
        ("Planned", formats.moment(order.planned_at, zone, now)),
        ("Infusion time", f"{order.infusion_min}{formats.NBSP}min"),
    )


def _ordered(db: Connection, order: OrderFacts, now: datetime, zone: str) -> str:
    look = select(User.full_name).join(DoseOrder, DoseOrder.ordered_by_id == User.id).where(DoseOrder.id == order.id)
    who = db.execute(look).scalar_one()
    return f"{formats.short_person(who)} {formats.moment(order.ordered_at, zone, now)}"


def _given(db: Connection, order: OrderFacts, now: datetime, zone: str) -> tuple[BagRow, ...]:
    look = (
        select(Bag.code, Infusion.state)
        .join(Infusion, Infusion.bag_id == Bag.id)
        .where(Infusion.dose_order_id == order.id, Infusion.state != in_words(InfusionState.CANCELLED))
    )
    states = {row.code: row.state for row in db.execute(look)}
    return tuple(_row(bag, now, zone, state=chip(states[bag.code])) for bag in bags_of(db, tuple(states)))


def _row(bag: DoseBag, now: datetime, zone: str, *, is_chosen: bool = False, state: Chip | None = None) -> BagRow:
    return BagRow(
        code=bag.code,
        shown=display(bag.code),
        of_lot=f"bag {bag.division} of {bag.bags_in_lot}",
        cells=_cells(bag.viable_cells),
        viability=formats.percent(bag.viability_percent, 1),
        volume=formats.dose(Decimal(bag.volume_ul) / 1000, "mL"),
        expires=f"until {formats.moment(bag.expires_at, zone, now)}",
        pending=", ".join(bag.pending) or "nothing",
        is_chosen=is_chosen,
        state=state,
    )


def _confirmation(
    db: Connection, about: CoursePatient, order: OrderFacts, bags: Sequence[str], now: datetime, zone: str
) -> Confirmation:
    try:
        sheet = dose_sheet(db, about.course_code, order.number, bags, now)
    except Refusal as refusal:
        return Confirmation((), (), tuple(bags), None, refusal.sentence, "")
    locked, reason_why = "", ""
    try:
        require_confirmable(sheet, None, now)
    except ReasonRequired as why:
        reason_why = why.sentence
    except Refusal as refusal:
        locked = refusal.sentence
    pending = tuple(dict.fromkeys(criterion for bag in sheet.bags for criterion in bag.pending))
    return Confirmation(
        _dose_pairs(sheet, now, zone), pending, tuple(bags), None if locked else sheet.signable, locked, reason_why
    )


def _dose_pairs(sheet: DoseSheet, now: datetime, zone: str) -> Pairs:
    difference = sheet.difference_percent
    sign = "more" if difference >= 0 else "less"
    return (
        ("Bags", formats.count(len(sheet.bags), "bag", "bags")),
        ("Contents", _both(sheet.viable_cells)),
        ("Per kg", _cells(sheet.viable_cells / sheet.weight.kg)),
        ("Difference to the order", f"{formats.percent(abs(difference), 1)} {sign}"),
        ("Endotoxin, heaviest hour", _endotoxin(sheet.hour, sheet.limit_eu_per_kg_h)),
        (
            "Body weight",
            f"{formats.measurement(sheet.weight.kg, 'kg', 1)}, {formats.moment(sheet.weight.measured_at, zone, now)}",
        ),
    )


def _endotoxin(hour: HeaviestHour | None, limit: Decimal | None) -> str:
    if hour is None or limit is None:
        return "not determinable"
    value = formats.measurement(hour.eu_per_kg, "EU/kg", 2, limit)
    return f"{formats.less_than(value) if hour.is_upper_bound else value}, {limit} or less"


def _both(number: int) -> Markup:
    """Figures and words together, where somebody signs."""
    return Markup("{}, {}").format(_cells(number), formats.cells_in_words(number))


def _cells(number: Decimal | int) -> Markup:
    return formats.cells(number, "viable cells")


def _cells_range(key: str) -> Markup:
    usual = field_limit(key).warn
    low, high = (None, None) if usual is None else (usual.low, usual.high)
    return Markup("{} to {}").format(*(formats.cells(each) for each in (low, high) if each is not None))
