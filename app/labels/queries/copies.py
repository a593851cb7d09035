"""The page of a thing's label: every copy and where it is, what comes next, the preview at its own size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import aliased

from app.custody.queries.standing import ON_THE_WAY
from app.db.models import Culture, Label, Patient, User, Vessel
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import Kind
from app.domain.labels.spec import DOTS_PER_MM
from app.domain.roles import Action
from app.domain.scan import OwnCode, expect
from app.domain.states import LabelState
from app.domain.vocabulary import SpoilReason
from app.labels.content import THINGS
from app.labels.queries.preview import Copies, Preview, preview_of
from app.labels.queries.printers import printer_choices
from app.patients.queries.acts import Act, may
from app.patients.queries.banner import Banner, banner_of_patient
from app.patients.queries.words import Chip, words
from app.web import formats


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy: where it is, in words; `job` is its print job, 0 when it was printed from the browser."""

    number: int
    words: str
    chip: Chip
    is_next: bool
    job: int


@dataclass(frozen=True, slots=True)
class Paper:
    """One form a copy leaves in, and the words of its button."""

    form: str
    verb: str


@dataclass(frozen=True, slots=True)
class Equation:
    """printed = applied + spoiled + destroyed + to account for; each copy counts once, by its last state."""

    printed: int
    applied: int
    spoiled: int
    destroyed: int
    open: int

    @property
    def terms(self) -> tuple[tuple[int, str], ...]:
        """The right side: applied, and what else there is."""
        more = ((self.spoiled, "spoiled"), (self.destroyed, "destroyed"), (self.open, "to account for"))
        return ((self.applied, "applied"), *(term for term in more if term[0]))


@dataclass(frozen=True, slots=True)
class Count:
    """What became of the labels that were asked for: read back by the server and equal to the record, or refused.

    `unread` were sent and not scanned back: nobody says that they are printed.
    """

    labels: int
    decoded: int
    refused: int
    unread: int = 0


@dataclass(frozen=True, slots=True)
class LabelPage:
    """A label. `step` (print, wait, scan-back, apply, none) comes next with copy `number`; `missing` says who does it.

    `thing_page` leads back to what wears it.
    """

    patient: Banner
    code: str
    code_text: str
    thing: str
    thing_page: Act
    preview: Preview
    count: Count
    equation: Equation
    copies: tuple[CopyRow, ...]
    step: str
    number: int
    payload: str
    missing: str
    papers: tuple[Paper, ...]
    printers: tuple[tuple[str, str], ...]
    is_again: bool
    can_spoil: bool
    can_reprint: bool
    to_destroy: tuple[int, ...]

    @property
    def spoil_reasons(self) -> tuple[tuple[str, str], ...]:
        """Why a copy cannot be used."""
        return tuple((reason.value, words(reason).capitalize()) for reason in SpoilReason)


def label_page(db: Connection, raw_code: str, now: datetime, zone: str, actor: Actor) -> LabelPage:
    """The label of a thing, or the refusal that the thing is not on file or wears none."""
    code = expect(raw_code, *THINGS, step="open label")
    patient_code = _patient(db, code)
    copies = _copies(db, code.code)
    step, number = _next(copies)
    may_print = may(actor, Action.PRINT_LABEL)
    return LabelPage(
        patient=banner_of_patient(db, patient_code, now, zone),
        code=code.code,
        code_text=code.text,
        thing=code.kind.word,
        thing_page=_thing_page(db, code, patient_code),
        preview=preview_of(db, code, copies),
        count=_count(copies),
        equation=_equation([row.state for row in copies]),
        copies=tuple(_copy(row, now, zone, is_next=bool(step) and row.print_number == number) for row in copies),
        step=step if may_print else "",
        number=number,
        payload=f"{code.code}{number:02}",
        missing="" if may_print or not step else "A technician or the supervisor prints and applies labels",
        papers=tuple(_papers(copies, number)) if may_print and step == "scan-back" else (),
        printers=printer_choices(db) if may_print and step in {"", "print"} else (),
        is_again=any(row.state is not LabelState.REFUSED for row in copies),
        can_spoil=may_print and step in {"scan-back", "apply"},
        can_reprint=may_print and not step,
        to_destroy=tuple(row.print_number for row in copies if may_print and row.state in _TO_DESTROY),
    )


_TO_DESTROY: Final = frozenset({LabelState.SPOILED, LabelState.VOID})
_CHIPS: Final = {
    LabelState.QUEUED: Chip("info", "hourglass", "Queued"),
    LabelState.SENT: Chip("act", "scan-barcode", "Scan it now"),
    LabelState.REFUSED: Chip("stop", "octagon-x", "Refused"),
    LabelState.SCANNED_BACK: Chip("act", "tag", "Apply it now"),
    LabelState.VERIFIED: Chip("act", "tag", "Apply it now"),
    LabelState.APPLIED: Chip("ok", "circle-check", "Applied"),
    LabelState.SPOILED: Chip("warn", "triangle-alert", "Spoiled"),
    LabelState.VOID: Chip("warn", "ban", "Void"),
    LabelState.DESTROYED: Chip("none", "trash-2", "Destroyed"),
}


def _patient(db: Connection, code: OwnCode) -> str:
    _, model = THINGS[code.kind]
    columns = model.__table__.c
    look = select(Patient.code).where(Patient.id == columns.patient_id, columns.code == code.code)
    patient = db.execute(look).scalar_one_or_none()
    if patient is None:
        raise NotFound("not_on_file", f"No {code.kind.word} is on file under {code.text}. Check the code.")
    return patient


def _thing_page(db: Connection, code: OwnCode, patient_code: str) -> Act:
    match code.kind:
        case Kind.WRISTBAND:
            return Act(f"/patients/{patient_code}", "Open chart")
        case Kind.VESSEL:
            look = select(Culture.code).join(Vessel, Vessel.culture_id == Culture.id).where(Vessel.code == code.code)
            return Act(f"/batches/{db.execute(look).scalar_one()}/log?vessel={code.code}", "Open vessel")
        case kind:
            folder, word = _PAGES[kind]
            return Act(f"/{folder}/{code.code}", f"Open {word}")


_PAGES: Final = {
    Kind.BAG: ("bags", "bag"),
    Kind.COLLECTION: ("collections", "collection"),
    Kind.SAMPLE: ("samples", "sample"),
    Kind.PLATE: ("assays", "plate"),
}


def _copies(db: Connection, code: str) -> Copies:
    """Every copy, by the unique index of code and print number."""
    back, checked, witness = aliased(User), aliased(User), aliased(User)
    look = (
        select(
            Label.__table__,
            back.full_name.label("back"),
            checked.full_name.label("checked"),
            witness.full_name.label("witness"),
        )
        .join(back, back.id == Label.scanned_back_by_id, isouter=True)
        .join(checked, checked.id == Label.verified_by_id, isouter=True)
        .join(witness, witness.id == Label.destroyed_with_id, isouter=True)
        .where(Label.code == code)
        .order_by(Label.print_number)
    )
    return db.execute(look).all()


def _next(copies: Copies) -> tuple[str, int]:
    """The step the label waits for and its copy; no step once a copy is applied and none is on its way."""
    for row in copies:
        if row.state in ON_THE_WAY:
            return _STEPS.get(row.state, "apply"), row.print_number
    is_worn = any(row.state is LabelState.APPLIED for row in copies)
    return "" if is_worn else "print", len(copies) + 1


_STEPS: Final = {LabelState.QUEUED: "wait", LabelState.SENT: "scan-back"}


def _papers(copies: Copies, number: int) -> Iterator[Paper]:
    """As a page, and as printer bytes for each resolution we draw; once. What left, or leaves with a job, has none."""
    left = (
        row.print_job_id is not None or row.handed_out_at is not None for row in copies if row.print_number == number
    )
    if any(left):
        return
    yield Paper("pdf", "Download PDF")
    for dots_per_mm in DOTS_PER_MM:
        yield Paper(f"zpl-{dots_per_mm}", f"Download ZPL, {dots_per_mm} dots/mm")


_NOT_KNOWN_TO_EXIST: Final = frozenset({LabelState.QUEUED, LabelState.REFUSED, LabelState.SENT})


def _count(copies: Copies) -> Count:
    states = [row.state for row in copies]
    decoded = sum((row.pdf_sha256 or row.sent_sha256) is not None for row in copies)
    return Count(len(copies), decoded, states.count(LabelState.REFUSED), states.count(LabelState.SENT))


def _equation(states: Sequence[LabelState]) -> Equation:
    printed = [state for state in states if state not in _NOT_KNOWN_TO_EXIST]
    applied, spoiled, destroyed = (
        printed.count(state) for state in (LabelState.APPLIED, LabelState.SPOILED, LabelState.DESTROYED)
    )
    return Equation(len(printed), applied, spoiled, destroyed, len(printed) - applied - spoiled - destroyed)


def _copy(row: Row[*tuple[object, ...]], now: datetime, zone: str, *, is_next: bool) -> CopyRow:
    back, checked, witness = (formats.short_person(name or "") for name in (row.back, row.checked, row.witness))
    sent = formats.moment(row.requested_at, zone, now)
    match row.state:
        case LabelState.QUEUED:
            said = "Waits for its printer. No byte of it has left"
        case LabelState.SENT:
            said = f"Sent {sent}, not read back"
        case LabelState.SCANNED_BACK:
            said = f"Read back by {back}, not applied"
        case LabelState.APPLIED:
            said = f"Read back by {back}, checked by {checked}, applied {formats.moment(row.applied_at, zone, now)}"
        case LabelState.DESTROYED:
            said = f"{_why_spoiled(row) or 'Replaced by a later print'}. {witness} saw it destroyed"
        case LabelState.REFUSED:
            said = row.refused_why
        case LabelState.VOID:
            said = "Replaced by a later print. Destroy it before a witness"
        case _:
            said = _why_spoiled(row) or f"Sent {sent}"
    return CopyRow(row.print_number, said, _CHIPS[row.state], is_next, row.print_job_id or 0)


def _why_spoiled(row: Row[*tuple[object, ...]]) -> str:
    if row.spoiled_as in {None, SpoilReason.OTHER}:
        return row.reason or ""
    return words(row.spoiled_as).capitalize()
