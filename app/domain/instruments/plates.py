"""Readings of a plate or of tubes: list, 8 x 12 matrix, side-by-side blocks, pasted grid. Not their roles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from app.domain.errors import Invalid
from app.domain.instruments.cells import DecimalMark, Measured, NumberStyle, measured, number_style
from app.domain.instruments.decoding import Line
from app.domain.vocabulary import Censor

ROWS = "ABCDEFGH"
COLUMNS = range(1, 13)
_NUMBERS = tuple(str(column) for column in COLUMNS)
_LIST_COLUMNS = {
    "position": ("position", "pos", "well", "tube", "vial"),
    "seconds": ("time (s)", "count time (s)"),
    "counts": ("counts", "total counts"),
    "cpm": ("cpm", "counts per minute"),
    "status": ("flag", "status"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read at one position. `instrument_status` is the complaint of the instrument, if any."""

    position: str
    quantity: str
    value: Decimal
    censor: Censor | None = None
    instrument_status: str | None = None

    @property
    def is_ok(self) -> bool:
        """Whether it may become a result; a flagged reading is only shown."""
        return self.instrument_status is None


@dataclass(frozen=True, slots=True)
class PlateReadings:
    """The readings of one file, positions that were there but blank, and where the table began."""

    readings: tuple[Reading, ...]
    blank_positions: tuple[str, ...]
    header_row: int
    style: NumberStyle
    temperature_c: Decimal | None = None


def position_of(text: str) -> str | None:
    """A well (A1 to H12) or the number of a tube (1 to 999), without leading zeros; None otherwise."""
    found = re.fullmatch(r"([A-H]?)0*([1-9]\d{0,2})", text.upper(), re.ASCII)
    if found is None or (found[1] and int(found[2]) not in COLUMNS):
        return None
    return found[1] + found[2]


def read_list(lines: Sequence[Line], decimal_mark: DecimalMark | None) -> PlateReadings | None:
    """One row per tube or well under a header with position and CPM; None when there is no such header.

    Checks counts x 60 / time = CPM; refuses a mismatch, a doubled position and a row that is no reading.
    """
    found = next(((n, named) for n, line in enumerate(lines) if (named := _list_header(line))), None)
    if found is None:
        return None
    at, columns = found
    rows = list(takewhile(lambda line: not line.is_blank, lines[at + 1 :]))
    for line in lines[at + 1 + len(rows) :]:
        if position_of(line.cell(columns["position"])) and line.cell(columns["cpm"]):
            raise Invalid("list_interrupted", f"Line {line.number} continues the list after an empty line.")
    style = number_style(rows, decimal_mark)
    return _collected([_list_reading(line, columns, style) for line in rows], lines[at].number, style)


def read_matrices(lines: Sequence[Line], decimal_mark: DecimalMark | None) -> PlateReadings | None:
    """Matrices of 8 x 12 headed 1 to 12, each named by the line above it; None when there is none."""
    heads = [n for n, line in enumerate(lines) if _is_matrix_header(line)]
    if not heads:
        return None
    style = number_style((line for head in heads for line in lines[head + 1 : head + 9]), decimal_mark)
    cells = [cell for head in heads for cell in _matrix_cells(lines, head, style)]
    return _collected(cells, lines[heads[0]].number, style)


def read_blocks(lines: Sequence[Line], decimal_mark: DecimalMark | None) -> PlateReadings | None:
    """A `##BLOCKS=` file: wavelengths side by side with a blank column between; ends at the first `~End`.

    None when the file is none. Summary tables after `~End` are no readings; a second plate is refused.
    """
    if not lines[0].cell(0).startswith("##BLOCKS="):
        return None
    if sum(line.cell(0) == "Plate:" for line in lines) != 1:
        raise Invalid("several_plates", "The file does not hold exactly one plate. Export each plate by itself.")
    block = list(takewhile(lambda line: line.cell(0) != "~End", lines[1:]))
    if len(block) < 10 or len(block) == len(lines) - 1:
        raise Invalid("plate_cut_off", "The plate in the file is cut off before `~End`. Export it again.")
    plate, head, rows = block[0], block[1], block[2:10]
    quantities = _wavelengths(plate)
    firsts = [column for column, cell in enumerate(head.cells) if cell == "1"]
    if len(firsts) != len(quantities) or any(head.cells[n : n + 12] != _NUMBERS for n in firsts):
        raise Invalid("wavelengths_unclear", f"Line {head.number} does not number 12 columns per wavelength.")
    style = number_style(rows, decimal_mark)
    temperature = measured(rows[0].cell(1), style, f"Line {rows[0].number}, temperature")
    grids = [_Grid(quantity, first, style) for first, quantity in zip(firsts, quantities, strict=True)]
    cells = [
        cell
        for letter, row in zip(ROWS, rows, strict=True)
        for side_by_side in zip(*(grid.row(letter, row) for grid in grids), strict=True)
        for cell in side_by_side
    ]
    return _collected(cells, head.number, style, temperature.value if temperature else None)


def read_pasted_grid(text: str, quantity: str = "cpm") -> PlateReadings:
    """Exactly eight lines of twelve cells separated by tabs, decimals with a point, nothing else.

    Refuses headings, another number of lines or cells, text and negative counts, naming line and column.
    """
    rows = [tuple(cell.strip() for cell in row.split("\t")) for row in text.rstrip("\r\n").splitlines()]
    if len(rows) != len(ROWS):
        raise Invalid("not_eight_rows", f"The grid has {len(rows)} lines; it needs 8. Copy only the 96 cells.")
    lines = [Line(number, cells) for number, cells in enumerate(rows, start=1)]
    for line in lines:
        if len(line.cells) != len(COLUMNS):
            raise Invalid(
                "not_twelve_columns",
                f"Line {line.number} has {len(line.cells)} cells; it needs 12. Copy only the 96 cells.",
            )
    style = NumberStyle(".", None, is_certain=True)
    grid = _Grid(quantity, 0, style)
    cells = [cell for letter, line in zip(ROWS, lines, strict=True) for cell in grid.row(letter, line)]
    return _collected(cells, 1, style)


_Cell = tuple[str, Reading | None]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Twelve columns of one quantity beginning at `first_column`. Only absorbance may be negative."""

    quantity: str
    first_column: int
    style: NumberStyle

    def row(self, letter: str, line: Line) -> Iterator[_Cell]:
        for number in COLUMNS:
            position, column = f"{letter}{number}", self.first_column + number - 1
            if re.fullmatch(r"A\d{3}", self.quantity):
                read = measured(line.cell(column), self.style, f"Line {line.number}, well {position}")
            else:
                read = _at_least_zero(line, column, f"well {position}", self.style)
            yield position, Reading(position, self.quantity, read.value, read.censor) if read else None


def _collected(
    cells: Sequence[_Cell], header_row: int, style: NumberStyle, temperature_c: Decimal | None = None
) -> PlateReadings:
    readings = tuple(reading for _, reading in cells if reading)
    if not readings:
        raise Invalid("no_readings", "The file has a table but no reading in it. Choose the file of this plate.")
    times = Counter((reading.position, reading.quantity) for reading in readings)
    (position, quantity), most = times.most_common(1)[0]
    if most > 1:
        raise Invalid("position_twice", f"Position {position} was read {most} times as {quantity}. Keep one reading.")
    blanks = tuple(dict.fromkeys(position for position, reading in cells if reading is None))
    return PlateReadings(readings, blanks, header_row, style, temperature_c)


def _list_header(line: Line) -> dict[str, int] | None:
    names = [cell.lower() for cell in line.cells]
    found = {
        key: next((names.index(word) for word in words if word in names), -1) for key, words in _LIST_COLUMNS.items()
    }
    return found if found["position"] >= 0 and found["cpm"] >= 0 else None


def _list_reading(line: Line, columns: dict[str, int], style: NumberStyle) -> _Cell:
    written = line.cell(columns["position"])
    position = position_of(written)
    if position is None:
        raise Invalid(
            "position_unknown",
            f"Line {line.number}: {written[:20]!r} is no well (A1 to H12) and no tube number.",
        )
    cpm = _at_least_zero(line, columns["cpm"], "CPM", style)
    if cpm is None:
        return position, None
    _cross_check(line, columns, cpm, style)
    flag = line.cell(columns["status"]) if columns["status"] >= 0 else ""
    return position, Reading(position, "cpm", cpm.value, cpm.censor, None if flag.upper() in ("", "OK") else flag)


def _cross_check(line: Line, columns: dict[str, int], cpm: Measured, style: NumberStyle) -> None:
    """House rule: CPM is counts x 60 / time within one count or 0.5 %, whichever is more."""
    if columns["counts"] < 0 or columns["seconds"] < 0:
        return
    counts = _at_least_zero(line, columns["counts"], "counts", style)
    seconds = _at_least_zero(line, columns["seconds"], "time", style)
    if not counts or not seconds or counts.censor or cpm.censor:
        return
    expected = counts.value * 60 / seconds.value if seconds.value else None
    if expected is None or abs(expected - cpm.value) > max(Decimal(1), expected / 200):
        raise Invalid(
            "counts_do_not_match_cpm",
            f"Line {line.number}: {counts.value} counts in {seconds.value} s are not {cpm.value} per minute. "
            "The whole file is set aside; read the tubes again.",
        )


def _at_least_zero(line: Line, column: int, name: str, style: NumberStyle) -> Measured | None:
    read = measured(line.cell(column), style, f"Line {line.number}, {name}")
    if read and read.value < 0:
        raise Invalid("negative_reading", f"Line {line.number}, {name}: {read.value} is below zero.")
    return read


def _is_matrix_header(line: Line) -> bool:
    return line.cell(0) in ("", "<>") and line.cells[1:13] == _NUMBERS and not any(line.cells[13:])


def _matrix_cells(lines: Sequence[Line], head: int, style: NumberStyle) -> Iterator[_Cell]:
    grid = _Grid(_quantity(lines[:head]), 1, style)
    rows = lines[head + 1 : head + 9]
    if tuple(row.cell(0).upper() for row in rows) != tuple(ROWS):
        raise Invalid("plate_cut_off", f"Below line {lines[head].number} the rows A to H are not complete.")
    for letter, row in zip(ROWS, rows, strict=True):
        if any(row.cells[13:]):
            raise Invalid("too_many_columns", f"Line {row.number} has values beyond column 12.")
        yield from grid.row(letter, row)


def _quantity(above: Sequence[Line]) -> str:
    """What a matrix holds, from the line above it; counts per minute when nothing is said."""
    said = [" ".join(cell for cell in line.cells if cell) for line in above if not line.is_blank]
    if not said:
        return "cpm"
    wavelength = re.search(r"\((\d{3}(?:/\d{3})?)\)", said[-1])
    if wavelength:
        return _optical("absorbance" in " ".join(said).lower(), wavelength[1])
    return "cpm" if "cpm" in said[-1].lower() else said[-1].removeprefix("Results for ")[:40]


def _wavelengths(plate: Line) -> list[str]:
    waves = next((cell for cell in plate.cells if re.fullmatch(r"\d{3}( \d{3})*", cell)), "")
    return [_optical("Absorbance" in plate.cells, wave) for wave in waves.split()]


def _optical(is_absorbance: bool, wavelength: str) -> str:
    return f"A{wavelength}" if is_absorbance else f"RFU {wavelength}"
