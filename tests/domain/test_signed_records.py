"""The bytes a signature binds: one form for one record, nothing repaired in silence."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.release import Outcome
from app.domain.signing import (
    Meaning,
    RecordValue,
    canonical_record,
    conditional_release_statement,
    record_sha256,
    statement,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.requirement("REQ-015")
def test_a_record_has_sorted_keys_no_white_space_decimals_as_text_and_instants_in_utc() -> None:
    record: dict[str, RecordValue] = {
        "viability_percent": Decimal("91.40"),
        "at": datetime(2026, 11, 23, 14, 6, tzinfo=timezone(timedelta(hours=2))),
        "born": date(1951, 3, 14),
        "bags": ["BG-1", 2, None, True],
        "outcome": Outcome.ELIGIBLE,
        "name": "MÜLLER, Änne",
    }
    assert canonical_record(record).decode() == (
        '{"at":"2026-11-23T12:06:00.000000Z","bags":["BG-1",2,null,true],"born":"1951-03-14",'
        '"name":"MÜLLER, Änne","outcome":"eligible","viability_percent":"91.40"}'
    )


def test_the_hash_is_sha256_of_the_bytes() -> None:
    assert record_sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(max_codepoint=0x7E)),
    lambda inner: st.lists(inner) | st.dictionaries(st.from_regex(r"\A[a-z0-9_]{1,8}\Z"), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.from_regex(r"\A[a-z0-9_]{1,8}\Z"), JSON))
@settings(max_examples=50)
def test_within_its_profile_the_form_is_rfc_8785(record: dict[str, Any]) -> None:
    assert canonical_record(record) == rfc8785.dumps(record)
    assert json.loads(canonical_record(record)) == record


class Word(StrEnum):
    ONE = "one"


def test_an_enumerated_word_is_kept_as_its_text() -> None:
    assert canonical_record({"word": Word.ONE}) == b'{"word":"one"}'


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        datetime(2026, 11, 23, 12, 0),  # noqa: DTZ001  the naive time is what is refused
        Decimal("NaN"),
        Decimal("Infinity"),
        2**53,
        -(2**53),
        "e\u0301",
        "\ud800",
        {"Key": 1},
        {"": 1},
        b"bytes",
        {1, 2},
    ],
    ids=repr,
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical_record({"value": value})


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1, "é", Decimal(0), NOON])
def test_what_stands_just_inside_the_profile_is_accepted(value: RecordValue) -> None:
    assert canonical_record({"value": value})


@pytest.mark.requirement("REQ-013")
def test_the_meanings_are_the_fixed_list_and_the_exceptional_one() -> None:
    fixed = {"performed", "verified", "reviewed", "approved", "released", "rejected", "acknowledged", "requested"}
    assert {meaning.value for meaning in Meaning} == fixed | {"exceptional"}


@pytest.mark.parametrize("meaning", Meaning)
def test_every_meaning_is_a_sentence_that_names_the_thing(meaning: Meaning) -> None:
    sentence = statement(meaning, "lot PD-1 of HALVORSEN, Ingrid")
    assert sentence.startswith("I ")
    assert "lot PD-1 of HALVORSEN, Ingrid" in sentence
    assert sentence.endswith(".")


@pytest.mark.requirement("REQ-072")
def test_an_exceptional_signature_never_says_released_nor_that_the_specification_is_met() -> None:
    sentence = statement(Meaning.EXCEPTIONAL, "lot PD-1")
    assert "release" not in sentence
    assert "does not meet its specification" in sentence


def test_a_conditional_release_names_what_is_pending_and_whose_word_it_waits_for() -> None:
    sentence = conditional_release_statement(
        "lot PD-1", bags=3, pending=["Final sterility due 7 Dec 2026 09:10"], physician="Dr Osei"
    )
    assert "its 3 bags conditionally" in sentence
    assert "Pending: Final sterility due 7 Dec 2026 09:10." in sentence
    assert sentence.endswith("This takes effect when Dr Osei acknowledges it.")


def test_one_bag_is_one_bag() -> None:
    assert "its bag conditionally" in conditional_release_statement(
        "lot PD-1", bags=1, pending=["x"], physician="Dr Osei"
    )


def test_a_conditional_release_with_nothing_pending_is_no_conditional_release() -> None:
    with pytest.raises(ValueError):
        conditional_release_statement("lot PD-1", bags=1, pending=[], physician="Dr Osei")
