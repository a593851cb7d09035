"""States of an assay run. Not its result and not its verdict. House rule: rules, section 4.3."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.states.table import state_table


class RunState(StrEnum):
    """Where one determination on one sample stands."""

    REQUESTED = "requested"
    SAMPLED = "sampled"
    RUNNING = "running"
    ENTERED = "entered"
    CONTROL_FAILED = "control_failed"
    VERIFIED = "verified"
    APPROVED = "approved"
    INVALIDATED = "invalidated"


class RunAct(StrEnum):
    """What happens to a run."""

    REQUEST = "request"
    SAMPLE = "sample"
    START = "start"
    INTERIM = "interim"
    ENTER = "enter"
    FAIL_CONTROLS = "fail_controls"
    VERIFY = "verify"
    APPROVE = "approve"
    INVALIDATE = "invalidate"
    CORRECT = "correct"


RUN: Final = state_table(
    RunAct.REQUEST,
    RunState.REQUESTED,
    ((RunState.REQUESTED,), RunAct.SAMPLE, RunState.SAMPLED),
    ((RunState.SAMPLED,), RunAct.START, RunState.RUNNING),
    ((RunState.RUNNING,), RunAct.INTERIM, None),
    ((RunState.RUNNING,), RunAct.ENTER, RunState.ENTERED),
    ((RunState.ENTERED,), RunAct.FAIL_CONTROLS, RunState.CONTROL_FAILED),
    ((RunState.ENTERED,), RunAct.VERIFY, RunState.VERIFIED),
    ((RunState.VERIFIED,), RunAct.APPROVE, RunState.APPROVED),
    ((RunState.ENTERED, RunState.VERIFIED, RunState.APPROVED), RunAct.INVALIDATE, RunState.INVALIDATED),
    ((RunState.APPROVED,), RunAct.CORRECT, None),
)
