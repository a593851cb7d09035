"""Building blocks of the 101.6 mm square labels: four quadrants over the statements. No label by itself."""

from __future__ import annotations

from typing import Final

from app.domain.labels.content.parts import (
    Print,
    Recipient,
    band,
    code_text,
    linear,
    matrix,
    recipient_name,
    shown_date,
    small,
    template,
)
from app.domain.labels.content.setting import chosen, flowed, hazards
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


def identity(printed: Print, parent: str, part: str) -> tuple[Item, ...]:
    """Upper left: site, linear symbol, code, the code of what it came from, and which part it is."""
    y_mm = top_of(printed)
    return (
        Text(
            "site", Area(LEFT_MM, y_mm, COLUMN_MM, 5.4), printed.site_name, 2.8, LEAST_TEXT_MM, most_lines=2
        ),
        linear(printed, LEFT_MM, y_mm + 6.2, 12),
        code_text(printed, Area(LEFT_MM, y_mm + 19.2, COLUMN_MM, 3.4), 3.4),
        Text(
            "parent code",
            Area(LEFT_MM, y_mm + 24, COLUMN_MM, 2.6),
            parent,
            2.6,
            LEAST_TEXT_MM,
            is_identity=True,
        ),
        Text("part", Area(LEFT_MM, y_mm + 28.2, COLUMN_MM, 3.4), part, 3.4, LEAST_STATEMENT_MM, Weight.BOLD),
    )


def status(printed: Print, statements: tuple[Statement, ...]) -> tuple[Item, ...]:
    """Upper right: the square symbol, for whom the cells are, and what is not as it should be."""
    y_mm = top_of(printed)
    for_whom = chosen(statements, "LS-01", "LS-14", "LS-02")
    notices = chosen(statements, "LS-12", "LS-13")
    return (
        matrix(printed, 91, y_mm + 1),
        *flowed(for_whom, Area(RIGHT_MM, y_mm, 36, 17.4), 3.4),
        *flowed(notices, Area(RIGHT_MM, y_mm + 17.6, 47.2, 15), 2.8, is_reversed=True),
    )


def product(printed: Print, name: str, facts: tuple[tuple[str, str], ...], last: str) -> tuple[Item, ...]:
    """Lower left: the product by its proper name, up to four facts as caption and value, and one sentence."""
    y_mm = top_of(printed) + _MIDDLE_MM
    box = Area(LEFT_MM, y_mm, COLUMN_MM, 7.6)
    rows = (row for number, fact in enumerate(facts) for row in _fact(*fact, y_mm + 8.6 + 3.8 * number))
    return (
        Text("product name", box, name, 3.8, LEAST_STATEMENT_MM, Weight.BOLD, most_lines=2),
        *rows,
        Text("storage", Area(LEFT_MM, y_mm + 24, COLUMN_MM, 4.8), last, 2.5, LEAST_TEXT_MM, most_lines=2),
    )


def recipient_block(printed: Print, recipient: Recipient, course: str) -> tuple[Item, ...]:
    """Lower right, under the nine millimetres of the time that matters: the patient and the course."""
    y_mm = top_of(printed) + _MIDDLE_MM + 9
    born = f"Born {shown_date(recipient.born_on)}"
    number = f"Hospital No. {recipient.hospital_number}"
    return (
        recipient_name(recipient, Area(RIGHT_MM, y_mm, COLUMN_MM, 8.2), 4.2),
        Text("birth date", Area(RIGHT_MM, y_mm + 9, COLUMN_MM, 2.8), born, 2.8, LEAST_TEXT_MM),
        Text("hospital number", Area(RIGHT_MM, y_mm + 12.6, COLUMN_MM, 2.8), number, 2.8, 1.8, Weight.BOLD),
        Text(
            "course",
            Area(RIGHT_MM, y_mm + 16.4, COLUMN_MM, 2.6),
            course,
            2.6,
            LEAST_TEXT_MM,
            is_identity=True,
        ),
    )


def moment_that_matters(printed: Print, name: str, caption: str, moment: str) -> tuple[Item, ...]:
    """The expiry, or the end of the collection, above the patient."""
    y_mm = top_of(printed) + _MIDDLE_MM
    value = Area(RIGHT_MM, y_mm + 3.2, COLUMN_MM, 4.4)
    return (
        Text(f"caption of {name}", Area(RIGHT_MM, y_mm, COLUMN_MM, 2.6), caption, 2.5, LEAST_STATEMENT_MM),
        Text(name, value, moment, 4.4, LEAST_STATEMENT_MM, Weight.BOLD),
    )


def cautions(
    printed: Print, statements: tuple[Statement, ...], kind: LabelKind, note: str
) -> tuple[Item, ...]:
    """The foot: hazards, cautions, the template's version and one note."""
    y_mm = top_of(printed) + _LOWER_MM
    width_mm = SIZE_MM[0] - 2 * LEFT_MM
    warned = hazards(statements, Area(LEFT_MM, y_mm, width_mm, _BOTTOM_MM - y_mm))
    below_mm = max((item.box.bottom_mm for item in warned), default=y_mm) + 0.4
    rest = chosen(statements, "LS-06", "LS-07", "LS-08", "LS-09", "LS-10", "LS-11")
    return (
        *warned,
        *flowed(rest, Area(LEFT_MM, below_mm, width_mm, _BOTTOM_MM - below_mm), 2.7),
        template(kind, Area(LEFT_MM, _BOTTOM_MM + 0.2, COLUMN_MM, 2.2), Align.LEFT),
        small("note", Area(RIGHT_MM, _BOTTOM_MM + 0.2, COLUMN_MM, 2.2), note, Align.RIGHT),
    )


def _fact(caption: str, value: str, y_mm: float) -> tuple[Text, Text]:
    box = Area(LEFT_MM + 19.5, y_mm, COLUMN_MM - 19.5, 2.6)
    return (
        Text(f"caption {caption}", Area(LEFT_MM, y_mm, 19, 2.6), caption, 2.5, LEAST_TEXT_MM),
        Text(caption, box, value, 2.6, LEAST_TEXT_MM, Weight.BOLD, Align.RIGHT),
    )
