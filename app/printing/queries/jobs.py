"""The pages of print jobs: what is known of every copy, what may be asserted of all, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from app.db.models import Course, Culture, Label, Patient, Printer, PrintJob, User, Vessel
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.labels.jobs import Account, account
from app.domain.roles import Action
from app.domain.states import JOB, JobState, LabelState
from app.domain.vocabulary import Transport, VesselState
from app.labels.queries.printers import printer_choices
from app.patients.queries.acts import may
from app.patients.queries.banner import Banner, banner_of_patient
from app.patients.queries.words import Chip
from app.printing.queries.printers import PROBLEMS
from app.printing.queries.standing import JOB_CHIPS, AnyRow, CopyLine, Rows, copy_line, sentence_of, step_of
from app.web import formats

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job of the list."""

    number: int
    what: str
    printer: str
    asked: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class JobList:
    """Jobs that are not over, and those that are; the newest first."""

    open: tuple[JobLine, ...]
    ended: tuple[JobLine, ...]
    before: int


@dataclass(frozen=True, slots=True)
class NextCopy:
    """The copy whose turn it is to be scanned back."""

    code: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class JobPage:
    """A print job. `sentence` says where it stands and what to do; `step` which form is shown."""

    patient: Banner
    number: int
    row_version: int
    printer: str
    what: str
    about: str
    chip: Chip
    problem: str
    sentence: str
    step: str
    count: Account
    copies: tuple[CopyLine, ...]
    next: NextCopy | None
    file: str
    can_cancel: bool
    missing: str


@dataclass(frozen=True, slots=True)
class VesselLabelsPage:
    """Asking for the labels of all vessels of a culture."""

    code: str
    code_text: str
    waiting: int
    printers: tuple[tuple[str, str], ...]
    jobs: tuple[JobLine, ...]


def job_list(db: Connection, before: int | None, now: datetime, zone: str) -> JobList:
    """All open jobs, and a page of ended ones. Two statements."""
    is_over = PrintJob.state.in_(JOB.terminal)
    opened = db.execute(_JOBS.where(~is_over).order_by(PrintJob.id.desc()).limit(MOST)).all()
    ended = _JOBS.where(is_over) if before is None else _JOBS.where(is_over, PrintJob.id < before)
    found = db.execute(ended.order_by(PrintJob.id.desc()).limit(MOST + 1)).all()
    rest = found[MOST - 1].id if len(found) > MOST else 0
    return JobList(_lines(opened, now, zone), _lines(found[:MOST], now, zone), rest)


def job_page(db: Connection, number: int, now: datetime, zone: str, actor: Actor) -> JobPage:
    """One job as it truly stands."""
    job = db.execute(_JOBS.where(PrintJob.id == number)).one_or_none()
    if job is None:
        raise NotFound("no_such_job", f"There is no print job {number}. Look for it on the page of the label.")
    copies = db.execute(_COPIES.where(Label.print_job_id == number).order_by(Label.position)).all()
    counted = account([copy.state for copy in copies])
    may_print = may(actor, Action.PRINT_LABEL)
    step = step_of(job, copies, counted)
    unread = next((copy for copy in copies if copy.state is LabelState.SENT), None)
    return JobPage(
        patient=banner_of_patient(db, job.patient, now, zone),
        number=number,
        row_version=job.row_version,
        printer=job.printer,
        what=_what(job),
        about=f"/batches/{job.culture}" if job.culture else f"/labels/{copies[0].code}",
        chip=JOB_CHIPS[job.state],
        problem="" if job.problem is None else f"{PROBLEMS[job.problem]}.",
        sentence=sentence_of(job, copies, counted, step),
        step=step if may_print else "",
        count=counted,
        copies=tuple(copy_line(copy) for copy in copies),
        next=None if unread is None else NextCopy(unread.code, unread.print_number, display(unread.payload)),
        file="pdf" if job.transport is Transport.DOWNLOAD_PDF else "zpl",
        can_cancel=may_print and counted.waiting > 0 and job.state in {JobState.QUEUED, JobState.INTERRUPTED},
        missing="" if may_print or not step else "A technician or the supervisor prints and applies labels",
    )


def vessel_labels_page(db: Connection, code: str, now: datetime, zone: str) -> VesselLabelsPage:
    """How many vessels wear no label, the printers, and the jobs so far."""
    culture = db.execute(select(Culture.id).where(Culture.code == code)).scalar_one_or_none()
    if culture is None:
        raise NotFound("not_on_file", f"No culture is on file under {display(code)}. Check the code.")
    worn = select(Label.code).where(Label.culture_id == culture, Label.state != LabelState.REFUSED)
    bare = select(Vessel.id).where(
        Vessel.culture_id == culture, Vessel.code.not_in(worn), Vessel.state == VesselState.ACTIVE
    )
    jobs = db.execute(_JOBS.where(PrintJob.culture_id == culture).order_by(PrintJob.id.desc()).limit(MOST)).all()
    waiting = len(db.execute(bare).all())
    return VesselLabelsPage(code, display(code), waiting, printer_choices(db), _lines(jobs, now, zone))


def _lines(jobs: Rows, now: datetime, zone: str) -> tuple[JobLine, ...]:
    return tuple(
        JobLine(
            job.id,
            _what(job),
            job.printer,
            f"{formats.moment(job.requested_at, zone, now)}, {formats.short_person(job.asker)}",
            JOB_CHIPS[job.state],
        )
        for job in jobs
    )


def _what(job: AnyRow) -> str:
    return f"Labels of {display(job.culture)}" if job.culture else f"Label of course {display(job.course)}"


_JOBS: Final[Select[*tuple[Any, ...]]] = (
    select(
        PrintJob.__table__,
        Printer.name.label("printer"),
        Printer.transport,
        Patient.code.label("patient"),
        Course.code.label("course"),
        Culture.code.label("culture"),
        User.full_name.label("asker"),
    )
    .join(Printer, Printer.id == PrintJob.printer_id)
    .join(Patient, Patient.id == PrintJob.patient_id)
    .join(Course, Course.id == PrintJob.course_id)
    .join(Culture, Culture.id == PrintJob.culture_id, isouter=True)
    .join(User, User.id == PrintJob.requested_by_id)
)
_COPIES: Final[Select[*tuple[Any, ...]]] = select(
    Label.position,
    Label.thing,
    Label.code,
    Label.print_number,
    Label.payload,
    Label.state,
    Label.delivery,
    Label.spoiled_as,
    Label.reason,
    Label.refused_why,
)
