"""States of a release decision and of an infusion. House rule: rules, sections 4.7 and 4.8."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.states.table import state_table


class DecisionState(StrEnum):
    """Where a release decision stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    EFFECTIVE = "effective"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class DecisionAct(StrEnum):
    """What happens to a release decision."""

    DRAFT = "draft"
    REVIEW = "review"
    SIGN = "sign"
    TAKE_EFFECT = "take_effect"
    GO_STALE = "go_stale"
    SUPERSEDE = "supersede"
    REVOKE = "revoke"


class InfusionState(StrEnum):
    """Where giving one bag stands."""

    ORDERED = "ordered"
    CONFIRMED = "confirmed"
    CHECKED = "checked"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class InfusionAct(StrEnum):
    """What happens while a bag is given."""

    ORDER = "order"
    CONFIRM_DOSE = "confirm_dose"
    CHECK = "check"
    START = "start"
    LAPSE = "lapse"
    PAUSE = "pause"
    RESUME = "resume"
    OBSERVE = "observe"
    COMPLETE = "complete"
    STOP = "stop"
    CANCEL = "cancel"


DECISION: Final = state_table(
    DecisionAct.DRAFT,
    DecisionState.DRAFT,
    ((DecisionState.DRAFT,), DecisionAct.REVIEW, DecisionState.REVIEWED),
    ((DecisionState.REVIEWED,), DecisionAct.SIGN, DecisionState.SIGNED),
    ((DecisionState.SIGNED,), DecisionAct.TAKE_EFFECT, DecisionState.EFFECTIVE),
    (
        (DecisionState.DRAFT, DecisionState.REVIEWED, DecisionState.SIGNED),
        DecisionAct.GO_STALE,
        DecisionState.WITHDRAWN,
    ),
    ((DecisionState.EFFECTIVE,), DecisionAct.SUPERSEDE, DecisionState.SUPERSEDED),
    ((DecisionState.EFFECTIVE,), DecisionAct.REVOKE, DecisionState.REVOKED),
)

INFUSION: Final = state_table(
    InfusionAct.ORDER,
    InfusionState.ORDERED,
    ((InfusionState.ORDERED,), InfusionAct.CONFIRM_DOSE, InfusionState.CONFIRMED),
    ((InfusionState.CONFIRMED,), InfusionAct.CHECK, InfusionState.CHECKED),
    ((InfusionState.CHECKED,), InfusionAct.START, InfusionState.RUNNING),
    ((InfusionState.CHECKED,), InfusionAct.LAPSE, InfusionState.CONFIRMED),
    ((InfusionState.RUNNING,), InfusionAct.PAUSE, None),
    ((InfusionState.RUNNING,), InfusionAct.RESUME, None),
    ((InfusionState.RUNNING,), InfusionAct.OBSERVE, None),
    ((InfusionState.RUNNING,), InfusionAct.COMPLETE, InfusionState.COMPLETED),
    ((InfusionState.RUNNING,), InfusionAct.STOP, InfusionState.STOPPED),
    ((InfusionState.ORDERED, InfusionState.CONFIRMED), InfusionAct.CANCEL, InfusionState.CANCELLED),
)
