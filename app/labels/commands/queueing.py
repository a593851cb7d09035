"""The row of the next copy: its number, its reason, and its words, frozen. Not the drawing, and not the sending."""

from __future__ import annotations

from sqlalchemy import select

from app.custody.queries.standing import ON_THE_WAY
from app.db.finding import load
from app.db.models import Bag, Collection, Course, Label, Plate, PrintJob, Sample, Vessel, Wristband
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import Duplicate
from app.domain.identifiers import with_print_number
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.scan import OwnCode, expect
from app.domain.states import LabelState
from app.labels.content import THINGS, Labelled, content_to_print


def thing_of(tx: Transaction, raw_code: str) -> tuple[OwnCode, Labelled]:
    """The thing that gets a label, locked, or the refusal that it is not on file or wears none."""
    code = expect(raw_code, *THINGS, step="print label")
    row = load(tx, THINGS[code.kind][1], code.code)
    assert isinstance(row, Labelled), "a row of one of the models of THINGS"
    return code, row


def queue_label(
    tx: Transaction,
    actor: Actor,
    code: OwnCode,
    row: Labelled,
    why: str | None,
    *,
    job: PrintJob | None = None,
    position: int | None = None,
) -> Label:
    """Put the next copy on file, queued. A second print needs its own right and a reason."""
    prints = _prints(tx, code)
    is_again = any(state is not LabelState.REFUSED for state in prints.values())
    tx.permit(actor, Action.REPRINT_LABEL if is_again else Action.PRINT_LABEL)
    number = max(prints, default=0) + 1
    reason = _why_again(tx, why, number, is_again=is_again)
    content = content_to_print(tx.session, THINGS[code.kind][0], row, number)
    spec = content.spec()
    label = Label(
        course_id=course_of(tx, row),
        patient_id=row.patient_id,
        thing=content.thing,
        code=spec.code,
        print_number=number,
        bag_id=row.id if isinstance(row, Bag) else None,
        product_lot_id=row.product_lot_id if isinstance(row, Bag) else None,
        culture_id=culture_of(row),
        collection_id=row.id if isinstance(row, Collection) else None,
        print_job_id=None if job is None else job.id,
        position=position,
        state=LabelState.QUEUED,
        template=f"{spec.kind.value} {spec.template_version}",
        payload=with_print_number(spec.code, number),
        content=content.model_dump_json(exclude_none=True),
        reason=reason,
        requested_at=tx.now,
        requested_by_id=actor.user_id,
    )
    tx.session.add(label)
    tx.session.flush()
    return label


def course_of(tx: Transaction, row: Labelled) -> int:
    """The course whose record holds the label; a wristband's is the patient's newest."""
    if not isinstance(row, Wristband):
        return row.course_id
    newest = select(Course.id).where(Course.patient_id == row.patient_id).order_by(Course.number.desc()).limit(1)
    return tx.session.execute(newest).scalar_one()


def culture_of(row: Labelled) -> int | None:
    """The culture whose batch record counts the label."""
    return row.culture_id if isinstance(row, Plate | Sample | Vessel) else None


def _prints(tx: Transaction, code: OwnCode) -> dict[int, LabelState]:
    """The prints so far and their states; refused while one is on its way."""
    look = select(Label.print_number, Label.state).where(Label.code == code.code).order_by(Label.print_number)
    prints = {row.print_number: row.state for row in tx.session.execute(look)}
    still = [number for number, state in prints.items() if state in ON_THE_WAY]
    if still:
        raise Duplicate(
            "label_on_the_way",
            f"Print {still[0]} of {code.text} is still on its way. Scan it back, or record it as spoiled first.",
        )
    return prints


def _why_again(tx: Transaction, why: str | None, number: int, *, is_again: bool) -> str | None:
    """A reprint's reason. A print after refused ones only is no reprint: none of them left."""
    if not is_again:
        return None if number == 1 else f"Print {number - 1} was refused and never left"
    reason = require_reason(why, "A reprint needs a reason.")
    tx.because("reprint", reason)
    return reason
