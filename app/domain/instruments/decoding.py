"""From the bytes of an instrument file to numbered lines of cells. Not what the cells mean."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.errors import Invalid

MOST_BYTES = 10_000_000
MOST_LINES = 20_000

_SPACED_COLON = " : "
_DELIMITERS = ("\t", ";", ",", _SPACED_COLON)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_NOT_TEXT = (
    (b"PK\x03\x04", "a spreadsheet or archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in the file: its number, counted from 1, and its cells without outer blanks."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(self.cells)

    def cell(self, column: int) -> str:
        """The cell of a column counted from 0; a ragged line is read as if it were filled with blanks."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The lines of a file and how they were read."""

    encoding: str
    has_bom: bool
    delimiter: str
    lines: tuple[Line, ...]


def decode(content: bytes) -> Decoded:
    """Read bytes as byte-order mark says, else UTF-16, UTF-8, Latin-1; find the delimiter; split into lines.

    Refuses an empty file, one above 10 MB or 20,000 lines, and whatever is no delimited text.
    """
    if len(content) > MOST_BYTES:
        raise Invalid(
            "file_too_large",
            f"The file has {len(content):,} bytes; an instrument file has at most {MOST_BYTES:,}. "
            "Choose the result file of one plate or run.",
        )
    encoding, has_bom, text = _text(content)
    if not text.strip():
        raise Invalid("file_empty", "The file is empty. Export it again from the instrument.")
    written = _LINE_END.split(text.removesuffix("\x1a"))
    if len(written) > MOST_LINES:
        raise Invalid("file_too_long", f"The file has {len(written):,} lines; at most {MOST_LINES:,} are read.")
    delimiter = _delimiter([line for line in written if line.strip()])
    return Decoded(encoding, has_bom, delimiter, _lines(written, delimiter))


def _text(content: bytes) -> tuple[str, bool, str]:
    for beginning, what in _NOT_TEXT:
        if content.startswith(beginning):
            raise _not_text(f"This is {what}, not a text file.")
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding, True, _clean(_strictly(content[len(mark) :], encoding))
    for encoding in (*_guessed_utf16(content), "utf-8"):
        try:
            return encoding, False, _clean(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return "latin-1", False, _clean(content.decode("latin-1"))


def _guessed_utf16(content: bytes) -> Iterator[str]:
    """Western text in UTF-16 has a zero in every other byte."""
    half = len(content) // 2
    if content[1::2].count(0) > half * 0.9:
        yield "utf-16-le"
    if content[0::2].count(0) > half * 0.9:
        yield "utf-16-be"


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise _not_text(f"The file begins as {encoding} and breaks that encoding further on.") from None


def _clean(text: str) -> str:
    if any(ord(character) < 32 and character not in "\t\r\n\f\x1a" for character in text):
        raise _not_text("The file holds characters that no text file has.")
    return text


def _not_text(what: str) -> Invalid:
    return Invalid("not_a_text_file", f"{what} Export the result as text or CSV and choose that file.")


def _delimiter(lines: Sequence[str]) -> str:
    """The first of tab, semicolon, comma, spaced colon that stands in half of the lines, or the commonest."""
    found = {mark: sum(mark in line for line in lines) for mark in _DELIMITERS}
    for mark, count in found.items():
        if 2 * count >= len(lines):
            return mark
    commonest = max(found, key=lambda mark: found[mark])
    if not found[commonest]:
        raise Invalid("no_columns", "The file has no columns: no tab, semicolon or comma separates its values.")
    return commonest


def _lines(written: Sequence[str], delimiter: str) -> tuple[Line, ...]:
    if delimiter == _SPACED_COLON:
        return tuple(_line(n, line.split(delimiter, 1)) for n, line in enumerate(written, start=1))
    reader = csv.reader(written, delimiter=delimiter, strict=True)
    try:
        return tuple(_line(reader.line_num, cells) for cells in reader)
    except csv.Error as problem:
        raise Invalid(
            "unreadable_line",
            f"Line {reader.line_num} cannot be split into columns ({problem}). Check its quotation marks.",
        ) from None


def _line(number: int, cells: Sequence[str]) -> Line:
    return Line(number, tuple(cell.strip() for cell in cells))
