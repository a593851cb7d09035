"""What stands on the labels people wear: the patient's wristband, the badge of the staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.labels.content.parts import (
    Print,
    Recipient,
    band,
    code_text,
    label,
    matrix,
    recipient_name,
    shown_date,
    small,
    template,
)
from app.domain.labels.spec import (
    LEAST_IDENTITY_MM,
    LEAST_TEXT_MM,
    Area,
    Item,
    LabelKind,
    LabelSpec,
    Text,
    Weight,
)

WRISTBAND_MM: Final = (100.0, 25.4)
BADGE_MM: Final = (85.6, 54.0)


@dataclass(frozen=True, slots=True)
class WristbandFacts:
    """The wristband of one patient."""

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
    y_mm = 4.1 if printed.is_demo else 2.4
    low_mm = y_mm + 10.2
    number = Area(56.2, low_mm + 2.4, 32, 3.6)
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 98, 2.8)),
        recipient_name(recipient, Area(2, y_mm, 96, 6.4), 5.4),
        code_text(printed, Area(2, y_mm + 6.6, 96, 3.4), 3.4),
        *(matrix(printed, x_mm, low_mm + 1) for x_mm in (2, 46, 90)),
        small("caption of birth date", Area(12.2, low_mm, 32, 1.9), "Born"),
        Text(
            "birth date",
            Area(12.2, low_mm + 2.4, 32, 3.6),
            shown_date(recipient.born_on),
            3.6,
            3.0,
            Weight.BOLD,
        ),
        small("site", Area(12.2, low_mm + 7.4, 32, 2.2), printed.site_name),
        small("caption of hospital number", Area(56.2, low_mm, 32, 1.9), "Hospital No."),
        Text("hospital number", number, recipient.hospital_number, 3.6, 2.0, Weight.BOLD),
        template(LabelKind.WRISTBAND, Area(70, low_mm + 7.4, 18.2, 2.0)),
    )
    return label(LabelKind.WRISTBAND, printed, WRISTBAND_MM, items)


def badge_label(facts: BadgeFacts) -> LabelSpec:
    """The badge of a member of staff, 85.6 x 54 mm."""
    printed = facts.printed
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 83.6, 5)),
        Text("site", Area(5, 9, 62, 6.6), printed.site_name, 3.4, LEAST_TEXT_MM, most_lines=2),
        matrix(printed, 71.6, 10),
        Text(
            "name", Area(5, 18.6, 75.6, 13.4), facts.name, 7.0, LEAST_IDENTITY_MM, Weight.BOLD, most_lines=2
        ),
        Text("role", Area(5, 33.4, 75.6, 4.6), facts.role, 4.4, LEAST_TEXT_MM),
        code_text(printed, Area(5, 40.6, 56, 3.6), 3.6),
        small("note", Area(5, 47, 52, 2.4), "Identifies only. PIN, password or passkey follows."),
        template(LabelKind.BADGE, Area(58, 47, 22.6, 2.2)),
    )
    return label(LabelKind.BADGE, printed, BADGE_MM, items)
