"""What a pinned recipe permits at a step: its own ranges in place of the house's, and sentences that name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from app.domain.errors import NotFound
from app.domain.limits import FIELD_LIMITS, FieldLimit, Judgement, Range, judge_against
from app.domain.recipes.document import Parameter, RecipeDocument, RecipeStep, RecipeStepKind

IL2: Final = "il2_iu_per_ml"
AGE: Final = "culture_age_h"
"""The age at harvest: its recipe range is the window of the step."""


@dataclass(frozen=True, slots=True)
class StepLimits:
    """The limits of one step. `asked_by` names recipe, version and step; without a recipe the house's rows stand."""

    asked_by: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    window: Range | None = None

    def row(self, key: str) -> FieldLimit:
        """The row a value is judged by. What the recipe leaves open of warn and refuse is the house's."""
        house, own = FIELD_LIMITS.get(key), self.parameters.get(key)
        window = self.window if key == AGE else None
        if own is None:
            if house is None:
                raise KeyError(key)
            return replace(house, recipe=window, asked_by=self.asked_by) if window else house
        return FieldLimit(
            key=key,
            label=house.label if house else own.label,
            unit=own.unit,
            recipe=window or own.recipe,
            warn=own.warn or (house.warn if house else None),
            refuse=own.refuse or (house.refuse if house else None),
            basis=(own.basis,),
            asked_by=self.asked_by,
        )

    def default(self, key: str) -> Decimal | None:
        """What fills the field."""
        own = self.parameters.get(key)
        return None if own is None else own.default


HOUSE: Final = StepLimits()
"""Where no recipe speaks."""


def limits_of(document: RecipeDocument, version: int, kind: RecipeStepKind, *, is_feed: bool = False) -> StepLimits:
    """The limits of the first step of a kind; the house's where the recipe has no such step.

    A feed that does not say what the vessels then hold of IL-2 is judged by the seeding.
    """
    step = document.of_kind(kind, is_feed=is_feed)
    if is_feed and (step is None or step.parameter(IL2) is None):
        return limits_of(document, version, kind)
    return HOUSE if step is None else _limits(document, version, step)


def what_holds(document: RecipeDocument, version: int, step_key: str, parameter: str, value: Decimal) -> Judgement:
    """How a value stands at a step: ok, outside the recipe, warn or refuse, in a sentence that names the recipe."""
    step = document.step(step_key)
    if step is None or (step.parameter(parameter) is None and not (parameter == AGE and step.window)):
        raise NotFound(
            "no_such_parameter", f"Recipe {document.name}, version {version} has no {parameter} at step {step_key}."
        )
    return judge_against(_limits(document, version, step).row(parameter), value)


def _limits(document: RecipeDocument, version: int, step: RecipeStep) -> StepLimits:
    window = step.window
    return StepLimits(
        asked_by=f"recipe {document.name}, version {version}, step {step.title}",
        parameters={each.key: each for each in step.parameters},
        window=None if window is None else Range(Decimal(window.earliest_h), Decimal(window.latest_h)),
    )
