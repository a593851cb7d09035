"""One version of a recipe as people read it: its days, its steps, what changed, what may be done with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, Row

from app.db.models import Recipe
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.limits import Basis
from app.domain.recipes import (
    Parameter,
    RecipeDocument,
    RecipeStep,
    Scheduled,
    differences,
    exported,
    in_words,
    open_questions,
    portion_in_words,
    schedule,
    window_in_words,
)
from app.domain.roles import Action
from app.domain.vocabulary import VersionState
from app.identity.signing import Signable
from app.patients.queries.acts import may
from app.patients.queries.words import Chip, words
from app.recipes.pinned import document_of
from app.recipes.queries.documents import CHIPS, approval, history, version_row
from app.recipes.records import recipe_record, retirement_record
from app.recipes.seeds import SEEDS, seed
from app.web import charts

COLUMNS: Final = 20
MOST_OTHERS: Final = 12
BASES: Final = {
    Basis.PUBLISHED: "published",
    Basis.CONVENTION: "convention",
    Basis.SETTING: "our setting",
    Basis.UNCONFIRMED: "unconfirmed",
}
_POWER: Final = re.compile(r"([\d.]+) × 10\^(\d+)")
_CLOSED: Final = frozenset({VersionState.APPROVED, VersionState.PROPOSED})


@dataclass(frozen=True, slots=True)
class Days:
    """The steps on the days of the course: the numbers above the columns, and a bar with its days for each step."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, Markup, str], ...]


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter in words."""

    label: str
    note: str
    default: Markup
    recipe: Markup
    warn: Markup
    refuse: Markup
    basis: str


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step in words. `edit` leads to its form for the author of a draft."""

    title: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    parameters: tuple[ParameterRow, ...]
    edit: str


@dataclass(frozen=True, slots=True)
class RecipePage:
    """One version of a recipe. `approve` and `retire` are there for who may sign them now."""

    name: str
    version: int
    row_version: int
    chip: Chip
    summary: str
    facts: tuple[tuple[str, str], ...]
    days: Days
    steps: tuple[StepShown, ...]
    left: tuple[str, ...]
    sources: tuple[str, ...]
    questions: tuple[str, ...]
    changes: str
    is_own_draft: bool
    can_copy: bool
    approve: Signable | None
    retire: Signable | None
    missing: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What changed from an earlier version to this one."""

    name: str
    version: int
    since: str
    sentences: tuple[str, ...]
    others: tuple[tuple[str, str], ...]


def recipe_page(db: Connection, name: str, version: int, now: datetime, zone: str, actor: Actor) -> RecipePage:
    """One version of a recipe, or the refusal that there is none. At most three statements."""
    row = version_row(db, Recipe, name, version)
    document = document_of(row.document, row.document_sha256)
    is_own = row.state is VersionState.DRAFT and row.author_id == actor.user_id and may(actor, Action.WRITE_RECIPE)
    can_approve, missing = approval(row, actor, Action.APPROVE_RECIPE, VersionState.PROPOSED)
    can_retire = row.state in _CLOSED and row.author_id != actor.user_id and may(actor, Action.APPROVE_RECIPE)
    return RecipePage(
        name=name,
        version=version,
        row_version=row.row_version,
        chip=CHIPS[row.state],
        summary=document.summary,
        facts=(("Product", document.product_name), ("Storage", document.storage), *history(row, now, zone)),
        days=days_of(document),
        steps=tuple(_step(number, step, _edit(row, step, is_own)) for number, step in enumerate(document.steps, 1)),
        left=document.left_to_the_site,
        sources=document.sources,
        questions=open_questions(document),
        changes=_earlier(name, version),
        is_own_draft=is_own,
        can_copy=may(actor, Action.WRITE_RECIPE),
        approve=recipe_record(db, name, version) if can_approve else None,
        retire=retirement_record(db, name, version) if can_retire else None,
        missing=missing,
    )


def changes_page(db: Connection, name: str, version: int, since: int | None = None) -> ChangesPage:
    """What changed since an earlier version, else the one before; before the first is what comes with the program."""
    before = version - 1 if since is None else since
    new = _document(db, name, version)
    if not 0 <= before < version or (before == 0 and name not in SEEDS):
        raise NotFound("nothing_before", f"Version {version} of {name} cannot be compared with that. Choose another.")
    old = seed(name) if before == 0 else _document(db, name, before)
    here = f"/recipes/{name}/{version}/changes?since="
    others = [each for each in range(0 if name in SEEDS else 1, version) if each != before]
    return ChangesPage(
        name=name,
        version=version,
        since=_since(before),
        sentences=differences(old, new),
        others=tuple((f"{here}{each}", f"Since {_since(each)}") for each in others[-MOST_OTHERS:]),
    )


def _since(version: int) -> str:
    return f"version {version}" if version else "the recipe that comes with the program"


def recipe_file(db: Connection, name: str, version: int) -> str:
    """The recipe as one file."""
    return exported(_document(db, name, version))


def days_of(document: RecipeDocument) -> Days:
    """The picture of the course: as many days in a column as let all of them fit."""
    planned = schedule(document)
    days = max(each.last_day for each in planned)
    each_column = -(-days // COLUMNS)
    header = tuple(
        str((column - 1) * each_column + 1) if column == 1 or column % 5 == 0 else ""
        for column in range(1, COLUMNS + 1)
    )
    return Days(header, tuple(_bar(each, each_column) for each in planned))


def _bar(each: Scheduled, days: int) -> tuple[str, Markup, str]:
    told = _told(each)
    place = (each.first_day - 1) // days + 1, (each.last_day - 1) // days + 1
    bar = charts.Span(*place, "", "on" if each.has_window else "plan")
    return each.step.title, charts.spans([bar], days=COLUMNS, title=f"{each.step.title}: {told}"), told


def _told(each: Scheduled) -> str:
    if not each.has_window:
        return "no window"
    return f"day {each.first_day}" if each.first_day == each.last_day else f"days {each.first_day} to {each.last_day}"


def _document(db: Connection, name: str, version: int) -> RecipeDocument:
    row = version_row(db, Recipe, name, version)
    return document_of(row.document, row.document_sha256)


def _edit(row: Row[*tuple[object, ...]], step: RecipeStep, is_own: bool) -> str:
    return f"/recipes/{row.name}/{row.version}/edit/{step.key}" if is_own else ""


def _earlier(name: str, version: int) -> str:
    return f"/recipes/{name}/{version}/changes" if version > 1 or name in SEEDS else ""


def _step(number: int, step: RecipeStep, edit: str) -> StepShown:
    kind = "feed" if step.is_feed else step.kind.value
    return StepShown(
        title=f"{number}. {step.title}",
        kind=f"{kind}, optional" if step.is_optional else kind,
        facts=tuple(_facts(step)),
        parameters=tuple(_parameter(each) for each in step.parameters),
        edit=edit,
    )


def _facts(step: RecipeStep) -> Iterator[tuple[str, str]]:
    yield "Window", "follows the step before" if step.window is None else window_in_words(step.window)
    yield "In and out", f"{portion_in_words(step.takes)}, to {portion_in_words(step.gives)}"
    for each in step.materials:
        strength = "" if each.concentration is None else f", {in_words(each.concentration, each.unit or '')}"
        yield (
            words(each.role).capitalize(),
            f"{each.name}{strength}" + ("" if each.is_lot_required else ", no lot needed"),
        )
    if step.equipment:
        yield "Equipment", ", ".join(words(each) for each in step.equipment)
    if step.tests:
        yield "Tests", ", ".join(_test(each.test, each.due_h, each.is_required) for each in step.tests)
    if step.note:
        yield "Note", step.note


def _test(test: object, due_h: int, is_required: bool) -> str:
    due = f" after {due_h} h" if due_h else ""
    return f"{str(test).replace('_', ' ')}{due}{'' if is_required else ' (optional)'}"


def _parameter(each: Parameter) -> ParameterRow:
    default = in_words(each.default, each.unit) if each.default is not None else ""
    return ParameterRow(
        label=each.label,
        note=each.note,
        default=_raised(default or ("to be set" if each.is_required else "none")),
        recipe=_raised(in_words(each.recipe, each.unit)),
        warn=_raised(in_words(each.warn, each.unit)),
        refuse=_raised(in_words(each.refuse, each.unit)),
        basis=BASES[each.basis],
    )


def _raised(text: str) -> Markup:
    """Powers of ten with their exponents raised and on one line."""
    head, *rest = _POWER.split(text)
    raised = Markup('<span class="nb">{} × 10<sup>{}</sup></span>{}')
    powers = (raised.format(*rest[at : at + 3]) for at in range(0, len(rest), 3))
    return Markup("").join((head, *powers))
