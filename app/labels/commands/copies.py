"""Labels from request to their thing: drawn, decoded on the server, scanned back, confirmed by two, applied."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.custody.links import move_bag
from app.db.models import Bag, Course, Label
from app.db.transaction import Transaction, command
from app.db.types import in_words
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.errors import Invalid, Mismatch, NearMiss, NotFound, WrongState
from app.domain.identifiers import display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import LABEL, BagAct, BagState, LabelAct, LabelState, next_state
from app.domain.vocabulary import SpoilReason
from app.identity.queries.scanning import expect_here
from app.identity.signing import second_person
from app.labels.commands.queueing import queue_label, thing_of
from app.labels.content import THINGS, LabelContent
from app.labels.press import pdf_of
from app.labels.queries.paper import HANDED_OUT, paper_of
from app.labels.schemas import ApplyLabel, DestroyLabel, HandOutLabel, PrintLabel, ScanBack, SpoilLabel


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
    label = queue_label(tx, actor, *thing_of(tx, asked.code), asked.reason)
    content = LabelContent.model_validate_json(label.content)
    try:
        proof = pdf_of([(content.spec(), content.expected(label.code, label.print_number))]).proof
    except (Invalid, Mismatch) as refusal:
        label.refused_why = refusal.sentence
        return move_label(tx, label, LabelAct.REFUSE)
    label.pdf_sha256, label.proven_with = proof.sha256, proof.made_with
    return move_label(tx, label, LabelAct.SEND)


@command
def hand_out_label(tx: Transaction, actor: Actor, asked: HandOutLabel) -> LabelMoved:
    """Let a copy be downloaded, once: the download is the sending. Whoever needs it again asks for a reprint."""
    tx.permit(actor, Action.PRINT_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    if label.handed_out_at is not None:
        raise WrongState("handed_out_already", HANDED_OUT.format(label.print_number, display(label.code)))
    paper_of(tx.session.connection(), asked)  # what does not hold is not handed out, and stays to be
    label.handed_out_at = tx.now
    return LabelMoved(label.code, label.print_number, label.state)


@command
def scan_back_label(tx: Transaction, actor: Actor, asked: ScanBack) -> LabelMoved:
    """The copy that came out is scanned: it must be exactly this print of this label."""
    tx.permit(actor, Action.SCAN_BACK_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    require_this_copy(tx, label, asked.scanned, "scan back")
    label.scanned_back_by_id = actor.user_id
    return move_label(tx, label, LabelAct.SCAN_BACK)


@command
def apply_label(tx: Transaction, actor: Actor, asked: ApplyLabel) -> LabelMoved:
    """A second person confirms the copy, it is scanned on its thing, and older prints become void."""
    tx.permit(actor, Action.APPLY_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    require_this_copy(tx, label, asked.scanned, "apply label")
    other = second_person(tx, actor, asked, Action.APPLY_LABEL)
    done = confirm_applied(tx, label, other)
    if label.bag_id is not None:
        _label_bag(tx, actor, tx.session.get_one(Bag, label.bag_id), other.user_id)
    return done


@command
def spoil_label(tx: Transaction, actor: Actor, asked: SpoilLabel) -> LabelMoved:
    """A copy that cannot be used."""
    tx.permit(actor, Action.PRINT_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    label.spoiled_as = asked.spoiled_as
    if asked.spoiled_as is SpoilReason.OTHER:
        label.reason = require_reason(asked.reason, "Spoiling a label needs a reason.")
    elif asked.reason is not None:
        label.reason = asked.reason
    tx.because(f"spoiled_{asked.spoiled_as.value}", asked.reason)
    return move_label(tx, label, LabelAct.SPOIL)


@command
def destroy_label(tx: Transaction, actor: Actor, asked: DestroyLabel) -> LabelMoved:
    """A spoiled or void copy is destroyed before a witness."""
    tx.permit(actor, Action.PRINT_LABEL)
    other = second_person(tx, actor, asked, Action.PRINT_LABEL)
    label = _label(tx, asked.code, asked.print_number)
    label.destroyed_with_id = other.user_id
    return move_label(tx, label, LabelAct.DESTROY)


def confirm_applied(tx: Transaction, label: Label, other: Actor) -> LabelMoved:
    """The copy is on its thing and `other` confirmed it: older prints are void. Not who scanned it back."""
    if label.scanned_back_by_id == other.user_id:
        raise Mismatch("verified_by_same", "Who scanned the label back cannot confirm it. Ask a third colleague.")
    label.verified_by_id = other.user_id
    move_label(tx, label, LabelAct.VERIFY)
    _void_older(tx, label)
    label.applied_at = tx.now
    return move_label(tx, label, LabelAct.APPLY)


def _label(tx: Transaction, code: str, print_number: int) -> Label:
    look = select(Label).where(Label.code == code, Label.print_number == print_number).with_for_update()
    label = tx.session.execute(look).scalar_one_or_none()
    if label is None:
        raise NotFound("no_such_label", f"No print {print_number} of {display(code)} was made. Print it first.")
    return label


def require_this_copy(tx: Transaction, label: Label, raw: str, step: str) -> None:
    """Refuse any scan but the square symbol of this very print. A neighbour of the same job is another label too."""
    scanned = expect_here(tx, raw, *THINGS, step=step)
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
        move_label(tx, old, LabelAct.REPLACE)


def _label_bag(tx: Transaction, actor: Actor, bag: Bag, witness_id: int) -> None:
    if bag.state is BagState.FILLED:
        act = CustodyAct(act=BagAct.LABEL, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id, witness_id=witness_id)
        move_bag(tx, bag, act, tx.reading.of_field("scanned"))


def move_label(tx: Transaction, label: Label, act: LabelAct) -> LabelMoved:
    """Move a copy by an act of the table, or refuse."""
    label.state = next_state(LABEL, label.state, act, f"Label {display(label.code)} print {label.print_number}")
    tx.session.flush()
    return LabelMoved(label.code, label.print_number, label.state)
