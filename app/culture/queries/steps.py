"""The form of one step: what must be scanned and entered, and what there is to know before. Not the culture log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, select

from app.culture.queries.balance import cell_balance, cells_before
from app.culture.queries.head import Head, Stage, head_of, next_of, stages, step_href
from app.db.models import Allergy, Bag, Collection, Course, Culture, CultureInput, Place, ProductLot
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.limits import FIELD_LIMITS
from app.domain.recipes import RecipeStepKind
from app.domain.states import BagState
from app.domain.vocabulary import MaterialRole, PlaceKind
from app.materials.queries.taking import Proposal, proposals
from app.patients.queries.acts import Act
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import words
from app.web import formats

Facts = Iterator[tuple[str, str | Markup]]


@dataclass(frozen=True, slots=True)
class StepPage:
    """A step of a culture. Without `form` it is not open now; `missing` and `why` say so, `link` leads on.

    `benches` are shown before the first scan; `inputs` are the codes to scan; `allergies` rule the lots.
    The recipe's defaults stand ready in their fields; `usual` says what it asks for, by field.
    """

    patient: Banner
    code: str
    code_text: str
    verb: str
    row_version: int
    stages: tuple[Stage, ...]
    form: str
    missing: str
    why: str
    link: Act | None
    facts: tuple[tuple[str, str | Markup], ...]
    benches: tuple[tuple[str, str], ...]
    inputs: tuple[str, ...]
    allergies: str
    take: tuple[Proposal, ...]
    usual: Mapping[str, str]
    per_vessel_1e9: str
    vessel_ml: str
    bag_ml: str


VERBS: Final = {
    "start": "Start culture",
    "separate": "Separate cells",
    "seed": "Seed culture",
    "feed": "Feed culture",
    "harvest": "Harvest culture",
    "fill": "Fill bags",
    "complete": "Complete lot",
}
_KINDS: Final = {
    "separate": RecipeStepKind.SEPARATE,
    "seed": RecipeStepKind.SEED,
    "feed": RecipeStepKind.SEED,
    "harvest": RecipeStepKind.HARVEST,
    "fill": RecipeStepKind.FORMULATE,
}
_BY_RECIPE: Final = frozenset({"il2_iu_per_ml"})
_FIELDS: Final = {
    "viability_percent": ("viability_percent", 1),
    "seeding_density_per_ml": ("density_1e6_per_ml", 10**6),
    "il2_iu_per_ml": ("il2_iu_per_ml", 1),
    "harvest_recovery_percent": ("recovery_percent", 1),
    "final_volume_ml": ("volume_each_ml", 1),
    "cells_per_bag": ("viable_cells_each_1e9", 10**9),
}
"""Key of a parameter to the hint of a form, and the scale it is entered in. IL-2 says what the recipe asks for."""

_AT_BENCH: Final = frozenset({"start", "harvest"})
_ROLES: Final = {
    "separate": (MaterialRole.WASH,),
    "seed": (MaterialRole.CYTOKINE, MaterialRole.MEDIUM, MaterialRole.SERUM),
    "feed": (MaterialRole.MEDIUM, MaterialRole.CYTOKINE),
    "harvest": (MaterialRole.WASH,),
    "fill": (MaterialRole.FORMULATION,),
}
_SCANS_LOTS: Final = frozenset(_ROLES)


def step_page(db: Connection, code: str, step: str, now: datetime, zone: str, actor: Actor) -> StepPage:
    """The form of a step, or the refusal that there is no such step or culture. At most eight statements."""
    if step not in VERBS:
        raise NotFound("no_such_step", f"A culture has no step called {step}. Go back to the batch.")
    head = head_of(db, code)
    missing, why, link = _missing(head, step, actor, now)
    return StepPage(
        patient=banner_of_course(db, head.course_code, now, zone),
        code=code,
        code_text=head.text,
        verb=VERBS[step],
        row_version=head.row_version,
        stages=stages(head, "" if missing else step),
        form="" if missing else f"culture/_{step}.html",
        missing=missing,
        why=why,
        link=link,
        facts=() if missing and link is None else tuple(_facts(db, head, step, now, zone)),
        benches=_benches(db) if step in _AT_BENCH else (),
        inputs=_inputs(db, head) if step == "start" else (),
        allergies=_allergies(db, head) if step in _SCANS_LOTS else "",
        take=() if missing else proposals(db, _ROLES.get(step, ()), now, zone),
        usual=MappingProxyType(dict(_usual(head, step))),
        **_defaults(head),
    )


def _usual(head: Head, step: str) -> Iterator[tuple[str, str]]:
    """What the pinned recipe asks for, by field of the form."""
    limits = head.limits(_KINDS.get(step, RecipeStepKind.TEST), is_feed=step == "feed")
    for key, (field, scale) in _FIELDS.items():
        row = limits.row(key) if key in limits.parameters or key in FIELD_LIMITS else None
        span = None if row is None else row.warn if row.recipe is None or key not in _BY_RECIPE else row.recipe
        if row is not None and span is not None:
            low, high = (
                None if edge is None else formats.dose(edge / scale, "").strip() for edge in (span.low, span.high)
            )
            yield field, formats.limit(low, high)


def _defaults(head: Head) -> dict[str, str]:
    """What fills the fields: the defaults of the pinned recipe."""
    seed, formulate = head.limits(RecipeStepKind.SEED), head.limits(RecipeStepKind.FORMULATE)
    fill, density = seed.default("vessel_fill_ml"), seed.default("seeding_density_per_ml")
    bag = formulate.default("final_volume_ml")
    return {
        "vessel_ml": "" if fill is None else _bare(fill),
        "per_vessel_1e9": "" if fill is None or density is None else _bare(fill * density / 10**9),
        "bag_ml": "" if bag is None else _bare(bag),
    }


def _missing(head: Head, step: str, actor: Actor, now: datetime) -> tuple[str, str, Act | None]:
    """Why the step is not open: another comes first, something is missing, or it is for others. Else nothing."""
    if step == "complete" and head.bare_bags:
        why = f"after {formats.count(head.bare_bags, 'bag has its label', 'bags have their labels')}"
        return VERBS[step], why, Act(f"/lots/{head.lot_code}", "Label bags")
    coming = next_of(head, actor, now)
    if step_href(head.code, step) not in {act.href for act in coming.acts}:
        return VERBS[step], coming.why or f"The culture is {words(head.state)}; this is not its next step.", None
    if step == "harvest" and head.missing_test:
        why = f"after a sample is taken and its {head.missing_test} test is requested"
        return VERBS[step], why, Act(f"/batches/{head.code}/tests", "Take samples")
    return "", "", None


def _facts(db: Connection, head: Head, step: str, now: datetime, zone: str) -> Facts:
    """What there is to know before the numbers are entered."""
    match step:
        case "separate" | "seed":
            before = cells_before(db, head.id)
            yield "Cells so far", formats.cells(before, "viable cells" if head.separations else "white cells")
            yield "In words", formats.cells_in_words(before)
        case "feed" | "harvest":
            yield from _of_growth(db, head, now, zone)
        case "fill" | "complete":
            yield from _of_lot(db, head, now, zone)


def _of_growth(db: Connection, head: Head, now: datetime, zone: str) -> Facts:
    balance = cell_balance(db, head.id)
    if balance is None or head.seeded_at is None or head.window is None:
        return
    yield "Seeded", formats.cells(balance.seeded, "viable cells")
    yield "Vessels", formats.count(head.growing, "vessel", "vessels")
    if balance.discarded:
        yield "Left of the seeding", formats.cells(balance.possible, "viable cells")
    yield "Age now", f"{(now - head.seeded_at) // timedelta(hours=1)} h, day {(now - head.seeded_at).days}"
    window = formats.window(*head.window, zone, now)
    yield "Harvest by the recipe", f"{head.harvest_from_h} to {head.harvest_until_h} h, {window}"


def _of_lot(db: Connection, head: Head, now: datetime, zone: str) -> Facts:
    look = select(ProductLot.__table__).where(ProductLot.culture_id == head.id)
    lot = db.execute(look).one_or_none()
    if lot is None:
        return
    yield "Lot", formats.code(display(lot.code))
    yield "Harvested", formats.cells(lot.harvested_viable_cells, "viable cells")
    yield "In words", formats.cells_in_words(lot.harvested_viable_cells, "viable cells")
    if lot.expires_at is None:
        hours = head.limits(RecipeStepKind.FORMULATE).default("expiry_after_formulation_h")
        yield "Expiry", f"{_bare(hours or Decimal(0))} h after filling"
        return
    bags = select(Bag.state).where(Bag.product_lot_id == lot.id)
    states = list(db.execute(bags).scalars())
    yield "In bags", formats.cells(lot.viable_cells, "viable cells")
    yield "Bags", f"{len(states)}, {sum(state is not BagState.FILLED for state in states)} labelled"
    yield "Expires", formats.moment(lot.expires_at, zone, now)


def _benches(db: Connection) -> tuple[tuple[str, str], ...]:
    """Every bench with what stands open at it."""
    look = (
        select(Place.name, Culture.code)
        .join(Culture, Culture.bench_id == Place.id, isouter=True)
        .where(Place.kind == PlaceKind.BENCH)
        .order_by(Place.name)
    )
    return tuple((name, f"{display(code)} stands open" if code else "clear") for name, code in db.execute(look))


def _inputs(db: Connection, head: Head) -> tuple[str, ...]:
    look = select(Collection.code).join(CultureInput, CultureInput.collection_id == Collection.id)
    return tuple(display(code) for code in db.execute(look.where(CultureInput.culture_id == head.id)).scalars())


def _allergies(db: Connection, head: Head) -> str:
    look = (
        select(Allergy.substance)
        .join(Course, Course.patient_id == Allergy.patient_id)
        .where(Course.code == head.course_code, Allergy.ended_at.is_(None))
        .order_by(Allergy.id)
    )
    return ", ".join(db.execute(look).scalars())


def _bare(value: Decimal) -> str:
    """A number for a field: no trailing zeros, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
