"""Measures a text and fits it into its box, or refuses by name. It never cuts and never draws."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.domain.errors import Invalid
from app.domain.labels.spec import Align, Area, Text
from app.labels.drawing.fonts import IDENTITY_FACES, TEXT_FACES, Face, glyph, has_glyph

LINE_PITCH: Final = 1.15
"""From baseline to baseline, in ems."""

_ASCENT: Final = 0.75
"""Room above a baseline, in ems: capitals and ascenders. Accents on capitals push the baseline down."""

_FOOT: Final = 0.25
"""Room under the last baseline of a text that stands at the foot of its box, in ems."""

_BALANCE: Final = 0.5
"""Step of the line width tried when lines are balanced, in ems."""

_BAND_END_MM: Final = 0.7
_STEP_MM: Final = 1 / 12
"""One dot at 12 dots/mm: the step between the sizes tried."""

_AFTER_HYPHEN: Final = re.compile(r"(?<=\w-)(?=\w)")
_SLACK_MM: Final = 1e-6
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Mc", "Me"})
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True, slots=True)
class Run:
    """One line of text in one face: em size, left end and baseline in millimetres."""

    face: Face
    size_mm: float
    x_mm: float
    baseline_mm: float
    text: str
    is_white: bool

    def glyphs(self) -> Iterator[tuple[str, float]]:
        """Each character with its left end in millimetres; no kerning, so that every output agrees."""
        x_mm = self.x_mm
        for character in self.text:
            yield character, x_mm
            x_mm += glyph(self.face, character).advance * self.size_mm

    def words(self) -> Iterator[Area]:
        """The box of each word's ink line: where ink must be found again."""
        x_mm = self.x_mm
        space_mm = glyph(self.face, " ").advance * self.size_mm
        for word in self.text.split(" "):
            width_mm = _advance(self.face, word) * self.size_mm
            top_mm = _ink_top(self.face, word) * self.size_mm
            depth_mm = _ink_bottom(self.face, word) * self.size_mm
            yield Area(x_mm, self.baseline_mm - top_mm, width_mm, top_mm + depth_mm)
            x_mm += width_mm + space_mm


@lru_cache(maxsize=1024)  # labels of one job say the same in the same place
def fit(item: Text) -> tuple[Run, ...]:
    """The lines of `item` at the largest size that fits its box, or Invalid naming the item and why."""
    text = _printable(item)
    face = _face_for(item, text)
    parts = _parts(face, text)
    size_mm = item.size_mm
    while size_mm > item.least_size_mm - _SLACK_MM:
        width = _width(item) / size_mm
        lines = _wrapped(parts, width)
        if lines and len(lines) <= item.most_lines and _height(item, face, lines) * size_mm <= _room(item):
            return _placed(item, face, size_mm, _balanced(parts, width, lines))
        size_mm = _next_size(size_mm, item.least_size_mm)
    raise Invalid(
        "text_does_not_fit",
        f"The {item.name} does not fit its place at {item.least_size_mm} mm: “{text}”. "
        "Shorten it, or use a larger label.",
    )


def _next_size(size_mm: float, least_mm: float) -> float:
    """One step down, and the least size itself as the last one tried."""
    return max(size_mm - _STEP_MM, least_mm) if size_mm > least_mm + _SLACK_MM else 0.0


def _width(item: Text) -> float:
    """Room for a line; white letters keep clear of the ends of their band."""
    return item.box.width_mm - (2 * _BAND_END_MM if item.is_reversed else 0.0)


def _room(item: Text) -> float:
    return item.box.height_mm + _SLACK_MM


def _printable(item: Text) -> str:
    """The text in NFC; refuses what has no ink of its own or needs shaping we do not do."""
    text = unicodedata.normalize("NFC", item.text)
    if not text.strip():
        raise Invalid("label_text_empty", f"The {item.name} is empty. Fill it in before the label is made.")
    for character in text:
        if unicodedata.category(character) in _UNPRINTABLE:
            why = "cannot be seen or needs letters to be joined"
        elif unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
            why = "is written from right to left"
        else:
            continue
        raise Invalid(
            "label_character_refused",
            f"The {item.name} holds {_named(character)}, which {why}. Enter it in Latin letters.",
        )
    return text


def _face_for(item: Text, text: str) -> Face:
    faces = (IDENTITY_FACES if item.is_identity else TEXT_FACES)[item.weight]
    for face in faces:
        if all(has_glyph(face, character) for character in text):
            return face
    missing = next(character for character in text if not has_glyph(faces[-1], character))
    raise Invalid(
        "label_character_missing",
        f"The {item.name} holds {_named(missing)}, which our fonts cannot print. Enter it in Latin letters.",
    )


def _named(character: str) -> str:
    return f"the character U+{ord(character):04X} ({unicodedata.name(character, 'no name')})"


@dataclass(frozen=True, slots=True)
class _Part:
    """What may not be broken, with the space before it; measured once, in ems.

    `before` and `after` are how far its ink stands out of its advance at either end.
    """

    text: str
    is_word: bool
    space: float
    advance: float
    before: float
    after: float


def _parts(face: Face, text: str) -> tuple[_Part, ...]:
    """The parts of a text: its words, and a name may break after its hyphen."""
    space = glyph(face, " ").advance
    return tuple(
        _Part(part, not number, 0.0 if number else space, _advance(face, part), _before(face, part), _after(face, part))
        for word in text.split()
        for number, part in enumerate(_AFTER_HYPHEN.split(word))
    )


def _wrapped(parts: tuple[_Part, ...], width: float) -> tuple[str, ...]:
    """Lines broken at spaces and after hyphens, none wider than `width` ems; empty if a part is too wide."""
    lines: list[str] = []
    before = at = 0.0
    for part in parts:
        if part.before + part.advance + part.after > width + _SLACK_MM:
            return ()
        joined = at + part.space + part.advance
        if lines and before + joined + part.after <= width + _SLACK_MM:
            lines[-1] += f" {part.text}" if part.is_word else part.text
            at = joined
        else:
            lines.append(part.text)
            before, at = part.before, part.advance
    return tuple(lines)


def _balanced(parts: tuple[_Part, ...], width: float, lines: tuple[str, ...]) -> tuple[str, ...]:
    """The same number of lines, about equally long."""
    if len(lines) == 1:
        return lines
    while len(narrower := _wrapped(parts, width := width - _BALANCE)) == len(lines):
        lines = narrower
    return lines


@lru_cache(maxsize=4096)
def _advance(face: Face, text: str) -> float:
    return sum(glyph(face, character).advance for character in text)


def _before(face: Face, line: str) -> float:
    """How far the first character's ink stands out to the left of its place, in ems."""
    return max(0.0, -glyph(face, line[0]).x_least)


def _after(face: Face, line: str) -> float:
    """How far the last character's ink stands out to the right of its advance, in ems."""
    last = glyph(face, line[-1])
    return max(0.0, last.x_most - last.advance)


def _ink_width(face: Face, line: str) -> float:
    return _before(face, line) + _advance(face, line) + _after(face, line)


@lru_cache(maxsize=4096)
def _ink_top(face: Face, line: str) -> float:
    return max((glyph(face, character).y_most for character in line), default=0.0)


@lru_cache(maxsize=4096)
def _ink_bottom(face: Face, line: str) -> float:
    return max((-glyph(face, character).y_least for character in line), default=0.0)


def _ascent(face: Face, line: str) -> float:
    return max(_ASCENT, _ink_top(face, line))


def _height(item: Text, face: Face, lines: tuple[str, ...]) -> float:
    return _ascent(face, lines[0]) + LINE_PITCH * (len(lines) - 1) + _below(item, face, lines[-1])


def _below(item: Text, face: Face, line: str) -> float:
    """Room under the last baseline."""
    return max(_FOOT if item.is_at_foot else 0.0, _ink_bottom(face, line))


def _first_baseline(item: Text, face: Face, size_mm: float, lines: tuple[str, ...]) -> float:
    """From the top of the box to the first baseline, in ems."""
    room = item.box.height_mm / size_mm
    below = LINE_PITCH * (len(lines) - 1)
    if item.is_reversed:  # a band: its words stand in the middle of the black
        top = _ink_top(face, lines[0])
        return (room - top - below) / 2 + top
    if item.is_at_foot:
        return room - below - _below(item, face, lines[-1])
    return _ascent(face, lines[0])


def _placed(item: Text, face: Face, size_mm: float, lines: tuple[str, ...]) -> tuple[Run, ...]:
    box = item.box
    first = _first_baseline(item, face, size_mm, lines)
    runs: list[Run] = []
    for number, line in enumerate(lines):
        free_mm = box.width_mm - _ink_width(face, line) * size_mm
        shift_mm = {Align.LEFT: 0.0, Align.CENTRE: free_mm / 2, Align.RIGHT: free_mm}[item.align]
        x_mm = box.x_mm + shift_mm + _before(face, line) * size_mm
        baseline_mm = box.y_mm + (first + LINE_PITCH * number) * size_mm
        runs.append(Run(face, size_mm, x_mm, baseline_mm, line, item.is_reversed))
    return tuple(runs)
