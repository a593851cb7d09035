"""Numbers, times and texts as people and programs write them: what is read, what is refused. Not what they may mean.

Nothing is guessed: what can be read in two ways is refused with the two ways. Refusals are ValueErrors that name what
is wrong and what to write instead, and never repeat what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

LONGEST_NUMBER: Final = 40
MOST_COUNTED: Final = 10**15
_BLANKS: Final = "\u0020\u00a0\u2009\u202f"
_GROUPED: Final = re.compile(rf"([+-]?\d{{1,3}})((?:[{_BLANKS}]\d{{3}})+)(.*)", re.ASCII)
_COMMAS: Final = re.compile(r"([+-]?\d{1,3})((?:,\d{3}){2,}|,\d{3}(?=\.))(.*)", re.ASCII)
_EITHER: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_PLAIN: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099
"""Codes carry two digits of the year 20.."""

FIRST_DAY: Final = date(1890, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
NO_SUCH_TIME: Final = "there is no such day or time; check it"


def written_number(text: str) -> Decimal:
    """A decimal with comma or point, blanks or several commas between thousands. `1,500` could be two numbers."""
    number = text.strip()
    if len(number) > LONGEST_NUMBER:
        raise ValueError(_too_long("a number", LONGEST_NUMBER))
    if _EITHER.fullmatch(number):
        message = "the comma could mean thousands or decimals; write thousands without comma and decimals with a point"
        raise ValueError(message)
    for thousands in (_GROUPED, _COMMAS):
        if found := thousands.fullmatch(number):
            number = found[1] + "".join(each for each in found[2] if each.isdigit()) + found[3]
    if not _PLAIN.fullmatch(number):
        message = "this is no number; write digits only, such as 218 or 0.5, without the unit"
        raise ValueError(message)
    return measurable(Decimal(number.replace(",", ".")))


def measurable(value: Decimal) -> Decimal:
    """The same number, if it is one that something could be counted or measured as."""
    if not value.is_finite() or abs(value.adjusted()) > 30 or len(value.as_tuple().digits) > LONGEST_NUMBER:
        message = "nothing can be counted or measured as this number; check its digits and its unit"
        raise ValueError(message)
    return value


def countable(value: int) -> int:
    """The same whole number, if there could be so many of anything."""
    if abs(value) > MOST_COUNTED:
        message = "nothing is counted so high; check the digits"
        raise ValueError(message)
    return value


def written_moment(text: str, zone: ZoneInfo | None) -> datetime:
    """Day and time, year first. Without a zone of its own it is on the clock of `zone`; refused where that is None."""
    given = text.strip()
    if not _MOMENT.fullmatch(given):
        message = "write day and time as 2026-11-23 14:06, year first"
        raise ValueError(message)
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError(NO_SUCH_TIME) from None
    return moment(at, zone)


def moment(at: datetime, zone: ZoneInfo | None) -> datetime:
    """The instant in UTC, if it lies in this century."""
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(_out_of_time("time", FIRST_YEAR, LAST_YEAR))
    return at.astimezone(UTC) if at.tzinfo is not None else _on_the_clock(at, zone)


def written_day(text: str) -> date:
    """A day, year first."""
    given = text.strip()
    if not _DAY.fullmatch(given):
        message = "write the day as 2026-11-23, year first"
        raise ValueError(message)
    try:
        on = date.fromisoformat(given)
    except ValueError:
        raise ValueError(NO_SUCH_TIME) from None
    return day(on)


def day(on: date) -> date:
    """The same day, if somebody living could have been born on it or a lot could last until it."""
    if not FIRST_DAY <= on <= LAST_DAY:
        raise ValueError(_out_of_time("day", FIRST_DAY.year, LAST_DAY.year))
    return on


def written_text(text: str) -> str:
    """Composed letters, lines and blanks; none of the characters that hide, reorder or control other text."""
    words = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    if any(unicodedata.category(character) in _HIDDEN and character not in _KEPT for character in words):
        message = "it holds a character that cannot be seen or printed; type the text anew"
        raise ValueError(message)
    return words


_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT: Final = frozenset("\n\t")
"""What joins or divides letters unseen is refused too: two names that look alike would be two."""


def _on_the_clock(at: datetime, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        message = "the time has no zone; write it as 2026-11-23T14:06+01:00 or with Z for UTC"
        raise ValueError(message)
    instant = at.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != at:
        message = "the clocks skipped that time; write the time before or after"
        raise ValueError(message)
    return instant


def _too_long(what: str, most: int) -> str:
    return f"{what} has at most {most} characters; shorten it"


def _out_of_time(what: str, first: int, last: int) -> str:
    return f"that {what} lies outside the years {first} to {last}; check the year"
