"""What a camera sees: printed labels turned and drifting before it, as a film Chromium plays as its camera."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pypdfium2
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser

from tests.browser.conftest import ARGUMENTS

SIZE = (1280, 720)
FRAMES = 40
BLANK = 8
TURNED_DEGREES = 8
NOISE_SIGMA = 4
TABLE_GREY = 150
LABEL_HEIGHT = 640
"""Of a picture 720 high: a person holds the label so that it nearly fills the picture."""


def film(labels: Sequence[bytes], path: Path) -> Path:
    """A film of these one-page PDFs; its first frames show the empty table.

    One label is shown whole; of several side by side the corner with the square symbol is in view.
    """
    chance = Random(20261123)
    shown = [_seen(label, len(labels)) for label in labels]
    light = Image.linear_gradient("L").rotate(90).resize(SIZE).point(lambda part: 150 + part * 105 // 255)
    with path.open("wb") as out:
        for at in range(FRAMES):
            table = Image.new("L", SIZE, TABLE_GREY)
            for place, label in enumerate(shown if at >= BLANK else ()):
                turned = label.rotate(
                    chance.uniform(-TURNED_DEGREES, TURNED_DEGREES), Image.Resampling.BICUBIC, expand=True
                )
                middle = SIZE[0] * (2 * place + 1) // (2 * len(shown)) + chance.randint(-12, 12)
                table.paste(
                    turned.convert("L"), (middle - turned.width // 2, (SIZE[1] - turned.height) // 2), turned.split()[1]
                )
            lit = ImageChops.multiply(table, light).filter(ImageFilter.GaussianBlur(chance.uniform(1.0, 1.2)))
            noisy = ImageChops.add(lit, Image.effect_noise(SIZE, NOISE_SIGMA), 1, -128)
            noisy.convert("RGB").save(out, "JPEG", quality=90, subsampling="4:2:0")
    return path


@contextmanager
def camera(chromium: Browser, film: Path) -> Iterator[Browser]:
    """A second Chromium whose camera shows the film, again and again."""
    played = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    browser = chromium.browser_type.launch(executable_path=path, args=[*ARGUMENTS, *played])
    yield browser
    browser.close()


def _seen(label: bytes, beside: int) -> Image.Image:
    (page,) = pypdfium2.PdfDocument(label)
    picture = page.render(scale=300 / 72, grayscale=True).to_pil()
    if beside > 1:
        picture = picture.crop((picture.width // 2, 0, picture.width, picture.height // 2))
    share = min(LABEL_HEIGHT / picture.height, SIZE[0] * 0.9 / beside / picture.width)
    small = picture.resize((round(picture.width * share), round(picture.height * share)), Image.Resampling.LANCZOS)
    return Image.merge("LA", (small, Image.new("L", small.size, 255)))
