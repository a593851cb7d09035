"""When the steps of a recipe fall, on the days of the course: each anchor is taken at its target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.recipes.document import COURSE, RecipeDocument, RecipeStep

HOURS: int = 24


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A step and the days of the course it may fall on, both included. Without a window it follows the step before."""

    step: RecipeStep
    first_day: int
    last_day: int
    has_window: bool


def schedule(document: RecipeDocument) -> tuple[Scheduled, ...]:
    """Every step with its days. Day 1 is the first day of the priming; an unknown anchor counts as the course."""
    return tuple(_scheduled(document))


def _scheduled(document: RecipeDocument) -> Iterator[Scheduled]:
    targets, before = {COURSE: 0}, 0
    for step in document.steps:
        window = step.window
        if window is None:
            targets[step.key] = before
            yield Scheduled(step, _day(before), _day(before), has_window=False)
            continue
        anchor = targets.get(window.anchor, 0)
        before = targets[step.key] = anchor + window.target_h
        first, end = _day(anchor + window.earliest_h), -(-(anchor + window.latest_h) // HOURS)
        yield Scheduled(step, first, max(first, end), has_window=True)


def _day(hour: int) -> int:
    return hour // HOURS + 1
