"""What changed from one version of a recipe to another, in sentences a person can read one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from app.domain.limits import Range, number_in_words
from app.domain.recipes.document import (
    Handled,
    InProcessTest,
    Material,
    Parameter,
    Portion,
    RecipeDocument,
    RecipeStep,
    Window,
)

Part = TypeVar("Part", Parameter, Material, InProcessTest)

WORDS: Final = {
    "name": "name", "product_name": "product", "storage": "storage", "summary": "summary", "title": "title",
    "kind": "kind", "is_optional": "optional", "note": "note", "label": "label", "unit": "unit", "basis": "basis",
    "default": "default", "recipe": "recipe range", "warn": "warn outside", "refuse": "refuse outside",
    "is_required": "required", "concentration": "concentration", "is_lot_required": "lot required",
    "longest_open_h": "hours open", "due_h": "due", "takes": "takes", "gives": "gives", "window": "window",
}  # fmt: skip
_OF_HEAD: Final = ("name", "product_name", "storage", "summary")
_OF_STEP: Final = ("title", "kind", "takes", "gives", "window", "is_optional", "note")
_OF_PARAMETER: Final = ("label", "unit", "default", "recipe", "warn", "refuse", "is_required", "basis", "note")
_OF_MATERIAL: Final = ("concentration", "unit", "is_lot_required", "longest_open_h")
_OF_TEST: Final = ("due_h", "is_required")


def differences(old: RecipeDocument, new: RecipeDocument) -> tuple[str, ...]:
    """Every change from `old` to `new` as a sentence; none for equal documents."""
    return tuple(_differences(old, new))


def in_words(value: object, unit: str = "") -> str:
    """A value as a change shows it: `1.5 × 10^6 viable cells/mL`, `48 to 72 h after seed`, `none`."""
    match value:
        case None | "" | ():
            return "none"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{number_in_words(value)} {unit}".strip()
        case Range():
            return f"{value} {unit}".strip()
        case Window():
            return window_in_words(value)
        case Portion():
            return portion_in_words(value)
    return str(value)


def window_in_words(window: Window) -> str:
    """`72 to 96 h after seed, target 84 h`."""
    return f"{window.earliest_h} to {window.latest_h} h after {window.anchor}, target {window.target_h} h"


def portion_in_words(portion: Portion) -> str:
    """`1 lot`, `cells`, `1 to 140 vessels`."""
    if portion.what is Handled.CELLS:
        return portion.what.value
    noun = portion.what.value.removesuffix("s")
    most = "" if portion.least == portion.most else f" to {portion.most}"
    return f"{portion.least}{most} {noun if portion.most == 1 else f'{noun}s'}"


def _differences(old: RecipeDocument, new: RecipeDocument) -> Iterator[str]:
    yield from _changed("Recipe", old, new, _OF_HEAD)
    for word, was, now in (
        ("left to the site", old.left_to_the_site, new.left_to_the_site),
        ("source", old.sources, new.sources),
    ):
        yield from (f"Recipe, {word} taken out: {each}" for each in was if each not in now)
        yield from (f"Recipe, {word} added: {each}" for each in now if each not in was)
        if was != now and set(was) == set(now):
            yield f"Recipe, {word}: put in another order or repeated."
    for number, step in enumerate(old.steps, start=1):
        if new.step(step.key) is None:
            yield f"Step {number} {step.title} was taken out."
    for number, step in enumerate(new.steps, start=1):
        before = old.step(step.key)
        if before is None:
            yield f"Step {number} {step.title} was added."
        else:
            yield from _of_step(f"Step {number} {step.title}", before, step)
    kept = [step.key for step in old.steps if new.step(step.key)]
    if kept != [step.key for step in new.steps if old.step(step.key)]:
        yield f"The steps were put in another order: {', '.join(step.title for step in new.steps)}."


def _of_step(name: str, old: RecipeStep, new: RecipeStep) -> Iterator[str]:
    yield from _changed(name, old, new, _OF_STEP)
    parts = _paired(
        [each.key for each in old.parameters], old.parameters, [p.key for p in new.parameters], new.parameters
    )
    for key, was, now in parts:
        label = (now or was or old.parameters[0]).label or key
        yield from _of_part(f"{name}: {label}", was, now, _OF_PARAMETER)
    for key, lot, lot_now in _paired(_named(old.materials), old.materials, _named(new.materials), new.materials):
        yield from _of_part(f"{name}: {key}", lot, lot_now, _OF_MATERIAL)
    tests = _paired([each.test.value for each in old.tests], old.tests, [t.test.value for t in new.tests], new.tests)
    for key, test, test_now in tests:
        yield from _of_part(f"{name}: test {key.replace('_', ' ')}", test, test_now, _OF_TEST)
    yield from (f"{name}: {each.value} taken out." for each in old.equipment if each not in new.equipment)
    yield from (f"{name}: {each.value} added." for each in new.equipment if each not in old.equipment)
    yield from _reordered(name, old, new)


def _of_part(name: str, old: Part | None, new: Part | None, of: Sequence[str]) -> Iterator[str]:
    if old is None or new is None:
        yield f"{name} was {'added' if old is None else 'taken out'}."
    else:
        yield from _changed(name, old, new, of)


def _changed(name: str, old: Any, new: Any, of: Sequence[str]) -> Iterator[str]:  # Any: two of one dataclass
    for field in of:
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            is_valued = field in {"default", "recipe", "warn", "refuse", "concentration"}
            units = (getattr(old, "unit", "") or "", getattr(new, "unit", "") or "") if is_valued else ("", "")
            yield f"{name}, {WORDS[field]}: now {in_words(now, units[1])}, was {in_words(was, units[0])}."


def _paired(
    old_keys: Sequence[str], old: Sequence[Part], new_keys: Sequence[str], new: Sequence[Part]
) -> Iterator[tuple[str, Part | None, Part | None]]:
    was, now = dict(zip(old_keys, old, strict=True)), dict(zip(new_keys, new, strict=True))
    for key in dict.fromkeys([*old_keys, *new_keys]):
        yield key, was.get(key), now.get(key)


def _named(materials: Sequence[Material]) -> list[str]:
    return [f"{each.role.value.replace('_', ' ')} {each.name}" for each in materials]


def _reordered(name: str, old: RecipeStep, new: RecipeStep) -> Iterator[str]:
    """Parts that only changed places are a change too: the document's hash says so."""
    for word, was, now in (
        ("parameters", [each.key for each in old.parameters], [each.key for each in new.parameters]),
        ("materials", _named(old.materials), _named(new.materials)),
        ("equipment", list(old.equipment), list(new.equipment)),
        ("tests", [each.test.value for each in old.tests], [each.test.value for each in new.tests]),
    ):
        if [each for each in was if each in now] != [each for each in now if each in was]:
            yield f"{name}: {word} put in another order."
