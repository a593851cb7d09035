"""What labels of every kind are put together from. Not a label by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.domain.errors import Invalid
from app.domain.identifiers import display, with_print_number
from app.domain.labels.spec import (
    LEAST_IDENTITY_MM,
    LEAST_STATEMENT_MM,
    LEAST_TEXT_MM,
    Align,
    Area,
    Code,
    Item,
    LabelKind,
    LabelSpec,
    Symbology,
    Text,
    Weight,
)
from app.domain.labels.statements import DEMO, claim_in

TEMPLATE_VERSION: Final = 1
"""Version of the templates: they are drawn, looked at and approved together."""

MATRIX_MM: Final = 0.5
SMALL_MATRIX_MM: Final = 0.375
LINEAR_MM: Final = 0.25
"""Module widths wanted."""

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_RECIPIENT_NAME: Final = "recipient name"


@dataclass(frozen=True, slots=True)
class Print:
    """One print of the label of one object, and where it is made."""

    code: str
    print_number: int
    site_name: str
    is_demo: bool

    @property
    def site(self) -> str:
        """The three characters of the site."""
        return self.code[2:5]

    @property
    def text(self) -> str:
        """The code as people read it, with the print number."""
        return display(with_print_number(self.code, self.print_number))


@dataclass(frozen=True, slots=True)
class Recipient:
    """The patient the cells come from and go back to; `name` as screens show it, `HALVORSEN, Ingrid`."""

    name: str
    born_on: date
    hospital_number: str


def shown_date(day: date) -> str:
    """`14 MAR 1951`: the month in letters, whatever the language of the machine."""
    return f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year}"


def shown_moment(at: datetime) -> str:
    """`23 NOV 2026 16:30`, in the zone the time is given in."""
    return f"{shown_date(at)} {at.hour:02d}:{at.minute:02d}"


def shown_zone(at: datetime) -> str:
    """`EST`, or `UTC+03:00` where the zone has no name. Refuses a time without a zone."""
    zone = at.tzname()
    if zone is None:
        raise Invalid("time_without_zone", "A time on a label needs its zone. Give the time with its zone.")
    return zone


def band(printed: Print, box: Area, lines: int = 1) -> tuple[Text, ...]:
    """The demo statement in white on black; nothing outside demo data."""
    if not printed.is_demo:
        return ()
    size_mm = max(LEAST_STATEMENT_MM, box.height_mm * 0.8 / lines)
    text = Text(
        name="demo band",
        box=box,
        text=DEMO,
        size_mm=size_mm,
        least_size_mm=LEAST_STATEMENT_MM,
        weight=Weight.BOLD,
        align=Align.CENTRE,
        most_lines=lines,
        is_reversed=True,
    )
    return (text,)


def matrix(printed: Print, x_mm: float, y_mm: float, module_mm: float = MATRIX_MM) -> Code:
    """The square symbol: code and print number. 16 modules and a quiet zone of 2 on each side."""
    payload = with_print_number(printed.code, printed.print_number)
    return Code("square symbol", Symbology.DATA_MATRIX, x_mm, y_mm, module_mm, payload)


def linear(printed: Print, x_mm: float, y_mm: float, height_mm: float) -> Code:
    """The linear symbol, code only: 41.75 mm wide at most, quiet zones of 2.5 mm left and right."""
    return Code("linear symbol", Symbology.CODE_128, x_mm, y_mm, LINEAR_MM, printed.code, height_mm)


def code_text(printed: Print, box: Area, least_mm: float = LEAST_IDENTITY_MM) -> Text:
    """The code as text, check character and print number included."""
    size_mm = max(least_mm, box.height_mm)
    return Text("code", box, printed.text, size_mm, least_mm, Weight.BOLD, is_identity=True)


def recipient_name(
    recipient: Recipient,
    box: Area,
    size_mm: float,
    *,
    least_mm: float = LEAST_IDENTITY_MM,
    lines: int = 2,
    is_at_foot: bool = False,
) -> Text:
    """The patient's name, on several lines where it must."""
    return Text(
        name=_RECIPIENT_NAME,
        box=box,
        text=recipient.name,
        size_mm=size_mm,
        least_size_mm=least_mm,
        weight=Weight.BOLD,
        most_lines=lines,
        is_at_foot=is_at_foot,
    )


def one_line(
    name: str,
    box: Area,
    text: str,
    *,
    align: Align = Align.LEFT,
    weight: Weight = Weight.REGULAR,
    least_mm: float = LEAST_TEXT_MM,
) -> Text:
    """One line as large as its box is high, or smaller where its words are many."""
    return Text(name, box, text, max(least_mm, box.height_mm), least_mm, weight, align)


def code_line(name: str, box: Area, text: str, *, align: Align = Align.LEFT) -> Text:
    """The code of another object, smaller than the label's own."""
    return Text(name, box, text, max(LEAST_TEXT_MM, box.height_mm), LEAST_TEXT_MM, align=align, is_identity=True)


def template(kind: LabelKind, box: Area, align: Align = Align.RIGHT) -> Text:
    """`vessel 1`: which template in which version drew the label."""
    return one_line("template", box, f"{kind.words} {TEMPLATE_VERSION}", align=align)


def label(kind: LabelKind, printed: Print, size_mm: tuple[float, float], items: tuple[Item, ...]) -> LabelSpec:
    """The finished label of a thing of the laboratory."""
    return LabelSpec(kind, printed.code, printed.print_number, *size_mm, items, TEMPLATE_VERSION)


def product_label(kind: LabelKind, printed: Print, size_mm: tuple[float, float], items: tuple[Item, ...]) -> LabelSpec:
    """The finished label of a patient's material. Refuses words that claim an effect (LS-16)."""
    for item in items:
        if isinstance(item, Text) and item.name != _RECIPIENT_NAME and (claim := claim_in(item.text)):
            raise Invalid(
                "label_claims_effect",
                f"The {item.name} says “{claim}”: no label may claim that a product is safe or works.",
            )
    return label(kind, printed, size_mm, items)
