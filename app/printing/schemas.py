"""Requests of printers and print jobs, shared by page and API. None but the administrator's names an address."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from app.domain.vocabulary import Transport
from app.identity.signing import WithSecondPerson
from app.labels.schemas import Code, PrintNumber
from app.web.forms import BLANK_IS_NONE, Number, OptionalText, Request, Scanned, Text, Version

JobNumber = Annotated[int, Field(ge=1)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$")]


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdigit() else value


class NewPrinter(Request):
    """A printer as it stands there: the size of its stock, its resolution, and how labels come to it."""

    name: Name
    place_code: Annotated[Code | None, BLANK_IS_NONE] = None
    transport: Transport
    host: Annotated[Host | None, BLANK_IS_NONE] = None
    port: Annotated[int | None, Field(ge=1, le=65535), BLANK_IS_NONE] = None
    dots_per_mm: Annotated[Literal[8, 12], BeforeValidator(_whole)]
    media_width_mm: Annotated[Number, Field(ge=10, le=300)]
    media_height_mm: Annotated[Number, Field(ge=5, le=300)]


class ChangePrinter(NewPrinter):
    """The printer with all it is from now on. It must be checked anew."""

    printer_code: Code
    row_version: Version


class RetirePrinter(Request):
    """A printer that is not used any more."""

    printer_code: Code
    row_version: Version
    reason: Text


class TestPrinter(Request):
    """Asks for the test label on a printer of the network."""

    __test__ = False
    printer_code: Code
    row_version: Version


class CheckPrinter(Request):
    """What somebody saw on the test label: all of it must be right. `scanned` is its square symbol."""

    printer_code: Code
    row_version: Version
    frame_is_whole: bool = False
    comb_has_no_gap: bool = False
    rulers_are_true: bool = False
    scanned: Scanned


class PrintLabelJob(Request):
    """The next label of one thing, on a printer; a reprint says why."""

    code: Code
    printer_code: Code
    reason: OptionalText = None


class PrintVesselLabels(Request):
    """The labels of all vessels of a culture that have none yet, in order, after a head."""

    culture_code: Code
    printer_code: Code


class JobNamed(Request):
    """A print job by its number, as the page showed it."""

    job: JobNumber
    row_version: Version


class CancelJob(JobNamed):
    """Copies of which no byte left are given up, and why."""

    reason: Text


class ScanBackInJob(Request):
    """The copy whose turn it is, scanned."""

    job: JobNumber
    code: Code
    print_number: PrintNumber
    scanned: Scanned


class ApplyJob(WithSecondPerson):
    """All vessels of a job wear their labels: a second person saw the first, the last and their number."""

    job: JobNumber
    first_scanned: Scanned
    last_scanned: Scanned
    count: Annotated[int, Field(ge=1, le=500)]
