"""Sets statements into the room they have. Which statements are due is decided by `statements`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from app.domain.errors import Invalid
from app.domain.labels.spec import LEAST_STATEMENT_MM, Area, Picture, Symbol, Text, Weight
from app.domain.labels.statements import Statement

_CAPITAL: Final = 0.68
_OTHER: Final = 0.53
_SPACE: Final = 0.32
"""Generous widths of a character in ems. Where they are too small the text is refused when it is measured."""

_LINE: Final = 1.15
_ROW_GAP: Final = 0.2
_WORD_GAP: Final = 1.0
_BAND_PAD: Final = 0.25
"""In ems: from line to line, between rows, between statements on a row, above and below white on black."""

_STEP_MM: Final = 0.1
_SYMBOL_MM: Final = 8.6


def chosen(statements: tuple[Statement, ...], *ids: str) -> tuple[Statement, ...]:
    """Those of the statements that have one of the ids, in the order of the ids."""
    return tuple(one for wanted in ids for one in statements if one.id == wanted)


def flowed(
    statements: tuple[Statement, ...], room: Area, size_mm: float, *, is_reversed: bool = False
) -> tuple[Text, ...]:
    """The statements in reading order, as large as all of them fit, short ones side by side."""
    if not statements:
        return ()
    while size_mm > LEAST_STATEMENT_MM - _STEP_MM / 2:
        texts = tuple(_rows(statements, room, size_mm, is_reversed=is_reversed))
        if texts[-1].box.bottom_mm <= room.bottom_mm:
            return texts
        size_mm -= _STEP_MM
    ids = ", ".join(dict.fromkeys(statement.id for statement in statements))
    raise Invalid(
        "statements_do_not_fit",
        f"The statements {ids} do not fit the label at {LEAST_STATEMENT_MM} mm. Use a larger label.",
    )


def hazards(statements: tuple[Statement, ...], room: Area) -> tuple[Symbol | Text, ...]:
    """The biohazard legend, its symbol first and its warnings beside it; nothing where none is due."""
    due = chosen(statements, "LS-03", "LS-04", "LS-05")
    if not due:
        return ()
    symbol = Area(room.x_mm, room.y_mm, _SYMBOL_MM, _SYMBOL_MM)
    beside_mm = _SYMBOL_MM + 2
    words = Area(room.x_mm + beside_mm, room.y_mm, room.width_mm - beside_mm, room.height_mm)
    return (Symbol("biohazard symbol", symbol, Picture.BIOHAZARD), *flowed(due, words, 2.6))


def _rows(
    statements: tuple[Statement, ...], room: Area, size_mm: float, *, is_reversed: bool
) -> Iterator[Text]:
    x_mm, y_mm, row_mm = room.x_mm, room.y_mm, 0.0
    pad_mm = _BAND_PAD * size_mm if is_reversed else 0.0
    for statement in statements:
        wanted_mm = _width(statement.text) * size_mm
        lines = math.ceil(wanted_mm / room.width_mm)
        width_mm = room.width_mm if is_reversed or lines > 1 else wanted_mm
        if x_mm + width_mm > room.right_mm + 1e-6:
            x_mm, y_mm = room.x_mm, y_mm + row_mm
        box = Area(x_mm, y_mm, width_mm, lines * _LINE * size_mm + 2 * pad_mm)
        yield _text(statement, box, size_mm, lines, is_reversed=is_reversed)
        row_mm = box.height_mm + _ROW_GAP * size_mm
        x_mm += width_mm + _WORD_GAP * size_mm


def _text(statement: Statement, box: Area, size_mm: float, lines: int, *, is_reversed: bool) -> Text:
    return Text(
        name=f"{statement.id} {statement.subject}".strip(),
        box=box,
        text=statement.text,
        size_mm=size_mm,
        least_size_mm=LEAST_STATEMENT_MM,
        weight=Weight.BOLD if is_reversed or statement.text.isupper() else Weight.REGULAR,
        most_lines=lines,
        is_reversed=is_reversed,
    )


def _width(text: str) -> float:
    return sum(
        _CAPITAL if character.isupper() else _SPACE if character == " " else _OTHER for character in text
    )
