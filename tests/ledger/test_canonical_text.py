"""The canonical text of an event and its hashes, against the published vectors and an independent RFC 8785."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.canonical import NotCanonical, canonical_text, instant, leaf_hash, scalar
from app.ledger.keyring import Opening

VECTORS = (
    '{"action":"record_count","actor":"user:7","app":"1.0.0","at":"2026-11-23T03:00:00.000000Z","changes":[{"new":'
    '{"note":"c1:e85982ce800ba5d64a0b109b441f614321cb6c16d83dc9b85e6cbbaa4e5e3f10","viable_cells":150000000},'
    '"old":null,"row":"cell_count:1","rv":1}],"client_at":"2026-11-23T02:59:58.120000Z","format":1,"prev":'
    '"0000000000000000000000000000000000000000000000000000000000000000","reason":null,"request":'
    '"11111111-1111-4111-8111-111111111111","role":"technician","station":"device:4","stream":"course:C-1","v":1}',
    '{"action":"hold_course","actor":"user:7","app":"1.0.0","at":"2026-11-23T03:05:00.000000Z","changes":[{"new":'
    '{"state":"on_hold"},"old":{"state":"active"},"row":"course:1","rv":2}],"client_at":'
    '"2026-11-23T03:04:58.377000Z","format":1,"prev":'
    '"b34f1618209d917d085e98f6b80302a82d95530bc01b08abf85bea7b8bd39ef2","reason":{"code":"identity_change",'
    '"text":null},"request":"22222222-2222-4222-8222-222222222222","role":"technician","station":"device:4",'
    '"stream":"course:C-1","v":2}',
    '{"action":"close_day","actor":"job:daily","app":"1.0.0","at":"2026-11-23T23:00:00.000000Z","changes":[{"new":'
    '{"day":"2026-11-23"},"old":null,"row":"day_sheet:1","rv":1}],"client_at":null,"format":1,"prev":'
    '"0000000000000000000000000000000000000000000000000000000000000000","reason":null,"request":'
    '"33333333-3333-4333-8333-333333333333","role":null,"station":null,"stream":"system","v":1}',
)
LEAVES = (
    "b34f1618209d917d085e98f6b80302a82d95530bc01b08abf85bea7b8bd39ef2",
    "1c1d01bfe1eea018091e553c6105501d7283026e178740208258cf87d787ad0e",
    "43e14de12a759ec5f4ddb2ccc2050d4d4de81512bb73830919a801ae521e2543",
)


@pytest.mark.requirement("REQ-107")
@pytest.mark.parametrize(("text", "leaf"), list(zip(VECTORS, LEAVES, strict=True)))
def test_the_leaf_of_each_published_event_is_as_published(text: str, leaf: str) -> None:
    assert canonical_text(json.loads(text)) == text
    assert leaf_hash(text).hex() == leaf


def test_the_published_commitment_opens_to_the_published_value() -> None:
    opening = Opening(bytes(range(32)), "Zoë")
    assert opening.commitment == "c1:e85982ce800ba5d64a0b109b441f614321cb6c16d83dc9b85e6cbbaa4e5e3f10"
    assert hashlib.sha256(bytes(range(32)) + b'"Zo\xc3\xab"').hexdigest() == opening.commitment[3:]


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex("[a-z0-9_]{1,6}", fullmatch=True), inner),
    max_leaves=12,
)


@given(_json)
def test_it_equals_rfc_8785_wherever_the_profile_admits_the_value(value: object) -> None:
    try:
        text = canonical_text(value)  # type: ignore[arg-type]  hypothesis builds the recursive type
    except NotCanonical:
        return
    assert text.encode() == rfc8785.dumps(value)  # type: ignore[arg-type]  as above


@pytest.mark.parametrize(
    "outside",
    [1.5, float("nan"), 2**53, -(2**53), {"Key": 1}, {"a b": 1}, "e\u0301", "\ud800", {"k": b"bytes"}, [1.0]],
    ids=repr,
)
def test_what_is_outside_the_profile_is_refused_and_never_normalised(outside: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_text(outside)  # type: ignore[arg-type]  that is what is tested


def test_columns_have_one_form_each() -> None:
    assert scalar(Decimal("70.0")) == "70.0"
    assert scalar(Decimal("1E+3")) == "1000"
    assert scalar(date(1951, 3, 14)) == "1951-03-14"
    assert scalar(datetime(2026, 11, 23, 3, tzinfo=UTC)) == "2026-11-23T03:00:00.000000Z"
    with pytest.raises(NotCanonical):
        instant(datetime(2026, 11, 23, 3))  # noqa: DTZ001  a naive time is what is refused
