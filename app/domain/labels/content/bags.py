"""What stands on the labels of bags: collected cells, the product's full label, the partial label."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.identifiers import display
from app.domain.labels.content import square
from app.domain.labels.content.parts import (
    Print,
    Recipient,
    band,
    code_text,
    linear,
    matrix,
    one_line,
    product_label,
    recipient_name,
    shown_moment,
    shown_zone,
    template,
)
from app.domain.labels.spec import (
    Align,
    Area,
    Item,
    LabelKind,
    LabelSpec,
    Weight,
)
from app.domain.labels.statements import Statement

PARTIAL_MM: Final = (50.8, 25.4)
FOR_MANUFACTURE: Final = "CELLS FOR MANUFACTURE, NOT FOR INFUSION"

_SUPERSCRIPT: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class BagFacts:
    """One bag of a product lot. Times carry the zone they are printed in; `storage` is a sentence."""

    printed: Print
    recipient: Recipient
    course_code: str
    lot_code: str
    bag_number: int
    bags: int
    product_name: str
    viable_cells: int
    volume_ml: int
    storage: str
    filled_at: datetime
    expires_at: datetime
    protocol: str


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """One bag of collected cells; `anticoagulant` with its amount, `facility` where they were collected."""

    printed: Print
    recipient: Recipient
    course_code: str
    product_name: str
    volume_ml: int
    anticoagulant: str
    facility: str
    storage: str
    ended_at: datetime


def bag_label(facts: BagFacts, statements: tuple[Statement, ...]) -> LabelSpec:
    """The full label of a product bag with every statement of its stage, the attached ones included.

    House rule: no tag hangs on a bag, for it can hang on the wrong one; what does not fit is refused.
    """
    printed = facts.printed
    rows = (
        ("Viable cells", shown_cells(facts.viable_cells)),
        ("Volume", f"{facts.volume_ml} mL"),
        (f"Filled ({shown_zone(facts.filled_at)})", shown_moment(facts.filled_at)),
    )
    expires = f"Expires, local time ({shown_zone(facts.expires_at)})"
    moment = ("expiry", expires, shown_moment(facts.expires_at))
    items = (
        *square.frame(printed),
        *square.identity(printed, f"Lot {display(facts.lot_code)}", _part(facts)),
        *square.status(printed, statements),
        *square.product(printed, facts.product_name, rows, facts.storage),
        *square.use(printed, moment, facts.recipient, display(facts.course_code)),
        *square.cautions(printed, statements, LabelKind.BAG, facts.protocol),
    )
    return product_label(LabelKind.BAG, printed, square.SIZE_MM, items)


def collection_label(facts: CollectionFacts, statements: tuple[Statement, ...]) -> LabelSpec:
    """The label of a bag of collected cells, at the end of the collection."""
    printed = facts.printed
    rows = (
        ("Volume, about", f"{facts.volume_ml} mL"),
        ("Anticoagulant", facts.anticoagulant),
        ("Collected at", facts.facility),
    )
    ended = f"Collected, local time ({shown_zone(facts.ended_at)})"
    moment = ("end of collection", ended, shown_moment(facts.ended_at))
    items = (
        *square.frame(printed),
        *square.identity(printed, None, "Collection"),
        *square.status(printed, statements),
        square.purpose(FOR_MANUFACTURE),
        *square.product(printed, facts.product_name, rows, facts.storage),
        *square.use(printed, moment, facts.recipient, display(facts.course_code)),
        *square.cautions(printed, statements, LabelKind.COLLECTION_BAG, printed.site),
    )
    return product_label(LabelKind.COLLECTION_BAG, printed, square.SIZE_MM, items)


def partial_bag_label(facts: BagFacts) -> LabelSpec:
    """The label of a bag too small for the full one: its identity; all else goes with the bag."""
    printed, recipient = facts.printed, facts.recipient
    y_mm, beside_mm = (3.75, 10.25) if printed.is_demo else (1.5, 8.8)
    part_box = Area(25.4, beside_mm + 8.6, 14, 1.8)
    number = f"Hospital No. {recipient.hospital_number}"
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 48.8, 2.6)),
        linear(printed, 4.5, y_mm, 6.3),
        matrix(printed, 40.75, beside_mm + 1),
        recipient_name(recipient, Area(1.2, beside_mm, 38.4, 6.4), 3.4),
        one_line("hospital number", Area(1.2, beside_mm + 6.8, 38.2, 1.8), number),
        one_line("product name", Area(1.2, beside_mm + 8.6, 24, 1.8), facts.product_name),
        one_line("part", part_box, _part(facts), weight=Weight.BOLD, align=Align.RIGHT),
        code_text(printed, Area(1.2, beside_mm + 10.8, 40.2, 3)),
        template(LabelKind.PARTIAL_BAG, Area(41.4, beside_mm + 11.4, 8.2, 1.9)),
    )
    return product_label(LabelKind.PARTIAL_BAG, printed, PARTIAL_MM, items)


def shown_cells(viable_cells: int) -> str:
    """`2.08 × 10¹⁰`: three digits, rounded."""
    mantissa, exponent = f"{viable_cells:.2e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _part(facts: BagFacts) -> str:
    return f"Bag {facts.bag_number} of {facts.bags}"
