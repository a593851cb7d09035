"""How values are written for people: dates, times, names, codes, numbers. Not what they mean.

Source: interface design, section 7 (NHS CUI dates and banner, ISMP error-prone abbreviations). Text is plain
or `Markup`; numbers arrive as `int` or `Decimal`, never as binary floating point. No function rounds a value
across a limit it is given.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

NBSP: Final = "\u00a0"
NOT_KNOWN: Final = "Not known"
NOT_DETERMINABLE: Final = "not determinable"

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CODE: Final = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{3}-[0-9]{2}-[0-9]{6}-[A-Z0-9]\b")
_SIGNIFICANT: Final = 3
_PLAIN_BELOW: Final = 10_000


def date_text(day: date) -> str:
    """`23 Nov 2026`: two-digit day, month in letters, four-digit year, no-break spaces, in every language."""
    return NBSP.join((f"{day.day:02}", _MONTHS[day.month - 1], str(day.year)))


def long_date(day: date) -> str:
    """`Monday 23 Nov 2026`."""
    return f"{_DAYS[day.weekday()]} {date_text(day)}"


def short_day(day: date) -> str:
    """`7 Dec`, only for days near enough that the year cannot be mistaken."""
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1]}"


def local(at: datetime, zone: str) -> datetime:
    """The instant on the clock of the site. `at` must be aware."""
    if at.tzinfo is None:
        message = "a time without a zone cannot be shown"
        raise ValueError(message)
    return at.astimezone(ZoneInfo(zone))


def day_of(at: datetime, zone: str) -> str:
    """The date of an instant at the site."""
    return date_text(local(at, zone).date())


def time_of(at: datetime, zone: str) -> str:
    """`14:06`, 24 hours, at the site."""
    return f"{local(at, zone):%H:%M}"


def moment(at: datetime, zone: str, now: datetime) -> str:
    """`14:06` today, `22 Nov 2026 14:06` on any other day."""
    is_today = local(at, zone).date() == local(now, zone).date()
    return time_of(at, zone) if is_today else f"{day_of(at, zone)}{NBSP}{time_of(at, zone)}"


def window(opens: datetime, closes: datetime, zone: str, now: datetime) -> str:
    """`14:06 to 16:00`; on two days, or on another day than today, each time has its date."""
    is_one_day = local(opens, zone).date() == local(closes, zone).date()
    if is_one_day:
        return f"{moment(opens, zone, now)} to {time_of(closes, zone)}"
    return " to ".join(f"{day_of(at, zone)}{NBSP}{time_of(at, zone)}" for at in (opens, closes))


def record_time(at: datetime, zone: str) -> str:
    """`23 Nov 2026 14:06:12`: with seconds, in records only."""
    return f"{day_of(at, zone)}{NBSP}{local(at, zone):%H:%M:%S}"


def field_time(at: datetime, zone: str) -> str:
    """`2026-11-23 14:06`: the value of a field for a time on the site's clock."""
    return f"{local(at, zone):%Y-%m-%d %H:%M}"


def relative(at: datetime, now: datetime) -> str:
    """`in 18 min`, `27 min late`, `in 1 h 08`, `now`; always beside the clock time. Seconds are dropped."""
    seconds = int((at - now).total_seconds())
    if abs(seconds) < 60:
        return "now"
    words = span(timedelta(seconds=abs(seconds)))
    return f"in{NBSP}{words}" if seconds > 0 else f"{words}{NBSP}late"


def span(length: timedelta) -> str:
    """`18 min`, `1 h 08`, `3 days`: how long, without sign, rounded down."""
    minutes = int(length.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes}{NBSP}min"
    if hours < 24:
        return f"{hours}{NBSP}h{NBSP}{rest:02}"
    return count(hours // 24, "day", "days")


def count_down(seconds: int) -> str:
    """`1 min 41 s`, `41 s`; never below zero."""
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes}{NBSP}min{NBSP}{rest}{NBSP}s" if minutes else f"{rest}{NBSP}s"


def age_years(born: date, today: date) -> int:
    """Completed years of life."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def born(day: date | None, today: date) -> str:
    """`14 Mar 1951 (75y)`: never the age alone."""
    return NOT_KNOWN if day is None else f"{date_text(day)}{NBSP}({age_years(day, today)}y)"


def patient_name(family: str, given: str, title: str = "") -> str:
    """`HALVORSEN, Ingrid (Ms)`. A missing part is written out, never as initials or a question mark."""
    name = f"{(family or NOT_KNOWN).upper()}, {given or NOT_KNOWN}"
    return f"{name} ({title})" if title else name


def short_person(full_name: str) -> str:
    """`R. Adeyemi`, `Dr M. Osei`: a colleague where space is short. Never for patients."""
    titles = [word for word in full_name.split() if word in {"Dr", "Prof"}]
    names = [word for word in full_name.split() if word not in titles]
    if len(names) > 1:
        names = [f"{names[0][0]}.", names[-1]]
    return NBSP.join(titles + names)


def hospital_number(number: str, group: int = 4) -> str:
    """`4417 0926`: in groups, no-break; a number with other signs than digits stays as it is."""
    if not number.isdigit():
        return number
    return NBSP.join(number[at : at + group] for at in range(0, len(number), group))


def code(text: str) -> Markup:
    """One of our codes, in the fixed-width face, never wrapped or shortened."""
    return Markup('<span class="mono">{}</span>').format(text)


def with_codes(words: Markup) -> Markup:
    """A sentence in which each of our codes stays in one piece."""
    parts, done = [], 0
    for found in _CODE.finditer(words):
        parts += [words[done : found.start()], code(found.group())]
        done = found.end()
    return Markup("").join([*parts, words[done:]])


def short_hash(sha256: str) -> Markup:
    """`a91f 4c02 7be3`: the first twelve digits of a record's hash, in fours."""
    return code(" ".join(sha256[at : at + 4] for at in range(0, 12, 4)))


def count(number: int, one: str, many: str) -> str:
    """`1 bag`, `3 bags`."""
    return f"{grouped(Decimal(number))}{NBSP}{one if number == 1 else many}"


def headed(words: str) -> str:
    """`ABO and Rh`, `For treatment under an IND`: a capital at its head, the others as they are."""
    return words[:1].upper() + words[1:]


def grouped(value: Decimal | int) -> str:
    """Thousands set apart by commas, digits as they came: `1,010`, `0.5`."""
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def rounded(value: Decimal, decimals: int, *limits: Decimal) -> Decimal:
    """`value` with so many decimals, more where fewer would move it across a limit (69.96 against 70)."""
    for places in range(decimals, 12):
        short = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if all(_side(short, limit) == _side(value, limit) for limit in limits):
            return short
    return value


def measurement(value: Decimal, unit: str, decimals: int, *limits: Decimal) -> str:
    """`68.0 kg`: its own decimals and its unit behind a no-break space."""
    return f"{grouped(rounded(value, decimals, *limits))}{NBSP}{unit}"


def dose(value: Decimal | int, unit: str) -> str:
    """`2 mL`, `0.5 mL`, `1,500 units`: no trailing zero, leading zero, commas from four digits."""
    return f"{grouped(_plain(Decimal(value)))}{NBSP}{unit}"


def percent(value: Decimal, decimals: int = 0, *limits: Decimal) -> str:
    """`91.4%`, without a space."""
    return f"{rounded(value, decimals, *limits)}%"


def power_of_ten(value: Decimal, exponent: int, decimals: int = 2, *limits: Decimal) -> Markup:
    """`1.58 × 10^6`: a fixed exponent, a real superscript. `limits` are in the same scale as `value`."""
    scaled = rounded(value.scaleb(-exponent), decimals, *(limit.scaleb(-exponent) for limit in limits))
    return Markup("{}{}×{}10<sup>{}</sup>").format(scaled, NBSP, NBSP, exponent)


def cells(number: Decimal | int, noun: str = "cells", *limits: Decimal) -> Markup:
    """`2.08 × 10^10 cells`: three significant digits, a real superscript; small numbers in full."""
    value = Decimal(number)
    if value < _PLAIN_BELOW:
        return Markup("{}{}{}").format(grouped(_plain(value)), NBSP, noun)
    exponent = value.adjusted()
    if value.scaleb(-exponent).quantize(Decimal("0.01"), ROUND_HALF_UP) == 10:
        exponent += 1
    return power_of_ten(value, exponent, _SIGNIFICANT - 1, *limits) + Markup("{}{}").format(NBSP, noun)


def cells_in_words(number: Decimal | int, noun: str = "cells") -> str:
    """`20.8 billion cells`, beside the figures where somebody confirms; three digits, no trailing zero."""
    value = Decimal(number)
    for exponent, word in ((9, "billion"), (6, "million"), (3, "thousand")):
        if value >= Decimal(10) ** exponent:
            scaled = value.scaleb(-exponent)
            places = max(_SIGNIFICANT - 1 - scaled.adjusted(), 0)
            return f"{grouped(_plain(rounded(scaled, places)))}{NBSP}{word}{NBSP}{noun}"
    return f"{grouped(_plain(value))}{NBSP}{noun}"


def power_unit(exponent: int, unit: str) -> Markup:
    """`× 10^6/mL`: the fixed exponent and unit beside a field."""
    return Markup("×{}10<sup>{}</sup>{}").format(NBSP, exponent, unit)


def concentration(per_ml: Decimal | int, exponent: int = 6) -> Markup:
    """`1.58 × 10^6/mL`: the exponent is the same in every row."""
    return power_of_ten(Decimal(per_ml), exponent) + Markup("/mL")


def il2(value: Decimal | int, unit: str, other: str = "") -> str:
    """`1,500 Cetus units/mL (9,000 IU/mL)`: the unit whole, the other in brackets if known."""
    text = dose(value, unit)
    return f"{text} ({other})" if other else text


def less_than(text: str) -> str:
    """A result below what can be measured: `less than 0.42`."""
    return f"less than {text}"


def at_least(text: str) -> str:
    """A result above what can be measured: `at least 800`."""
    return f"at least {text}"


def pending(due: date | None) -> str:
    """`pending, due 7 Dec`: never an empty cell, never 0."""
    return "pending" if due is None else f"pending, due {short_day(due)}"


def limit(low: str | None, high: str | None, unit: str = "") -> str:
    """`at least 70%`, `5 or less`, `1.0 to 5.0`: limits in words, never as signs."""
    if low is None:
        return "no limit" if high is None else f"{high}{unit} or less"
    return f"at least {low}{unit}" if high is None else f"{low} to {high}{unit}"


def _side(value: Decimal, border: Decimal) -> int:
    return (value > border) - (value < border)


def _plain(value: Decimal) -> Decimal:
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()
