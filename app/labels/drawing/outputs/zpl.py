"""A bitmap as printer bytes, and back. Pixels only: no text ever becomes a printer command."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from binascii import crc_hqx
from typing import Final

from PIL import Image

from app.domain.errors import Mismatch

_BLOCK: Final = re.compile(
    rb"\^XA\^PW(\d+)\^LL(\d+)\^FO0,0\^GFA,(\d+),(\d+),(\d+),:Z64:([A-Za-z0-9+/=]+):([0-9A-F]{4})\^FS\^XZ"
)

_BLACK_IS_1: Final = "1;I"
"""How Pillow calls the packing of a printer: its 1 is black, a picture's 1 is white."""

_LEVEL: Final = 4
"""Of zlib: within 5 % of the smallest usual size in half the time (measured on a full bag label)."""


def zpl_from_bitmap(image: Image.Image) -> bytes:
    """One label as one block; a quantity is never sent. Source: Zebra ZPL II guide, ^GF with Z64."""
    width, height = image.size
    row_bytes = (width + 7) // 8
    packed = b64encode(zlib.compress(image.tobytes("raw", _BLACK_IS_1), _LEVEL))
    total = row_bytes * height
    head = f"^XA^PW{width}^LL{height}^FO0,0^GFA,{total},{total},{row_bytes},:Z64:".encode()
    return head + packed + f":{crc_hqx(packed, 0):04X}^FS^XZ".encode()


def bitmap_from_zpl(block: bytes) -> Image.Image:
    """The dots a printer would show for exactly one block of ours; Mismatch for anything else."""
    found = _BLOCK.fullmatch(block)
    if found is None:
        raise _unreadable("they are not one label of ours")
    width, height, total, stored, row_bytes = (int(number) for number in found.groups()[:5])
    if crc_hqx(found[6], 0) != int(found[7], 16):
        raise _unreadable("the checksum does not fit")
    try:
        bits = zlib.decompress(b64decode(found[6], validate=True))
    except (zlib.error, ValueError) as error:
        raise _unreadable("they cannot be unpacked") from error
    if not len(bits) == total == stored == row_bytes * height or row_bytes != (width + 7) // 8:
        raise _unreadable("the size does not fit")
    return Image.frombytes("1", (width, height), bits, "raw", _BLACK_IS_1)


def _unreadable(why: str) -> Mismatch:
    return Mismatch("printer_bytes_unreadable", f"The printer bytes were refused: {why}. Make the label again.")
