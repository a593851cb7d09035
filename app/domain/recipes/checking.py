"""What is wrong with a recipe, as sentences; and what a draft still leaves open before it can be proposed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

from app.domain.errors import Invalid
from app.domain.limits import FIELD_LIMITS, Range
from app.domain.recipes.document import COURSE, Handled, Material, Parameter, RecipeDocument, RecipeStep, RecipeStepKind
from app.domain.recipes.reading import said

NAME: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{1,30}")
KEY: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
LONGEST_PRODUCT_NAME: Final = 28
LONGEST_STORAGE: Final = 40
"""Both stand on labels."""

UNITS: Final = frozenset({limit.unit for limit in FIELD_LIMITS.values()}) | {
    "bags", "cells/kg", "Cetus U/mL", "collections", "days", "doses", "feeder cells per cell", "g/L", "h", "infusions",
    "IU", "IU/kg", "IU/mL", "L", "mg/mL", "min", "mL", "mM", "ng/mL", "U/mL", "% w/v", "µg/mL",
}  # fmt: skip

_K = RecipeStepKind
MANDATORY: Final = (_K.COLLECT, _K.SEED, _K.HARVEST, _K.FORMULATE, _K.TEST, _K.INFUSE)
COMES_AFTER: Final = {
    _K.SEPARATE: _K.COLLECT, _K.SEED: _K.COLLECT, _K.HARVEST: _K.SEED, _K.FORMULATE: _K.HARVEST,
    _K.TEST: _K.COLLECT, _K.STORE: _K.COLLECT, _K.THAW: _K.STORE, _K.INFUSE: _K.FORMULATE,
}  # fmt: skip
NEVER_AFTER: Final = {
    _K.COLLECT: (_K.SEPARATE, _K.SEED, _K.HARVEST, _K.FORMULATE, _K.STORE, _K.THAW, _K.INFUSE),
    _K.SEPARATE: (_K.FORMULATE, _K.INFUSE),
    _K.SEED: (_K.FORMULATE, _K.INFUSE),
    _K.HARVEST: (_K.FORMULATE, _K.INFUSE),
    _K.FORMULATE: (_K.INFUSE,),
    _K.STORE: (_K.INFUSE,),
    _K.THAW: (_K.INFUSE,),
}
RULED: Final = {
    _K.SEED: ("seeding_density_per_ml", "vessel_fill_ml", "il2_iu_per_ml"),
    _K.FORMULATE: ("expiry_after_formulation_h",),
}
"""What a culture reads from the first step of a kind, so every recipe states it."""

POSSIBLE: Final = {
    "harvest_recovery_percent": Range(Decimal(0), Decimal(10**7)),
    "expiry_after_formulation_h": Range(Decimal(1), Decimal(96)),
}
"""In place of the house's rows: cells of other kinds than LAK expand more; no bag of living cells keeps for a week."""

READ_IN: Final = {key: limit.unit for key, limit in FIELD_LIMITS.items()} | {
    "culture_density_per_ml": "viable cells/mL",
    "expiry_after_formulation_h": "h",
}
"""The unit in which a culture reads a parameter."""

NEEDS_WINDOW: Final = frozenset({_K.COLLECT, _K.HARVEST, _K.INFUSE})


def require_sound(document: RecipeDocument) -> None:
    """Refuse a recipe with faults, naming the first of them."""
    faults = unsound(document)
    if faults:
        raise Invalid("recipe_unsound", said(faults), field="file")


def require_complete(document: RecipeDocument) -> None:
    """Refuse a recipe that leaves something open."""
    require_sound(document)
    still = open_questions(document)
    if still:
        raise Invalid("recipe_incomplete", said(still), field="file")


def unsound(document: RecipeDocument) -> tuple[str, ...]:
    """Every fault as a sentence that names the step and what to do."""
    return (*_head(document), *_order(document), *_flow(document), *_steps(document))


def open_questions(document: RecipeDocument) -> tuple[str, ...]:
    """What the site must still decide: required values without a default, windows that are not set."""
    return tuple(
        question
        for number, step in enumerate(document.steps, start=1)
        for question in _open(_named(number, step), step, RULED.get(step.kind, ()))
    )


def _head(document: RecipeDocument) -> Iterator[str]:
    if not NAME.fullmatch(document.name):
        yield "The name of a recipe has capital letters, digits and hyphens, such as LAK-ROLLER."
    for what, text, most in (
        ("product", document.product_name, LONGEST_PRODUCT_NAME),
        ("storage", document.storage, LONGEST_STORAGE),
    ):
        if not 3 <= len(text) <= most:
            yield f"The {what} stands on labels: write 3 to {most} characters."
    if not document.summary:
        yield "The recipe has no summary. Say in a sentence what it makes."


def _order(document: RecipeDocument) -> Iterator[str]:
    kinds = [step.kind for step in document.steps]
    for kind in MANDATORY:
        first = document.of_kind(kind)
        if first is None:
            yield f"The recipe has no {kind.value} step. Add one."
        elif first.is_optional:
            yield f"Step {first.title} cannot be left out: every recipe has a {kind.value} step."
    for number, step in enumerate(document.steps, start=1):
        before, name = kinds[: number - 1], _named(number, step)
        if step.key in {each.key for each in document.steps[: number - 1]}:
            yield f"{name} has the key of a step before it. Give it its own."
        needed = COMES_AFTER.get(step.kind)
        if needed is not None and needed not in before:
            yield f"{name} comes before any {needed.value} step. Move it."
        late = next((each for each in NEVER_AFTER.get(step.kind, ()) if each in before), None)
        if late is not None:
            yield f"{name} comes after a {late.value} step. Move it."


def _flow(document: RecipeDocument) -> Iterator[str]:
    """What a step takes was given by a step before it."""
    given = {Handled.PATIENT}
    for number, step in enumerate(document.steps, start=1):
        if step.takes.what not in given:
            yield f"{_named(number, step)} takes {step.takes.what.value}, but no step before it gives any."
        given.add(step.gives.what)
        for way, portion in (("takes", step.takes), ("gives", step.gives)):
            if not 1 <= portion.least <= portion.most:
                yield f"{_named(number, step)} {way} from {portion.least} to {portion.most}. Begin at 1 or more."


def _steps(document: RecipeDocument) -> Iterator[str]:
    anchors = {COURSE}
    for number, step in enumerate(document.steps, start=1):
        name = _named(number, step)
        if not KEY.fullmatch(step.key) or step.key == COURSE or not step.title:
            yield f"{name} needs a title and a key of small letters, digits and underscores; “course” is taken."
        yield from _window(document, name, step, anchors)
        anchors.add(step.key)
        yield from _twice(name, step)
        for parameter in step.parameters:
            yield from _parameter(f"{name}, {parameter.label or parameter.key}", parameter)
        for material in step.materials:
            yield from _material(name, material)
    for kind, keys in RULED.items():
        first = document.of_kind(kind)
        for key in keys if first is not None else ():
            assert first is not None
            if first.parameter(key) is None:
                yield f"Step {first.title} does not state {key}. A culture is judged by it."


def _window(document: RecipeDocument, name: str, step: RecipeStep, before: set[str]) -> Iterator[str]:
    window = step.window
    if window is None:
        return
    if window.latest_h < window.earliest_h:
        yield f"{name}: the window ends before it begins. Check both hours."
    elif not window.earliest_h <= window.target_h <= window.latest_h:
        yield f"{name}: the target lies outside its window. Check the hours."
    if window.anchor not in before:
        later = document.step(window.anchor)
        why = "which is not a step before it" if later is not None else "but no step is called that"
        yield f"{name}: the window counts from “{window.anchor}”, {why}. Choose an earlier step or the course."
    elif step.kind is _K.HARVEST and not step.is_optional:
        anchor = document.step(window.anchor)
        if anchor is None or anchor.kind is not _K.SEED or anchor.is_feed:
            yield f"{name}: the age of a culture counts from its seeding. Choose a seeding as its anchor."
        if window.earliest_h == window.latest_h:
            yield f"{name}: the window is open for no time at all. Check both hours."


def _twice(name: str, step: RecipeStep) -> Iterator[str]:
    for what, keys in (
        ("parameter", [each.key for each in step.parameters]),
        ("material", [f"{each.role.value} {each.name}" for each in step.materials]),
        ("equipment", [each.value for each in step.equipment]),
        ("test", [each.test.value for each in step.tests]),
    ):
        twice = next((key for number, key in enumerate(keys) if key in keys[:number]), None)
        if twice is not None:
            yield f"{name} lists the {what} {twice} twice. Keep one."


def _parameter(name: str, parameter: Parameter) -> Iterator[str]:
    house = FIELD_LIMITS.get(parameter.key)
    if not KEY.fullmatch(parameter.key) or not parameter.label:
        yield f"{name}: a parameter has a label and a key of small letters, digits and underscores."
    if parameter.unit not in UNITS:
        yield f"{name}: the unit {parameter.unit} is unknown. Use one of the units of the laboratory."
    elif READ_IN.get(parameter.key, parameter.unit) != parameter.unit:
        yield f"{name} is entered in {READ_IN[parameter.key]}, not in {parameter.unit}. Convert it."
    ranges = (("recipe", parameter.recipe), ("warn", parameter.warn), ("refuse", parameter.refuse))
    for word, span in ranges:
        if span is not None:
            yield from _range(f"{name}: the {word} range", span)
            if parameter.default is not None and parameter.default not in span:
                yield f"{name}: the default {parameter.default:,f} lies outside its {word} range {span}."
    for (inner_word, inner), (outer_word, outer) in _pairs(ranges):
        if any(edge is not None and edge not in outer for edge in (inner.low, inner.high)):
            yield f"{name}: the {inner_word} range {inner} reaches beyond the {outer_word} range {outer}."
    possible = POSSIBLE.get(parameter.key, None if house is None else house.refuse)
    if possible is not None and parameter.refuse is not None and not _lies_in(parameter.refuse, possible):
        yield f"{name}: nothing outside {possible} is possible. Narrow what it refuses outside of."
    if possible is not None and parameter.default is not None and parameter.default not in possible:
        yield f"{name}: nothing outside {possible} is possible. Change the default."


def _pairs(
    ranges: tuple[tuple[str, Range | None], ...],
) -> Iterator[tuple[tuple[str, Range], tuple[str, Range]]]:
    """Each range with the next one outside it that is stated."""
    stated = [(word, span) for word, span in ranges if span is not None]
    yield from pairwise(stated)


def _range(name: str, span: Range) -> Iterator[str]:
    if span.low is None and span.high is None:
        yield f"{name} has neither end. Give one, or leave it out."
    elif span.low is not None and span.high is not None and span.high < span.low:
        yield f"{name} ends before it begins. Check both numbers."
    if span.is_below_high:
        yield f"{name} leaves out its own end. Both ends of a range belong to it: write the last number that is in it."


def _lies_in(inner: Range, outer: Range) -> bool:
    """Whether nothing the inner range lets in lies outside the other; an open end reaches everywhere."""
    low = outer.low is None or (inner.low is not None and inner.low >= outer.low)
    return low and (outer.high is None or (inner.high is not None and inner.high in outer))


def _material(name: str, material: Material) -> Iterator[str]:
    said_of = f"{name}, {material.name or material.role.value}"
    if not material.name:
        yield f"{said_of}: the material has no name. Write what it is."
    if (material.concentration is None) != (material.unit is None):
        yield f"{said_of}: a concentration has a unit, and a unit a concentration. Give both or neither."
    elif material.unit is not None and material.unit not in UNITS:
        yield f"{said_of}: the unit {material.unit} is unknown. Use one of the units of the laboratory."
    if material.concentration is not None and material.concentration < 0:
        yield f"{said_of}: the concentration is below zero. Check it."


def _open(name: str, step: RecipeStep, ruled: tuple[str, ...]) -> Iterator[str]:
    if step.window is None and step.kind in NEEDS_WINDOW and not step.is_optional:
        yield f"{name} has no window yet. Set when it happens."
    for parameter in step.parameters:
        is_needed = parameter.is_required or (parameter.key in ruled and not step.is_feed)
        if is_needed and parameter.default is None:
            yield f"{name}, {parameter.label} has no value yet. Set its default."


def _named(number: int, step: RecipeStep) -> str:
    return f"Step {number} {step.title or step.key}"
