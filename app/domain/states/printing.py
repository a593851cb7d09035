"""States of a print job. House rule: labels, section 7.1."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.states.table import state_table


class JobState(StrEnum):
    """Where a print job stands. Sent is not printed: only a scan-back proves a label."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    INTERRUPTED = "interrupted"
    RECONCILED = "reconciled"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class JobAct(StrEnum):
    """What happens to a print job."""

    REQUEST = "request"
    REFUSE = "refuse"
    CANCEL = "cancel"
    START = "start"
    FINISH = "finish"
    BREAK = "break"
    RECONCILE = "reconcile"


JOB: Final = state_table(
    JobAct.REQUEST,
    JobState.QUEUED,
    ((JobState.QUEUED,), JobAct.REFUSE, JobState.REFUSED),
    ((JobState.QUEUED,), JobAct.CANCEL, JobState.CANCELLED),
    ((JobState.INTERRUPTED,), JobAct.CANCEL, None),
    ((JobState.QUEUED, JobState.INTERRUPTED), JobAct.START, JobState.SENDING),
    ((JobState.SENDING,), JobAct.FINISH, JobState.SENT),
    ((JobState.SENDING,), JobAct.BREAK, JobState.INTERRUPTED),
    ((JobState.SENT, JobState.INTERRUPTED), JobAct.RECONCILE, JobState.RECONCILED),
)
"""Cancelling an interrupted job gives up the copies of which no byte left; it is reconciled all the same."""
