"""Names are found in spite of accents and case, and names that could be confused are recognised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import folded, is_similar


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("Halvorsen", "halvorsen"),
        ("HALVORSEN", "halvorsen"),
        ("Ångström-Løvås", "angstrom lovas"),
        ("O'Brien", "obrien"),
        ("  van  der Berg ", "van der berg"),
        ("Straße", "strasse"),
        ("Æthelred Þór", "aethelred thor"),
        ("Nguyễn", "nguyen"),
    ],
)
def test_a_name_folds_to_its_plain_letters(written: str, searched: str) -> None:
    assert folded(written) == searched


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert folded(folded(name)) == folded(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("halvorsen", "halvorsen"),
        ("halvorsen", "halversen"),
        ("halvorsen", "halvorsenn"),
        ("halvorsen", "alvorsen"),
        ("halvorsen", "halovrsen"),
        ("smith", "smyth"),
        ("ng", "ng"),
    ],
)
def test_names_one_letter_apart_are_similar_both_ways(one: str, other: str) -> None:
    assert is_similar(one, other)
    assert is_similar(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ng", "ny"), ("halvorsen", "okonkwo"), ("smith", "smythe"), ("berg", "bergman"), ("abcd", "badc")],
)
def test_names_further_apart_are_not_similar(one: str, other: str) -> None:
    assert not is_similar(one, other)
    assert not is_similar(other, one)


LETTERS = st.text(st.sampled_from("abcdefghij"), min_size=4, max_size=12)


@given(LETTERS, st.integers(0, 11), st.sampled_from("abcdefghijz"))
def test_any_single_slip_is_similar(name: str, place: int, letter: str) -> None:
    at = place % len(name)
    for slipped in (name[:at] + letter + name[at + 1 :], name[:at] + letter + name[at:]):
        assert is_similar(name, slipped)


@given(LETTERS, LETTERS)
def test_similarity_does_not_depend_on_the_order(one: str, other: str) -> None:
    assert is_similar(one, other) == is_similar(other, one)
