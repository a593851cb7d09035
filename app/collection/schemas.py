"""Requests about collections, shared by page and API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.domain.vocabulary import Inspection
from app.identity.signing import Signed, WithSecondPerson
from app.patients.schemas import Code
from app.web.forms import Number, OptionalInstant, OptionalText, Request, Scanned, Text, Version


class PlanCollection(Request):
    """A collection of a course, when it is planned for."""

    course_code: Code
    planned_at: OptionalInstant = None


class OfCollection(Request):
    """Which collection, as the page showed it."""

    collection_code: Code
    row_version: Version


class StartCollection(OfCollection):
    """The run begins: who was scanned, with which separator and kit, and the blood counts before it."""

    wristband: Scanned
    separator: Scanned
    kit: Scanned
    precount_lymphocytes_1e9_per_l: Number
    haemoglobin_g_per_l: Number
    platelets_1e9_per_l: Number
    started_at: OptionalInstant = None
    reason: OptionalText = None


class RecordCollectionYield(OfCollection):
    """The end of the run and what it gave. White cells in 10^9, as the counter shows them."""

    ended_at: OptionalInstant = None
    blood_processed_l: Number
    anticoagulant_ml: Number
    volume_ml: Number
    wbc_1e9: Number
    lymphocyte_percent: Number
    reason: OptionalText = None


class FinishCollection(OfCollection, WithSecondPerson):
    """A second person has checked the entries against separator, counter and label."""


class ReceiveCollection(OfCollection, WithSecondPerson):
    """The collection arrives: handed over by the second person, label scanned, inspected line by line."""

    scanned: Scanned
    received_at: OptionalInstant = None
    integrity: Inspection
    temperature: Inspection
    identity: Inspection
    label: Inspection
    time_out_of_storage: Inspection
    temperature_c: Number
    out_of_storage_min: Annotated[int, Field(ge=0)]
    volume_ml: Number
    note: OptionalText = None
    reason: OptionalText = None

    @property
    def inspection(self) -> dict[str, Inspection]:
        """The five lines of the checklist by name."""
        return {
            "integrity": self.integrity,
            "temperature": self.temperature,
            "identity": self.identity,
            "label": self.label,
            "time_out_of_storage": self.time_out_of_storage,
        }


class AcceptCollection(OfCollection, WithSecondPerson):
    """Every line of the inspection passes; two persons accept."""


class AcceptQuarantinedCollection(OfCollection, Signed):
    """QA accepts after the deviation was closed for use."""

    physician_informed: Annotated[Literal[True], BeforeValidator(lambda given: given in (True, "true"))]


class StopCollection(OfCollection):
    """Why a collection is cancelled, abandoned or quarantined."""

    reason: Text


class RejectCollection(OfCollection, Signed):
    """The collection is not used, and why."""

    reason: Text


class RecordIsbtNumber(OfCollection, WithSecondPerson):
    """An ISBT 128 label on the container: our own label beside it is scanned too, and a second person looks."""

    scanned: Scanned
    isbt: Scanned
