"""Requests about samples, tests and plates, shared by page and API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, BeforeValidator, Field, StringConstraints, model_validator

from app.domain.cytotoxicity.layouts import PlateLayout
from app.domain.instruments import DateOrder
from app.domain.vocabulary import Censor, Finding, SampleKind, TargetCells, TestKind, WellJudgement
from app.identity.signing import Signed
from app.patients.schemas import Code
from app.web.forms import (
    BLANK_IS_NONE,
    Number,
    OptionalInstant,
    OptionalNumber,
    OptionalText,
    Request,
    Scanned,
    Text,
    Version,
)


def _without_blanks(given: object) -> object:
    """Fields left empty among repeated ones are as if they were not there."""
    return [item for item in given if item != ""] if isinstance(given, list | tuple) else given


MOST_FILE_BYTES = 500_000
"""A plate is a few kilobytes; more is another file."""

RunNumber = Annotated[int, Field(ge=1, le=99)]
Method = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9 <>.,/:()+-]+$")]
"""The method by the laboratory's own name for it; never a patient's."""

Dilution = Annotated[Number, Field(le=100_000)]
Hours = Annotated[Number, Field(le=168)]
Counted = Annotated[int, Field(ge=0, le=100_000)]
OptionalCounted = Annotated[Counted | None, BLANK_IS_NONE]
Position = Annotated[str, StringConstraints(pattern=r"^[A-H](1[0-2]|[1-9])$")]
PlateCell = Annotated[str, StringConstraints(max_length=20)]
OptionalCensor = Annotated[Censor | None, BLANK_IS_NONE]
OptionalFinding = Annotated[Finding | None, BLANK_IS_NONE]


class TakeSample(Request):
    """A sample of a culture or of its product, and when it was taken."""

    culture_code: Code
    kind: SampleKind
    taken_at: OptionalInstant = None
    reason: OptionalText = None


class RequestTest(Request):
    """A test of a sample; `repeats_number` names the run it repeats, which then needs a reason."""

    sample_code: Code
    kind: TestKind
    method: Method
    repeats_number: Annotated[RunNumber | None, BLANK_IS_NONE] = None
    reason: OptionalText = None


class OfRun(Request):
    """Which run of which sample."""

    sample_code: Code
    number: RunNumber


class StartTest(OfRun):
    """The run begins; the sample in hand is scanned."""

    scanned: Scanned


class ReadingOfRun(OfRun):
    """Something that was read at `read_at` (empty: just now); late or unusual readings need a reason."""

    read_at: OptionalInstant = None
    reason: OptionalText = None


class RecordInterim(ReadingOfRun):
    """What a culture bottle shows before its final reading."""

    finding: Finding


class EnterCount(ReadingOfRun):
    """Viability and concentration: the cells a person counted, or what an instrument printed."""

    live: OptionalCounted = None
    dead: OptionalCounted = None
    squares: Annotated[Annotated[int, Field(ge=1, le=100)] | None, BLANK_IS_NONE] = None
    dilution: Annotated[Dilution | None, BLANK_IS_NONE] = None
    viable_1e6_per_ml: OptionalNumber = None
    viability_percent: OptionalNumber = None

    @property
    def was_counted(self) -> bool:
        """Whether a person counted; otherwise an instrument did."""
        return None not in (self.live, self.dead, self.squares, self.dilution)

    @model_validator(mode="after")
    def _one_way(self) -> EnterCount:
        counted = (self.live, self.dead, self.squares, self.dilution)
        printed = (self.viable_1e6_per_ml, self.viability_percent)
        whole, other = (counted, printed) if self.was_counted else (printed, counted)
        if None in whole or any(part is not None for part in other):
            message = "give live, dead, squares and dilution, or concentration and viability, not both"
            raise ValueError(message)
        return self


class EnterFinding(ReadingOfRun):
    """A result in words. `integrity` says of an appearance test whether the container is intact."""

    finding: Finding
    integrity: OptionalFinding = None


class EnterEndotoxin(ReadingOfRun):
    """Endotoxin per mL of product. `censor` says that the number is only the bound of what the test can see."""

    eu_per_ml: Number
    censor: OptionalCensor = None


class PlateSetUp(ReadingOfRun):
    """What stands on a plate: layout, targets in the order of the columns, E:T ratios from the first row down."""

    layout: PlateLayout
    targets: Annotated[tuple[TargetCells, ...], BeforeValidator(_without_blanks), Field(min_length=1, max_length=3)]
    targets_per_well: Annotated[int, Field(ge=1_000, le=100_000)]
    ratios: Annotated[tuple[Number, ...], BeforeValidator(_without_blanks), Field(min_length=1, max_length=6)]
    duration_h: Hours


class EnterPlate(PlateSetUp):
    """Counts per minute of the 96 wells, row by row from A1; a well that was not read stays empty."""

    cells: Annotated[tuple[PlateCell, ...], Field(min_length=96, max_length=96)]


class FileAnswers(Request):
    """What a person says about a file whose own writing leaves it open."""

    decimal_mark: Annotated[Literal[".", ","] | None, BLANK_IS_NONE] = None
    date_order: Annotated[DateOrder | None, BLANK_IS_NONE] = None


class PreviewPlate(PlateSetUp):
    """A file chosen in the browser, to look at before anything is kept. Its name goes no further than this."""

    file: Annotated[bytes, Field(min_length=1, max_length=MOST_FILE_BYTES)]


class ImportPlate(PlateSetUp, FileAnswers):
    """An instrument file of one plate, in base64, kept as it came."""

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^/\\]+$")]
    content: Annotated[Base64Bytes, Field(min_length=1, max_length=MOST_FILE_BYTES)]


class JudgeWell(Request):
    """A well is kept or excluded, and why."""

    plate_code: Code
    position: Position
    judgement: WellJudgement
    reason: Text


class VerifyTest(OfRun):
    """Another person compared the result with its source and found it right."""

    row_version: Version


class ApproveTest(OfRun, Signed):
    """The result is approved by somebody who took no part in the run."""
