"""Labels from request to their thing: drawn, decoded on the server, scanned back, confirmed by two, applied."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.custody.links import move_bag
from app.custody.queries.standing import ON_THE_WAY
from app.db.finding import load
from app.db.models import Bag, Collection, Course, Label, Plate, Sample, Vessel, Wristband
from app.db.transaction import Transaction, command
from app.db.types import in_words
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.errors import Duplicate, Invalid, Mismatch, NearMiss, NotFound
from app.domain.identifiers import display, with_print_number
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.scan import OwnCode, expect
from app.domain.states import LABEL, BagAct, BagState, LabelAct, LabelState, next_state
from app.identity.signing import second_person
from app.labels.content import THINGS, LabelContent, Labelled, content_to_print
from app.labels.press import pdf_of
from app.labels.schemas import ApplyLabel, DestroyLabel, PrintLabel, ScanBack, SpoilLabel


@dataclass(frozen=True, slots=True)
class LabelMoved:
    """One copy of a label and where it stands now."""

    code: str
    print_number: int
    state: LabelState


@command
def print_label(tx: Transaction, actor: Actor, asked: PrintLabel) -> LabelMoved:
    """Draw a label, decode every symbol and find every text in the finished bytes, and only then hand it out.

    What does not hold stays on record as refused, with why; no byte of it leaves.
    """
    code = expect(asked.code, *THINGS, step="print label")
    thing, model = THINGS[code.kind]
    row = load(tx, model, code.code)
    prints = _prints(tx, code)
    is_again = any(state is not LabelState.REFUSED for state in prints.values())
    tx.permit(actor, Action.REPRINT_LABEL if is_again else Action.PRINT_LABEL)
    number = max(prints, default=0) + 1
    reason = _why_again(tx, asked, number, is_again=is_again)
    content = content_to_print(tx.session, thing, row, number)
    label = _queued(tx, actor, row, content, number, reason)
    try:
        label.pdf_sha256 = pdf_of([(content.spec(), content.expected(label.code, number))]).proof.sha256
    except (Invalid, Mismatch) as refusal:
        label.refused_why = refusal.sentence
        return _moved(tx, label, LabelAct.REFUSE)
    return _moved(tx, label, LabelAct.SEND)


@command
def scan_back_label(tx: Transaction, actor: Actor, asked: ScanBack) -> LabelMoved:
    """The copy that came out is scanned: it must be exactly this print of this label."""
    tx.permit(actor, Action.SCAN_BACK_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    _require_this_copy(tx, label, asked.scanned, "scan back")
    label.scanned_back_by_id = actor.user_id
    return _moved(tx, label, LabelAct.SCAN_BACK)


@command
def apply_label(tx: Transaction, actor: Actor, asked: ApplyLabel) -> LabelMoved:
    """A second person confirms the copy, it is scanned on its thing, and older prints become void."""
    tx.permit(actor, Action.APPLY_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    _require_this_copy(tx, label, asked.scanned, "apply label")
    other = second_person(tx, actor, asked, Action.APPLY_LABEL)
    if label.scanned_back_by_id == other.user_id:
        raise Mismatch("verified_by_same", "Who scanned the label back cannot confirm it. Ask a third colleague.")
    label.verified_by_id = other.user_id
    _moved(tx, label, LabelAct.VERIFY)
    _void_older(tx, label)
    label.applied_at = tx.now
    done = _moved(tx, label, LabelAct.APPLY)
    if label.bag_id is not None:
        _label_bag(tx, actor, tx.session.get_one(Bag, label.bag_id), other.user_id)
    return done


@command
def spoil_label(tx: Transaction, actor: Actor, asked: SpoilLabel) -> LabelMoved:
    """A copy that cannot be used."""
    tx.permit(actor, Action.PRINT_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    label.reason = require_reason(asked.reason, "Spoiling a label needs a reason.")
    tx.because("spoiled", label.reason)
    return _moved(tx, label, LabelAct.SPOIL)


@command
def destroy_label(tx: Transaction, actor: Actor, asked: DestroyLabel) -> LabelMoved:
    """A spoiled or void copy is destroyed before a witness."""
    tx.permit(actor, Action.PRINT_LABEL)
    other = second_person(tx, actor, asked, Action.PRINT_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    label.destroyed_with_id = other.user_id
    return _moved(tx, label, LabelAct.DESTROY)


def _queued(
    tx: Transaction, actor: Actor, row: Labelled, content: LabelContent, number: int, reason: str | None
) -> Label:
    spec = content.spec()
    label = Label(
        course_id=_course_of(tx, row),
        patient_id=row.patient_id,
        thing=content.thing,
        code=spec.code,
        print_number=number,
        bag_id=row.id if isinstance(row, Bag) else None,
        product_lot_id=row.product_lot_id if isinstance(row, Bag) else None,
        culture_id=row.culture_id if isinstance(row, Plate | Sample | Vessel) else None,
        collection_id=row.id if isinstance(row, Collection) else None,
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


def _course_of(tx: Transaction, row: Labelled) -> int:
    if not isinstance(row, Wristband):
        return row.course_id
    newest = select(Course.id).where(Course.patient_id == row.patient_id).order_by(Course.number.desc()).limit(1)
    return tx.session.execute(newest).scalar_one()


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


def _why_again(tx: Transaction, asked: PrintLabel, number: int, *, is_again: bool) -> str | None:
    """A reprint's reason. A print after refused ones only is no reprint: none of them left."""
    if not is_again:
        return None if number == 1 else f"Print {number - 1} was refused and never left"
    reason = require_reason(asked.reason, "A reprint needs a reason.")
    tx.because("reprint", reason)
    return reason


def _label(tx: Transaction, code: str, print_number: int) -> Label:
    look = select(Label).where(Label.code == code, Label.print_number == print_number).with_for_update()
    label = tx.session.execute(look).scalar_one_or_none()
    if label is None:
        raise NotFound("no_such_label", f"No print {print_number} of {display(code)} was made. Print it first.")
    return label


def _require_this_copy(tx: Transaction, label: Label, raw: str, step: str) -> None:
    scanned = expect(raw, *THINGS, step=step)
    if (scanned.code, scanned.print_number) == (label.code, label.print_number):
        return
    if scanned.code == label.code and scanned.print_number is None:
        raise Invalid("scan_square_symbol", "That symbol carries no print number. Scan the square symbol.")
    course = tx.session.execute(select(Course.code).where(Course.id == label.course_id)).scalar_one()
    raise Mismatch(
        "another_label",
        f"That is {scanned.text}{'' if scanned.print_number is None else f' print {scanned.print_number}'}, not print"
        f" {label.print_number} of {display(label.code)}. Put it aside and scan the right copy.",
        near_miss=NearMiss("another_label", step, course, scanned=scanned.code),
    )


def _void_older(tx: Transaction, label: Label) -> None:
    older = select(Label).where(
        Label.code == label.code, Label.print_number < label.print_number, Label.state == in_words(LabelState.APPLIED)
    )
    for old in tx.session.execute(older).scalars():
        _moved(tx, old, LabelAct.REPLACE)


def _label_bag(tx: Transaction, actor: Actor, bag: Bag, witness_id: int) -> None:
    if bag.state is BagState.FILLED:
        act = CustodyAct(act=BagAct.LABEL, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id, witness_id=witness_id)
        move_bag(tx, bag, act)


def _moved(tx: Transaction, label: Label, act: LabelAct) -> LabelMoved:
    label.state = next_state(LABEL, label.state, act, f"Label {display(label.code)} print {label.print_number}")
    tx.session.flush()
    return LabelMoved(label.code, label.print_number, label.state)
