"""What somebody enters about the past: when it happened and the numbers that went with it. Not what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.errors import Invalid
from app.domain.limits import Grade, Judgement, accept
from app.domain.reasons import require_reason

LATE_AFTER: Final = timedelta(minutes=30)
"""An event entered later than this after it happened is a late entry (rules, section 12; our setting)."""

CLOCK_TOLERANCE: Final = timedelta(seconds=60)
"""How far a given time may lie ahead of the server's clock (rules, section 13; our setting)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted entry. `why` is the slug of what made its reason necessary, None when none was.

    `outside_recipe` are the values that open a deviation, whatever reason was given.
    """

    at: datetime
    why: str | None
    outside_recipe: tuple[Judgement, ...]


def accept_entry(
    given: datetime | None,
    now: datetime,
    reason: str | None,
    *,
    field: str,
    values: Mapping[str, Judgement] | None = None,
) -> Entry:
    """Accept what happened at `given` (None: just now) with its judged `values`, by form field.

    `field` is the form's field of the time. Refuses a future time and values outside their limits; asks for one reason
    when the entry is late or a value is outside its usual range. House rule: rules, section 12.
    """
    at = given or now
    if at > now + CLOCK_TOLERANCE:
        raise Invalid("time_in_future", "That time has not come yet. Enter when it happened.", field=field)
    judged = values or {}
    for name, judgement in judged.items():
        _accept(name, judgement, reason)
    is_late = now - at > LATE_AFTER
    if is_late:
        require_reason(reason, "This is entered more than 30 minutes after it happened.")
    is_unusual = any(judgement.grade is Grade.WARN for judgement in judged.values())
    why = "outside_usual_range" if is_unusual else "late_entry" if is_late else None
    return Entry(min(at, now), why, tuple(each for each in judged.values() if each.is_outside_recipe))


def _accept(field: str, judgement: Judgement, reason: str | None) -> None:
    try:
        accept(judgement, reason)
    except Invalid as refusal:
        if refusal.field == judgement.limit.key:
            refusal.field = field
        raise
