"""The bytes of a job, drawn from the frozen words of its copies and proven, all of them before the first one leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from app.db.models import Label, Printer, PrintJob
from app.domain.errors import Mismatch, NotFound
from app.domain.labels.content import GroupFacts
from app.domain.labels.spec import Expected, LabelKind, LabelSpec
from app.domain.labels.template import fill
from app.domain.states import JobState, LabelState
from app.domain.vocabulary import Transport
from app.labels.content import LabelContent
from app.labels.press import pdf_of, zpl_of
from app.labels.shipped import shipped

if TYPE_CHECKING:
    from app.labels.drawing.verify import Proof

Drawn = tuple[LabelSpec, Expected]
GROUP_FACTS = TypeAdapter(GroupFacts)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy to be sent, and the hash of its bytes if they were proven before."""

    label_id: int
    drawn: Drawn
    sent_sha256: str | None


@dataclass(frozen=True, slots=True)
class JobPaper:
    """The copies of a job in their order, and the printer they go to. `head` comes before the first copy only."""

    number: int
    state: JobState
    transport: Transport
    host: str
    port: int
    dots_per_mm: int
    head: Drawn | None
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """Bytes that may leave: a block for each copy, or one file of all; and the proof each copy leaves with."""

    blocks: tuple[bytes, ...]
    proofs: Mapping[int, Proof]

    @property
    def content(self) -> bytes:
        """Everything, as one file."""
        return b"".join(self.blocks)


def job_paper(db: Connection, number: int, state: LabelState = LabelState.QUEUED) -> JobPaper:
    """The copies of a job that stand in `state`: those still to be sent."""
    look = select(PrintJob.__table__, Printer.transport, Printer.host, Printer.port, Printer.dots_per_mm)
    job = db.execute(look.join(Printer, Printer.id == PrintJob.printer_id).where(PrintJob.id == number)).one_or_none()
    if job is None:
        raise NotFound("no_such_job", f"There is no print job {number}. Look for it on the page of the label.")
    rows = select(Label.id, Label.code, Label.print_number, Label.position, Label.content, Label.sent_sha256).where(
        Label.print_job_id == number, Label.state == state
    )
    found = db.execute(rows.order_by(Label.position)).all()
    copies = tuple(Copy(row.id, _drawn(row.content, row.code, row.print_number), row.sent_sha256) for row in found)
    is_first = bool(found) and found[0].position == 1
    return JobPaper(
        number,
        job.state,
        job.transport,
        job.host or "",
        job.port or 0,
        job.dots_per_mm,
        _head(job.head) if job.head is not None and is_first else None,
        copies,
    )


def proven(paper: JobPaper) -> Proven:
    """Draw and read back everything. One label that is refused refuses all; so does one that would look different."""
    made = _pages(paper) if paper.transport is Transport.DOWNLOAD_PDF else _blocks(paper)
    for copy in paper.copies:
        if copy.sent_sha256 not in {None, made.proofs[copy.label_id].sha256}:
            raise Mismatch(
                "label_bytes_differ",
                f"The {copy.drawn[0].title} would not be the bytes that were checked. Cancel job {paper.number} and"
                " print again.",
            )
    return made


def _pages(paper: JobPaper) -> Proven:
    heads = [] if paper.head is None else [paper.head]
    file = pdf_of([*heads, *(copy.drawn for copy in paper.copies)])
    return Proven((file.content,), {copy.label_id: file.proof for copy in paper.copies})


def _blocks(paper: JobPaper) -> Proven:
    """The head leaves with the first copy, so that no byte of a job leaves before a copy is begun."""
    made = [zpl_of(*copy.drawn, paper.dots_per_mm) for copy in paper.copies]
    proofs = {copy.label_id: one.proof for copy, one in zip(paper.copies, made, strict=True)}
    blocks = [one.content for one in made]
    if paper.head is not None:
        blocks[0] = zpl_of(*paper.head, paper.dots_per_mm).content + blocks[0]
    return Proven(tuple(blocks), proofs)


def _drawn(frozen: str, code: str, print_number: int) -> Drawn:
    content = LabelContent.model_validate_json(frozen)
    return content.spec(), content.expected(code, print_number)


def _head(frozen: str) -> Drawn:
    head = fill(shipped(LabelKind.VESSEL_GROUP), GROUP_FACTS.validate_json(frozen))
    return head, Expected(head.code, head.print_number, None)
