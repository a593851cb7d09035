"""Interleukin-2 amounts: units, exact conversion, the dose for a patient. Not the order that asks for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.domain.errors import Invalid
from app.domain.finite import not_negative, positive
from app.domain.vocabulary import Il2Unit

IU_PER_CETUS_UNIT = 6
"""Published pair: 3e6 Cetus U/m2/d = 18e6 IU/m2/d."""

LABEL_IU_PER_ML = Decimal(18_000_000)
"""Product label: after 1.2 mL of water."""

LABEL_IU_PER_VIAL = Decimal(22_000_000)
"""Product label: content of one vial."""


class Per(StrEnum):
    """What an amount is given per."""

    TOTAL = ""
    ML = "/mL"
    KG = "/kg"
    M2 = "/m2"
    M2_DAY = "/m2/d"


@dataclass(frozen=True, slots=True)
class Il2Amount:
    """An amount as it was entered: value, unit, and what it is per. It never loses its unit."""

    value: Decimal
    unit: Il2Unit
    per: Per

    def __str__(self) -> str:
        unit = "IU" if self.unit is Il2Unit.IU else f"{self.unit.value} U"
        return f"{self.value:,f} {unit}{self.per.value}"


@dataclass(frozen=True, slots=True)
class Il2Dose:
    """One dose: international units, volume of reconstituted drug, vials. The vials are an ordering aid."""

    total_iu: Decimal
    volume_ml: Decimal
    vials_exact: Decimal
    vials: int


def read_amount(value: Decimal, unit_text: str) -> Il2Amount:
    """An amount from a number and a written unit such as `Cetus U/mL` or `IU/kg`. A bare `U` is refused."""
    name, slash, rest = unit_text.strip().partition("/")
    word = name.strip().removesuffix(" U")
    unit = next((unit for unit in Il2Unit if unit.value.lower() == word.lower()), None)
    if unit is None:
        raise _not_convertible(unit_text.strip())
    try:
        per = Per(slash + rest.strip())
    except ValueError:
        raise Invalid(
            "unit_unknown", f"{unit_text!r} is not a known unit of IL-2. Give it per mL, kg, m2 or m2/d."
        ) from None
    return Il2Amount(not_negative(value, "the IL-2 amount"), unit, per)


def in_iu(amount: Il2Amount) -> Il2Amount:
    """The same amount in IU, exactly: 1 Cetus unit = 6 IU. Refuses `unit_not_convertible` otherwise."""
    match amount.unit:
        case Il2Unit.IU:
            return amount
        case Il2Unit.CETUS:
            return Il2Amount(amount.value * IU_PER_CETUS_UNIT, Il2Unit.IU, amount.per)
        case _:
            raise _not_convertible(f"{amount.unit.value} U")


def in_cetus_units(amount: Il2Amount) -> Il2Amount:
    """The same amount in Cetus units, to show beside IU. Refuses `unit_not_convertible` otherwise."""
    if amount.unit is Il2Unit.CETUS:
        return amount
    return Il2Amount(in_iu(amount).value / IU_PER_CETUS_UNIT, Il2Unit.CETUS, amount.per)


def il2_dose(weight_kg: Decimal, dose: Il2Amount, *, iu_per_ml: Decimal, iu_per_vial: Decimal) -> Il2Dose:
    """IU = kg x IU/kg; mL = IU / (IU/mL); vials are the exact quotient rounded up. The dose is per kg."""
    if dose.per is not Per.KG:
        raise Invalid("not_per_kg", f"The IL-2 dose {dose} is not per kg of body weight. Enter it per kg.")
    total = positive(weight_kg, "the body weight") * positive(in_iu(dose).value, "the IL-2 dose")
    strength, vial = (
        positive(iu_per_ml, "the strength per mL"),
        positive(iu_per_vial, "the content of a vial"),
    )
    return Il2Dose(total, total / strength, total / vial, math.ceil(Fraction(total) / Fraction(vial)))


def _not_convertible(unit: str) -> Invalid:
    return Invalid(
        "unit_not_convertible",
        f"{unit!r} has no defined factor to IU. Say whether the product is labelled in Cetus U or in IU.",
    )
