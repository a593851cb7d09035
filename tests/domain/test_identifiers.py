"""Our own codes: the check character, the skipped numbers, how they read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Invalid
from app.domain.identifiers import (
    GLYPHS,
    Kind,
    check_character,
    display,
    is_site,
    make_code,
    normalise_typed,
    with_print_number,
)

VECTORS = json.loads((Path(__file__).parent / "vectors" / "isbt128.json").read_text())["vectors"]
CHECK_CHARACTERS = [one for one in VECTORS if one["group"] == "check_character"]

letters = st.sampled_from(GLYPHS[10:])
sites = st.tuples(st.sampled_from(GLYPHS), st.sampled_from(GLYPHS), letters).map("".join)
numbers = st.integers(1, 999_999)
years = st.integers(2000, 2099)


@pytest.mark.parametrize("vector", CHECK_CHARACTERS, ids=lambda one: f"{one['id']}, {one['source']}")
def test_the_check_character_agrees_with_the_published_examples(vector: dict[str, dict[str, str]]) -> None:
    assert check_character(str(vector["input"])) == vector["expected"]["check_character"]


def test_the_check_character_may_be_a_zero_or_a_star() -> None:
    found = {check_character(f"BGD7M26{number:06d}") for number in range(200)}
    assert {"0", "*"} <= found


def test_a_different_remainder_is_not_taken_for_ours() -> None:
    """The sum of the weighted values plus the check value is 1 modulo 37, the form of the standard."""
    values = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*")}
    payload = "A999921123456"
    weighted = sum(values[c] * 2 ** (len(payload) - i) for i, c in enumerate(payload))
    assert (weighted + values[check_character(payload)]) % 37 == 1


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        (Kind.WRISTBAND, 417, "PWD7M26000417R"),
        (Kind.COLLECTION, 417, "CND7M26000417C"),
        (Kind.CULTURE, 417, "BAD7M26000417W"),
        (Kind.SAMPLE, 417, "SMD7M26000417K"),
        (Kind.BAG, 418, "BGD7M26000418M"),
        (Kind.BAG, 423, "BGD7M26000423S"),
        (Kind.BAG, 424, "BGD7M26000424Q"),
        (Kind.VESSEL, 1000, "VSD7M260010001"),
        (Kind.SAMPLE, 100_000, "SMD7M261000006"),
        (Kind.BAG, 417, None),
    ],
)
def test_a_code_is_made_as_in_the_worked_examples(kind: Kind, number: int, code: str | None) -> None:
    assert make_code(kind, "D7M", 2026, number) == code


def test_a_kind_skips_about_one_number_in_seven() -> None:
    made = [make_code(Kind.BAG, "D7M", 2026, number) for number in range(1, 10_001)]
    assert 0.13 < made.count(None) / len(made) < 0.14


@given(st.sampled_from(Kind), sites, years, numbers)
def test_no_code_holds_an_ambiguous_glyph_after_its_kind(kind: Kind, site: str, year: int, number: int) -> None:
    code = make_code(kind, site, year, number)
    assert code is None or (len(code) == 14 and set(code[2:]) <= set(GLYPHS))


@pytest.mark.requirement("REQ-046")
def test_a_code_is_made_of_kind_site_year_and_number_only() -> None:
    assert make_code(Kind.BAG, "D7M", 2026, 418) == "BG" + "D7M" + "26" + "000418" + "M"


@pytest.mark.parametrize("number", [-1, 0, 1_000_000])
def test_a_number_outside_the_counter_makes_no_code(number: int) -> None:
    with pytest.raises(Invalid, match="1 to 999999"):
        make_code(Kind.BAG, "D7M", 2026, number)


@pytest.mark.parametrize("number", [1, 999_999])
def test_the_first_and_the_last_number_of_a_year_are_allowed(number: int) -> None:
    assert any(make_code(kind, "D7M", 2026, number) for kind in Kind)


@pytest.mark.parametrize("year", [26, 1999, 2100])
def test_a_year_outside_the_century_makes_no_code(year: int) -> None:
    with pytest.raises(Invalid, match="2000 to 2099"):
        make_code(Kind.BAG, "D7M", year, 418)


@pytest.mark.parametrize("site", ["D7", "D7MM", "D77", "d7m", "D7O", "I7M", "D7U", "D 7", ""])
def test_a_site_code_that_could_be_misread_is_refused(site: str) -> None:
    assert not is_site(site)
    with pytest.raises(Invalid, match="site code"):
        make_code(Kind.BAG, site, 2026, 418)


def test_a_code_is_shown_in_parts() -> None:
    assert display("BGD7M26000418M") == "BG-D7M-26-000418-M"
    assert display("BGD7M26000418M02") == "BG-D7M-26-000418-M 02"


@pytest.mark.parametrize(("print_number", "text"), [(1, "BGD7M26000418M01"), (99, "BGD7M26000418M99")])
def test_a_print_number_has_two_digits(print_number: int, text: str) -> None:
    assert with_print_number("BGD7M26000418M", print_number) == text


@pytest.mark.parametrize("print_number", [-1, 0, 100])
def test_a_print_number_outside_one_to_ninety_nine_is_refused(print_number: int) -> None:
    with pytest.raises(Invalid, match="1 to 99"):
        with_print_number("BGD7M26000418M", print_number)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("bg-d7m-26-000418-m", "BGD7M26000418M"),
        (" BG D7M 26 000418 M ", "BGD7M26000418M"),
        ("BG-D7M-26-000418-M 02", "BGD7M26000418M02"),
        ("bgd7m260oo418m", "BGD7M260OO418M"),
        ("ſmd7m26000417k", "ſMD7M26000417K"),
    ],
)
def test_typing_loses_its_separators_and_nothing_else_is_mapped(typed: str, code: str) -> None:
    assert normalise_typed(typed) == code


def test_every_kind_has_a_word_for_people() -> None:
    words = {kind.word for kind in Kind}
    assert len(words) == len(Kind) == 18
    assert Kind.BAG.word == "product bag"
