"""How a print job and its copies are told: what is certain of each, what of all, and the step that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row

from app.domain.identifiers import display
from app.domain.labels.jobs import Account, Delivery
from app.domain.states import JobState, LabelState
from app.domain.vocabulary import LabelledThing, SpoilReason, Transport
from app.patients.queries.words import Chip, words
from app.web import formats

AnyRow = Row[*tuple[Any, ...]]  # Any: the columns of one statement
Rows = Sequence[AnyRow]


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One copy: which label it is, and what is known of it."""

    position: int
    code: str
    text: str
    words: str
    chip: Chip


def step_of(job: AnyRow, copies: Rows, counted: Account) -> str:
    """What is to be done now, by whoever prints."""
    match job.state:
        case JobState.QUEUED:
            return "wait" if job.transport is Transport.RAW_9100 else "hand_out"
        case JobState.SENDING:
            return "wait"
        case JobState.SENT | JobState.INTERRUPTED:
            return _step_after(job, copies, counted)
    return ""


def _step_after(job: AnyRow, copies: Rows, counted: Account) -> str:
    if counted.waiting:
        return "wait" if job.wanted_at is not None else "send_rest"
    if counted.unread:
        return "scan_back"
    if counted.scanned_back:
        are_vessels = all(copy.thing is LabelledThing.VESSEL for copy in copies)
        return "apply" if are_vessels else "apply_each"
    return "destroy" if counted.spoiled else "reconcile"


def sentence_of(job: AnyRow, copies: Rows, counted: Account, step: str) -> str:
    """Where the job stands and what to do, in words."""
    total = formats.count(len(copies), "label", "labels")
    match step:
        case "wait" if job.state is JobState.SENDING:
            return f"{total} on the way to {job.printer}. Look again in a moment."
        case "wait" if counted.waiting < len(copies):
            return f"{counted.waiting} of {total} waiting for {job.printer}."
        case "wait":
            return f"{total} waiting for {job.printer}. Nothing has left yet."
        case "hand_out":
            return f"{total} to download, once. Print them at 100%, without fitting to the page."
        case "send_rest":
            begun = len(copies) - counted.waiting - counted.never_sent
            left = f"{begun} of {total} may have come out. " if begun else "No byte left. "
            return f"{left}{counted.waiting} can still be sent; what was begun is never sent again."
        case "scan_back":
            return _to_scan(copies, counted, total)
        case "apply" | "apply_each":
            return f"{counted.scanned_back} of {total} scanned back and not applied yet."
        case "destroy":
            spoiled = formats.count(counted.spoiled, "spoiled copy", "spoiled copies")
            return f"{spoiled} to be destroyed before a witness, each on its own page."
        case "reconcile":
            sides = f"{counted.printed} printed = {counted.applied} applied + {counted.destroyed} spoiled and destroyed"
            return f"Every copy has its end: {sides}."
    return _OVER[job.state]


_OVER: Final = {
    JobState.RECONCILED: "Every copy is accounted for.",
    JobState.REFUSED: "A label did not hold, so no byte of the job left.",
    JobState.CANCELLED: "It was given up before a byte left.",
}


def _to_scan(copies: Rows, counted: Account, total: str) -> str:
    """`4 of 5 labels scanned back. Scan the next one.`, and which of the others may not exist."""
    gone = counted.spoiled + counted.destroyed
    spoiled = f", {gone} spoiled" if gone else ""
    start = f"{counted.scanned_back + counted.applied} of {total} scanned back{spoiled}. Scan the next one."
    doubtful = [copy.position for copy in copies if _is_doubtful(copy)]
    if not doubtful:
        return start
    return f"{start} {_listed(doubtful)} may not have come out: spoil each that did not on its own page."


def _listed(positions: list[int]) -> str:
    """`Copy 3`, `Copies 3 to 7`, `Copies 3, 5, 6`."""
    first, last = positions[0], positions[-1]
    if first == last:
        return f"Copy {first}"
    is_run = last - first == len(positions) - 1
    return f"Copies {first} to {last}" if is_run else f"Copies {', '.join(str(each) for each in positions)}"


def _is_doubtful(copy: AnyRow) -> bool:
    return copy.delivery is Delivery.UNCERTAIN and copy.state is LabelState.SENT


def copy_line(copy: AnyRow) -> CopyLine:
    """One copy in words."""
    chip = Chip("warn", "triangle-alert", "Uncertain") if _is_doubtful(copy) else _COPY_CHIPS[copy.state]
    said = _SAID.get(copy.state, "")
    match copy.state:
        case LabelState.SENT if _is_doubtful(copy):
            said = "Begun when the connection broke: it came out or not. Never sent again"
        case LabelState.REFUSED:
            said = copy.refused_why or said
        case LabelState.SPOILED | LabelState.DESTROYED if copy.spoiled_as is not None:
            said = words(copy.spoiled_as).capitalize() if copy.spoiled_as is not SpoilReason.OTHER else copy.reason
    return CopyLine(copy.position, copy.code, display(copy.payload), said, chip)


_SAID: Final = {
    LabelState.QUEUED: "No byte of it has left",
    LabelState.SENT: "Sent, not read back: nobody says it is printed",
    LabelState.SCANNED_BACK: "Read back, not applied",
    LabelState.VERIFIED: "Read back, not applied",
    LabelState.APPLIED: "Applied",
    LabelState.VOID: "Replaced by a later print",
}
_COPY_CHIPS: Final = {
    LabelState.QUEUED: Chip("info", "hourglass", "Waiting"),
    LabelState.SENT: Chip("act", "scan-barcode", "Scan it"),
    LabelState.REFUSED: Chip("none", "ban", "Never sent"),
    LabelState.SCANNED_BACK: Chip("act", "tag", "Apply it"),
    LabelState.VERIFIED: Chip("act", "tag", "Apply it"),
    LabelState.APPLIED: Chip("ok", "circle-check", "Applied"),
    LabelState.SPOILED: Chip("warn", "triangle-alert", "Spoiled"),
    LabelState.VOID: Chip("warn", "ban", "Void"),
    LabelState.DESTROYED: Chip("none", "trash-2", "Destroyed"),
}
JOB_CHIPS: Final = {
    JobState.QUEUED: Chip("info", "hourglass", "Waiting"),
    JobState.SENDING: Chip("info", "hourglass", "Being sent"),
    JobState.SENT: Chip("act", "scan-barcode", "Sent"),
    JobState.INTERRUPTED: Chip("warn", "triangle-alert", "Interrupted"),
    JobState.RECONCILED: Chip("ok", "circle-check", "Reconciled"),
    JobState.REFUSED: Chip("stop", "octagon-x", "Refused"),
    JobState.CANCELLED: Chip("none", "ban", "Cancelled"),
}
