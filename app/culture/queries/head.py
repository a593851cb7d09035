"""A culture as each of its pages begins with it: where it stands, its stages, and what may be done next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import Connection, Select, func, select

from app.culture.commands.harvesting import NEEDED_AT_HARVEST
from app.db.models import (
    Bag,
    Course,
    Culture,
    CultureStep,
    Place,
    ProductLot,
    Recipe,
    Specification,
    TestRun,
    Vessel,
    VesselGroup,
)
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.recipes import RecipeStepKind, StepLimits, limits_of
from app.domain.roles import Action
from app.domain.states import BAG, BagState, CultureState, LotState
from app.domain.vocabulary import StepKind, VesselState
from app.patients.queries.acts import Act, may
from app.recipes.pinned import document_of


@dataclass(frozen=True, slots=True)
class Head:
    """What every page of a culture needs. `bare_bags` wear no label; `missing_test` stops the harvest."""

    id: int
    code: str
    number: int
    row_version: int
    state: CultureState
    opened_at: datetime
    seeded_at: datetime | None
    harvested_at: datetime | None
    course_code: str
    recipe_id: int
    recipe: str
    recipe_version: int
    recipe_document: str
    recipe_sha256: str
    harvest_from_h: int
    harvest_until_h: int
    specification: str
    specification_version: int
    bench: str | None
    vessels: int | None
    growing: int
    separations: int
    lot_code: str | None
    lot_state: LotState | None
    formulated_at: datetime | None
    bare_bags: int
    open_bags: int
    missing_test: str

    @property
    def text(self) -> str:
        """The code as people read it."""
        return display(self.code)

    def limits(self, kind: RecipeStepKind, *, is_feed: bool = False) -> StepLimits:
        """What the pinned recipe permits at a step."""
        document = document_of(self.recipe_document, self.recipe_sha256)
        return limits_of(document, self.recipe_version, kind, is_feed=is_feed)

    @property
    def title(self) -> str:
        """`Culture 2`: its number in the course."""
        return f"Culture {self.number}"

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """From when to when the recipe wants the harvest; None before the seeding."""
        if self.seeded_at is None:
            return None
        hours = self.harvest_from_h, self.harvest_until_h
        opens, closes = (self.seeded_at + timedelta(hours=each) for each in hours)
        return opens, closes


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the stepper: done, now or later."""

    word: str
    state: str


@dataclass(frozen=True, slots=True)
class Next:
    """What this person may do next, the foremost first. Without that, `missing` says what is, and `why`."""

    acts: tuple[Act, ...] = ()
    missing: str = ""
    why: str = ""


def head_of(db: Connection, code: str) -> Head:
    """The culture with that code, or the refusal that it is not on file. Two statements."""
    found = db.execute(_look().where(Culture.code == code)).mappings().one_or_none()
    if found is None:
        raise NotFound("not_on_file", f"No culture is on file under {display(code)}. Check the code.")
    registered = set(db.execute(select(TestRun.kind).where(TestRun.culture_id == found["id"])).scalars())
    missing = next((kind.value for kind in NEEDED_AT_HARVEST if kind not in registered), "")
    return Head(**found, missing_test=missing)


def stages(head: Head, step: str = "") -> tuple[Stage, ...]:
    """The stepper, at the stage of the state or of the step whose form is shown. A separation left out stays open."""
    at = _STAGE_OF.get(step, _now(head))
    skipped = {"Separate"} if head.separations == 0 else set()
    return tuple(
        Stage(word, "now" if number == at else "done" if number < at and word not in skipped else "later")
        for number, word in enumerate(STAGES)
    )


def next_of(head: Head, actor: Actor, now: datetime) -> Next:
    """What may be done next with the culture."""
    if head.bare_bags and head.formulated_at is not None:
        return Next((Act(f"/lots/{head.lot_code}", "Label bags"),))
    steps = tuple(_steps(head, now))
    acts = tuple(Act(step_href(head.code, key), verb) for key, verb, action in steps if may(actor, action))
    if acts:
        return Next(acts)
    if steps:
        return Next(missing=steps[0][1], why="Two technicians do this.")
    return Next()


def step_href(code: str, step: str) -> str:
    """The page of a step; the counting of vessels has one of its own."""
    return f"/batches/{code}/log" if step == "log" else f"/batches/{code}/steps/{step}"


STAGES: Final = ("Receive", "Separate", "Seed", "Count and feed", "Harvest", "Formulate", "Test", "Pack")
_STAGE_OF: Final = {"start": 0, "separate": 1, "seed": 2, "feed": 3, "harvest": 4, "fill": 5, "complete": 5}
_WAITING: Final = frozenset({LotState.IN_PROCESS, LotState.QUARANTINE})


def _now(head: Head) -> int:
    match head.state:
        case CultureState.PLANNED:
            return 0
        case CultureState.IN_PROCESS:
            return 2 if head.separations else 1
        case CultureState.INCUBATING:
            return 3
        case CultureState.HARVESTED:
            return 5
        case CultureState.FORMULATED:
            return 6 if head.lot_state in _WAITING else 7
        case _:
            return len(STAGES)


def _steps(head: Head, now: datetime) -> Iterator[tuple[str, str, Action]]:
    """The steps the state permits, as page, verb and right, the foremost first."""
    match head.state:
        case CultureState.PLANNED:
            yield "start", "Start culture", Action.CULTURE_STEP
        case CultureState.IN_PROCESS:
            yield "seed", "Seed culture", Action.CULTURE_STEP
            if head.separations == 0:
                yield "separate", "Separate cells", Action.CULTURE_STEP
        case CultureState.INCUBATING:
            count, harvest = ("log", "Count vessels", Action.RECORD_COUNT), ("harvest", "Harvest culture", _STEP)
            is_due = head.window is not None and now >= head.window[0]
            yield from (harvest, count) if is_due else (count, harvest)
            yield "feed", "Feed culture", Action.CULTURE_STEP
        case CultureState.HARVESTED if head.formulated_at is None:
            yield "fill", "Fill bags", Action.FILL_BAGS
        case CultureState.HARVESTED:
            yield "complete", "Complete lot", Action.FILL_BAGS


_STEP: Final = Action.CULTURE_STEP


@cache  # built once
def _look() -> Select[*tuple[object, ...]]:
    bare = select(func.count()).where(Bag.product_lot_id == ProductLot.id, Bag.state == BagState.FILLED)
    going = select(func.count()).where(Bag.product_lot_id == ProductLot.id, Bag.state.not_in(BAG.terminal))
    growing = select(func.count()).where(Vessel.culture_id == Culture.id, Vessel.state == VesselState.ACTIVE)
    is_separation = CultureStep.culture_id == Culture.id, CultureStep.kind == StepKind.SEPARATE
    separations = select(func.count()).where(*is_separation)
    return _joined(
        select(
            *(Culture.__table__.c[name] for name in _OWN),
            Course.code.label("course_code"),
            Recipe.name.label("recipe"),
            Recipe.version.label("recipe_version"),
            Recipe.document.label("recipe_document"),
            Recipe.document_sha256.label("recipe_sha256"),
            Recipe.harvest_from_h,
            Recipe.harvest_until_h,
            Specification.name.label("specification"),
            Specification.version.label("specification_version"),
            Place.name.label("bench"),
            VesselGroup.vessel_count.label("vessels"),
            ProductLot.code.label("lot_code"),
            ProductLot.state.label("lot_state"),
            ProductLot.formulated_at,
            bare.scalar_subquery().label("bare_bags"),
            going.scalar_subquery().label("open_bags"),
            growing.scalar_subquery().label("growing"),
            separations.scalar_subquery().label("separations"),
        )
    )


def _joined(look: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    return (
        look.join(Course, Course.id == Culture.course_id)
        .join(Recipe, Recipe.id == Culture.recipe_id)
        .join(Specification, Specification.id == Culture.specification_id)
        .join(Place, Place.id == Culture.bench_id, isouter=True)
        .join(VesselGroup, VesselGroup.culture_id == Culture.id, isouter=True)
        .join(ProductLot, ProductLot.culture_id == Culture.id, isouter=True)
    )


_OWN: Final = (
    "id", "code", "number", "row_version", "state", "opened_at", "seeded_at", "harvested_at", "recipe_id",
)  # fmt: skip
