"""A print job and its copies, moved together: copies first, so that the job never says more than they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.db.models import Label, Printer, PrintJob
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import Mismatch, NotFound
from app.domain.states import JOB, LABEL, JobAct, LabelAct, LabelState, next_state

if TYPE_CHECKING:
    from app.labels.drawing.verify import Proof


def begin_job(
    tx: Transaction, actor: Actor, printer: Printer, course_id: int, patient_id: int, culture_id: int | None
) -> PrintJob:
    """A job without copies yet."""
    job = PrintJob(
        printer_id=printer.id,
        course_id=course_id,
        patient_id=patient_id,
        culture_id=culture_id,
        state=next_state(JOB, None, JobAct.REQUEST, "The job"),
        requested_at=tx.now,
        requested_by_id=actor.user_id,
    )
    tx.session.add(job)
    tx.session.flush()
    return job


def job_of(tx: Transaction, number: int) -> PrintJob:
    """The job with that number, locked."""
    look = select(PrintJob).where(PrintJob.id == number).with_for_update()
    job = tx.session.execute(look).scalar_one_or_none()
    if job is None:
        raise NotFound("no_such_job", f"There is no print job {number}. Look for it on the page of the label.")
    return job


def copies_of(tx: Transaction, job: PrintJob, state: LabelState | None = None) -> list[Label]:
    """The copies of a job in their order, all or those in a state; locked."""
    look = select(Label).where(Label.print_job_id == job.id).order_by(Label.position).with_for_update()
    return list(tx.session.execute(look if state is None else look.where(Label.state == state)).scalars())


def move_job(tx: Transaction, job: PrintJob, act: JobAct) -> None:
    """Move a job by an act of the table, or refuse. It waits for no printer afterwards."""
    job.state = next_state(JOB, job.state, act, f"Print job {job.id}")
    job.wanted_at = None
    tx.session.flush()


def refuse_copies(tx: Transaction, job: PrintJob, why: str) -> None:
    """Every copy of which no byte left is refused, and says why."""
    for label in copies_of(tx, job, LabelState.QUEUED):
        label.refused_why = why
        label.state = next_state(LABEL, label.state, LabelAct.REFUSE, f"Copy {label.position} of job {job.id}")
    tx.session.flush()


def keep_proofs(tx: Transaction, job: PrintJob, proofs: Mapping[int, Proof]) -> None:
    """Write down how each waiting copy was proven; refused when its bytes were others before."""
    for label in copies_of(tx, job, LabelState.QUEUED):
        proof = proofs[label.id]
        if label.sent_sha256 not in {None, proof.sha256}:
            raise Mismatch("label_bytes_differ", f"Job {job.id} is not what was checked. Cancel it and print again.")
        label.sent_sha256, label.proven_with = proof.sha256, proof.made_with
    tx.session.flush()
