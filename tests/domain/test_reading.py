"""How a code came is one word of five; the weaker source outweighs, and what was typed is counted by the code."""

from __future__ import annotations

import pytest

from app.domain.reading import CodeSource, Reading, TypedShare

pytestmark = pytest.mark.requirement("REQ-129")


def test_typed_outweighs_camera_and_camera_outweighs_reader() -> None:
    told = Reading(reader=frozenset("abc"), camera=frozenset("bc"), typed=frozenset("c"))
    assert [told.of_field(name) for name in "abcd"] == ["reader", "camera", "typed", "untold"]


def test_a_text_that_came_twice_has_the_weaker_source() -> None:
    told = Reading(reader=frozenset({"medium"}), typed=frozenset({"serum"}))
    read = told.over([("serum", "RG1"), ("medium", "RG1"), ("wash", "RG2")])
    assert (read.of("RG1"), read.of("RG2"), read.of("RG3")) == ("typed", "untold", "untold")
    assert (len(read.codes), read.typed_codes) == (3, 1)


def test_several_codes_of_one_field_are_several_scans() -> None:
    read = Reading(typed=frozenset({"inputs"})).over([("inputs", "CN1"), ("inputs", "CN2"), ("bench", "PC1")])
    assert (len(read.codes), read.typed_codes) == (3, 2)


def test_a_name_that_is_no_field_counts_nothing() -> None:
    assert Reading(typed=frozenset({"nothing"})).over([("bag", "BG1")]).typed_codes == 0


@pytest.mark.parametrize(
    ("typed", "codes", "is_above"), [(0, 0, False), (2, 100, False), (3, 100, True), (3, 412, False), (1, 49, True)]
)
def test_exactly_the_share_allowed_is_no_alert(typed: int, codes: int, is_above: bool) -> None:
    assert TypedShare(typed, codes).is_above(2) is is_above


def test_every_source_has_a_word() -> None:
    assert len({source.word for source in CodeSource}) == len(CodeSource)
    assert TypedShare(3, 412).sentence == "typed 3 of 412 scans"
