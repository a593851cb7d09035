"""What stands on the labels of persons: the patient's wristband and chart sticker, the badge of the staff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from app.domain.errors import Invalid
from app.domain.identifiers import Kind
from app.domain.labels.content.parts import (
    Print,
    Recipient,
    band,
    code_text,
    label,
    matrix,
    one_line,
    recipient_name,
    shown_date,
    template,
)
from app.domain.labels.spec import (
    LEAST_IDENTITY_MM,
    LEAST_STATEMENT_MM,
    LEAST_TEXT_MM,
    Align,
    Area,
    Item,
    LabelKind,
    LabelSpec,
    Text,
    Weight,
)

WRISTBAND_MM: Final = (100.0, 25.4)
STICKER_MM: Final = (50.8, 25.4)
BADGE_MM: Final = (85.6, 54.0)


@dataclass(frozen=True, slots=True)
class WristbandFacts:
    """The wristband of one patient."""

    printed: Print
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class StickerFacts:
    """A sticker for the chart or a sheet of one patient: the code of the sheet, never that of a wristband."""

    printed: Print
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """The badge of one member of staff. It identifies and never authenticates."""

    printed: Print
    name: str
    role: str


def wristband_label(facts: WristbandFacts) -> LabelSpec:
    """The printed zone of a wristband: the square symbol three times, so that one always faces the reader."""
    printed, recipient = facts.printed, facts.recipient
    number_box = Area(56.4, 16.8, 31.8, 3.6)
    born = shown_date(recipient.born_on)
    site = one_line("site", Area(2.2, 1.4, 95, 2.4), printed.site_name)
    items: tuple[Item, ...] = (
        *(band(printed, Area(1, 1, 98, 2.8)) or (site,)),
        recipient_name(recipient, Area(2.2, 4.1, 95, 6.4), 5.4),
        code_text(printed, Area(2.2, 10.5, 95, 3.4)),
        *(matrix(printed, x_mm, 15.25) for x_mm in (2.25, 46, 89.5)),
        one_line("caption of birth date", Area(12.4, 14.4, 32, 2.1), "Born"),
        one_line("birth date", Area(12.4, 16.8, 32, 3.6), born, weight=Weight.BOLD),
        one_line("caption of hospital number", Area(56.4, 14.4, 31.8, 2.1), "Hospital No."),
        one_line("hospital number", number_box, recipient.hospital_number, weight=Weight.BOLD),
        template(LabelKind.WRISTBAND, Area(56.4, 22, 31.8, 2.0)),
    )
    return label(LabelKind.WRISTBAND, printed, WRISTBAND_MM, items)


def sticker_label(facts: StickerFacts) -> LabelSpec:
    """The sticker for a chart or a sheet. It says that it is no wristband: paper does not follow the patient."""
    printed, recipient = facts.printed, facts.recipient
    if printed.code.startswith(Kind.WRISTBAND):
        raise Invalid("sticker_of_wristband", f"{printed.text} is a wristband's. A sticker has a code of its own.")
    y_mm = 3.6 if printed.is_demo else 2.3
    born = f"Born {shown_date(recipient.born_on)}"
    number = f"Hospital No. {recipient.hospital_number}"
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 48.8, 2.4)),
        matrix(printed, 40.75, y_mm + 1),
        recipient_name(recipient, Area(1.2, y_mm, 38.2, 6.6), 3.6, least_mm=LEAST_STATEMENT_MM),
        one_line("birth date", Area(1.2, y_mm + 6.9, 38.2, 2.3), born, weight=Weight.BOLD),
        one_line("hospital number", Area(1.2, y_mm + 9.4, 38.2, 2.3), number, weight=Weight.BOLD),
        replace(
            one_line("warning", Area(1.2, y_mm + 12, 38.2, 2.9), "NOT A WRISTBAND", weight=Weight.BOLD),
            size_mm=LEAST_STATEMENT_MM,
            least_size_mm=LEAST_STATEMENT_MM,
            align=Align.CENTRE,
            is_reversed=True,
        ),
        code_text(printed, Area(1.2, y_mm + 15.3, 48.4, 3)),
        template(LabelKind.CHART_STICKER, Area(1.2, y_mm + 18.9, 48.4, 1.9)),
    )
    return label(LabelKind.CHART_STICKER, printed, STICKER_MM, items)


def badge_label(facts: BadgeFacts) -> LabelSpec:
    """The badge of a member of staff, 85.6 x 54 mm."""
    printed = facts.printed
    site, name = Area(5, 9, 62, 6.6), Area(5, 19, 75.6, 13.4)
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 83.6, 5)),
        Text("site", site, printed.site_name, 3.4, LEAST_TEXT_MM, most_lines=2),
        matrix(printed, 71.5, 9),
        Text("name", name, facts.name, 7.0, LEAST_IDENTITY_MM, Weight.BOLD, most_lines=2, is_at_foot=True),
        one_line("role", Area(5, 33.4, 75.6, 4.4), facts.role),
        code_text(printed, Area(5, 41, 75.6, 3.6)),
        one_line("note", Area(5, 47, 56, 2.3), "Identifies only; PIN, password or passkey follows"),
        template(LabelKind.BADGE, Area(62, 47, 18.6, 2.3)),
    )
    return label(LabelKind.BADGE, printed, BADGE_MM, items)
