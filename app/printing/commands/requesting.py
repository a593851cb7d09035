"""Asking for labels on a printer: rows first, then every label drawn and read back, and only then may bytes leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select

from app.db.finding import load
from app.db.models import Culture, Label, Printer, PrintJob, Vessel
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, Mismatch, WrongState
from app.domain.identifiers import Kind
from app.domain.labels.content import GroupFacts
from app.domain.labels.spec import LabelSpec
from app.domain.roles import Action
from app.domain.scan import expect
from app.domain.states import JobAct, JobState, LabelState
from app.domain.vocabulary import Transport, VesselState
from app.labels.commands import queue_label
from app.labels.commands.queueing import course_of, culture_of, thing_of
from app.labels.content import LabelContent
from app.printing.commands.moving import begin_job, keep_proofs, move_job, refuse_copies
from app.printing.schemas import PrintLabelJob, PrintVesselLabels
from app.printing.sending.paper import GROUP_FACTS, job_paper, proven

CHECK_HOLDS: Final = timedelta(days=30)
AT_ONCE: Final = 20
"""So many labels are drawn while the person waits; more of them before the first is sent."""

_MEDIA_SLACK_UM: Final = 1000


@dataclass(frozen=True, slots=True)
class JobFact:
    """A print job and where it stands now."""

    job: int
    state: JobState


@command
def print_label_job(tx: Transaction, actor: Actor, asked: PrintLabelJob) -> JobFact:
    """The next label of one thing, on a printer."""
    tx.permit(actor, Action.PRINT_LABEL)
    code, row = thing_of(tx, asked.code)
    printer = _printer(tx, asked.printer_code)
    if code.kind is Kind.BAG:
        _require_checked(printer, tx.now)
    job = begin_job(tx, actor, printer, course_of(tx, row), row.patient_id, culture_of(row))
    label = queue_label(tx, actor, code, row, asked.reason, job=job, position=1)
    return _asked(tx, job, printer, [label])


@command
def print_vessel_labels(tx: Transaction, actor: Actor, asked: PrintVesselLabels) -> JobFact:
    """Labels for all vessels of a culture that wear none, in order, after a head that is no label of a vessel.

    Where single vessels were labelled before, the job goes up to the first of them; the next job goes on behind it.
    """
    tx.permit(actor, Action.PRINT_LABEL)
    culture = load(tx, Culture, expect(asked.culture_code, Kind.CULTURE, step="print labels").code)
    printer = _printer(tx, asked.printer_code)
    vessels = _first_run(_bare(tx, culture))
    if not vessels:
        raise WrongState(
            "vessels_labelled", "Every vessel of the culture has its label. Reprint a single one on its own page."
        )
    job = begin_job(tx, actor, printer, culture.course_id, culture.patient_id, culture.id)
    labels = [
        queue_label(tx, actor, *thing_of(tx, vessel.code), None, job=job, position=position)
        for position, vessel in enumerate(vessels, 1)
    ]
    return _asked(tx, job, printer, labels, head=_head(labels))


def _asked(tx: Transaction, job: PrintJob, printer: Printer, labels: list[Label], head: str | None = None) -> JobFact:
    """The labels stand on file: draw the first ones now, so that a refusal is seen where it was caused."""
    for label in labels[:1]:
        _require_stock(printer, LabelContent.model_validate_json(label.content).spec())
    job.head = head
    tx.session.flush()
    if printer.transport is Transport.RAW_9100:
        job.wanted_at = tx.now
    if len(labels) <= AT_ONCE:
        try:
            keep_proofs(tx, job, proven(job_paper(tx.session.connection(), job.id)).proofs)
        except (Invalid, Mismatch) as refusal:
            refuse_copies(tx, job, refusal.sentence)
            move_job(tx, job, JobAct.REFUSE)
    return JobFact(job.id, job.state)


def _printer(tx: Transaction, code: str) -> Printer:
    printer = load(tx, Printer, code)
    if not printer.is_active:
        raise WrongState("printer_retired", f"{printer.name} is retired. Choose another printer.")
    return printer


def is_checked(checked_at: datetime | None, now: datetime) -> bool:
    """Whether somebody looked at the printer's test label within thirty days."""
    return checked_at is not None and now - checked_at <= CHECK_HOLDS


def _require_checked(printer: Printer, now: datetime) -> None:
    if not is_checked(printer.checked_at, now):
        raise WrongState(
            "printer_not_checked",
            f"{printer.name} was not checked in the last {CHECK_HOLDS.days} days and prints no bag label."
            " Print its test label and record what you see.",
        )


def _require_stock(printer: Printer, spec: LabelSpec) -> None:
    """Pages are as large as their label; a roll is as it is."""
    if printer.transport is Transport.DOWNLOAD_PDF:
        return
    wanted = (round(spec.width_mm * 1000), round(spec.height_mm * 1000))
    there = (printer.media_width_um, printer.media_height_um)
    if any(abs(a - b) > _MEDIA_SLACK_UM for a, b in zip(wanted, there, strict=True)):
        raise Invalid(
            "wrong_stock",
            f"The {spec.kind.words} label is {spec.width_mm:g} x {spec.height_mm:g} mm, {printer.name} holds"
            f" {there[0] / 1000:g} x {there[1] / 1000:g} mm. Choose another printer.",
        )


def _bare(tx: Transaction, culture: Culture) -> list[Vessel]:
    """Growing vessels of which no label left and none is on its way, by their number."""
    has_label = exists().where(Label.code == Vessel.code, Label.state != LabelState.REFUSED)
    look = select(Vessel).where(Vessel.culture_id == culture.id, Vessel.state == VesselState.ACTIVE, ~has_label)
    return list(tx.session.execute(look.order_by(Vessel.member)).scalars())


def _first_run(vessels: list[Vessel]) -> list[Vessel]:
    """Those that follow one another from the first on."""
    return [vessel for number, vessel in enumerate(vessels) if vessel.member == vessels[0].member + number]


def _head(labels: list[Label]) -> str:
    """What the head of the strip says, frozen: it repeats what its labels say."""
    facts = [LabelContent.model_validate_json(label.content).vessel for label in labels]
    known = [each for each in facts if each is not None]
    first = known[0]
    head = GroupFacts(
        culture_code=first.culture_code,
        recipient=first.recipient,
        product_name=first.product_name,
        first=first.member,
        vessels=tuple(each.printed for each in known),
        members=first.members,
        seeded_at=first.seeded_at,
        il2_iu_per_ml=first.il2_iu_per_ml,
    )
    return GROUP_FACTS.dump_json(head).decode()
