"""One line per bag: complete, explained or broken; every kind of gap is found alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.custody import ChainVerdict, CustodyEvent, CustodyKind, GapKind, judge_chain
from tests.domain.custody_cases import BENCH, LIMITS, NOON, STORE, TO_THE_BED, TOM, links

WHOLE = links(*TO_THE_BED)
ISSUE, RECEIPT = 4, 5


def changed(number: int, **change: Any) -> list[CustodyEvent]:
    return [replace(link, **change) if place == number else link for place, link in enumerate(WHOLE)]


def gaps(events: list[CustodyEvent]) -> list[tuple[GapKind, int]]:
    return [(gap.kind, gap.seq) for gap in judge_chain(events, LIMITS).gaps]


@pytest.mark.parametrize("length", range(1, len(WHOLE) + 1))
def test_an_unbroken_chain_is_complete_at_every_link(length: int) -> None:
    chain = judge_chain(WHOLE[:length], LIMITS)
    assert chain.verdict is ChainVerdict.COMPLETE
    assert chain.line == f"unbroken, {length} of {length} links"


@pytest.mark.requirement("REQ-079")
@pytest.mark.parametrize(
    ("events", "found"),
    [
        (changed(2, from_holder_id=TOM), [(GapKind.HOLDER_MISMATCH, 3)]),
        (changed(2, from_place_id=STORE), [(GapKind.PLACE_MISMATCH, 3)]),
        (changed(3, at=NOON), [(GapKind.TIME_REVERSED, 4)]),
        (changed(RECEIPT, seal="S-2"), [(GapKind.SEAL_MISMATCH, 6)]),
        (changed(RECEIPT, seal=None), [(GapKind.SEAL_MISMATCH, 6)]),
        (changed(RECEIPT, temperature_c=Decimal("24.1")), [(GapKind.TEMPERATURE_EXCURSION, 6)]),
        (changed(RECEIPT, temperature_c=Decimal("17.9")), [(GapKind.TEMPERATURE_EXCURSION, 6)]),
        (changed(RECEIPT, temperature_c=Decimal(24)), []),
        (changed(RECEIPT, temperature_c=Decimal(18)), []),
        (changed(RECEIPT, kind=CustodyKind.STORE), [(GapKind.MISSING_RECEIPT, 6)]),
        (changed(0, kind=CustodyKind.STORE), [(GapKind.UNEXPLAINED_INTERVAL, 1)]),
    ],
)
def test_each_kind_of_gap_is_found_alone(events: list[CustodyEvent], found: list[tuple[GapKind, int]]) -> None:
    assert gaps(events) == found


@pytest.mark.parametrize(("minutes", "is_gap"), [(59, False), (60, False), (61, True)])
def test_a_bag_too_long_on_its_way_is_a_gap(minutes: int, is_gap: bool) -> None:
    events = changed(RECEIPT, at=WHOLE[ISSUE].at + timedelta(minutes=minutes))[: RECEIPT + 1]
    assert gaps(events) == ([(GapKind.UNEXPLAINED_INTERVAL, 6)] if is_gap else [])


def test_a_courier_who_hands_on_is_still_on_the_way() -> None:
    handed_on = replace(WHOLE[ISSUE], seq=6, kind=CustodyKind.HAND_OVER, from_place_id=12, seal=None)
    late = replace(WHOLE[RECEIPT], seq=7, at=handed_on.at + timedelta(minutes=61))
    assert gaps([*WHOLE[:RECEIPT], handed_on, late]) == [(GapKind.UNEXPLAINED_INTERVAL, 7)]


def test_a_bag_disposed_of_on_its_way_was_not_received_and_that_is_no_gap() -> None:
    assert gaps(changed(RECEIPT, kind=CustodyKind.DISPOSE)[: RECEIPT + 1]) == []


def test_a_gap_is_explained_by_a_closed_deviation_about_its_link() -> None:
    events = changed(2, from_holder_id=TOM, from_place_id=STORE)
    broken = judge_chain(events, LIMITS, explained=[4])
    assert (broken.verdict, broken.line) == (ChainVerdict.BROKEN, "broken: holder mismatch, place mismatch")
    explained = judge_chain(events, LIMITS, explained=[3])
    assert (explained.verdict, explained.line) == (ChainVerdict.EXPLAINED, "9 links, every gap explained")


def test_one_unexplained_gap_keeps_the_chain_broken() -> None:
    events = changed(2, from_holder_id=TOM)
    events[3] = replace(events[3], from_place_id=BENCH)
    chain = judge_chain(events, LIMITS, explained=[3])
    assert (chain.verdict, chain.line) == (ChainVerdict.BROKEN, "broken: place mismatch")


def test_a_correction_heals_the_link_it_corrects() -> None:
    events = changed(2, from_holder_id=TOM)
    correction = replace(WHOLE[2], seq=10, corrects_seq=3, at=NOON + timedelta(hours=3))
    chain = judge_chain([*events, correction], LIMITS)
    assert (chain.verdict, chain.links) == (ChainVerdict.COMPLETE, 9)
