"""What stands on the labels of the laboratory's stock: reagents, and what stays in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.identifiers import Kind
from app.domain.labels.content.parts import (
    Print,
    band,
    code_text,
    label,
    linear,
    matrix,
    one_line,
    shown_date,
    template,
)
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

STOCK_MM: Final = (50.8, 25.4)


@dataclass(frozen=True, slots=True)
class ReagentFacts:
    """One container of a material lot. `opened_on` is None while it is closed; `status` as at printing."""

    printed: Print
    material: str
    maker_lot: str
    expires_on: date
    received_on: date
    opened_on: date | None
    status: str


@dataclass(frozen=True, slots=True)
class FixtureFacts:
    """Equipment, place or station: name only, since a calibration date on a label goes stale."""

    printed: Print
    name: str


def reagent_label(facts: ReagentFacts) -> LabelSpec:
    """The label of a reagent or material container."""
    y_mm, beside_mm = _tops(facts.printed)
    low_mm = beside_mm + 10.1
    opened = "not opened" if facts.opened_on is None else f"opened {shown_date(facts.opened_on)}"
    received = f"Received {shown_date(facts.received_on)}, {opened}"
    material = Area(1.2, beside_mm, 38.4, 5.2)
    expiry = Area(1.2, low_mm, 30, 2.3)
    expires = f"Expires {shown_date(facts.expires_on)}"
    items = (
        *_codes(facts.printed, y_mm, beside_mm),
        Text("material", material, facts.material, 2.6, LEAST_TEXT_MM, Weight.BOLD, most_lines=2),
        one_line("maker's lot", Area(1.2, beside_mm + 5.3, 38.4, 2.0), f"Lot {facts.maker_lot}"),
        code_text(facts.printed, Area(1.2, beside_mm + 7.5, 38.4, 2.6), LEAST_TEXT_MM),
        one_line("expiry", expiry, expires, weight=Weight.BOLD, least_mm=LEAST_STATEMENT_MM),
        one_line("status", Area(31.4, low_mm, 18.2, 2.2), facts.status, align=Align.RIGHT),
        one_line("received", Area(1.2, low_mm + 2.4, 38.6, 1.8), received),
        template(LabelKind.REAGENT, Area(40, low_mm + 2.4, 9.6, 1.8)),
    )
    return label(LabelKind.REAGENT, facts.printed, STOCK_MM, items)


def fixture_label(facts: FixtureFacts) -> LabelSpec:
    """The durable label of equipment, a place or a station."""
    y_mm, beside_mm = _tops(facts.printed)
    what = Kind(facts.printed.code[:2]).word
    name = Area(1.2, beside_mm, 38.4, 7.6)
    items = (
        *_codes(facts.printed, y_mm, beside_mm),
        Text("name", name, facts.name, 3.6, LEAST_TEXT_MM, Weight.BOLD, most_lines=2),
        one_line("kind", Area(1.2, beside_mm + 8, 26, 2.1), what.capitalize()),
        template(LabelKind.FIXTURE, Area(27.4, beside_mm + 8, 12, 1.9)),
        code_text(facts.printed, Area(1.2, beside_mm + 10.4, 48, 3.2), LEAST_STATEMENT_MM),
    )
    return label(LabelKind.FIXTURE, facts.printed, STOCK_MM, items)


def _tops(printed: Print) -> tuple[float, float]:
    """Where the linear symbol begins, and where the words under it."""
    return (3.5, 9.9) if printed.is_demo else (1.5, 8.9)


def _codes(printed: Print, y_mm: float, beside_mm: float) -> tuple[Item, ...]:
    return (
        *band(printed, Area(1, 1, 48.8, 2.4)),
        linear(printed, 4.5, y_mm, 6.3),
        matrix(printed, 40.75, beside_mm + 1.1),
    )
