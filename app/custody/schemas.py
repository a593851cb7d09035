"""Requests of the custody commands, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.domain.vocabulary import Inspection
from app.identity.signing import WithSecondPerson
from app.web.forms import Number, OptionalScanned, OptionalText, Request, Scanned, Text

Seal = Annotated[OptionalText, Field(default=None, max_length=40)]
BagCode = Annotated[str | None, Field(default=None, max_length=14)]
"""The bag whose page is open, where there is one: another bag that is scanned there is refused."""


class IssueBag(WithSecondPerson):
    """A bag that leaves for the ward: scanned, packed, sealed; the second person confirms."""

    bag_code: BagCode = None
    bag: Scanned
    transport_place: Scanned
    temperature_c: Number
    seal: Seal = None


class ReceiveBag(WithSecondPerson):
    """A bag that arrives on the ward: the giver confirms as second person, every line is inspected."""

    bag_code: BagCode = None
    bag: Scanned
    place: Scanned
    temperature_c: Number
    integrity: Inspection
    label: Inspection
    seal: Seal = None


class ReturnBag(WithSecondPerson):
    """A bag that goes back to the laboratory: who takes it confirms as second person; temperature and reason."""

    bag_code: BagCode = None
    bag: Scanned
    place: Scanned
    temperature_c: Number
    reason: Text
    seal: Seal = None


class HandOverBag(WithSecondPerson):
    """A bag from one person to another: the receiver confirms as second person."""

    bag_code: BagCode = None
    bag: Scanned
    place: OptionalScanned = None


class StoreBag(Request):
    """A bag put to another place by the person who holds it."""

    bag_code: BagCode = None
    bag: Scanned
    place: Scanned


class DisposeBag(WithSecondPerson):
    """A bag that is destroyed; the second person is the witness."""

    bag_code: BagCode = None
    bag: Scanned
    reason: Text


class ScanAnything(Request):
    """Whatever was scanned."""

    scanned: Scanned
