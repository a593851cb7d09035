"""What one cell of an instrument file says: a number, a bound, nothing, a date. Not which quantity it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from app.domain.errors import Invalid
from app.domain.instruments.decoding import Line
from app.domain.vocabulary import Censor

DecimalMark = Literal[".", ","]
"""What a person may answer when a file leaves it open."""

LARGEST = Decimal("1e12")
"""No instrument reads more: larger numbers are a slip or another column."""

_GROUPING_SPACES = ("\u00a0", "\u202f")
_MISSING = ("", "-")
_MARKS: dict[str, DecimalMark] = {".": ".", ",": ","}
_CENSORS = {"<": Censor.BELOW, ">": Censor.ABOVE}
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?", re.ASCII)
_NUMBER_LIKE = re.compile(r"[<>]?\s*[+-]?\d[\d.,\u00a0\u202f]*([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)", re.ASCII)


class DateOrder(StrEnum):
    """Which number of a date comes first."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a file writes numbers. `is_certain` is False when both readings of its numbers make sense."""

    decimal_mark: DecimalMark
    thousands: str | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A number, or with `censor` only the bound it is below or above."""

    value: Decimal
    censor: Censor | None = None


@dataclass(frozen=True, slots=True)
class FileDate:
    """A date as written. `day` is None while nobody has said whether the day or the month comes first."""

    line: int
    text: str
    day: date | None


def number_style(lines: Iterable[Line], decimal_mark: DecimalMark | None = None) -> NumberStyle:
    """How the numbers of these lines are written; a person's `decimal_mark` decides what they leave open."""
    texts = [
        cell for line in lines for cell in line.cells if _NUMBER_LIKE.fullmatch(cell) and not _DATE.fullmatch(cell)
    ]
    marks: set[DecimalMark] = {mark for mark in map(_certain_decimal_mark, texts) if mark}
    is_open = decimal_mark is None and not marks and any("," in text or "." in text for text in texts)
    marks |= {decimal_mark} if decimal_mark else set()
    if len(marks) > 1:
        raise Invalid(
            "mixed_decimal_marks",
            "The file writes decimals with a point in one place and a comma in another. Export it again.",
        )
    mark: DecimalMark = marks.pop() if marks else "."
    other = "," if mark == "." else "."
    groups = (group for group in (other, *_GROUPING_SPACES) if any(group in text for text in texts))
    return NumberStyle(mark, next(groups, None), not is_open)


def measured(text: str, style: NumberStyle, where: str) -> Measured | None:
    """Number or bound in a cell; None for a blank or `-`. `where` names line and column in the refusal.

    Refuses text, NaN, infinity and numbers beyond 1e12; never turns any of them into zero.
    """
    if text in _MISSING:
        return None
    censor = _CENSORS.get(text[0])
    plain = _ungrouped(text[1:].strip() if censor else text, style)
    if not _NUMBER.fullmatch(plain):
        raise Invalid("not_a_number", f"{where}: {text[:40]!r} is not a number. Correct the export and try again.")
    value = Decimal(plain)
    if abs(value) > LARGEST:
        raise Invalid("reading_out_of_range", f"{where}: {text[:40]!r} is larger than any instrument reads.")
    return Measured(value, censor)


def dates(lines: Sequence[Line], order: DateOrder | None) -> tuple[FileDate, ...]:
    """Every date of the file; day-first or month-first stays open until told, or shown by a sister."""
    found = [(line.number, match) for line in lines for cell in line.cells for match in _DATE.finditer(cell)]
    orders = {certain for _, match in found if (certain := _certain_order(match))}
    if len(orders | ({order} if order else set())) > 1:
        raise Invalid(
            "mixed_date_orders",
            "The dates of the file do not all begin with the same part. Check its date settings.",
        )
    known = order or next(iter(orders), None)
    return tuple(FileDate(number, match.group(), _day(match, known)) for number, match in found)


def _certain_decimal_mark(text: str) -> DecimalMark | None:
    """The decimal mark this number proves: the later of two marks, or one that cannot group thousands."""
    marks: list[DecimalMark] = [mark for character in text if (mark := _MARKS.get(character))]
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    if not marks:
        return None
    before, _, after = re.split(r"[eE]", text)[0].lstrip("<> +-").partition(marks[0])
    return None if len(after) == 3 and len(before) <= 3 and before != "0" else marks[0]


def _ungrouped(text: str, style: NumberStyle) -> str:
    """The number with a point and no thousands marks; nothing when a mark does not group by three."""
    whole, mark, decimals = text.partition(style.decimal_mark)
    if style.thousands and style.thousands in text:
        if (
            not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(style.thousands)}\d{{3}})+", whole)
            or style.thousands in decimals
        ):
            return ""
        whole = whole.replace(style.thousands, "")
    return f"{whole}.{decimals}" if mark else whole


def _certain_order(match: re.Match[str]) -> DateOrder | None:
    first, second = int(match[1]), int(match[2])
    if first > 12:
        return DateOrder.DAY_FIRST
    return DateOrder.MONTH_FIRST if second > 12 else None


def _day(match: re.Match[str], order: DateOrder | None) -> date | None:
    first, second, year = (int(part) for part in match.groups())
    if order is None and first != second:
        return None
    month, day = (second, first) if order is DateOrder.DAY_FIRST else (first, second)
    try:
        return date(year, month, day)
    except ValueError:
        raise Invalid(
            "impossible_date", f"{match.group()!r} is no date of the calendar. Export the file again."
        ) from None
