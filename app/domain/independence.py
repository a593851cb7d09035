"""Who may judge what, given everybody who ever touched it. Which role they need is `app.domain.roles`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.domain.errors import Mismatch, NearMiss
from app.domain.roles import Action

JUDGING_ACTIONS: Final = frozenset(
    {
        Action.APPROVE_RESULTS,
        Action.CLOSE_DEVIATION,
        Action.PLACE_HOLD,
        Action.LIFT_HOLD,
        Action.REVIEW_RECORD,
        Action.EVALUATE_EXCEPTIONAL_RISK,
        Action.RELEASE_LOT,
        Action.RELEASE_CONDITIONALLY,
        Action.RELEASE_EXCEPTIONALLY,
        Action.REJECT_LOT,
        Action.REQUEST_EXCEPTIONAL_RELEASE,
        Action.ACCEPT_EXCEPTIONAL_RELEASE,
        Action.ACKNOWLEDGE_CONDITIONAL_RELEASE,
        Action.HANDLE_RELEASE_FAILURE,
        Action.START_RECALL,
        Action.RESTOCK_BAG,
        Action.ALLOW_EXPIRED_BAG,
    }
)
"""Acts that judge evidence and add nothing to it. Every other act makes its person an actor of the evidence:
performed, entered, corrected, re-ran, invalidated, verified, printed, applied, imported (rules, 5)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A person took part in the evidence by a step such as `fill_bags`; invalidated parts count as well."""

    user_id: int
    step: str


def require_independent(signer_id: int, parts: Iterable[Part], act: str, course_code: str | None = None) -> None:
    """Refuse a signer who took part in what is judged. `act` completes "You cannot ...": "release this lot".

    The refusal is kept as a near miss of the course, where one is named.

    House rule: rules, section 5. Raises Mismatch naming the steps.
    """
    steps = sorted({part.step.replace("_", " ") for part in parts if part.user_id == signer_id})
    if steps:
        raise Mismatch(
            "took_part",
            f"You cannot {act}: you took part in it ({', '.join(steps)}). Ask somebody who did not.",
            near_miss=NearMiss("took_part", act, course_code),
        )


def require_another_person(first_user_id: int, second_user_id: int, step: str) -> None:
    """Refuse a second person who is the first one, on whatever station or badge. `step` is what both confirm.

    House rule: rules, section 5. Raises Mismatch.
    """
    if first_user_id == second_user_id:
        raise Mismatch(
            "second_is_first",
            f'The second person for "{step}" must be somebody else. Ask a colleague to scan their badge.',
        )
