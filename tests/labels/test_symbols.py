"""Bar codes: what may be encoded, how large it becomes, and that a real decoder reads it back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats, TextMode, read_barcodes

from app.domain.errors import Invalid
from app.domain.labels.spec import Scheme, Symbology
from app.labels.drawing.symbols import Matrix, encode

ROOT = Path(__file__).resolve().parents[2]
VECTORS = [
    one
    for one in json.loads((ROOT / "tests/domain/vectors/barcodes.json").read_text())["vectors"]
    if one["scheme"] != "isbt"
]
GOOD = [one for one in VECTORS if one["expected"]["ok"]]
BAD = [one for one in VECTORS if not one["expected"]["ok"]]
FORMATS = BarcodeFormats((BarcodeFormat.Code128, BarcodeFormat.DataMatrix))


def read_back(matrix: Matrix) -> list[str]:
    """Draws the modules at four dots with their quiet zone and reads them."""
    rows = matrix.rows * (50 if len(matrix.rows) == 1 else 1)
    image = Image.new("L", (matrix.columns, len(rows)), 255)
    image.putdata([0 if dark else 255 for row in rows for dark in row])
    page = Image.new("L", (matrix.columns * 4 + 80, len(rows) * 4 + 80), 255)
    page.paste(image.resize((matrix.columns * 4, len(rows) * 4), Image.Resampling.NEAREST), (40, 40))
    return [found.text for found in read_barcodes(page, formats=FORMATS, text_mode=TextMode.Plain)]


def case(vector: dict[str, object]) -> str:
    return f"{vector['id']} {vector.get('note', '')}"


@pytest.mark.parametrize("vector", GOOD, ids=case)
def test_a_text_makes_a_square_of_the_known_size_and_reads_back(vector: dict[str, dict[str, str]]) -> None:
    matrix = encode(Symbology.DATA_MATRIX, Scheme(str(vector["scheme"])), str(vector["input"]))
    assert f"{matrix.columns}x{len(matrix.rows)}" == vector["expected"]["datamatrix"]
    assert read_back(matrix) == [vector["input"]]


@pytest.mark.parametrize("vector", [one for one in GOOD if one["expected"]["code128_modules"]], ids=case)
def test_a_linear_symbol_is_as_short_as_it_can_be_and_reads_back(vector: dict[str, dict[str, int]]) -> None:
    matrix = encode(Symbology.CODE_128, Scheme(str(vector["scheme"])), str(vector["input"]))
    assert (matrix.columns, len(matrix.rows)) == (vector["expected"]["code128_modules"], 1)
    assert read_back(matrix) == [vector["input"]]


@pytest.mark.parametrize("vector", [one for one in GOOD if not one["expected"]["code128_modules"]], ids=case)
def test_what_has_no_linear_form_is_refused(vector: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        encode(Symbology.CODE_128, Scheme(vector["scheme"]), vector["input"])
    assert caught.value.code == "bad_length"


@pytest.mark.parametrize("symbology", Symbology)
@pytest.mark.parametrize("vector", BAD, ids=case)
def test_a_refused_text_makes_no_symbol(vector: dict[str, dict[str, str]], symbology: Symbology) -> None:
    with pytest.raises(Invalid) as caught:
        encode(symbology, Scheme(str(vector["scheme"])), str(vector["input"]))
    assert caught.value.code == vector["expected"]["category"]


@pytest.mark.parametrize("length", range(1, 120))
def test_every_square_symbol_is_square(length: int) -> None:
    matrix = encode(Symbology.DATA_MATRIX, Scheme.TEST, "A" * length)
    assert matrix.columns == len(matrix.rows)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_any_printable_text_reads_back_as_itself(text: str) -> None:
    if text.startswith("]"):
        return
    assert read_back(encode(Symbology.DATA_MATRIX, Scheme.TEST, text)) == [text]


def test_an_isbt_text_is_refused_while_the_adapter_is_off() -> None:
    with pytest.raises(Invalid) as caught:
        encode(Symbology.DATA_MATRIX, Scheme.OWN, "=A99992612345600")
    assert caught.value.code == "adapter_off"


def test_symbols_are_created_at_two_places_with_literal_keywords() -> None:
    """A keyword of a wrong type ends the whole process; an unknown one is ignored in silence."""
    calls = [
        (path.name, call)
        for path in sorted((ROOT / "app").rglob("*.py"))
        for call in re.findall(r"(?:create_barcode|write_barcode)\w*\([^\n]*\)", path.read_text())
    ]
    assert calls == [
        ("symbols.py", "create_barcode(text, BarcodeFormat.DataMatrix, force_square=True)"),
        ("symbols.py", "create_barcode(text, BarcodeFormat.Code128)"),
    ]
