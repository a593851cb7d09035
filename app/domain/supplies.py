"""Whether a material lot or a piece of equipment may be used in a step. Not what the step does with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.errors import Mismatch, NearMiss, WrongState
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


@dataclass(frozen=True, slots=True)
class Supply:
    """A lot as a step sees it."""

    code: str
    name: str
    role: MaterialRole
    state: MaterialState
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Apparatus:
    """A piece of equipment as a step sees it."""

    code: str
    name: str
    kind: EquipmentKind
    state: EquipmentState
    calibration_due_at: datetime


def require_usable_lot(lot: Supply, roles: Collection[MaterialRole], at: datetime, near: NearMiss) -> None:
    """Refuse a lot of another role, not released, recalled, or expired at `at`. `near` says step and course.

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
