"""What stands on the box cells travel in. No patient: whoever carries it needs no name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.labels.content.parts import (
    Print,
    band,
    code_text,
    linear,
    matrix,
    one_line,
    product_label,
    shown_moment,
    shown_zone,
    template,
)
from app.domain.labels.content.setting import chosen, flowed, hazards, notices
from app.domain.labels.spec import (
    LEAST_IDENTITY_MM,
    LEAST_STATEMENT_MM,
    Align,
    Area,
    Item,
    LabelKind,
    LabelSpec,
    Line,
    Text,
    Weight,
)
from app.domain.labels.statements import Statement

BOX_MM: Final = (101.6, 152.4)

_LEFT_MM: Final = 4.0
_WIDTH_MM: Final = 93.6
_MATRIX_MM: Final = 1.0
"""Twice the module of a bag: it is read from the side of a trolley."""


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """One shipping box: from whom to whom, what and how many bags, how warm, whom to ask when it is late."""

    printed: Print
    sender: str
    receiver: str
    contents: str
    bags: int
    temperature: str
    packed_at: datetime
    contact: str


def box_label(facts: BoxFacts, statements: tuple[Statement, ...]) -> LabelSpec:
    """The label outside on a shipping box, with every statement of its stage."""
    printed = facts.printed
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 99.6, 6)),
        *_identity(facts, 9),
        Line("rule under the identity", Area(1, 42, 99.6, 0.4)),
        *_party("from", facts.sender, Area(_LEFT_MM, 44, _WIDTH_MM, 12.4), 3.4),
        *_party("to", facts.receiver, Area(_LEFT_MM, 60, _WIDTH_MM, 19), 5.4),
        Line("rule under the address", Area(1, 82, 99.6, 0.4)),
        *_contents(facts, 84),
        Line("rule over the statements", Area(1, 115, 99.6, 0.4)),
        *_statements(statements, 117),
        template(LabelKind.SHIPPING_BOX, Area(_LEFT_MM + 60, 148.4, _WIDTH_MM - 60, 2.4)),
    )
    return product_label(LabelKind.SHIPPING_BOX, printed, BOX_MM, items)


def _identity(facts: BoxFacts, y_mm: float) -> tuple[Item, ...]:
    printed = facts.printed
    return (
        Text("site", Area(_LEFT_MM, y_mm, 70, 6), printed.site_name, 3.4, LEAST_STATEMENT_MM, most_lines=2),
        linear(printed, _LEFT_MM + 2.5, y_mm + 8, 14),
        matrix(printed, 79.6, y_mm + 2, _MATRIX_MM),
        code_text(printed, Area(_LEFT_MM, y_mm + 25, _WIDTH_MM, 5.4), LEAST_IDENTITY_MM),
    )


def _party(name: str, words: str, box: Area, size_mm: float) -> tuple[Item, ...]:
    caption = Area(box.x_mm, box.y_mm, 14, 2.8)
    beside = Area(box.x_mm + 14, box.y_mm, box.width_mm - 14, box.height_mm)
    return (
        one_line(f"caption of {name}", caption, name.capitalize()),
        Text(name, beside, words, size_mm, LEAST_STATEMENT_MM, Weight.BOLD, most_lines=3),
    )


def _contents(facts: BoxFacts, y_mm: float) -> tuple[Item, ...]:
    count = f"{facts.bags} bag" if facts.bags == 1 else f"{facts.bags} bags"
    packed = f"Packed {shown_moment(facts.packed_at)} ({shown_zone(facts.packed_at)})"
    contents = Area(_LEFT_MM, y_mm, 66, 9)
    temperature = Area(_LEFT_MM, y_mm + 10.6, _WIDTH_MM, 6.4)
    contact = Area(_LEFT_MM, y_mm + 23.2, _WIDTH_MM, 6.6)
    return (
        Text("contents", contents, facts.contents, 4, LEAST_STATEMENT_MM, Weight.BOLD, most_lines=2),
        one_line("count", Area(_LEFT_MM + 70, y_mm, 23.6, 7), count, weight=Weight.BOLD, align=Align.RIGHT),
        Text("temperature", temperature, facts.temperature, 6, LEAST_STATEMENT_MM, Weight.BOLD),
        one_line("packed", Area(_LEFT_MM, y_mm + 18.6, _WIDTH_MM, 3.4), packed),
        Text("contact", contact, facts.contact, 3.4, LEAST_STATEMENT_MM, most_lines=2),
    )


def _statements(statements: tuple[Statement, ...], y_mm: float) -> tuple[Item, ...]:
    warned = hazards(statements, Area(_LEFT_MM, y_mm, _WIDTH_MM, 14))
    below_mm = max((item.box.bottom_mm for item in warned), default=y_mm) + 1
    research = chosen(statements, "LS-14")
    noted = notices(research, Area(_LEFT_MM, below_mm, _WIDTH_MM, 8))
    below_mm += 8 * len(research)
    room = Area(_LEFT_MM, below_mm, _WIDTH_MM, 148 - below_mm)
    return (*warned, *noted, *flowed(chosen(statements, "LS-09"), room, 5))
