"""Cell counts of an automatic counter: one row per sample. Not plates, and not what may be released."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.counting import LEAST_COUNTED
from app.domain.errors import Invalid
from app.domain.instruments.cells import DecimalMark, Measured, NumberStyle, measured, number_style
from app.domain.instruments.decoding import Line

_COLUMNS = {
    "sample": r"sample( id| name)?",
    "total_per_ml": r"total\b.*cells/ml.*",
    "viable_per_ml": r"(live|viable)\b.*cells/ml.*",
    "dead_per_ml": r"dead\b.*cells/ml.*",
    "viability_percent": r"viability\s*\(?%\)?",
    "dilution": r"dilution( factor)?",
    "cells_counted": r"cell count|cells counted",
    "viable_counted": r"viable cells( counted)?",
    "status": r"status",
}
_NEEDED = ("sample", "total_per_ml", "viable_per_ml", "viability_percent")


class CountGrade(StrEnum):
    """Whether a row may become a result: yes, yes with a warning, or only be shown."""

    OK = "ok"
    WARN = "warn"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CellCount:
    """One sample as printed. Whether it already holds the dilution, a person says once per mapping."""

    sample: str
    total_per_ml: Measured | None
    viable_per_ml: Measured | None
    dead_per_ml: Measured | None
    viability_percent: Measured | None
    dilution: Measured | None
    cells_counted: Measured | None
    viable_counted: Measured | None
    instrument_status: str | None

    @property
    def grade(self) -> CountGrade:
        """Whether the row may become a result."""
        if self.refused_because:
            return CountGrade.REFUSED
        return CountGrade.WARN if self.warned_because else CountGrade.OK

    @property
    def refused_because(self) -> str | None:
        """Why the row can only be shown: the instrument's complaint, or a result missing or censored."""
        if self.instrument_status is not None and self.instrument_status.upper() != "OK":
            return f"the instrument says {self.instrument_status!r}"
        if any(read is None or read.censor for read in (self.total_per_ml, self.viable_per_ml)):
            return "a concentration is missing or only a bound"
        return None

    @property
    def warned_because(self) -> str | None:
        """Why the row needs a second look."""
        if self.cells_counted and self.cells_counted.value < LEAST_COUNTED:
            return f"fewer than {LEAST_COUNTED} cells counted"
        return None


@dataclass(frozen=True, slots=True)
class CountTable:
    """All rows of a file and where the table began."""

    counts: tuple[CellCount, ...]
    header_row: int
    style: NumberStyle


def read_counts(lines: Sequence[Line], decimal_mark: DecimalMark | None) -> CountTable | None:
    """Rows under a header with sample, total, viable and viability; None when there is no such header.

    A row with a status other than OK, or without a result, is `refused`; below 100 cells it is `warn`.
    Refuses the whole file when total is not viable + dead, or a sample stands in it twice.
    """
    found = next(((n, named) for n, line in enumerate(lines) if (named := _header(line.cells))), None)
    if found is None:
        return None
    at, columns = found
    rows = [line for line in lines[at + 1 :] if not line.is_blank]
    style = number_style(rows, decimal_mark)
    counts = tuple(_count(_Row(line, columns, style, lines[at])) for line in rows)
    if not counts:
        raise Invalid("no_readings", "The file has a header but no sample under it. Choose the file of this count.")
    sample, most = Counter(count.sample for count in counts).most_common(1)[0]
    if most > 1:
        raise Invalid("sample_twice", f"Sample {sample!r} stands in the file {most} times. Export it once.")
    return CountTable(counts, lines[at].number, style)


def turned(lines: Sequence[Line]) -> tuple[Line, ...]:
    """A `key;value` file as a header line and one row, so that it reads like a table of one sample."""
    pairs = [line for line in lines if len(line.cells) >= 2]
    first = pairs[0].number if pairs else 1
    return (
        Line(first, tuple(line.cells[0] for line in pairs)),
        Line(first, tuple(line.cells[1] for line in pairs)),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    columns: dict[str, int]
    style: NumberStyle
    header: Line

    def text(self, key: str) -> str:
        return self.line.cell(self.columns[key]) if key in self.columns else ""

    def number(self, key: str) -> Measured | None:
        """The value in whole units: a title with x10^6 scales it. Refuses negative numbers."""
        title = self.header.cell(self.columns[key]) if key in self.columns else ""
        read = measured(self.text(key), self.style, f"Line {self.line.number}, {title or key}")
        if read is None:
            return None
        if read.value < 0:
            raise Invalid("negative_reading", f"Line {self.line.number}, {title}: {read.value} is below zero.")
        power = re.search(r"10\^(\d)", title)
        return Measured(read.value * 10 ** int(power[1]) if power else read.value, read.censor)


def _header(cells: Sequence[str]) -> dict[str, int] | None:
    named = {
        key: column
        for column, cell in reversed(list(enumerate(cells)))
        for key, pattern in _COLUMNS.items()
        if re.fullmatch(pattern, cell.lower())
    }
    return named if all(key in named for key in _NEEDED) else None


def _count(row: _Row) -> CellCount:
    count = CellCount(
        sample=row.text("sample"),
        total_per_ml=row.number("total_per_ml"),
        viable_per_ml=row.number("viable_per_ml"),
        dead_per_ml=row.number("dead_per_ml"),
        viability_percent=row.number("viability_percent"),
        dilution=row.number("dilution"),
        cells_counted=row.number("cells_counted"),
        viable_counted=row.number("viable_counted"),
        instrument_status=row.text("status") if "status" in row.columns else None,
    )
    if not count.sample:
        raise Invalid("sample_missing", f"Line {row.line.number} names no sample.")
    _cross_check(count, row.line.number)
    return count


def _cross_check(count: CellCount, line: int) -> None:
    """House rule: total = viable + dead within 0.5 %, viable no more than total, viability a percentage."""
    total, viable, dead = (_exact(read) for read in (count.total_per_ml, count.viable_per_ml, count.dead_per_ml))
    if total is not None and viable is not None:
        if viable > total:
            raise _mismatch(line, f"{viable:,f} viable cells are more than {total:,f} in all")
        if dead is not None and abs(total - viable - dead) > total / 200:
            raise _mismatch(line, f"{viable:,f} viable and {dead:,f} dead cells are not {total:,f} in all")
    if count.viability_percent and count.viability_percent.value > 100:
        raise _mismatch(line, f"a viability of {count.viability_percent.value} % is not possible")


def _exact(read: Measured | None) -> Decimal | None:
    return None if read is None or read.censor else read.value


def _mismatch(line: int, what: str) -> Invalid:
    return Invalid("count_contradicts_itself", f"Line {line}: {what}. The whole file is set aside; count again.")
