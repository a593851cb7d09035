"""Editing the draft of a recipe: its head, one step with all its parts, a step more or less. It stays sound."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from app.db.models import Recipe
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, NotFound
from app.domain.recipes import RecipeDocument, RecipeStep, plain, read_step, require_sound
from app.domain.roles import Action
from app.recipes.commands.recipes import own_draft
from app.recipes.commands.versions import Drafted
from app.recipes.pinned import document_of, write_document
from app.recipes.schemas import AddStep, EditRecipe, EditStep, OfRecipe, RemoveStep

GRADES: Final = ("recipe", "warn", "refuse")
Word = TypeVar("Word", bound=StrEnum)


@command
def edit_recipe(tx: Transaction, actor: Actor, asked: EditRecipe) -> Drafted:
    """Write product, storage, summary, what is left to the site and the sources of one's own draft."""
    tx.permit(actor, Action.WRITE_RECIPE)
    recipe, document = _draft(tx, actor, asked)
    changed = replace(
        document,
        product_name=asked.product_name,
        storage=asked.storage,
        summary=asked.summary,
        left_to_the_site=_lines(asked.left_to_the_site),
        sources=_lines(asked.sources),
    )
    return _kept(recipe, changed)


@command
def edit_step(tx: Transaction, actor: Actor, asked: EditStep) -> Drafted:
    """Write one step of one's own draft with window, parameters, materials, equipment and tests."""
    tx.permit(actor, Action.WRITE_RECIPE)
    recipe, document = _draft(tx, actor, asked)
    old = _step(document, asked.step_key)
    new = read_step(_written(old, asked), old.title, field="title")
    return _kept(recipe, replace(document, steps=tuple(new if each is old else each for each in document.steps)))


@command
def add_step(tx: Transaction, actor: Actor, asked: AddStep) -> Drafted:
    """Put a step of a kind after another one of one's own draft; its parts are written afterwards."""
    tx.permit(actor, Action.WRITE_RECIPE)
    recipe, document = _draft(tx, actor, asked)
    before = _step(document, asked.after_step_key)
    parts = {
        "key": asked.step_key,
        "kind": asked.kind,
        "title": asked.title,
        "takes": {"what": asked.takes},
        "gives": {"what": asked.gives},
    }
    new = read_step(parts, asked.title, field="title")
    at = document.steps.index(before) + 1
    return _kept(recipe, replace(document, steps=(*document.steps[:at], new, *document.steps[at:])))


@command
def remove_step(tx: Transaction, actor: Actor, asked: RemoveStep) -> Drafted:
    """Take a step out of one's own draft, if the recipe is sound without it."""
    tx.permit(actor, Action.WRITE_RECIPE)
    recipe, document = _draft(tx, actor, asked)
    gone = _step(document, asked.step_key)
    return _kept(recipe, replace(document, steps=tuple(each for each in document.steps if each is not gone)))


def _draft(tx: Transaction, actor: Actor, asked: OfRecipe) -> tuple[Recipe, RecipeDocument]:
    recipe = own_draft(tx, actor, asked)
    return recipe, document_of(recipe.document, recipe.document_sha256)


def _step(document: RecipeDocument, key: str) -> RecipeStep:
    step = document.step(key)
    if step is None:
        raise NotFound("no_such_step", f"{document.name} has no such step. Load the page again.")
    return step


def _kept(recipe: Recipe, document: RecipeDocument) -> Drafted:
    require_sound(document)
    write_document(recipe, document)
    return Drafted(recipe.name, recipe.version)


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _written(old: RecipeStep, asked: EditStep) -> dict[str, Any]:  # Any: JSON
    """The step as a file would hold it. What the form does not show stays."""
    given = plain(old) | {
        "title": asked.title,
        "window": _window(asked),
        "parameters": _parameters(old, asked),
        "materials": _materials(old, asked),
        "equipment": _in_order(asked.equipment, old.equipment),
        "tests": _tests(old, asked),
        "is_optional": asked.is_optional,
        "note": asked.note or "",
    }
    return {key: value for key, value in given.items() if value is not None}


def _window(asked: EditStep) -> dict[str, Any] | None:  # Any: JSON
    hours = (asked.earliest_h, asked.target_h, asked.latest_h)
    if asked.anchor is None and hours == (None, None, None):
        return None
    if asked.anchor is None or None in hours:
        sentence = "A window has an anchor and three hours. Enter all four, or none."
        raise Invalid("window_incomplete", sentence, field="anchor")
    names = ("earliest_h", "target_h", "latest_h")
    return {"anchor": asked.anchor, **{name: str(hour) for name, hour in zip(names, hours, strict=True)}}


def _parameters(old: RecipeStep, asked: EditStep) -> list[dict[str, Any]]:  # Any: JSON
    """Each row of the form. One on file whose label was emptied is taken out; a new one without a label is at fault."""
    return [_parameter(row) for row in _rows(asked, "parameter") if row["label"] or _is_new(old, row)]


def _is_new(old: RecipeStep, row: dict[str, str]) -> bool:
    """Whether somebody began to write another parameter; what the blank row offers by itself is no beginning."""
    is_begun = any(value for name, value in row.items() if name not in {"basis", "needed"})
    return is_begun and old.parameter(row["key"]) is None


def _parameter(row: dict[str, str]) -> dict[str, Any]:  # Any: JSON
    written: dict[str, Any] = {name: row[name] for name in ("key", "label", "unit", "basis")}
    written |= {"is_required": row["needed"] != "no", "note": row["note"]}
    if row["default"]:
        written["default"] = row["default"]
    for grade in GRADES:
        ends = {end: row[f"{grade}_{end}"] for end in ("low", "high") if row[f"{grade}_{end}"]}
        if ends:
            written[grade] = ends
    return written


def _materials(old: RecipeStep, asked: EditStep) -> list[dict[str, Any]]:  # Any: JSON
    """Each row of the form. One on file whose name was emptied is taken out; a new one without a name is at fault."""
    was = {(each.role.value, each.name): plain(each) for each in old.materials}
    rows = enumerate(_rows(asked, "material"))
    kept = [row for at, row in rows if row["name"] or (at >= len(old.materials) and any(row.values()))]
    return [was.get((row["role"], row["name"]), {}) | _material(row) for row in kept]


def _material(row: dict[str, str]) -> dict[str, Any]:  # Any: JSON
    written: dict[str, Any] = {"name": row["name"]} | ({"role": row["role"]} if row["role"] else {})
    return written | {name: row[name] or None for name in ("concentration", "unit")}


def _tests(old: RecipeStep, asked: EditStep) -> list[dict[str, Any]]:  # Any: JSON
    was = {each.test: plain(each) for each in old.tests}
    return [was.get(test, {"test": test}) for test in _in_order(asked.tests, tuple(was))]


def _in_order(chosen: tuple[Word, ...], old: tuple[Word, ...]) -> list[Word]:
    """What was chosen, in the order of the recipe, what is new at the end: a form has an order of its own."""
    return [*(each for each in old if each in chosen), *(each for each in chosen if each not in old)]


def _rows(asked: EditStep, what: str) -> list[dict[str, str]]:
    """The columns of a table in a form, put together row by row; as many of each, or the form is torn."""
    columns = {
        name.removeprefix(f"{what}_"): getattr(asked, name)
        for name in EditStep.model_fields
        if name.startswith(f"{what}_")
    }
    if len({len(column) for column in columns.values()}) > 1:
        sentence = "The rows of the form do not match each other. Load the page again."
        raise Invalid("rows_torn", sentence, field=f"{what}_key" if what == "parameter" else f"{what}_name")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
