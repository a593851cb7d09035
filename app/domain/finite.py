"""Guards every formula begins with: what is no number, or has the wrong sign, is refused. Not limits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from app.domain.errors import Invalid


def finite(value: Decimal | int, what: str) -> Decimal:
    """The value as a decimal. Refuses NaN and Infinity (`not_a_number`); `what` names it in the sentence."""
    number = Decimal(value)
    if not number.is_finite():
        raise Invalid("not_a_number", f"{_begin(what)} is not a number. Enter it again in digits.")
    return number


def not_negative(value: Decimal | int, what: str) -> Decimal:
    """The value as a decimal, zero or more. Refuses `negative_value` below."""
    number = finite(value, what)
    if number < 0:
        raise Invalid("negative_value", f"{_begin(what)} is {number}, below zero. Check the number and its sign.")
    return number


def positive(value: Decimal | int, what: str) -> Decimal:
    """The value as a decimal above zero. Refuses `not_positive` at zero and below."""
    number = finite(value, what)
    if number <= 0:
        raise Invalid("not_positive", f"{_begin(what)} is {number}; it must be above zero. Check the number.")
    return number


def percent(value: Decimal | int, what: str) -> Decimal:
    """The value as a decimal from 0 to 100. Refuses `not_a_percentage` outside."""
    number = finite(value, what)
    if not 0 <= number <= 100:
        raise Invalid("not_a_percentage", f"{_begin(what)} is {number} %; it must lie between 0 and 100 %.")
    return number


def settled(number: Fraction | float) -> Decimal:
    """The shortest decimal that names the same floating-point number: what is compared, shown and stored.

    A fraction is rounded once, so 20 % worked out exactly stays 20. Raises OverflowError or ValueError for no number.
    """
    value = Decimal(repr(float(number)))
    if not value.is_finite():
        raise ValueError(f"{number!r} is no result")
    return value


def _begin(what: str) -> str:
    return what[:1].upper() + what[1:]
