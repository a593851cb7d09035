"""The shipped fonts are exactly those of the manifest, with their licences beside them."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from app.labels.drawing.fonts import FONT_FOLDER, Face, glyph, has_glyph

MANIFEST = json.loads((FONT_FOLDER / "MANIFEST.json").read_text())


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_font_is_the_file_of_the_manifest(entry: dict[str, str]) -> None:
    assert sha256((FONT_FOLDER / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_every_face_stands_in_the_manifest_and_no_other_font_is_shipped() -> None:
    files = {entry["file"] for entry in MANIFEST}
    assert {face.path.name for face in Face} == files == {path.name for path in FONT_FOLDER.glob("*.ttf")}


@pytest.mark.parametrize("family", ["AtkinsonHyperlegibleNext", "AtkinsonHyperlegibleMono", "DejaVuSans"])
def test_a_licence_lies_beside_each_family(family: str) -> None:
    assert "Copyright" in (FONT_FOLDER / f"{family}-LICENSE.txt").read_text()


@pytest.mark.parametrize("face", Face)
def test_every_face_has_all_of_ascii(face: Face) -> None:
    assert all(has_glyph(face, chr(number)) for number in range(32, 127))


@pytest.mark.parametrize("face", [Face.MONO_REGULAR, Face.MONO_BOLD])
def test_every_character_of_a_code_is_equally_wide(face: Face) -> None:
    assert len({glyph(face, character).advance for character in "0123456789ABCDEFGHJKMNPQRSTVWXYZ- "}) == 1
