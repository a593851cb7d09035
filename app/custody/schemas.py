"""Requests of the custody commands, shared by page and API."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field

from app.domain.collection import RECEIPT_TEMPERATURE_C
from app.domain.scan import as_typed
from app.domain.vocabulary import Inspection
from app.identity.signing import Signed, WithSecondPerson
from app.web.forms import Number, OptionalScanned, OptionalText, Request, Scanned, Text


def _short(seal: str | None) -> str | None:
    if seal is not None and len(seal) > LONGEST_SEAL:
        message = f"a seal number has at most {LONGEST_SEAL} characters"
        raise ValueError(message)
    return seal


LONGEST_SEAL = 40
TemperatureC = Annotated[Number, Field(ge=RECEIPT_TEMPERATURE_C[0], le=RECEIPT_TEMPERATURE_C[1])]
"""What a thermometer beside a bag can show, the same as beside a collection."""

Seal = Annotated[OptionalText, AfterValidator(_short)]


class BagScanned(Request):
    """A bag as it was scanned. `bag_code` is the bag whose page is open, where there is one: no other will do."""

    bag_code: Annotated[str | None, Field(default=None, max_length=14)] = None
    bag: Scanned

    def at(self, code: str) -> Self:
        """The same request on the page of this bag."""
        return self.model_copy(update={"bag_code": code})


class IssueBag(BagScanned, WithSecondPerson):
    """A bag that leaves for the ward: scanned, packed, sealed; the second person confirms."""

    transport_place: Scanned
    temperature_c: TemperatureC
    seal: Seal = None


class ReceiveBag(BagScanned, WithSecondPerson):
    """A bag that arrives on the ward: the giver confirms as second person, every line is inspected."""

    place: Scanned
    temperature_c: TemperatureC
    integrity: Inspection
    label: Inspection
    seal: Seal = None


class ReturnBag(BagScanned, WithSecondPerson):
    """A bag that goes back to the laboratory: who takes it confirms as second person; temperature and reason."""

    place: Scanned
    temperature_c: TemperatureC
    reason: Text
    seal: Seal = None


class HandOverBag(BagScanned, WithSecondPerson):
    """A bag from one person to another: the receiver confirms as second person."""

    place: OptionalScanned = None


class StoreBag(BagScanned):
    """A bag put to another place by the person who holds it."""

    place: Scanned


class DisposeBag(BagScanned, WithSecondPerson):
    """A bag that is destroyed; the second person is the witness."""

    reason: Text


class RecallBag(Signed):
    """A bag QA calls back, wherever it is."""

    bag_code: Annotated[str, Field(min_length=14, max_length=14)]
    reason: Text


class RestockBag(Signed):
    """A returned bag QA lets be issued again."""

    bag_code: Annotated[str, Field(min_length=14, max_length=14)]


class BagReason(Request):
    """A bag and why, before anything is signed."""

    bag_code: Annotated[str, Field(min_length=14, max_length=14)]
    reason: Text


class ScanAnything(Request):
    """Whatever was scanned, or typed from a label with its hyphens: only what a reader sends is taken to the letter."""

    scanned: Scanned
    is_typed: bool = False

    @property
    def code(self) -> str:
        """The text to read."""
        return as_typed(self.scanned) if self.is_typed else self.scanned
