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
    code_line,
    code_text,
    matrix,
    one_line,
    product_label,
    recipient_name,
    shown_moment,
    template,
)
from app.domain.labels.content.setting import chosen, statement_text
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
    y_mm = 3.5 if printed.is_demo else 1.5
    member = f"{facts.member:03d} of {facts.members}"
    autologous, evaluated = Area(1.2, y_mm + 9.8, 38.4, 2.4), Area(1.2, y_mm + 12.25, 31.2, 4.6)
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 48.8, 2.4)),
        matrix(printed, 40.75, y_mm + 1),
        code_text(printed, Area(1.2, y_mm, 38.4, 2.8), LEAST_STATEMENT_MM),
        recipient_name(facts.recipient, Area(1.2, y_mm + 3.2, 38.4, 6.6), 3.4, least_mm=LEAST_STATEMENT_MM),
        *(statement_text(one, autologous, 2.6, 1) for one in chosen(statements, "LS-01")),
        *(statement_text(one, evaluated, 2.5, 2) for one in chosen(statements, "LS-02")),
        template(LabelKind.VESSEL, Area(41.2, y_mm + 10.1, 8.4, 1.9)),
        one_line("member", Area(32.8, y_mm + 12.2, 16.8, 2.9), member, weight=Weight.BOLD, align=Align.RIGHT),
        *_origin(facts, y_mm + (15.2 if printed.is_demo else 16.6)),
    )
    return product_label(LabelKind.VESSEL, printed, VESSEL_MM, items)


def sample_label(facts: SampleFacts) -> LabelSpec:
    """The label of a sample tube or culture bottle."""
    printed = facts.printed
    y_mm = 4.0 if printed.is_demo else 2.4
    name = Area(1.2, y_mm, 28, 5.4)
    items: tuple[Item, ...] = (
        *band(printed, Area(1, 1, 36.1, 2.6)),
        matrix(printed, 30.25, y_mm + 0.75, SMALL_MATRIX_MM),
        Text("sample", name, facts.sample, 2.8, LEAST_TEXT_MM, Weight.BOLD, most_lines=2),
        one_line("taken", Area(1.2, y_mm + 5.8, 28, 2.1), f"Taken {shown_moment(facts.taken_at)}"),
        code_text(printed, Area(1.2, y_mm + 8.6, 35.7, 2.6), LEAST_TEXT_MM),
        code_line("culture", Area(1.2, y_mm + 11.8, 25, 1.9), display(facts.culture_code)),
        template(LabelKind.SAMPLE, Area(26.4, y_mm + 11.8, 10.5, 1.9)),
    )
    return product_label(LabelKind.SAMPLE, printed, SAMPLE_MM, items)


def plate_label(facts: PlateFacts) -> LabelSpec:
    """The label for the side wall of a 96-well plate. Its height leaves 0.25 mm for a module."""
    printed = facts.printed
    assay = f"{facts.assay}, plate {facts.plate} of {facts.plates}"
    width_mm = 29.4 if printed.is_demo else 51
    items: tuple[Item, ...] = (
        matrix(printed, 2, 2, 0.25),
        code_text(printed, Area(7.4, 1.1, width_mm, 2.0), LEAST_TEXT_MM),
        one_line("assay", Area(7.4, 3.2, width_mm, 1.9), assay, weight=Weight.BOLD),
        one_line("set up", Area(7.4, 5.2, width_mm - 8, 1.8), f"Set up {shown_moment(facts.set_up_at)}"),
        template(LabelKind.PLATE, Area(7.4 + width_mm - 7.6, 5.2, 7.6, 1.8)),
        *band(printed, Area(37.4, 1, 21.6, 6), lines=2),
    )
    return product_label(LabelKind.PLATE, printed, PLATE_MM, items)


def _origin(facts: VesselFacts, y_mm: float) -> tuple[Item, ...]:
    number = f"Hospital No. {facts.recipient.hospital_number}"
    il2 = f"IL-2 {facts.il2_iu_per_ml:,} IU/mL"
    culture = display(facts.culture_code)
    return (
        one_line("interleukin-2", Area(32.8, y_mm, 16.8, 1.8), il2, align=Align.RIGHT),
        one_line("seeded", Area(1.2, y_mm + 1.95, 27, 1.8), f"Seeded {shown_moment(facts.seeded_at)}"),
        code_line("culture", Area(28.8, y_mm + 1.95, 20.8, 1.8), culture, align=Align.RIGHT),
        one_line("hospital number", Area(1.2, y_mm + 3.8, 30, 1.8), number),
        one_line("product name", Area(31.4, y_mm + 3.8, 18.2, 1.8), facts.product_name, align=Align.RIGHT),
    )
