"""MATCH only when every fact is right; every hard stop of the list, alone and together, with what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.custody import ChainVerdict
from app.domain.errors import Invalid
from app.domain.infusion import (
    BedsideFacts,
    Match,
    Shown,
    Stop,
    StopCode,
    dose_difference_percent,
    judge_bedside,
)
from app.domain.states import BagState, InfusionState

INGRID, THEODORE = 1, 2
LINDA, SU = 7, 8
NOON = datetime(2026, 11, 23, 14, 6, tzinfo=UTC)
SECOND = timedelta(seconds=1)

RIGHT = BedsideFacts(
    wristband_patient_id=INGRID,
    is_wristband_current=True,
    bag_patient_id=INGRID,
    bag_state=BagState.RECEIVED,
    bag_expires_at=NOON + timedelta(hours=2),
    is_label_current=True,
    has_effective_decision=True,
    is_held=False,
    chain=ChainVerdict.COMPLETE,
    infusion=InfusionState.CONFIRMED,
    first_user_id=LINDA,
    second_user_id=SU,
    wristband_station_id=5,
    bag_station_id=5,
    station_id=5,
    wristband_scanned_at=NOON - 20 * SECOND,
    bag_scanned_at=NOON - 10 * SECOND,
    now=NOON,
)

# Every wrong fact, with the stop it leads to when it stands alone. Wrong states may not be combined with each other.
BAD: list[tuple[dict[str, Any], StopCode]] = [
    ({"bag_patient_id": THEODORE}, StopCode.WRONG_PATIENT),
    ({"infusion": InfusionState.RUNNING}, StopCode.ALREADY_INFUSED),
    ({"infusion": InfusionState.COMPLETED}, StopCode.ALREADY_INFUSED),
    ({"infusion": InfusionState.STOPPED}, StopCode.ALREADY_INFUSED),
    ({"bag_state": BagState.INFUSING}, StopCode.ALREADY_INFUSED),
    ({"bag_state": BagState.INFUSED}, StopCode.ALREADY_INFUSED),
    ({"bag_state": BagState.PARTLY_INFUSED}, StopCode.ALREADY_INFUSED),
    ({"bag_state": BagState.RECALLED}, StopCode.RECALLED_OR_HELD),
    ({"is_held": True}, StopCode.RECALLED_OR_HELD),
    ({"bag_state": BagState.EXPIRED}, StopCode.EXPIRED),
    ({"bag_expires_at": NOON}, StopCode.EXPIRED),
    ({"bag_state": BagState.FILLED}, StopCode.NOT_RELEASED),
    ({"bag_state": BagState.LABELLED}, StopCode.NOT_RELEASED),
    ({"has_effective_decision": False}, StopCode.NOT_RELEASED),
    ({"infusion": None}, StopCode.DOSE_NOT_CONFIRMED),
    ({"infusion": InfusionState.ORDERED}, StopCode.DOSE_NOT_CONFIRMED),
    ({"infusion": InfusionState.CANCELLED}, StopCode.DOSE_NOT_CONFIRMED),
    ({"is_label_current": False}, StopCode.LABEL_VOID),
    ({"is_wristband_current": False}, StopCode.LABEL_VOID),
    ({"chain": ChainVerdict.BROKEN}, StopCode.CHAIN_BROKEN),
    ({"bag_state": BagState.AVAILABLE}, StopCode.CHAIN_BROKEN),
    ({"bag_state": BagState.ISSUED}, StopCode.CHAIN_BROKEN),
    ({"bag_state": BagState.RETURNED}, StopCode.CHAIN_BROKEN),
    ({"bag_state": BagState.DESTROYED}, StopCode.CHAIN_BROKEN),
    ({"bag_state": BagState.WASTED}, StopCode.CHAIN_BROKEN),
    ({"bag_state": BagState.TRANSFERRED_RESEARCH}, StopCode.CHAIN_BROKEN),
    ({"second_user_id": LINDA}, StopCode.SECOND_IS_FIRST),
    ({"wristband_station_id": 6}, StopCode.OTHER_STATION),
    ({"bag_station_id": 6}, StopCode.OTHER_STATION),
    ({"station_id": 6}, StopCode.OTHER_STATION),
    ({"wristband_scanned_at": NOON - 131 * SECOND}, StopCode.SCANS_TOO_FAR_APART),
    ({"wristband_scanned_at": NOON - 9 * SECOND}, StopCode.SCANS_TOO_FAR_APART),
    ({"now": NOON + 111 * SECOND}, StopCode.CHECK_TOO_OLD),
    ({"now": NOON - 11 * SECOND}, StopCode.CHECK_TOO_OLD),
]
GOOD: list[dict[str, Any]] = [
    {},
    {"bag_state": BagState.VERIFIED, "infusion": InfusionState.CHECKED},
    {"chain": ChainVerdict.EXPLAINED},
    {"second_user_id": None},
    {"bag_expires_at": NOON + SECOND},
    {"wristband_scanned_at": NOON - 130 * SECOND},
    {"wristband_scanned_at": NOON - 10 * SECOND},
    {"now": NOON + 110 * SECOND},
    {"now": NOON - 10 * SECOND},
]


def judged(*changes: dict[str, Any]) -> Match | Stop:
    facts = RIGHT
    for change in changes:
        facts = replace(facts, **change)
    return judge_bedside(facts)


@pytest.mark.requirement("REQ-102")
@pytest.mark.parametrize("change", GOOD)
def test_a_right_patient_and_a_right_bag_match(change: dict[str, Any]) -> None:
    verdict = judged(change)
    assert isinstance(verdict, Match)
    assert verdict.holds_until == RIGHT.bag_scanned_at + timedelta(seconds=120)


def test_a_match_starts_nothing_before_the_second_person() -> None:
    assert judged({"second_user_id": None}) == Match(NOON + 110 * SECOND, needs_second_person=True)
    assert judged() == Match(NOON + 110 * SECOND, needs_second_person=False)


@pytest.mark.requirement("REQ-102")
@pytest.mark.parametrize(("change", "code"), BAD, ids=str)
def test_each_wrong_fact_alone_stops(change: dict[str, Any], code: StopCode) -> None:
    verdict = judged(change)
    assert isinstance(verdict, Stop)
    assert verdict.code is code


def test_every_stop_of_the_list_has_a_fact_that_leads_to_it() -> None:
    assert {code for _, code in BAD} == set(StopCode)


@pytest.mark.requirement("REQ-080")
@pytest.mark.parametrize(
    ("left", "is_match"), [(timedelta(microseconds=1), True), (timedelta(0), False), (-timedelta(minutes=1), False)]
)
def test_a_bag_may_not_be_given_from_its_expiry_on(left: timedelta, is_match: bool) -> None:
    assert isinstance(judged({"bag_expires_at": NOON + left}), Match) is is_match


def test_of_two_wrong_facts_the_first_of_the_list_is_told() -> None:
    order = list(StopCode)
    for (one, first), (other, second) in combinations(BAD, 2):
        if one.keys() & other.keys() or {"now"} & (one.keys() | other.keys()):
            continue
        verdict = judged(one, other)
        assert isinstance(verdict, Stop)
        assert verdict.code is min(first, second, key=order.index)


@pytest.mark.requirement("REQ-077")
@pytest.mark.parametrize("change", [change for change, code in BAD if code is not StopCode.WRONG_PATIENT], ids=str)
def test_the_wrong_patient_is_told_before_everything_else(change: dict[str, Any]) -> None:
    verdict = judged({"bag_patient_id": THEODORE}, change)
    assert isinstance(verdict, Stop)
    assert verdict.code is StopCode.WRONG_PATIENT


STATIONS = st.integers(5, 6)
FACTS = st.builds(
    BedsideFacts,
    wristband_patient_id=st.integers(1, 2),
    is_wristband_current=st.booleans(),
    bag_patient_id=st.integers(1, 2),
    bag_state=st.sampled_from(BagState) | st.sampled_from([BagState.RECEIVED, BagState.VERIFIED]),
    bag_expires_at=st.sampled_from([NOON - SECOND, NOON, NOON + timedelta(hours=1)]),
    is_label_current=st.booleans(),
    has_effective_decision=st.booleans(),
    is_held=st.booleans(),
    chain=st.sampled_from(ChainVerdict),
    infusion=st.none() | st.sampled_from(InfusionState),
    first_user_id=st.just(LINDA),
    second_user_id=st.none() | st.sampled_from([LINDA, SU]),
    wristband_station_id=STATIONS,
    bag_station_id=STATIONS,
    station_id=STATIONS,
    wristband_scanned_at=st.sampled_from([NOON - 300 * SECOND, NOON - 20 * SECOND, NOON]),
    bag_scanned_at=st.sampled_from([NOON - 200 * SECOND, NOON - 10 * SECOND, NOON + SECOND]),
    now=st.just(NOON),
)


def is_all_right(facts: BedsideFacts) -> bool:
    gap, age = facts.bag_scanned_at - facts.wristband_scanned_at, facts.now - facts.bag_scanned_at
    return (
        facts.wristband_patient_id == facts.bag_patient_id
        and facts.is_wristband_current
        and facts.is_label_current
        and facts.has_effective_decision
        and not facts.is_held
        and facts.bag_state.value in ("received", "verified")
        and facts.infusion is not None
        and facts.infusion.value in ("confirmed", "checked")
        and facts.chain.value != "broken"
        and facts.bag_expires_at > facts.now
        and facts.second_user_id != facts.first_user_id
        and facts.wristband_station_id == facts.bag_station_id == facts.station_id
        and timedelta(0) <= gap <= timedelta(seconds=120)
        and timedelta(0) <= age <= timedelta(seconds=120)
    )


@pytest.mark.requirement("REQ-102")
@given(FACTS)
def test_no_combination_with_a_wrong_fact_is_a_match(facts: BedsideFacts) -> None:
    assert isinstance(judge_bedside(facts), Match) == is_all_right(facts)


def test_every_combination_of_wrong_facts_stops() -> None:
    """All subsets of one wrong fact per stop, 4,095 of them; the first of the list is told each time."""
    one_each = {code: change for change, code in reversed(BAD) if not ({"bag_state", "now"} & change.keys())}
    one_each[StopCode.CHECK_TOO_OLD] = {"now": NOON + 111 * SECOND}
    order = list(StopCode)
    for size in range(1, len(order) + 1):
        for codes in combinations(order, size):
            if {StopCode.ALREADY_INFUSED, StopCode.DOSE_NOT_CONFIRMED} <= set(codes):
                continue  # one record cannot be both
            verdict = judged(*(one_each[code] for code in codes))
            assert isinstance(verdict, Stop)
            assert verdict.code is codes[0]


@pytest.mark.parametrize("change", [change for change, _ in BAD], ids=str)
def test_a_stop_is_one_sentence_three_acts_and_never_another_name(change: dict[str, Any]) -> None:
    stop = judged(change)
    assert isinstance(stop, Stop)
    acts = stop.acts(bag="BG-D7M-26-000468-2", telephone="ext. 5 5512")
    assert len(acts) == len(set(acts)) == 3
    assert all(act.endswith(".") and "{" not in act for act in acts)
    assert any("othing" in act and "was started" in act for act in acts) or stop.code is StopCode.WRONG_PATIENT
    assert stop.sentence.endswith(".")
    assert "!" not in stop.sentence
    assert Shown.PATIENT in stop.shown
    assert (Shown.HOSPITAL_NUMBERS in stop.shown) == (stop.code is StopCode.WRONG_PATIENT)


def test_the_wrong_patient_shows_two_numbers_and_opens_a_deviation() -> None:
    stop = judged({"bag_patient_id": THEODORE})
    assert isinstance(stop, Stop)
    assert stop.sentence == "This bag is for a different patient. Do not connect it."
    assert stop.opens_deviation
    assert stop.shown == {Shown.PATIENT, Shown.BAG_CODE, Shown.HOSPITAL_NUMBERS}
    assert stop.acts(bag="BG-D7M-26-000468-2", telephone="ext. 5 5512") == (
        "Put bag BG-D7M-26-000468-2 back in its carrier, away from the bed.",
        "Call the cell laboratory, ext. 5 5512. They can see this alert now.",
        "Scan the right bag when it arrives. Nothing was started.",
    )


@pytest.mark.parametrize(("change", "code"), BAD, ids=str)
def test_only_the_wrong_patient_opens_a_deviation_by_itself(change: dict[str, Any], code: StopCode) -> None:
    stop = judged(change)
    assert isinstance(stop, Stop)
    assert stop.opens_deviation == (code is StopCode.WRONG_PATIENT)


@pytest.mark.parametrize("field", ["now", "bag_expires_at", "bag_scanned_at", "wristband_scanned_at"])
def test_a_time_without_zone_is_refused(field: str) -> None:
    with pytest.raises(Invalid):
        judged({field: datetime(2026, 11, 23, 14, 6)})  # noqa: DTZ001  refused


@pytest.mark.parametrize(
    ("ordered", "contained", "percent"),
    [
        (20_000_000_000, 20_800_000_000, "4"),
        (20_000_000_000, 19_000_000_000, "-5"),
        (20_000_000_000, 20_000_000_000, "0"),
        (8, 9, "12.5"),
        (1, 0, "-100"),
    ],
)
def test_a_dose_differs_from_its_order_by_percent(ordered: int, contained: int, percent: str) -> None:
    assert dose_difference_percent(ordered, contained) == Decimal(percent)


@pytest.mark.parametrize("ordered", [0, -1])
def test_an_order_without_cells_has_no_difference(ordered: int) -> None:
    with pytest.raises(Invalid) as caught:
        dose_difference_percent(ordered, 1)
    assert caught.value.code == "order_without_cells"
