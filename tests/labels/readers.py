"""Readers and printers of other makers: libdmtx, zbar and poppler, as Debian packs them; and what labels suffer."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image, ImageFilter
from zxingcpp import BarcodeFormat, BarcodeFormats, TextMode, read_barcodes

from app.domain.labels.spec import Symbology

PIXELS_A_DOT: Final = 3
Reader = Callable[[Image.Image, Symbology], list[str]]
_ZXING: Final = {
    Symbology.CODE_128: BarcodeFormats((BarcodeFormat.Code128,)),
    Symbology.DATA_MATRIX: BarcodeFormats((BarcodeFormat.DataMatrix,)),
}
_OTHERS: Final = {
    Symbology.CODE_128: ("zbarimg", "--quiet", "--raw", "-Sdisable", "-Scode128.enable"),
    Symbology.DATA_MATRIX: ("dmtxread", "--newline", "--stop-after=1", "--milliseconds=5000"),
}


def zxing(image: Image.Image, symbology: Symbology) -> list[str]:
    """What our own decoder reads in a photograph."""
    return [found.text for found in read_barcodes(image, formats=_ZXING[symbology], text_mode=TextMode.Plain)]


def other(image: Image.Image, symbology: Symbology) -> list[str]:
    """What zbar reads of a Code 128, libdmtx of a Data Matrix. Both want some pixels for a dot, as a camera gives."""
    seen = image.resize((image.width * PIXELS_A_DOT, image.height * PIXELS_A_DOT), Image.Resampling.BICUBIC)
    with TemporaryDirectory() as folder:
        path = Path(folder, "label.png")
        seen.save(path)
        return _output(*_OTHERS[symbology], str(path)).decode().split()


def poppler_pages(pdf: bytes, dpi: int) -> list[Image.Image]:
    """The pages as poppler renders them, in grey."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "labels.pdf")
        path.write_bytes(pdf)
        _output("pdftoppm", "-gray", "-r", str(dpi), str(path), str(Path(folder, "page")), is_sure=True)
        return [Image.open(BytesIO(page.read_bytes())) for page in sorted(Path(folder).glob("page*.pgm"))]


def poppler_words(pdf: bytes) -> list[str]:
    """The text of each page as poppler extracts it, white space as one space."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "labels.pdf")
        path.write_bytes(pdf)
        text = _output("pdftotext", "-enc", "UTF-8", str(path), "-", is_sure=True).decode()
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def _output(*command: str, is_sure: bool = False) -> bytes:
    """What a program writes. A reader that finds nothing says so by its exit code too: that is no fault."""
    return subprocess.run(command, capture_output=True, check=is_sure).stdout


def clean(image: Image.Image) -> Image.Image:
    return image


def blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(1))


def turned(image: Image.Image) -> Image.Image:
    return image.rotate(7, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def compressed(image: Image.Image) -> Image.Image:
    """As a JPEG of quality 25."""
    written = BytesIO()
    image.save(written, "JPEG", quality=25)
    return Image.open(written).convert("L")
