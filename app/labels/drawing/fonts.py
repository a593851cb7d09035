"""The shipped fonts and their own measures. System fonts are never used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from app.domain.labels.spec import Weight

FONT_FOLDER: Final = Path(__file__).parents[1] / "fonts"


class Face(StrEnum):
    """A font file, by its name without ending."""

    MONO_REGULAR = "AtkinsonHyperlegibleMono-Regular"
    MONO_BOLD = "AtkinsonHyperlegibleMono-Bold"
    NEXT_REGULAR = "AtkinsonHyperlegibleNext-Regular"
    NEXT_BOLD = "AtkinsonHyperlegibleNext-Bold"
    DEJAVU_REGULAR = "DejaVuSans"
    DEJAVU_BOLD = "DejaVuSans-Bold"

    @property
    def path(self) -> Path:
        """The TrueType file."""
        return FONT_FOLDER / f"{self.value}.ttf"


IDENTITY_FACES: Final = {Weight.REGULAR: (Face.MONO_REGULAR,), Weight.BOLD: (Face.MONO_BOLD,)}
TEXT_FACES: Final = {
    Weight.REGULAR: (Face.NEXT_REGULAR, Face.DEJAVU_REGULAR),
    Weight.BOLD: (Face.NEXT_BOLD, Face.DEJAVU_BOLD),
}
"""In order of preference: the first face that has every character of an item sets the whole item."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its advance and the box of its ink, in ems, y up. White space has a box of zeros."""

    advance: float
    x_least: float
    y_least: float
    x_most: float
    y_most: float


def has_glyph(face: Face, character: str) -> bool:
    """Whether the face can set the character."""
    return ord(character) in _opened(face).names


@lru_cache(maxsize=4096)
def glyph(face: Face, character: str) -> Glyph:
    """Measures of a character the face has."""
    font = _opened(face)
    name = font.names[ord(character)]
    pen = BoundsPen(font.outlines)
    with font.lock:
        font.outlines[name].draw(pen)
    x_least, y_least, x_most, y_most = (value / font.em for value in pen.bounds or (0, 0, 0, 0))
    return Glyph(font.advances[name] / font.em, x_least, y_least, x_most, y_most)


def outline(face: Face, placed: tuple[tuple[str, float], ...]) -> str:
    """SVG path of characters set at the given ems from the origin, in thousandths of an em, y down."""
    font = _opened(face)
    scale = 1000 / font.em
    pen = SVGPathPen(font.outlines, ntos=lambda number: str(round(number)))
    with font.lock:
        for character, at in placed:
            font.outlines[font.names[ord(character)]].draw(TransformPen(pen, (scale, 0, 0, -scale, at * 1000, 0)))
    commands: str = pen.getCommands()
    return commands


class _Outline(Protocol):
    def draw(self, pen: object) -> None: ...


@dataclass(frozen=True, slots=True)
class _FontFile:
    em: int
    names: dict[int, str]
    advances: dict[str, int]
    outlines: Mapping[str, _Outline]
    lock: Lock
    """fontTools decodes a glyph at its first use; two threads must not do so at once."""


@cache
def _opened(face: Face) -> _FontFile:
    font = TTFont(face.path)
    return _FontFile(
        em=font["head"].unitsPerEm,
        names=font.getBestCmap(),
        advances={name: advance for name, (advance, _) in font["hmtx"].metrics.items()},
        outlines=font.getGlyphSet(),
        lock=Lock(),
    )
