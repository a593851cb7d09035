"""Building blocks of the 101.6 mm square labels: four quadrants over the statements. No label by itself."""

from __future__ import annotations

from typing import Final

from app.domain.labels.content.parts import (
    Print,
    Recipient,
    band,
    code_line,
    code_text,
    linear,
    matrix,
    one_line,
    recipient_name,
    shown_date,
    template,
)
from app.domain.labels.content.setting import chosen, flowed, hazards, notices
from app.domain.labels.spec import (
    LEAST_STATEMENT_MM,
    LEAST_TEXT_MM,
    Align,
    Area,
    Item,
    LabelKind,
    Line,
    Text,
    Weight,
)
from app.domain.labels.statements import Statement

SIZE_MM: Final = (101.6, 101.6)
LEFT_MM: Final = 3.5
RIGHT_MM: Final = 52.5
COLUMN_MM: Final = 45.5

_BOTTOM_MM: Final = 98.0
_MIDDLE_MM: Final = 34.0
_LOWER_MM: Final = 64.0
"""Where the lower quadrants and the statements begin, below the top of the upper quadrants."""


def top_of(printed: Print) -> float:
    """Where the upper quadrants begin: under the demo band, where there is one."""
    return 8.6 if printed.is_demo else 2.6


def frame(printed: Print) -> tuple[Item, ...]:
    """The demo band and the rules between the quadrants."""
    y_mm = top_of(printed)
    return (
        *band(printed, Area(1, 1, 99.6, 6)),
        Line("rule under the identity", Area(1, y_mm + 33, 99.6, 0.25)),
        Line("rule between the upper quadrants", Area(50.6, y_mm, 0.25, 32.6)),
        Line("rule between the lower quadrants", Area(50.6, y_mm + 33.6, 0.25, 29.2)),
        Line("rule over the statements", Area(1, y_mm + 63.1, 99.6, 0.25)),
    )


def identity(printed: Print, parent: str | None, part: str) -> tuple[Item, ...]:
    """Upper left: site, linear symbol, code, the code of what it is a part of, and which part it is."""
    y_mm = top_of(printed)
    site = Area(LEFT_MM, y_mm, COLUMN_MM, 5.4)
    parent_box = Area(LEFT_MM, y_mm + 24, COLUMN_MM, 2.6)
    part_box = Area(LEFT_MM, y_mm + 28.2, COLUMN_MM, 3.4)
    return (
        Text("site", site, printed.site_name, 2.8, LEAST_TEXT_MM, most_lines=2),
        linear(printed, LEFT_MM, y_mm + 6.2, 12),
        code_text(printed, Area(LEFT_MM, y_mm + 19.4, COLUMN_MM, 3.4)),
        *([] if parent is None else [code_line("parent code", parent_box, parent)]),
        one_line("part", part_box, part, weight=Weight.BOLD, least_mm=LEAST_STATEMENT_MM),
    )


def status(printed: Print, statements: tuple[Statement, ...]) -> tuple[Item, ...]:
    """Upper right: the square symbol, for whom the cells are, and what is not as it should be."""
    y_mm = top_of(printed)
    for_whom = chosen(statements, "LS-01", "LS-14", "LS-02")
    return (
        matrix(printed, 91, y_mm + 1),
        *flowed(for_whom, Area(RIGHT_MM, y_mm, 36, 17.4), 3.4),
        *notices(chosen(statements, "LS-12", "LS-13"), Area(RIGHT_MM, y_mm + 18, 47.2, 14.4)),
    )


def purpose(text: str) -> Text:
    """Above the foot: what the cells are for, white on black."""
    box = Area(LEFT_MM, _BOTTOM_MM - 11.6, SIZE_MM[0] - 2 * LEFT_MM, 11)
    return Text("purpose", box, text, 5, LEAST_STATEMENT_MM, Weight.BOLD, Align.CENTRE, 2, is_reversed=True)


def product(printed: Print, name: str, facts: tuple[tuple[str, str], ...], storage: str) -> tuple[Item, ...]:
    """Lower left: the product by its proper name, three facts as caption and value, how to store it."""
    y_mm = top_of(printed) + _MIDDLE_MM
    name_box = Area(LEFT_MM, y_mm, COLUMN_MM, 7.8)
    storage_box = Area(LEFT_MM, y_mm + 22.6, COLUMN_MM, 5.2)
    return (
        Text("product name", name_box, name, 3.8, LEAST_STATEMENT_MM, Weight.BOLD, most_lines=2),
        *(row for number, fact in enumerate(facts) for row in _fact(*fact, y_mm + 9.4 + 4 * number)),
        Text("storage", storage_box, storage, 2.6, LEAST_TEXT_MM, most_lines=2, is_at_foot=True),
    )


def use(printed: Print, moment: tuple[str, str, str], recipient: Recipient, course: str) -> tuple[Item, ...]:
    """Lower right: the time that matters (its name, caption and text), the patient, the course."""
    y_mm = top_of(printed) + _MIDDLE_MM
    name, caption, shown = moment
    moment_box = Area(RIGHT_MM, y_mm + 3.2, COLUMN_MM, 4.4)
    number_box = Area(RIGHT_MM, y_mm + 21.8, COLUMN_MM, 3)
    born = f"Born {shown_date(recipient.born_on)}"
    number = f"Hospital No. {recipient.hospital_number}"
    return (
        one_line(f"caption of {name}", Area(RIGHT_MM, y_mm, COLUMN_MM, 2.5), caption),
        one_line(name, moment_box, shown, weight=Weight.BOLD, least_mm=LEAST_STATEMENT_MM),
        recipient_name(recipient, Area(RIGHT_MM, y_mm + 7.8, COLUMN_MM, 10.2), 4.2, lines=3, is_at_foot=True),
        one_line("birth date", Area(RIGHT_MM, y_mm + 18.2, COLUMN_MM, 2.8), born),
        one_line("hospital number", number_box, number, weight=Weight.BOLD),
        code_line("course", Area(RIGHT_MM, y_mm + 25.6, COLUMN_MM, 2.6), course),
    )


def cautions(printed: Print, statements: tuple[Statement, ...], kind: LabelKind, note: str) -> tuple[Item, ...]:
    """The foot: hazards, cautions, the template's version and one note."""
    y_mm = top_of(printed) + _LOWER_MM
    width_mm = SIZE_MM[0] - 2 * LEFT_MM
    warned = hazards(statements, Area(LEFT_MM, y_mm, width_mm, _BOTTOM_MM - y_mm))
    below_mm = max((item.box.bottom_mm for item in warned), default=y_mm) + 0.4
    rest = chosen(statements, "LS-06", "LS-07", "LS-08", "LS-09", "LS-10", "LS-11")
    return (
        *warned,
        *flowed(rest, Area(LEFT_MM, below_mm, width_mm, _BOTTOM_MM - below_mm), 2.7, RIGHT_MM - LEFT_MM),
        template(kind, Area(LEFT_MM, _BOTTOM_MM + 0.2, COLUMN_MM, 2.2), Align.LEFT),
        one_line("note", Area(RIGHT_MM, _BOTTOM_MM + 0.2, COLUMN_MM, 2.2), note, align=Align.RIGHT),
    )


def _fact(caption: str, value: str, y_mm: float) -> tuple[Text, Text]:
    box = Area(LEFT_MM + 19, y_mm, COLUMN_MM - 19, 2.8)
    return (
        one_line(f"caption of {caption}", Area(LEFT_MM, y_mm, 18.6, 2.6), caption),
        one_line(caption, box, value, weight=Weight.BOLD, align=Align.RIGHT),
    )
