"""How figures are written for people. Never across a limit; not how they are stored or compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Context, Decimal
from typing import Final

from app.domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class PowerOfTen:
    """A figure to be set as `mantissa` × 10 with a raised `exponent`."""

    mantissa: str
    exponent: int

    def __str__(self) -> str:
        return f"{self.mantissa} × 10^{self.exponent}"


def rounded(value: Decimal, decimals: int, limits: Sequence[Decimal] = ()) -> Decimal:
    """The value with at most so many decimals; more where fewer would reach or cross one of the limits.

    69.96 against 70 stays 69.96. Negative `decimals` round tens, hundreds and so on.
    House rule: reliability, hazard 35.
    """
    shown = value
    if -_exponent(value) > decimals:
        shown = value.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    if all(_side(shown, limit) == _side(value, limit) for limit in limits):
        return shown
    return rounded(value, decimals + 1, limits)


def figure(value: Decimal, decimals: int, limits: Sequence[Decimal] = ()) -> str:
    """A rounded figure with commas from four digits on."""
    return f"{rounded(value, decimals, limits):,f}"


def power_of_ten(value: Decimal, limits: Sequence[Decimal] = ()) -> PowerOfTen:
    """Three significant digits without trailing zeros: 20 800 000 000 is 2.08 × 10^10."""
    shown = _three_digits(value, limits)
    exponent = shown.adjusted() if shown else 0
    return PowerOfTen(_bare(shown.scaleb(-exponent, _EXACT)), exponent)


def cells_in_words(cells: Decimal, limits: Sequence[Decimal] = ()) -> str:
    """A number of cells in words, three significant digits: "20.8 billion cells"."""
    shown = _three_digits(cells, limits)
    for size, word in _SIZES:
        if abs(shown) >= size:
            return f"{_bare(shown / size)} {word}cells"
    return f"{_bare(shown)} {'cell' if shown == 1 else 'cells'}"


def instant_in_words(at: datetime, zone: tzinfo) -> str:
    """An instant as the site reads it: "7 Dec 2026 09:10". Refuses a time without zone."""
    if at.utcoffset() is None:
        raise Invalid("time_without_zone", f"The time {at.isoformat()} has no zone. Enter it with its zone.")
    local = at.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local.hour:02d}:{local.minute:02d}"


_EXACT: Final = Context(prec=200)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZES: Final = (
    (Decimal(10**9), "billion "),
    (Decimal(10**6), "million "),
    (Decimal(10**3), "thousand "),
)


def _three_digits(value: Decimal, limits: Sequence[Decimal]) -> Decimal:
    return rounded(value, 2 - value.adjusted(), limits) if value else value


def _bare(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _side(value: Decimal, limit: Decimal) -> int:
    return (value > limit) - (value < limit)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise Invalid("not_a_number", f"{value} is not a number. Enter a number.")
    return exponent
