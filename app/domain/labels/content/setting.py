"""Sets statements into the room they have. Which statements are due is decided by `statements`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from app.domain.errors import Invalid
from app.domain.labels.spec import LEAST_STATEMENT_MM, Align, Area, Picture, Symbol, Text, Weight
from app.domain.labels.statements import Statement

_CAPITAL: Final = 0.68
_OTHER: Final = 0.47
_SPACE: Final = 0.32
"""Generous widths of a character in ems. Where they are too small the text is refused when it is measured."""

_LINE: Final = 1.15
_ROW_GAP: Final = 0.2
"""In ems: from line to line, between rows."""

_STEP_MM: Final = 0.1
_SYMBOL_MM: Final = 7.2
_LEGEND_MM: Final = 16.0
_NOTICE_MM: Final = 6.9
_NOTICE_GAP_MM: Final = 0.6


def chosen(statements: tuple[Statement, ...], *ids: str) -> tuple[Statement, ...]:
    """Those of the statements that have one of the ids, in the order of the ids."""
    return tuple(one for wanted in ids for one in statements if one.id == wanted)


def flowed(statements: tuple[Statement, ...], room: Area, size_mm: float, second_mm: float = 0.0) -> tuple[Text, ...]:
    """The statements in reading order, as large as all of them fit.

    Where a second column is given, `second_mm` from the left, two short statements share a row.
    """
    while size_mm > LEAST_STATEMENT_MM - _STEP_MM / 2:
        texts = tuple(_rows(statements, room, size_mm, second_mm))
        if not texts or texts[-1].box.bottom_mm <= room.bottom_mm:
            return texts
        size_mm -= _STEP_MM
    ids = ", ".join(dict.fromkeys(statement.id for statement in statements))
    raise Invalid(
        "statements_do_not_fit",
        f"The statements {ids} do not fit the label at {LEAST_STATEMENT_MM} mm. Use a larger label.",
    )


def notices(statements: tuple[Statement, ...], room: Area) -> tuple[Text, ...]:
    """What is not as it should be: each statement white on black, over the whole width, on two lines."""
    height_mm = _NOTICE_MM + _NOTICE_GAP_MM
    return tuple(
        replace(
            statement_text(one, Area(room.x_mm, room.y_mm + number * height_mm, room.width_mm, _NOTICE_MM), 2.8, 2),
            align=Align.CENTRE,
            is_reversed=True,
        )
        for number, one in enumerate(statements)
    )


def hazards(statements: tuple[Statement, ...], room: Area) -> tuple[Symbol | Text, ...]:
    """The biohazard legend, its symbol first and its warnings beside it; nothing where none is due."""
    legend = chosen(statements, "LS-03")
    if not legend:
        return ()
    inset_mm = (_LEGEND_MM - _SYMBOL_MM) / 2
    symbol = Area(room.x_mm + inset_mm, room.y_mm, _SYMBOL_MM, _SYMBOL_MM)
    word = Area(room.x_mm, symbol.bottom_mm + 0.2, _LEGEND_MM, LEAST_STATEMENT_MM)
    beside_mm = _LEGEND_MM + 2
    beside = Area(room.x_mm + beside_mm, room.y_mm, room.width_mm - beside_mm, room.height_mm)
    return (
        Symbol("biohazard symbol", symbol, Picture.BIOHAZARD),
        statement_text(legend[0], word, LEAST_STATEMENT_MM, 1),
        *flowed(chosen(statements, "LS-04", "LS-05"), beside, LEAST_STATEMENT_MM),
    )


def statement_text(statement: Statement, box: Area, size_mm: float, lines: int) -> Text:
    """One statement in its place, never under the least size of statements."""
    return Text(
        name=f"{statement.id} {statement.subject}".strip(),
        box=box,
        text=statement.text,
        size_mm=size_mm,
        least_size_mm=LEAST_STATEMENT_MM,
        weight=Weight.BOLD if statement.text.isupper() else Weight.REGULAR,
        most_lines=lines,
    )


def _rows(statements: tuple[Statement, ...], room: Area, size_mm: float, second_mm: float) -> Iterator[Text]:
    y_mm = next_mm = room.y_mm
    is_second_free = False
    for statement in statements:
        wanted_mm = _width(statement.text) * size_mm
        is_short = wanted_mm <= min(second_mm, room.width_mm - second_mm)
        if is_short and is_second_free:
            x_mm, is_second_free = room.x_mm + second_mm, False
        else:
            x_mm, y_mm, is_second_free = room.x_mm, next_mm, is_short
        lines = math.ceil(wanted_mm / room.width_mm)
        width_mm = room.width_mm - second_mm if is_short else room.width_mm
        box = Area(x_mm, y_mm, width_mm, lines * _LINE * size_mm)
        next_mm = box.bottom_mm + _ROW_GAP * size_mm
        yield statement_text(statement, box, size_mm, lines)


def _width(text: str) -> float:
    return sum(_CAPITAL if character.isupper() else _SPACE if character == " " else _OTHER for character in text)
