"""The forms that bring a plate: the grid of 96 fields, the file, and what was read of it before it is kept."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from app.assay.queries.runs import run_record
from app.assay.schemas import PreviewPlate
from app.assay.words import LAYOUT_WORDS, TARGET_WORDS, in_words
from app.domain.cytotoxicity.layouts import LaidWell, PlateLayout, lay_out
from app.domain.errors import Invalid
from app.domain.identifiers import display
from app.domain.instruments import DateOrder, InstrumentFile, PlateReadings, Question, read_instrument_file
from app.domain.instruments.plates import COLUMNS, ROWS
from app.web import formats
from app.web.banner import Banner, banner_of

Options = tuple[tuple[str, str], ...]
"""(value, word) pairs of a choice."""

USUAL_RATIOS: Final = ("40", "20", "10", "5", "2.5", "1.25")
MOST_TARGETS: Final = 3


@dataclass(frozen=True, slots=True)
class WellField:
    """One field of the grid."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A row of the grid."""

    letter: str
    wells: tuple[WellField, ...]


@dataclass(frozen=True, slots=True)
class EntryGrid:
    """The 96 fields."""

    caption: str
    columns: tuple[int, ...]
    rows: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True)
class PlateForm:
    """What stands on the plate, with the usual values, and the grid where it is typed."""

    patient: Banner
    sample_code: str
    number: int
    sub: str
    address: str
    layouts: Options
    targets: Options
    ratios: tuple[str, ...]
    grid: EntryGrid


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What was read of a file, for one confirmation. `kept` are the fields that go on with it; nothing is kept yet."""

    patient: Banner
    sample_code: str
    number: int
    address: str
    guess: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]
    asks_decimal_mark: bool
    asks_date_order: bool
    decimal_marks: Options
    date_orders: Options
    kept: tuple[tuple[str, str], ...]


def plate_form(db: Connection, sample_code: str, number: int, now: datetime) -> PlateForm:
    """The empty form of a plate, with the usual values filled in."""
    run = run_record(db, sample_code, number).run
    return PlateForm(
        patient=banner_of(db, run.sample.patient_id, now),
        sample_code=sample_code,
        number=number,
        sub=f"Test {number} of sample {display(sample_code)}",
        address=f"/samples/{sample_code}/tests/{number}",
        layouts=tuple((layout.value, word) for layout, word in LAYOUT_WORDS.items()),
        targets=tuple((target.value, word) for target, word in TARGET_WORDS.items()),
        ratios=USUAL_RATIOS,
        grid=EntryGrid(
            caption="Counts per minute of 96 wells. A well that was not read stays empty.",
            columns=tuple(COLUMNS),
            rows=tuple(
                FieldRow(letter, tuple(WellField("cells", f"Well {letter}{number}", "") for number in COLUMNS))
                for letter in ROWS
            ),
        ),
    )


def import_preview(db: Connection, asked: PreviewPlate, file_name: str, now: datetime) -> ImportPreview:
    """What a file says, or one sentence why it cannot be used. Writes nothing."""
    run = run_record(db, asked.sample_code, asked.number).run
    file = read_instrument_file(asked.file)
    if not isinstance(file.table, PlateReadings):
        raise Invalid(
            "no_plate_in_file", "This file holds cell counts, no plate. Choose the file of the gamma counter."
        )
    wells = lay_out(file.table, asked.layout, asked.targets, asked.ratios)
    return ImportPreview(
        patient=banner_of(db, run.sample.patient_id, now),
        sample_code=asked.sample_code,
        number=asked.number,
        address=f"/samples/{asked.sample_code}/tests/{asked.number}/import",
        guess=_guess(file, file.table, asked.layout, file_name),
        values=tuple(_value(laid) for laid in (wells[0], wells[len(wells) // 2], wells[-1])),
        asks_decimal_mark=Question.DECIMAL_MARK in file.needs_confirmation,
        asks_date_order=Question.DATE_ORDER in file.needs_confirmation,
        decimal_marks=((".", "Decimal point"), (",", "Decimal comma")),
        date_orders=tuple((order.value, in_words(order).capitalize()) for order in DateOrder),
        kept=_kept(asked, file_name),
    )


def _guess(
    file: InstrumentFile, table: PlateReadings, layout: PlateLayout, file_name: str
) -> tuple[tuple[str, str], ...]:
    separators = {"\t": "tabs", ";": "semicolons", ",": "commas"}
    marks = {".": "point", ",": "comma"}
    return (
        ("File", f"{file_name}, {formats.grouped(file.size_bytes)} bytes"),
        ("Shape", f"{in_words(file.shape)}, table in line {table.header_row}"),
        ("Written in", f"{file.encoding}, columns by {separators.get(file.delimiter, file.delimiter)}"),
        ("Decimals by", marks[table.style.decimal_mark]),
        ("Layout", LAYOUT_WORDS[layout]),
        ("Readings", formats.grouped(len(table.readings))),
    )


def _value(laid: LaidWell) -> tuple[str, str]:
    well = laid.well
    role = "medium" if laid.target is None else f"{TARGET_WORDS[laid.target]}, {well.role.value}"
    if well.effector_target_ratio is not None and laid.target is not None:
        role = f"{TARGET_WORDS[laid.target]}, {well.effector_target_ratio.normalize():f} to 1"
    read = "not read" if well.value is None else f"{formats.grouped(well.value)}{formats.NBSP}cpm"
    return f"{well.position}, {role}", read


def _kept(asked: PreviewPlate, file_name: str) -> tuple[tuple[str, str], ...]:
    once = {
        "sample_code": asked.sample_code,
        "number": str(asked.number),
        "layout": asked.layout.value,
        "targets_per_well": str(asked.targets_per_well),
        "duration_h": f"{asked.duration_h:f}",
        "read_at": asked.read_at.isoformat() if asked.read_at else "",
        "reason": asked.reason or "",
        "file_name": file_name,
        "content": b64encode(asked.file).decode(),
    }
    many = [("targets", target.value) for target in asked.targets] + [
        ("ratios", f"{ratio:f}") for ratio in asked.ratios
    ]
    return (*once.items(), *many)
