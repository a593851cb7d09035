"""Requests about material lots, equipment and places, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from app.domain.supplies import Substance
from app.domain.vocabulary import EquipmentKind, Il2Unit, MaterialRole, PlaceKind
from app.identity.signing import Signed
from app.patients.schemas import Code, OptionalWords, Words
from app.web.forms import BLANK_IS_NONE, Day, Number, Request, Text, Version

Il2PerMl = Annotated[Number, Field(le=1_000_000_000)]
NoUnit = Annotated[Il2Unit | None, BeforeValidator(lambda unit: unit or None)]


def _known_substances(words: str) -> str:
    unknown = sorted(set(words.lower().split()) - {known.value for known in Substance})
    if unknown:
        message = f"{unknown[0]} is not on the list of substances: {', '.join(known.value for known in Substance)}"
        raise ValueError(message)
    return words


class RegisterMaterial(Request):
    """A lot as it was received. IL-2 carries its strength with the unit of its maker, never a bare U."""

    name: Words
    role: MaterialRole
    maker_lot: Annotated[Words, Field(max_length=40)]
    expires_on: Day
    substances: Annotated[OptionalWords, AfterValidator(_known_substances)] = ""
    il2_per_ml: Annotated[Il2PerMl | None, BLANK_IS_NONE] = None
    il2_unit: NoUnit = None


class ReleaseMaterial(Signed):
    """The lot may be used from now on."""

    material_code: Code
    row_version: Version


class RecallMaterial(Signed):
    """The lot may not be used any more."""

    material_code: Code
    row_version: Version
    reason: Text


class RegisterEquipment(Request):
    """A piece of equipment; its calibration is good until the end of that day."""

    name: Annotated[Words, Field(max_length=60)]
    kind: EquipmentKind
    calibration_due_on: Day
    place_code: Annotated[Code | None, BeforeValidator(lambda code: code or None)] = None


class RecordCalibration(Request):
    """The equipment was calibrated; the next one is due by the end of that day."""

    equipment_code: Code
    row_version: Version
    calibration_due_on: Day


class RegisterPlace(Request):
    """A bench, store, ward or box."""

    name: Annotated[Words, Field(max_length=60)]
    kind: PlaceKind
