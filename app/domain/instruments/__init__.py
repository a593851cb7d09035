"""Delimited files of laboratory instruments: from bytes to readings, or a refusal. Not roles of wells."""

from app.domain.instruments.cells import DateOrder, DecimalMark, FileDate, Measured, NumberStyle
from app.domain.instruments.counts import CellCount, CountGrade, CountTable
from app.domain.instruments.files import InstrumentFile, Question, Shape, read_instrument_file
from app.domain.instruments.plates import PlateReadings, Reading, position_of, read_pasted_grid

__all__ = [
    "CellCount",
    "CountGrade",
    "CountTable",
    "DateOrder",
    "DecimalMark",
    "FileDate",
    "InstrumentFile",
    "Measured",
    "NumberStyle",
    "PlateReadings",
    "Question",
    "Reading",
    "Shape",
    "position_of",
    "read_instrument_file",
    "read_pasted_grid",
]
