"""What stands on the labels of the laboratory's own containers: culture vessel, sample, assay plate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.identifiers import display
from app.domain.labels.content.parts import (
    SMALL_MATRIX_MM,
    Print,
    Recipient,
    band,
    code_text,
    matrix,
    product_label,
    recipient_name,
    shown_moment,
    small,
    template,
)
from app.domain.labels.content.setting import chosen, flowed
from app.domain.labels.spec import (
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
from app.domain.labels.statements import Statement

VESSEL_MM: Final = (50.8, 25.4)
SAMPLE_MM: Final = (38.1, 19.05)
PLATE_MM: Final = (60.0, 8.0)


@dataclass(frozen=True, slots=True)
class VesselFacts:
    """One vessel of a culture: member 7 of 134. `seeded_at` in the site's zone."""

    printed: Print
    recipient: Recipient
    culture_code: str
    product_name: str
    member: int
    members: int
    seeded_at: datetime
    il2_iu_per_ml: int


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """One sample tube or culture bottle; `sample` in words. It may leave the house: no patient on it."""

    printed: Print
    sample: str
    culture_code: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class PlateFacts:
    """One assay plate, number `plate` of `plates`; `assay` in words."""

    printed: Print
    assay: str
    plate: int
    plates: int
    set_up_at: datetime


def vessel_label(facts: VesselFacts, statements: tuple[Statement, ...]) -> LabelSpec:
    """The label of a culture vessel. Statements due in process take the room of a linear symbol."""
    printed = facts.printed
    y_mm = 3.7 if printed.is_demo else 1.4
    member = f"{facts.member:03d} of {facts.members}"
    il2 = f"IL-2 {facts.il2_iu_per_ml:,} IU/mL"
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 48.8, 2.4)),
        matrix(printed, 40.8, y_mm + 1),
        code_text(printed, Area(1.2, y_mm, 38.4, 2.8), 2.8, LEAST_STATEMENT_MM),
        recipient_name(facts.recipient, Area(1.2, y_mm + 3.2, 38.4, 6.4), 3.4),
        *flowed(chosen(statements, "LS-01"), Area(1.2, y_mm + 10, 48, 2.8), 2.4),
        *flowed(chosen(statements, "LS-02"), Area(1.2, y_mm + 12.8, 30.4, 5.6), 2.4),
        Text(
            "member",
            Area(32, y_mm + 12.8, 17.6, 3),
            member,
            3.0,
            LEAST_STATEMENT_MM,
            Weight.BOLD,
            Align.RIGHT,
        ),
        small("interleukin-2", Area(32, y_mm + 15.8, 17.6, 1.8), il2, Align.RIGHT),
        *_origin(facts, y_mm + 17.6),
    )
    return product_label(LabelKind.VESSEL, printed, VESSEL_MM, items)


def sample_label(facts: SampleFacts) -> LabelSpec:
    """The label of a sample tube or culture bottle."""
    printed = facts.printed
    y_mm = 4.0 if printed.is_demo else 2.2
    taken = f"Taken {shown_moment(facts.taken_at)}"
    culture = display(facts.culture_code)
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 36.1, 2.6)),
        matrix(printed, 30.35, y_mm + 0.75, SMALL_MATRIX_MM),
        Text(
            "sample", Area(1.2, y_mm, 28.2, 5.4), facts.sample, 2.8, LEAST_TEXT_MM, Weight.BOLD, most_lines=2
        ),
        small("taken", Area(1.2, y_mm + 5.8, 28.2, 2.1), taken),
        code_text(printed, Area(1.2, y_mm + 8.6, 35.7, 2.6), 2.6, LEAST_TEXT_MM),
        Text("culture", Area(1.2, y_mm + 11.8, 25, 1.9), culture, 1.9, LEAST_TEXT_MM, is_identity=True),
        template(LabelKind.SAMPLE, Area(26.4, y_mm + 11.8, 10.5, 1.9)),
    )
    return product_label(LabelKind.SAMPLE, printed, SAMPLE_MM, items)


def plate_label(facts: PlateFacts) -> LabelSpec:
    """The label for the side wall of a 96-well plate. Its quiet zone leaves 0.3 mm for a module."""
    printed = facts.printed
    assay = f"{facts.assay}, plate {facts.plate} of {facts.plates}"
    width_mm = 29.4 if printed.is_demo else 51
    items: tuple[Item, ...] = (
        matrix(printed, 1.6, 1.6, 0.3),
        code_text(printed, Area(7.4, 1.1, width_mm, 1.9), 2.0, LEAST_TEXT_MM),
        Text("assay", Area(7.4, 3.2, width_mm, 1.8), assay, 1.9, LEAST_TEXT_MM, Weight.BOLD),
        small("set up", Area(7.4, 5.2, width_mm - 8, 1.8), f"Set up {shown_moment(facts.set_up_at)}"),
        template(LabelKind.PLATE, Area(7.4 + width_mm - 7.6, 5.2, 7.6, 1.8)),
        *band(printed, Area(37.4, 1, 21.6, 6), lines=2),
    )
    return product_label(LabelKind.PLATE, printed, PLATE_MM, items)


def _origin(facts: VesselFacts, y_mm: float) -> tuple[Item, ...]:
    number = f"Hospital No. {facts.recipient.hospital_number}"
    culture = display(facts.culture_code)
    seeded = f"Seeded {shown_moment(facts.seeded_at)}"
    return (
        small("hospital number", Area(1.2, y_mm, 27, 1.8), number),
        Text("culture", Area(28.8, y_mm, 20.8, 1.8), culture, 1.8, 1.8, align=Align.RIGHT, is_identity=True),
        small("seeded", Area(1.2, y_mm + 1.8, 24, 1.8), seeded),
        small("product name", Area(25.4, y_mm + 1.8, 16.6, 1.8), facts.product_name, Align.RIGHT),
        template(LabelKind.VESSEL, Area(42.2, y_mm + 1.8, 7.4, 1.8)),
    )
