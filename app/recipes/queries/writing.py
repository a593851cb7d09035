"""The forms of a recipe's draft: its head with the list of steps, and one step with all its parts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from app.db.models import Recipe
from app.domain.actor import Actor
from app.domain.errors import NotFound, WrongState
from app.domain.limits import Range
from app.domain.recipes import COURSE, Handled, Parameter, RecipeDocument, RecipeStep, RecipeStepKind
from app.domain.vocabulary import EquipmentKind, MaterialRole, TestKind, VersionState
from app.patients.queries.words import words
from app.recipes.pinned import document_of
from app.recipes.queries.documents import version_row
from app.recipes.queries.recipe import BASES

Choices = tuple[tuple[str, str], ...]
BLANK_MATERIALS: Final = 1
STEP_CHOICES: Final[Choices] = tuple((each.value, words(each)) for each in RecipeStepKind)
HANDLED_CHOICES: Final[Choices] = tuple((each.value, words(each)) for each in Handled)


@dataclass(frozen=True, slots=True)
class HeadPage:
    """What stands above the steps of one's own draft, and its steps."""

    name: str
    version: int
    row_version: int
    product_name: str
    storage: str
    summary: str
    left: str
    sources: str
    steps: Choices
    kinds: Choices
    handled: Choices


@dataclass(frozen=True, slots=True)
class ParameterForm:
    """One parameter as text in fields. The blank one at the end is for another."""

    legend: str
    key: str
    label: str
    unit: str
    basis: str
    default: str
    ranges: tuple[tuple[str, str, str, str], ...]
    needed: str
    note: str


@dataclass(frozen=True, slots=True)
class StepForm:
    """One step of one's own draft as text in fields."""

    name: str
    version: int
    row_version: int
    key: str
    title: str
    anchor: str
    earliest_h: str
    target_h: str
    latest_h: str
    is_optional: bool
    note: str
    anchors: Choices
    parameters: tuple[ParameterForm, ...]
    bases: Choices
    materials: tuple[tuple[str, str, str, str], ...]
    roles: Choices
    equipment: tuple[tuple[str, str, bool], ...]
    tests: tuple[tuple[str, str, bool], ...]


def head_page(db: Connection, name: str, version: int, actor: Actor) -> HeadPage:
    """The head of one's own draft, or the refusal that it is closed or somebody else's."""
    document, row_version = _own(db, name, version, actor)
    return HeadPage(
        name=name,
        version=version,
        row_version=row_version,
        product_name=document.product_name,
        storage=document.storage,
        summary=document.summary,
        left="\n".join(document.left_to_the_site),
        sources="\n".join(document.sources),
        steps=tuple((step.key, step.title) for step in document.steps),
        kinds=STEP_CHOICES,
        handled=HANDLED_CHOICES,
    )


def step_form(db: Connection, name: str, version: int, key: str, actor: Actor) -> StepForm:
    """The form of a step of one's own draft, or the refusal that there is none."""
    document, row_version = _own(db, name, version, actor)
    step = document.step(key)
    if step is None:
        raise NotFound("no_such_step", f"{name} has no such step. Go back to the recipe.")
    window = step.window
    return StepForm(
        name=name,
        version=version,
        row_version=row_version,
        key=key,
        title=step.title,
        anchor="" if window is None else window.anchor,
        earliest_h="" if window is None else str(window.earliest_h),
        target_h="" if window is None else str(window.target_h),
        latest_h="" if window is None else str(window.latest_h),
        is_optional=step.is_optional,
        note=step.note,
        anchors=_anchors(document, step),
        parameters=(*(_parameter(each) for each in step.parameters), _BLANK),
        bases=tuple((each.value, word) for each, word in BASES.items()),
        materials=(
            *((m.role.value, m.name, _text(m.concentration), m.unit or "") for m in step.materials),
            *((("", "", "", ""),) * BLANK_MATERIALS),
        ),
        roles=tuple((each.value, words(each)) for each in MaterialRole),
        equipment=tuple((each.value, words(each), each in step.equipment) for each in EquipmentKind),
        tests=tuple((each.value, words(each), each in {one.test for one in step.tests}) for each in TestKind),
    )


def _own(db: Connection, name: str, version: int, actor: Actor) -> tuple[RecipeDocument, int]:
    row = version_row(db, Recipe, name, version)
    if row.state is not VersionState.DRAFT or row.author_id != actor.user_id:
        raise WrongState("not_your_draft", f"Version {version} of {name} is no draft of yours. Begin a new version.")
    return document_of(row.document, row.document_sha256), row.row_version


def _anchors(document: RecipeDocument, step: RecipeStep) -> Choices:
    before = document.steps[: document.steps.index(step)]
    return ((COURSE, "the course"), *((each.key, each.title) for each in before))


def _parameter(each: Parameter) -> ParameterForm:
    return ParameterForm(
        legend=each.label,
        key=each.key,
        label=each.label,
        unit=each.unit,
        basis=each.basis.value,
        default=_text(each.default),
        ranges=(
            ("recipe", "Recipe range", *_edges(each.recipe)),
            ("warn", "Warn outside", *_edges(each.warn)),
            ("refuse", "Refuse outside", *_edges(each.refuse)),
        ),
        needed="yes" if each.is_required else "no",
        note=each.note,
    )


def _edges(span: Range | None) -> tuple[str, str]:
    return ("", "") if span is None else (_text(span.low), _text(span.high))


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


_BLANK: Final = ParameterForm(
    legend="Another parameter",
    key="",
    label="",
    unit="",
    basis="S",
    default="",
    ranges=(("recipe", "Recipe range", "", ""), ("warn", "Warn outside", "", ""), ("refuse", "Refuse outside", "", "")),
    needed="no",
    note="",
)
