"""An instrument file as read: format, readings or counts, and what a person must confirm. Stores nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import Invalid
from app.domain.instruments.cells import DateOrder, DecimalMark, FileDate, NumberStyle, dates
from app.domain.instruments.counts import CellCount, CountTable, read_counts, turned
from app.domain.instruments.decoding import Line, decode
from app.domain.instruments.plates import PlateReadings, Reading, read_blocks, read_list, read_matrices


class Shape(StrEnum):
    """How the file lays its values out."""

    BLOCKS = "blocks"
    MATRIX = "matrix_8x12"
    TABLE = "table"
    LIST = "list"
    KEY_VALUE = "key_value"


class Question(StrEnum):
    """What the file leaves open; its values are not used before a person has answered."""

    DATE_ORDER = "date_order"
    DECIMAL_MARK = "decimal_mark"


@dataclass(frozen=True, slots=True)
class InstrumentFile:
    """Everything read from one file: the readings of positions, or the counts of samples.

    `needs_confirmation` lists what must be answered before the values are used.
    """

    sha256: str
    size_bytes: int
    encoding: str
    has_bom: bool
    delimiter: str
    shape: Shape
    table: PlateReadings | CountTable
    dates: tuple[FileDate, ...]
    needs_confirmation: tuple[Question, ...]

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What was read per position; none for a file of cell counts."""
        return self.table.readings if isinstance(self.table, PlateReadings) else ()

    @property
    def counts(self) -> tuple[CellCount, ...]:
        """What was counted per sample; none for a plate or tubes."""
        return self.table.counts if isinstance(self.table, CountTable) else ()


def read_instrument_file(
    content: bytes, *, date_order: DateOrder | None = None, decimal_mark: DecimalMark | None = None
) -> InstrumentFile:
    """Read a delimited instrument file whole, or refuse it whole with a sentence that names the line.

    `date_order` and `decimal_mark` are a person's answers to what is ambiguous without them.
    Source: domain design, section 11.
    """
    decoded = decode(content)
    shape, table = _table(decoded.lines, decimal_mark)
    written_dates = dates(decoded.lines, date_order)
    return InstrumentFile(
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        encoding=decoded.encoding,
        has_bom=decoded.has_bom,
        delimiter=decoded.delimiter,
        shape=shape,
        table=table,
        dates=written_dates,
        needs_confirmation=_questions(written_dates, table.style),
    )


_Reader = Callable[[Sequence[Line], DecimalMark | None], PlateReadings | CountTable | None]

_READERS: tuple[tuple[Shape, _Reader], ...] = (
    (Shape.BLOCKS, read_blocks),
    (Shape.MATRIX, read_matrices),
    (Shape.TABLE, read_counts),
    (Shape.LIST, read_list),
    (Shape.KEY_VALUE, lambda lines, decimal_mark: read_counts(turned(lines), decimal_mark)),
)


def _table(lines: Sequence[Line], decimal_mark: DecimalMark | None) -> tuple[Shape, PlateReadings | CountTable]:
    for shape, read in _READERS:
        table = read(lines, decimal_mark)
        if table is not None:
            return shape, table
    raise Invalid(
        "shape_not_recognised",
        "The file is no plate (1 to 12 above rows A to H), no list with position and CPM, and no table "
        "with sample, total, viable and viability. Choose another file or paste the grid.",
    )


def _questions(written_dates: Sequence[FileDate], style: NumberStyle) -> tuple[Question, ...]:
    asked = []
    if any(written.day is None for written in written_dates):
        asked.append(Question.DATE_ORDER)
    if not style.is_certain:
        asked.append(Question.DECIMAL_MARK)
    return tuple(asked)
