"""Requests of the label commands, shared by page and API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.domain.vocabulary import SpoilReason
from app.identity.signing import WithSecondPerson
from app.web.forms import OptionalText, Request, Scanned

Code = Annotated[str, Field(min_length=14, max_length=14)]
PrintNumber = Annotated[int, Field(ge=1, le=99)]


class PrintLabel(Request):
    """Which thing needs a label; a reprint says why."""

    code: Code
    reason: OptionalText = None


class HandOutLabel(Request):
    """A copy to be downloaded, once: as a page, or as printer bytes at a resolution."""

    code: Code
    print_number: PrintNumber
    form: Literal["pdf", "zpl-8", "zpl-12"]


class ScanBack(Request):
    """The square symbol of the copy that came out of the printer."""

    code: Code
    print_number: PrintNumber
    scanned: Scanned


class ApplyLabel(WithSecondPerson):
    """The label on its thing, scanned there; a second person read and confirms it."""

    code: Code
    print_number: PrintNumber
    scanned: Scanned


class SpoilLabel(Request):
    """A copy that cannot be used, and why; what is on no list needs words."""

    code: Code
    print_number: PrintNumber
    spoiled_as: SpoilReason = SpoilReason.OTHER
    reason: OptionalText = None


class DestroyLabel(WithSecondPerson):
    """A spoiled or void copy destroyed before a witness."""

    code: Code
    print_number: PrintNumber
