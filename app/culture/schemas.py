"""Requests of the culture commands, shared by page and API. Cells are given in 1e9, densities in 1e6/mL."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.domain.vocabulary import Il2Unit, SeparationMethod
from app.identity.signing import Signed, WithSecondPerson
from app.patients.schemas import Code
from app.web.forms import (
    Number,
    OptionalInstant,
    OptionalNumber,
    OptionalScanned,
    OptionalText,
    Request,
    Scanned,
    Text,
    Version,
)

PoolMl = Annotated[Number, Field(gt=0, le=1_000_000)]
"""A pool: at most 500 vessels of 2 L. Its cells are judged by the table of limits."""

VesselMl = Annotated[Number, Field(le=100_000)]
FeedMl = Annotated[Number, Field(le=10_000)]
Codes = Annotated[tuple[Code, ...], Field(min_length=1, max_length=8)]


class OpenCulture(Request):
    """A new batch from accepted collections of one course."""

    course_code: Code
    collection_codes: Codes
    recipe_name: Annotated[str, Field(min_length=2, max_length=31)]


class ShownCulture(Request):
    """A culture as the page showed it."""

    culture_code: Code
    row_version: Version


class OfCulture(ShownCulture, WithSecondPerson):
    """A step of a culture that two persons do. `performed_at` empty means now; later entries need a reason."""

    performed_at: OptionalInstant = None
    reason: OptionalText = None


class StartCulture(OfCulture):
    """The bench and every input, scanned."""

    bench: Scanned
    inputs: Annotated[tuple[Scanned, ...], Field(min_length=1, max_length=8)]


class SeparateCells(OfCulture):
    """The cells after red cells and platelets were taken out."""

    method: SeparationMethod
    viable_cells_1e9: Number
    viability_percent: Number
    volume_ml: PoolMl
    wash_lot: OptionalScanned = None
    hood: Scanned
    centrifuge: OptionalScanned = None


class SeedCulture(OfCulture):
    """What goes into each vessel, and everything that touches it, scanned. The IL-2 unit is always chosen."""

    viable_cells_1e9: Number
    viability_percent: Number
    viable_cells_per_vessel_1e9: Number
    vessel_volume_ml: VesselMl
    il2_per_ml: Number
    il2_unit: Il2Unit
    il2_lot: Scanned
    medium_lot: Scanned
    serum_lot: OptionalScanned = None
    hood: Scanned
    incubator: Scanned


class OfVessel(Request):
    """A vessel by its label, and the culture the page is about: another patient's vessel is refused."""

    culture_code: Code
    vessel: Scanned


class RecordReading(OfVessel):
    """The count of one vessel: density, viability, volume."""

    viable_cells_1e6_per_ml: Number
    viability_percent: Number
    volume_ml: VesselMl
    taken_at: OptionalInstant = None
    reason: OptionalText = None


class CorrectReading(RecordReading):
    """A new reading in place of the last one of the vessel; the reason stays with it."""

    reason: Text


class VerifyReadings(Request):
    """Which culture's unverified readings a second person confirms, as far as the page showed them."""

    culture_code: Code
    last_reading_id: Annotated[int, Field(ge=1)]


class DiscardVessel(OfVessel):
    """A vessel that leaks, is cloudy or fell."""

    is_contaminated: bool = False
    reason: Text


class FeedCulture(OfCulture):
    """What was added to each vessel. With IL-2, what the vessel holds of it afterwards."""

    volume_each_ml: FeedMl
    medium_lot: OptionalScanned = None
    il2_lot: OptionalScanned = None
    il2_per_ml: OptionalNumber = None
    il2_unit: Annotated[Il2Unit | None, BeforeValidator(lambda given: given or None)] = None
    hood: Scanned


class HarvestCulture(OfCulture):
    """The pool of all vessels, at a bench that is free."""

    bench: Scanned
    volume_ml: PoolMl
    viable_cells_1e9: Number
    viability_percent: Number
    wash_lot: OptionalScanned = None
    hood: Scanned
    centrifuge: OptionalScanned = None


class FillBags(OfCulture):
    """`bags` equal bags; volume and viable cells of each."""

    bags: Annotated[int, Field(ge=1, le=20)]
    volume_each_ml: Number
    viable_cells_each_1e9: Number
    viability_percent: Number
    formulation_lot: Scanned
    hood: Scanned


class CompleteLot(OfCulture):
    """Every bag carries its label: the lot goes to quarantine and waits for QA."""


class StopCulture(ShownCulture, Signed):
    """The culture ends before its product, and why."""

    reason: Text
    physician_informed: Annotated[Literal[True], BeforeValidator(lambda given: given in (True, "true"))]


class CloseCulture(ShownCulture, Signed):
    """The record is complete: labels reconciled, every bag at its end."""
