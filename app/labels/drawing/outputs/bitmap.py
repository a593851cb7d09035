"""A label as the exact dots of a printer: one bit per dot, black is 0."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from app.domain.labels.spec import Area
from app.labels.drawing.fonts import Face
from app.labels.drawing.placing import Placed, PlacedLabel

WHITE: Final = 255
BLACK: Final = 0


def draw_bitmap(label: PlacedLabel) -> Image.Image:
    """The whole label at the dots it was placed on."""
    spec, dots_per_mm = label.spec, label.dots_per_mm
    assert dots_per_mm is not None, "a bitmap is placed on dots"
    size = (round(spec.width_mm * dots_per_mm), round(spec.height_mm * dots_per_mm))
    image = Image.new("1", size, WHITE)
    for placed in label.items:
        _draw(image, placed, dots_per_mm, (0, 0))
    return image


def png_from_bitmap(image: Image.Image, dots_per_mm: int) -> bytes:
    """The dots as a PNG that knows its size; the same dots give the same bytes."""
    written = BytesIO()
    image.save(written, "PNG", dpi=(dots_per_mm * 25.4, dots_per_mm * 25.4))
    return written.getvalue()


def draw_alone(placed: Placed, place: tuple[int, int, int, int], dots_per_mm: int) -> Image.Image:
    """What `draw_bitmap` must show in dots that belong to one item: that item and nothing else."""
    left, top, right, bottom = place
    image = Image.new("1", (right - left, bottom - top), WHITE)
    _draw(image, placed, dots_per_mm, (left, top))
    return image


def dots(area: Area, dots_per_mm: float) -> tuple[int, int, int, int]:
    """Left, top, right, bottom in dots; right and bottom are the first dots outside."""
    x_mm, y_mm = area.x_mm, area.y_mm
    right, bottom = round((x_mm + area.width_mm) * dots_per_mm), round((y_mm + area.height_mm) * dots_per_mm)
    return round(x_mm * dots_per_mm), round(y_mm * dots_per_mm), right, bottom


def _draw(image: Image.Image, placed: Placed, dots_per_mm: int, origin: tuple[int, int]) -> None:
    canvas = image.im  # pasted on directly: Pillow's own checks take longer than the paste, and a label has 500
    x_origin, y_origin = origin
    for area in placed.rectangles:
        left, top, right, bottom = dots(area, dots_per_mm)
        canvas.paste(BLACK, (left - x_origin, top - y_origin, right - x_origin, bottom - y_origin))
    for run in placed.runs:
        size_dots = round(run.size_mm * dots_per_mm, 2)
        baseline = round(run.baseline_mm * dots_per_mm) - y_origin
        tone = WHITE if run.is_white else BLACK
        for character, x_mm in run.glyphs():
            x = round(x_mm * dots_per_mm) - x_origin
            mask, left, top, right, bottom = _glyph(run.face, size_dots, character)
            canvas.paste(tone, (x + left, baseline + top, x + right, baseline + bottom), mask.im)


@lru_cache(maxsize=4096)
def _glyph(face: Face, size_dots: float, character: str) -> tuple[Image.Image, int, int, int, int]:
    """The dots of one character, and their box seen from its place on the baseline."""
    font = _font(face, size_dots)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(character, mode="1", anchor="ls"))
    mask = Image.new("1", (right - left, bottom - top))
    ImageDraw.Draw(mask).text((-left, -top), character, fill=1, font=font, anchor="ls")
    return mask, left, top, right, bottom


@lru_cache(maxsize=256)
def _font(face: Face, size_dots: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, size_dots, layout_engine=ImageFont.Layout.BASIC)
