"""What may be said of copies that were sent to a printer: at most once, and printed only when scanned back.

House rule: labels, sections 7.1 and 7.2.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.states import LabelState


class Delivery(StrEnum):
    """What is known of the bytes of a copy: taken over to the end, or begun and not known how far they came."""

    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"


class PrinterProblem(StrEnum):
    """Why sending broke off."""

    NO_ANSWER = "no_answer"
    STALLED = "stalled"
    CLOSED = "closed"
    RESTARTED = "restarted"


@dataclass(frozen=True, slots=True)
class Report:
    """What a transport saw: of how many copies a byte left, in order, and why it broke off, if it did."""

    begun: int
    problem: PrinterProblem | None = None


def deliveries(copies: int, report: Report) -> tuple[Delivery | None, ...]:
    """What is true of each copy; None: no byte of it left, it may be sent later.

    When the connection broke, every copy begun is uncertain, the early ones too: what the network took over may
    never have come to the printer.
    """
    assert 0 <= report.begun <= copies, "a transport begins only what it was given"
    assert report.problem is not None or report.begun == copies, "what did not break off was sent to the end"
    known = Delivery.ACCEPTED if report.problem is None else Delivery.UNCERTAIN
    return (known,) * report.begun + (None,) * (copies - report.begun)


@dataclass(frozen=True, slots=True)
class Account:
    """printed = applied + spoiled + destroyed, each copy counted once, by its last state.

    A copy that was applied and then replaced counts as applied. `unread` may have come out or not; `waiting` were
    never sent; `never_sent` were refused or given up.
    """

    unread: int
    scanned_back: int
    applied: int
    spoiled: int
    destroyed: int
    waiting: int
    never_sent: int

    @property
    def printed(self) -> int:
        """Copies that are known to exist, or to have been spoiled: an unread one is not said to be printed."""
        return self.scanned_back + self.applied + self.spoiled + self.destroyed

    @property
    def open(self) -> int:
        """Copies whose end is not known. A spoiled copy is open until it is destroyed."""
        return self.unread + self.scanned_back + self.spoiled + self.waiting


def account(states: Collection[LabelState]) -> Account:
    """Count the copies of a job."""
    counted = {name: sum(state in of for state in states) for name, of in _COUNTED.items()}
    return Account(**counted)


_COUNTED: Final = {
    "unread": {LabelState.SENT},
    "scanned_back": {LabelState.SCANNED_BACK, LabelState.VERIFIED},
    "applied": {LabelState.APPLIED, LabelState.VOID},
    "spoiled": {LabelState.SPOILED},
    "destroyed": {LabelState.DESTROYED},
    "waiting": {LabelState.QUEUED},
    "never_sent": {LabelState.REFUSED},
}
