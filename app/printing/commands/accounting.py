"""What becomes of a job once it was sent: sent on, given up, scanned back, applied, reconciled."""

from __future__ import annotations

from app.db.finding import fresh
from app.db.models import Label, PrintJob
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, Mismatch, NotFound, WrongState
from app.domain.identifiers import display
from app.domain.labels.jobs import account
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import JobAct, JobState, LabelState
from app.domain.vocabulary import LabelledThing
from app.identity.signing import second_person
from app.labels.commands import confirm_applied, require_this_copy, scan_back_label
from app.labels.schemas import ScanBack
from app.printing.commands.moving import copies_of, job_of, move_job, refuse_copies
from app.printing.commands.requesting import JobFact
from app.printing.schemas import ApplyJob, CancelJob, JobNamed, ScanBackInJob


@command
def send_rest(tx: Transaction, actor: Actor, asked: JobNamed) -> JobFact:
    """Send the copies of which no byte left. Those begun are never sent again."""
    tx.permit(actor, Action.PRINT_LABEL)
    job = job_of(tx, asked.job)
    fresh(job, asked.row_version)
    if job.state is not JobState.INTERRUPTED or not copies_of(tx, job, LabelState.QUEUED):
        raise WrongState("nothing_to_send", f"No copy of print job {job.id} waits. Scan back what came out.")
    job.wanted_at = tx.now
    return JobFact(job.id, job.state)


@command
def cancel_job(tx: Transaction, actor: Actor, asked: CancelJob) -> JobFact:
    """Give up the copies of which no byte left. What may have come out stays to be accounted for."""
    tx.permit(actor, Action.PRINT_LABEL)
    job = job_of(tx, asked.job)
    fresh(job, asked.row_version)
    reason = require_reason(asked.reason, "Cancelling labels needs a reason.")
    tx.because("print_cancelled", reason)
    if not copies_of(tx, job, LabelState.QUEUED):
        raise WrongState("nothing_to_cancel", f"No copy of print job {job.id} waits. Account for each that was sent.")
    refuse_copies(tx, job, f"Cancelled: {reason}")
    move_job(tx, job, JobAct.CANCEL)
    return JobFact(job.id, job.state)


@command
def scan_back_in_job(tx: Transaction, actor: Actor, asked: ScanBackInJob) -> JobFact:
    """The copy whose turn it is, scanned. A neighbour of the strip is another label and refused."""
    job = job_of(tx, asked.job)
    if not any((each.code, each.print_number) == (asked.code, asked.print_number) for each in copies_of(tx, job)):
        raise NotFound("not_of_this_job", f"Job {job.id} has no such copy. Load its page again.")
    scan_back_label(tx, actor, ScanBack(code=asked.code, print_number=asked.print_number, scanned=asked.scanned))
    return JobFact(job.id, job.state)


@command
def apply_job(tx: Transaction, actor: Actor, asked: ApplyJob) -> JobFact:
    """Vessels wear the labels that were scanned on them; a second person confirms first, last and count.

    House rule: labels, section 7.1: one scan for each vessel, none is left between the first and the last.
    """
    tx.permit(actor, Action.APPLY_LABEL)
    job = job_of(tx, asked.job)
    read = copies_of(tx, job, LabelState.SCANNED_BACK)
    _require_vessels(job, read)
    if account([label.state for label in copies_of(tx, job)]).unread:
        raise WrongState("copies_unread", "Not every copy is scanned back. Scan the others, or spoil them, first.")
    require_this_copy(tx, read[0], asked.first_scanned, "apply labels")
    require_this_copy(tx, read[-1], asked.last_scanned, "apply labels")
    if len(read) != asked.count:
        raise Mismatch(
            "another_count", f"{len(read)} labels were scanned back, not {asked.count}. Count again.", field="count"
        )
    other = second_person(tx, actor, asked, Action.APPLY_LABEL)
    for label in read:
        confirm_applied(tx, label, other)
    return JobFact(job.id, job.state)


@command
def reconcile_job(tx: Transaction, actor: Actor, asked: JobNamed) -> JobFact:
    """Every copy has its end: printed = applied + spoiled + destroyed, and nothing is left over."""
    tx.permit(actor, Action.PRINT_LABEL)
    job = job_of(tx, asked.job)
    fresh(job, asked.row_version)
    copies = copies_of(tx, job)
    left = account([label.state for label in copies]).open
    if left:
        first = next(label for label in copies if label.state not in _ENDED)
        raise WrongState(
            "labels_unaccounted",
            f"{left} of {len(copies)} copies have no end yet, the first is {display(first.payload)}: apply it, or"
            " record it as spoiled and destroyed.",
        )
    job.reconciled_at, job.reconciled_by_id = tx.now, actor.user_id
    move_job(tx, job, JobAct.RECONCILE)
    return JobFact(job.id, job.state)


_ENDED = {LabelState.APPLIED, LabelState.VOID, LabelState.DESTROYED, LabelState.REFUSED}


def _require_vessels(job: PrintJob, read: list[Label]) -> None:
    if not read:
        raise WrongState("nothing_to_apply", f"No label of print job {job.id} waits to be applied. Scan them first.")
    if any(label.thing is not LabelledThing.VESSEL for label in read):
        raise Invalid("not_vessels", "Only labels of vessels are applied together. Apply this one on its own page.")
