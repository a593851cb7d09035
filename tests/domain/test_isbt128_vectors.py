"""Every published and worked ISBT 128 vector, and every string of the bar code vectors, through the one parser."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.identifiers import check_character, check_value
from app.domain.isbt128 import AdapterSettings, IsbtElement, IsbtMessage, compose, compose_message, together
from app.domain.scan import OwnCode, Parsed, ScanSettings, parse
from app.domain.scan_refusal import ScanCategory, ScanRefusal
from tests.domain.vectors_of import VECTORS, Vector, read_json, vectors

FACILITY = AdapterSettings(own_facility="A9999")
ON = ScanSettings(isbt128=FACILITY)
ISBT = vectors("isbt128.json")
BARCODES = vectors("barcodes.json")
GROUPS = ("parse", "compound", "sequence", "reject", "check_character")
BARCODE_OF_A_TERMINATED_SCAN = "BC-37"


def case(vector: Vector) -> str:
    return f"{vector['id']} {vector.get('note', '')}".strip()


def of(*groups: str) -> list[Vector]:
    return [vector for vector in ISBT if vector["group"] in groups]


def read(raw: str) -> IsbtElement | IsbtMessage:
    found = parse(raw, ON)
    assert isinstance(found, IsbtElement | IsbtMessage), found
    return found


def as_expected(found: IsbtElement | IsbtMessage) -> dict[str, Any]:
    """What was read in the shape of the vectors."""
    if isinstance(found, IsbtMessage):
        head: dict[str, Any] = {"count": len(found.elements), "message_id": found.message_id}
        parts = [as_expected(element) for element in found.elements]
        return {"structure": "023", "fields": head, "structures": parts}
    needs = {"needs": found.needs} if found.needs else {}
    return {"structure": found.structure, "fields": dict(found.fields), **needs}


def test_no_vector_is_left_out() -> None:
    assert len(ISBT) == read_json(VECTORS / "isbt128.json")["count"] == 26
    assert sum(len(of(group)) for group in GROUPS) == 26
    assert len(BARCODES) == read_json(VECTORS / "barcodes.json")["count"] == 51
    assert {vector["scheme"] for vector in BARCODES} == {"own", "isbt", "test"}


def test_every_category_of_the_vectors_is_one_of_ours() -> None:
    named = set(read_json(VECTORS / "isbt128.json")["categories"]) | set(
        read_json(VECTORS / "barcodes.json")["categories"]
    )
    assert named == {category.value for category in ScanCategory}


@pytest.mark.parametrize("vector", of("parse", "compound", "reject"), ids=case)
def test_a_text_is_read_or_refused_as_in_the_vectors(vector: Vector) -> None:
    found, expected = parse(vector["input"], ON), dict(vector["expected"])
    if not expected.pop("ok"):
        assert isinstance(found, ScanRefusal)
        assert found.category.value == expected["category"]
        return
    assert isinstance(found, IsbtElement | IsbtMessage)
    for part in expected.get("structures", ()):
        part.pop("ok", None)
    assert as_expected(found) == expected


@pytest.mark.parametrize("vector", [one for one in of("parse", "compound") if one["expected"]["ok"]], ids=case)
def test_what_is_read_prints_as_the_same_text(vector: Vector) -> None:
    found = read(vector["input"])
    if isinstance(found, IsbtMessage):
        assert compose_message(found.elements, FACILITY, str(found.message_id)) == vector["input"]
    else:
        assert compose(found.structure, found.fields, FACILITY) == vector["input"]


@pytest.mark.parametrize("vector", of("sequence"), ids=case)
def test_scans_used_together_need_their_companion(vector: Vector) -> None:
    elements = [read(raw) for raw in vector["input"]]
    singles = [element for element in elements if isinstance(element, IsbtElement)]
    refusal = together(singles)
    if vector["expected"]["ok"]:
        assert refusal is None
        shown = [{"structure": one.structure, "fields": dict(one.fields)} for one in singles]
        assert shown == vector["expected"]["structures"]
    else:
        assert refusal is not None
        assert refusal.category.value == vector["expected"]["category"]


@pytest.mark.parametrize("vector", of("check_character"), ids=case)
def test_check_value_and_character_are_those_published(vector: Vector) -> None:
    assert check_value(vector["input"]) == vector["expected"]["check_value"]
    assert check_character(vector["input"]) == vector["expected"]["check_character"]


@pytest.mark.parametrize("vector", ISBT, ids=case)
def test_every_vector_is_refused_while_the_adapter_is_off(vector: Vector) -> None:
    scans = vector["input"] if isinstance(vector["input"], list) else [vector["input"]]
    for raw in scans:
        found = parse(raw)
        assert isinstance(found, ScanRefusal)
        wanted = ScanCategory.ADAPTER_OFF if raw[0] in "=&" else ScanCategory.UNKNOWN_PREFIX
        assert found.category is wanted


@pytest.mark.parametrize("vector", [one for one in BARCODES if one["scheme"] != "test"], ids=case)
def test_a_string_for_a_bar_code_reads_back_as_its_scheme_or_is_refused(vector: Vector) -> None:
    found: Parsed | ScanRefusal = parse(vector["input"], ON)
    if vector["expected"]["ok"] or vector["id"] == BARCODE_OF_A_TERMINATED_SCAN:
        kinds = OwnCode if vector["scheme"] == "own" else IsbtElement | IsbtMessage
        assert isinstance(found, kinds)
    else:
        assert isinstance(found, ScanRefusal)
        assert found.category.value == vector["expected"]["category"]


@pytest.mark.parametrize("vector", [one for one in BARCODES if one["scheme"] == "test"], ids=case)
@pytest.mark.parametrize("settings", [ON, ScanSettings()], ids=["adapter on", "adapter off"])
def test_a_printer_test_string_is_no_code_for_the_parser(vector: Vector, settings: ScanSettings) -> None:
    assert isinstance(parse(vector["input"], settings), ScanRefusal)
