"""The bytes of a copy for the printer: drawn again from its frozen words, and read back before they leave."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from app.db.models import Label
from app.domain.errors import Mismatch, NotFound, WrongState
from app.domain.identifiers import display
from app.domain.labels.spec import DOTS_PER_MM
from app.domain.states import LabelState
from app.labels.content import LabelContent
from app.labels.press import pdf_of, png_of, zpl_of
from app.labels.schemas import HandOutLabel

HANDED_OUT: Final = (
    "Print {} of label {} was downloaded already, and what is downloaded counts as sent. Scan it back, or record it as"
    " spoiled and ask for a reprint; it gets a number of its own."
)
_FORMS = {"zpl": zpl_of, "png": png_of}


def label_pdf(db: Connection, code: str, number: int) -> bytes:
    """The page of a copy: exactly the bytes the server read back when it was printed."""
    copy = _copy(db, code, number)
    pdf = pdf_of([(copy.content.spec(), copy.content.expected(code, number))])
    if pdf.proof.sha256 != copy.pdf_sha256:
        raise Mismatch(
            "label_bytes_differ",
            f"{_name(code, number)} would not be the bytes that were checked. Record it as spoiled and print it again.",
        )
    return pdf.content


def label_dots(db: Connection, code: str, number: int, dots_per_mm: int, form: str) -> bytes:
    """The dots of a copy: as printer bytes (`zpl`), or as the picture a printer shows (`png`)."""
    copy = _copy(db, code, number)
    finish = _FORMS.get(form)
    if finish is None or dots_per_mm not in DOTS_PER_MM:
        raise NotFound("no_such_form", f"There is no {form} of a label at {dots_per_mm} dots/mm. Use its page.")
    return finish(copy.content.spec(), copy.content.expected(code, number), dots_per_mm).content


class PaperFile(NamedTuple):
    """A copy as a file: its name, its type, its bytes."""

    name: str
    media_type: str
    content: bytes


def paper_of(db: Connection, asked: HandOutLabel) -> PaperFile:
    """The copy as the file that was asked for."""
    name = f"{asked.code}-{asked.print_number:02}"
    if asked.form == "pdf":
        return PaperFile(f"{name}.pdf", "application/pdf", label_pdf(db, asked.code, asked.print_number))
    dots_per_mm = int(asked.form.removeprefix("zpl-"))
    content = label_dots(db, asked.code, asked.print_number, dots_per_mm, "zpl")
    return PaperFile(f"{name}-{dots_per_mm}.zpl", "application/octet-stream", content)


class _Copy(NamedTuple):
    content: LabelContent
    pdf_sha256: str | None


def _copy(db: Connection, code: str, number: int) -> _Copy:
    """What a copy says, only until it was scanned back: a second one on paper is a reprint with its own number."""
    look = select(Label.content, Label.pdf_sha256, Label.state, Label.refused_why, Label.print_job_id)
    row = db.execute(look.where(Label.code == code, Label.print_number == number)).one_or_none()
    name = _name(code, number)
    if row is None:
        raise NotFound("no_such_label", f"{name} was not made. Print it first.")
    if row.print_job_id is not None:
        raise WrongState("label_of_a_job", f"{name} leaves with print job {row.print_job_id} and in no other way.")
    if row.state is LabelState.REFUSED:
        raise WrongState("label_refused", f"{name} was refused: {row.refused_why}")
    if row.state is not LabelState.SENT:
        raise WrongState(
            "label_printed", f"{name} is on paper already. Ask for a reprint; it gets a number of its own."
        )
    return _Copy(LabelContent.model_validate_json(row.content), row.pdf_sha256)


def _name(code: str, number: int) -> str:
    return f"Print {number:02} of label {display(code)}"
