"""Whether a material lot or a piece of equipment may be used in a step. Not what the step does with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.domain.errors import Invalid, Mismatch, NearMiss, WrongState
from app.domain.finite import positive
from app.domain.identifiers import display
from app.domain.vocabulary import EquipmentKind, EquipmentState, MaterialRole, MaterialState


class Substance(StrEnum):
    """What a material may hold and a patient may react to: the closed list that allergies and materials share.

    Each is one word, so that an allergy written in words ("penicillin G") meets it.
    """

    ALDESLEUKIN = "aldesleukin"
    AMPHOTERICIN = "amphotericin"
    BOVINE_PROTEIN = "bovine"
    CITRATE = "citrate"
    DEXTRAN = "dextran"
    DIMETHYL_SULFOXIDE = "dmso"
    GENTAMICIN = "gentamicin"
    HEPARIN = "heparin"
    HUMAN_ALBUMIN = "albumin"
    HUMAN_PLASMA = "plasma"
    LATEX = "latex"
    MOUSE_PROTEIN = "murine"
    PENICILLIN = "penicillin"
    STREPTOMYCIN = "streptomycin"


class StockUnit(StrEnum):
    """What a material is counted in. Quantities are kept in thousandths of it."""

    MILLILITRE = "mL"
    PIECE = "piece"


class Storage(StrEnum):
    """How a material is kept."""

    ROOM = "room"
    REFRIGERATED = "refrigerated"
    FROZEN = "frozen"
    DEEP_FROZEN = "deep_frozen"
    VAPOUR = "vapour"


class StockMove(StrEnum):
    """Why the quantity of a lot changed."""

    RECEIVED = "received"
    USED = "used"
    PREPARED = "prepared"
    WASTED = "wasted"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Supply:
    """A lot as a step sees it. `open_until` is None while it is not opened; `left_milli` is what is left of it."""

    code: str
    name: str
    role: MaterialRole
    state: MaterialState
    expires_at: datetime
    open_until: datetime | None = None
    left_milli: int = 0

    @property
    def good_until(self) -> datetime:
        """The earlier of expiry and end after opening."""
        return self.expires_at if self.open_until is None else min(self.expires_at, self.open_until)


@dataclass(frozen=True, slots=True)
class Apparatus:
    """A piece of equipment as a step sees it."""

    code: str
    name: str
    kind: EquipmentKind
    state: EquipmentState
    calibration_due_at: datetime


def require_usable_lot(lot: Supply, roles: Collection[MaterialRole], at: datetime, near: NearMiss) -> None:
    """Refuse a lot of another role, not released, expired or open too long at `at`, or empty.

    `near` says step and course.
    House rule: rules, sections 4.1 and 4.2; interface design, section 2. Raises Mismatch or WrongState.
    """
    name = f"{lot.name} ({display(lot.code)})"
    if lot.role not in roles:
        raise _wrong("wrong_material", f"{name} is not a {_either(roles)}. Scan the right one.", near)
    if lot.state is not MaterialState.RELEASED:
        sentence = f"{name} is {lot.state.value}; only a released lot may be used. Take another lot."
        raise _unusable(f"material_{lot.state.value}", sentence, near)
    if lot.expires_at <= at:
        raise _unusable("material_expired", f"{name} has expired. Discard it and take another lot.", near)
    if lot.good_until <= at:
        sentence = f"{name} has been open too long. Discard that container, and open another one."
        raise _unusable("material_open_too_long", sentence, near)
    if lot.left_milli <= 0:
        raise _unusable("material_empty", f"Nothing is left of {name} by its record. Take another lot.", near)


def open_until(opened_at: datetime, expires_at: datetime, days_open: int | None) -> datetime:
    """How long an opened lot may be used: its expiry, or so many days after the opening, whichever is shorter."""
    return expires_at if days_open is None else min(expires_at, opened_at + timedelta(days=days_open))


def expiry_of_preparation(made_at: datetime, shelf_life_h: int, parts: Iterable[Supply]) -> datetime:
    """When a preparation expires: by its own shelf life, and never after any of its parts."""
    return min([made_at + timedelta(hours=shelf_life_h), *(part.good_until for part in parts)])


def thousandths(amount: Decimal, unit: StockUnit, field: str = "amount") -> int:
    """A quantity in thousandths of its unit. Refuses nothing, less than nothing, finer ones, and parts of a piece."""
    exact = positive(amount, "the quantity") * 1000
    step = 1000 if unit is StockUnit.PIECE else 1
    if exact % step:
        finest = "whole pieces" if unit is StockUnit.PIECE else "at most three decimals"
        raise Invalid("quantity_too_fine", f"A quantity in {unit.value} has {finest}. Check it.", field=field)
    return int(exact)


def quantity(milli: int, unit: StockUnit) -> str:
    """A quantity in words: "1,250.5 mL", "1 piece", "20 pieces"."""
    whole, rest = divmod(abs(milli), 1000)
    number = f"{'-' if milli < 0 else ''}{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")
    return f"{number} {'pieces' if unit is StockUnit.PIECE and abs(milli) != 1000 else unit.value}"


def left_after(name: str, unit: StockUnit, left_milli: int, change_milli: int) -> int:
    """What is left after the change, never less than nothing."""
    if left_milli + change_milli < 0:
        sentence = (
            f"{quantity(left_milli, unit)} is left of {name} by its record, which is less. Count again, or correct it."
        )
        raise WrongState("not_enough_left", sentence)
    return left_milli + change_milli


def take_next(lots: Iterable[Supply], at: datetime) -> Supply | None:
    """The lot to take next: of those that may be used, the one whose time ends first."""
    fit = (lot for lot in lots if lot.state is MaterialState.RELEASED and lot.good_until > at and lot.left_milli > 0)
    return min(fit, key=lambda lot: (lot.good_until, lot.code), default=None)


def require_usable_equipment(
    equipment: Apparatus, kinds: Collection[EquipmentKind], at: datetime, near: NearMiss
) -> None:
    """Refuse equipment of another kind, out of service, or with calibration overdue at `at`.

    House rule: rules, sections 4.1 and 4.2; interface design, section 2. Raises Mismatch or WrongState.
    """
    name = f"{equipment.name} ({display(equipment.code)})"
    if equipment.kind not in kinds:
        raise _wrong("wrong_equipment", f"{name} is not a {_either(kinds)}. Scan the right one.", near)
    if equipment.state is not EquipmentState.IN_SERVICE:
        raise _unusable("equipment_out_of_service", f"{name} is out of service. Use another one.", near)
    if equipment.calibration_due_at <= at:
        sentence = f"The calibration of {name} is overdue. Use another one, or have it calibrated."
        raise _unusable("calibration_overdue", sentence, near)


def _either(wanted: Collection[StrEnum]) -> str:
    return " or ".join(word.value.replace("_", " ") for word in wanted)


def _wrong(code: str, sentence: str, near: NearMiss) -> Mismatch:
    return Mismatch(code, sentence, near_miss=replace(near, kind=code))


def _unusable(code: str, sentence: str, near: NearMiss) -> WrongState:
    return WrongState(code, sentence, near_miss=replace(near, kind=code))
