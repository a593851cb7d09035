"""Requests about material lots, equipment and places, shared by page and API."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Base64Bytes, BeforeValidator, Field, StringConstraints

from app.domain.supplies import StockMove, StockUnit, Storage, Substance
from app.domain.vocabulary import EquipmentKind, EquipmentState, Il2Unit, MaterialRole, PlaceKind
from app.identity.signing import Signed
from app.patients.schemas import Code, Words
from app.web.forms import BLANK_IS_NONE, Day, Number, OptionalText, Request, Scanned, Text, Version

MOST_AMOUNT: Final = 1_000_000
MOST_CERTIFICATE_BYTES: Final = 5 * 1024 * 1024


def without_blanks(given: object) -> object:
    """The fields of a form that were left empty are not there."""
    return tuple(part for part in given if part != "") if isinstance(given, tuple | list) else given


OptionalCode = Annotated[Code | None, BeforeValidator(lambda code: code or None)]
Quantity = Annotated[Number, Field(gt=0, le=MOST_AMOUNT)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^/\\]+$")]
Il2PerMl = Annotated[Number, Field(le=1_000_000_000)]
NoUnit = Annotated[Il2Unit | None, BeforeValidator(lambda unit: unit or None)]


class AddMaterial(Request):
    """A material of the catalogue. `substances` are what a patient may be allergic to."""

    name: Words
    role: MaterialRole
    unit: StockUnit
    storage: Storage
    substances: Annotated[tuple[Substance, ...], BeforeValidator(without_blanks), Field(max_length=20)] = ()
    days_open: Annotated[Annotated[int, Field(ge=1, le=3660)] | None, BLANK_IS_NONE] = None
    shelf_life_h: Annotated[Annotated[int, Field(ge=1, le=87840)] | None, BLANK_IS_NONE] = None
    gtin: Annotated[Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$")] | None, BLANK_IS_NONE] = None


class RegisterMaterial(Request):
    """A lot as it was received. IL-2 carries its strength with the unit of its maker, never a bare U."""

    material: Words
    maker_lot: Annotated[Words, Field(max_length=40)]
    expires_on: Day
    amount: Quantity
    arrival_temperature_c: Annotated[Annotated[Number, Field(ge=-200, le=60)] | None, BLANK_IS_NONE] = None
    place_code: OptionalCode = None
    il2_per_ml: Annotated[Il2PerMl | None, BLANK_IS_NONE] = None
    il2_unit: NoUnit = None


class ReadBox(Request):
    """The code on the maker's box, to fill the form of a received lot from it. Nothing is kept."""

    box: Scanned


class ShownMaterial(Request):
    """A lot as the page showed it."""

    material_code: Code
    row_version: Version


class KeepCertificate(Request):
    """The maker's certificate in base64, kept as it came."""

    material_code: Code
    file_name: FileName
    content: Annotated[Base64Bytes, Field(min_length=1, max_length=MOST_CERTIFICATE_BYTES)]


class UploadCertificate(Request):
    """The maker's certificate as a browser sends it."""

    file: Annotated[bytes, Field(min_length=1, max_length=MOST_CERTIFICATE_BYTES)]


class OpenMaterial(ShownMaterial):
    """A container of the lot was opened."""


class BookMaterial(ShownMaterial):
    """What was used or wasted, or how much was counted (`corrected`)."""

    kind: Literal[StockMove.USED, StockMove.WASTED, StockMove.CORRECTED]
    amount: Annotated[Number, Field(ge=0, le=MOST_AMOUNT)]
    reason: OptionalText = None


class PrepareMaterial(Request):
    """A preparation: how much of which material, and each part with what was taken of it."""

    material: Words
    amount: Quantity
    parts: Annotated[tuple[Scanned, ...], BeforeValidator(without_blanks), Field(min_length=1, max_length=8)]
    amounts: Annotated[tuple[Quantity, ...], BeforeValidator(without_blanks), Field(min_length=1, max_length=8)]


class ReleaseMaterial(ShownMaterial, Signed):
    """The lot may be used from now on."""


class RejectMaterial(ShownMaterial, Signed):
    """The lot will never be used."""

    reason: Text


class RecallMaterial(ShownMaterial, Signed):
    """The lot may not be used any more."""

    reason: Text


class RegisterEquipment(Request):
    """A piece of equipment; its calibration is good until the end of that day."""

    name: Annotated[Words, Field(max_length=60)]
    kind: EquipmentKind
    calibration_due_on: Day
    place_code: OptionalCode = None


class RecordCalibration(Request):
    """The equipment was calibrated; the next one is due by the end of that day."""

    equipment_code: Code
    row_version: Version
    calibration_due_on: Day


class ChangeService(Request):
    """The equipment is out of service, or in service again."""

    equipment_code: Code
    row_version: Version
    state: EquipmentState
    reason: Text


class RegisterPlace(Request):
    """A bench, store, ward or box."""

    name: Annotated[Words, Field(max_length=60)]
    kind: PlaceKind
