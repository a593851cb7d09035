"""Reasons people give when they leave the usual way: when one is enough. Not when one is needed."""

from __future__ import annotations

from app.domain.errors import ReasonRequired

LEAST_CHARACTERS = 10
EMPTY_WORDS = frozenset({"error", "mistake", "wrong", "other", "correction", "n/a"})


def require_reason(text: str | None, why: str, field: str = "reason") -> str:
    """Return the reason without outer blanks, or refuse one that says nothing (rules.md 12: ten characters).

    `why` is the sentence telling what makes a reason necessary, `field` where it is entered.
    """
    reason = (text or "").strip()
    words = [word.strip(".,;!") for word in reason.lower().split()]
    if len(reason) < LEAST_CHARACTERS or all(word in EMPTY_WORDS for word in words):
        raise ReasonRequired(
            "reason_required",
            f"{why} Give a reason of at least {LEAST_CHARACTERS} characters that says what happened.",
            field=field,
        )
    return reason
