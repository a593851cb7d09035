"""Every kind of label as dots: shortest and longest, demo and real, at 8 and 12 dots/mm."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from PIL import Image

from app.domain.labels.spec import DOTS_PER_MM
from tests.labels.examples import bitmap, every_label

APPROVED: Final = Path(__file__).with_name("pictures.json")


@cache
def pictures() -> dict[str, Image.Image]:
    """By name: `bag, longest, demo, 12`."""
    return {
        f"{name}, {'longest' if is_long else 'shortest'}, {'demo' if is_demo else 'real'}, {dots_per_mm}": bitmap(
            spec, dots_per_mm
        )
        for is_long in (False, True)
        for is_demo in (False, True)
        for name, (spec, _) in every_label(is_long=is_long, is_demo=is_demo).items()
        for dots_per_mm in DOTS_PER_MM
    }


def fingerprints() -> dict[str, str]:
    """One for each kind, over all its pictures."""
    kinds: dict[str, list[bytes]] = {}
    for name, image in sorted(pictures().items()):
        kinds.setdefault(name.split(",")[0], []).append(repr(image.size).encode() + image.tobytes())
    return {kind: sha256(b"".join(drawn)).hexdigest() for kind, drawn in sorted(kinds.items())}
