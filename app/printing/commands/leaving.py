"""Sending, as the server does it by itself and as a download does it. A copy leaves at most once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from app.db.finding import fresh
from app.db.models import Label, Printer, PrintJob
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, Mismatch, WrongState
from app.domain.labels.jobs import Delivery, PrinterProblem, Report, deliveries
from app.domain.roles import Action
from app.domain.states import LABEL, JobAct, JobState, LabelAct, LabelState, next_state
from app.domain.vocabulary import Transport
from app.printing.commands.moving import copies_of, job_of, keep_proofs, move_job, refuse_copies
from app.printing.commands.requesting import JobFact
from app.printing.schemas import JobNamed
from app.printing.sending.paper import job_paper, proven

if TYPE_CHECKING:
    from app.labels.drawing.verify import Proof


@command
def start_sending(tx: Transaction, number: int, proofs: Mapping[int, Proof]) -> bool:
    """Take a job before the first byte leaves; False when it is not to be sent any more. Commit, then connect."""
    job = job_of(tx, number)
    printer = tx.session.get_one(Printer, job.printer_id)
    waiting = {label.id for label in copies_of(tx, job, LabelState.QUEUED)}
    if job.wanted_at is None or not printer.is_active or waiting != proofs.keys():
        job.wanted_at = None
        return False
    keep_proofs(tx, job, proofs)
    job.started_at, job.problem = tx.now, None
    move_job(tx, job, JobAct.START)
    return True


@command
def refuse_drawing(tx: Transaction, number: int, why: str) -> None:
    """A label of the job does not hold: nothing of the job is sent. What had left before stays as it is."""
    job = job_of(tx, number)
    refuse_copies(tx, job, why)
    if job.state is JobState.QUEUED:
        move_job(tx, job, JobAct.REFUSE)
    job.wanted_at = None


@command
def record_sending(tx: Transaction, number: int, label_ids: Sequence[int], report: Report) -> None:
    """Write down what a transport saw. A job that was called uncertain meanwhile stays so."""
    job = job_of(tx, number)
    if job.state is not JobState.SENDING:
        return
    known = dict(zip(label_ids, deliveries(len(label_ids), report), strict=True))
    for label in copies_of(tx, job, LabelState.QUEUED):
        _sent(label, known[label.id])
    _ended(tx, job, report.problem)


@command
def end_left_sending(tx: Transaction, number: int) -> bool:
    """A job the server was sending when it stopped: nobody knows how far it came, so nothing of it is sent again."""
    job = job_of(tx, number)
    if job.state is not JobState.SENDING:
        return False
    for label in copies_of(tx, job, LabelState.QUEUED):
        _sent(label, Delivery.UNCERTAIN)
    _ended(tx, job, PrinterProblem.RESTARTED)
    return True


@command
def hand_out_job(tx: Transaction, actor: Actor, asked: JobNamed) -> JobFact:
    """Let a job be downloaded, once: the download is the sending. Refused labels refuse the job."""
    tx.permit(actor, Action.PRINT_LABEL)
    job = job_of(tx, asked.job)
    if tx.session.get_one(Printer, job.printer_id).transport is Transport.RAW_9100:
        raise Invalid("job_not_downloaded", f"Print job {job.id} goes to its printer by itself.")
    if job.state is not JobState.QUEUED:
        raise WrongState(
            "handed_out_already",
            f"Print job {job.id} was handed out already. Scan its labels back, or spoil them and ask for a reprint.",
        )
    fresh(job, asked.row_version)
    try:
        keep_proofs(tx, job, proven(job_paper(tx.session.connection(), job.id)).proofs)
    except (Invalid, Mismatch) as refusal:
        refuse_copies(tx, job, refusal.sentence)
        move_job(tx, job, JobAct.REFUSE)
        return JobFact(job.id, job.state)
    job.started_at = tx.now
    move_job(tx, job, JobAct.START)
    for label in copies_of(tx, job, LabelState.QUEUED):
        _sent(label, Delivery.ACCEPTED)
    _ended(tx, job, None)
    return JobFact(job.id, job.state)


def _sent(label: Label, delivery: Delivery | None) -> None:
    """Its bytes left, or began to. Without a delivery it waits as before."""
    if delivery is None:
        return
    label.delivery = delivery
    label.state = next_state(LABEL, label.state, LabelAct.SEND, f"Copy {label.position}")


def _ended(tx: Transaction, job: PrintJob, problem: PrinterProblem | None) -> None:
    tx.session.flush()
    job.ended_at, job.problem = tx.now, problem
    move_job(tx, job, JobAct.FINISH if problem is None else JobAct.BREAK)
