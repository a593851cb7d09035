"""What a recipe says: ordered steps of a few kinds, each with window, parameters, materials, equipment and tests.

No scripts, no branches, no expressions (domain design, section 14). A field with a default may be left out of a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.limits import Basis, Range
from app.domain.vocabulary import EquipmentKind, MaterialRole, TestKind

COURSE: Final = "course"
"""The anchor that is no step: the first hour of day 1, when the priming begins."""


class RecipeStepKind(StrEnum):
    """What a step does. A seeding that takes vessels is a feed."""

    COLLECT = "collect"
    SEPARATE = "separate"
    SEED = "seed"
    HARVEST = "harvest"
    FORMULATE = "formulate"
    TEST = "test"
    INFUSE = "infuse"
    STORE = "store"
    THAW = "thaw"


class Handled(StrEnum):
    """What goes into a step or comes out of it."""

    PATIENT = "patient"
    COLLECTION = "collection"
    CELLS = "cells"
    VESSELS = "vessels"
    LOT = "lot"
    BAGS = "bags"
    SAMPLES = "samples"
    RESULTS = "results"


@dataclass(frozen=True, slots=True)
class Portion:
    """How many of a thing: one, a pool of several, or from one to n."""

    what: Handled
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """When a step happens, in whole hours after its anchor: the key of a step before it, or the course."""

    anchor: str
    earliest_h: int
    target_h: int
    latest_h: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of a step. Outside `recipe` a deviation opens, outside `warn` a reason is due, `refuse` is final."""

    key: str
    label: str
    unit: str
    basis: Basis
    default: Decimal | None = None
    recipe: Range | None = None
    warn: Range | None = None
    refuse: Range | None = None
    is_required: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """What a step uses up, in which role, how concentrated; a lot is scanned unless the recipe says otherwise."""

    role: MaterialRole
    name: str
    concentration: Decimal | None = None
    unit: str | None = None
    is_lot_required: bool = True
    longest_open_h: int | None = None


@dataclass(frozen=True, slots=True)
class InProcessTest:
    """A test whose sample this step gives; `due_h` after the step."""

    test: TestKind
    due_h: int = 0
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class RecipeStep:
    """One step. `key` is what anchors and differences call it by."""

    key: str
    kind: RecipeStepKind
    title: str
    takes: Portion
    gives: Portion
    window: Window | None = None
    parameters: tuple[Parameter, ...] = ()
    materials: tuple[Material, ...] = ()
    equipment: tuple[EquipmentKind, ...] = ()
    tests: tuple[InProcessTest, ...] = ()
    is_optional: bool = False
    note: str = ""

    @property
    def is_feed(self) -> bool:
        """Whether it adds to vessels that grow already."""
        return self.kind is RecipeStepKind.SEED and self.takes.what is Handled.VESSELS

    def parameter(self, key: str) -> Parameter | None:
        """The parameter with that key, if the step has it."""
        return next((each for each in self.parameters if each.key == key), None)


@dataclass(frozen=True, slots=True)
class RecipeDocument:
    """A recipe as it is written, approved, exported and pinned. Its version is no part of it."""

    name: str
    product_name: str
    storage: str
    summary: str
    steps: tuple[RecipeStep, ...]
    left_to_the_site: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def step(self, key: str) -> RecipeStep | None:
        """The step with that key, if there is one."""
        return next((each for each in self.steps if each.key == key), None)

    def of_kind(self, kind: RecipeStepKind, *, is_feed: bool = False) -> RecipeStep | None:
        """The first step of a kind; of the seedings the first that is a feed or is none."""
        return next(self._of_kind(kind, is_feed), None)

    def default(self, kind: RecipeStepKind, key: str) -> Decimal | None:
        """The default of a parameter of the first step of a kind."""
        step = self.of_kind(kind)
        parameter = None if step is None else step.parameter(key)
        return None if parameter is None else parameter.default

    def _of_kind(self, kind: RecipeStepKind, is_feed: bool) -> Iterator[RecipeStep]:
        return (each for each in self.steps if each.kind is kind and each.is_feed == is_feed)
