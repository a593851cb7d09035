"""What the numbers in a form come to while they are typed. It judges nothing: the command does, when they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from app.culture.queries.batch import il2_text
from app.domain.culture_arithmetic import vessel_count
from app.domain.il2 import Il2Amount, Per, in_cetus_units, in_iu
from app.domain.vocabulary import Il2Unit
from app.web import formats
from app.web.forms import Number

E9: Final = 10**9
CONVERTIBLE: Final = {unit.value: unit for unit in (Il2Unit.CETUS, Il2Unit.IU)}
_NUMBER: Final[TypeAdapter[Decimal]] = TypeAdapter(Number)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Vessels, the sum that gives them, density and IL-2 in both units; each empty while its numbers are unfinished."""

    vessels: str = ""
    equation: str = ""
    density: str | Markup = ""
    il2: str = ""


def typed_number(text: str) -> Decimal | None:
    """The number as people type it, zero or more; None while it is unfinished."""
    try:
        number = _NUMBER.validate_python(text)
    except ValidationError:
        return None
    return number if number >= 0 else None


def typed_amounts(cells_1e9: str, per_vessel_1e9: str, vessel_ml: str, il2_per_ml: str, il2_unit: str) -> Amounts:
    """What the form of a seeding comes to. Cells in 1e9, volume in mL."""
    cells, each, volume = (typed_number(text) for text in (cells_1e9, per_vessel_1e9, vessel_ml))
    density = formats.concentration(each * E9 / volume) if each and volume else ""
    il2 = typed_il2(il2_per_ml, il2_unit)
    if not (cells and each):
        return Amounts(density=density, il2=il2)
    count = vessel_count(cells, each)
    quotient = formats.rounded(count.exact, 2, Decimal(count.vessels - 1), Decimal(count.vessels))
    equation = f"{formats.grouped(cells)} / {formats.grouped(each)} = {formats.grouped(quotient)}"
    return Amounts(formats.count(count.vessels, "vessel", "vessels"), equation, density, il2)


def typed_il2(per_ml: str, unit: str) -> str:
    """`1,500 Cetus units/mL (9,000 IU/mL)`, whichever of the two was typed; empty while number or unit is missing."""
    value, known = typed_number(per_ml), CONVERTIBLE.get(unit)
    if value is None or known is None:
        return ""
    typed = Il2Amount(value, known, Per.ML)
    if known is Il2Unit.CETUS:
        return il2_text(value, known, in_iu(typed).value)
    cetus = formats.rounded(in_cetus_units(typed).value, 1)
    return formats.il2(value, "IU/mL", formats.dose(cetus, "Cetus units/mL"))
