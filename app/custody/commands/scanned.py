"""What every step with a bag shares: the bag that was scanned, its label's newest print, and the link it writes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.custody.links import move_bag
from app.custody.queries.standing import ON_THE_WAY
from app.db.finding import load
from app.db.models import Bag, Course, Label
from app.db.transaction import Transaction
from app.domain.custody import CustodyAct
from app.domain.errors import Invalid, Mismatch, NearMiss, WrongState
from app.domain.identifiers import Kind, display
from app.domain.scan import OwnCode
from app.domain.states import BagState, LabelState
from app.identity.queries.scanning import expect_here


@dataclass(frozen=True, slots=True)
class BagMoved:
    """Where a bag is now: its code, its state, and the number of its last link."""

    bag_code: str
    state: BagState
    seq: int


def scanned_bag(tx: Transaction, raw: str, step: str, wanted: str | None = None) -> Bag:
    """The bag that was scanned, locked. A voided label is refused by name, and another bag than the one wanted."""
    code = expect_here(tx, raw, Kind.BAG, step=step)
    bag = load(tx, Bag, code.code)
    if wanted is not None and bag.code != wanted:
        raise Mismatch(
            "another_bag",
            f"That is bag {code.text}, not {display(wanted)}. Put it aside and scan the bag of this page.",
            near_miss=NearMiss("another_bag", step, course_code_of(tx, bag), wanted, code.code),
            field="bag",
        )
    require_current_label(tx, bag, code, step)
    return bag


def require_current_label(tx: Transaction, bag: Bag, code: OwnCode, step: str) -> None:
    """Refuse a scan of an older print; a linear scan carries no print number and only serves a single print."""
    prints = tx.session.execute(
        select(Label.print_number, Label.state).where(Label.bag_id == bag.id).order_by(Label.print_number)
    ).all()
    if code.print_number is None:
        if len(prints) > 1:
            raise Invalid("scan_square_symbol", "This bag's label was printed again. Scan the square symbol.")
        return
    applied = [row.print_number for row in prints if row.state is LabelState.APPLIED]
    good = applied or [row.print_number for row in prints if row.state in ON_THE_WAY]
    if code.print_number in good:
        return
    current = f"print {applied[0]} is the current one" if applied else "no print of it is applied"
    raise WrongState(
        "void_label",
        f"This label of bag {display(bag.code)} is void: {current}. Stop and call the laboratory.",
        near_miss=NearMiss("void_label", step, course_code_of(tx, bag), bag.code, code.code),
    )


def moved(tx: Transaction, bag: Bag, act: CustodyAct) -> BagMoved:
    """Write the link of a scanned bag and answer where it is now."""
    event = move_bag(tx, bag, act, tx.reading.of_field("bag"))
    return BagMoved(bag.code, event.bag_state, event.seq)


def course_code_of(tx: Transaction, bag: Bag) -> str:
    """The course of a bag, for the near miss of a refusal."""
    return tx.session.execute(select(Course.code).where(Course.id == bag.course_id)).scalar_one()
