"""Each link of custody begins where the last one ended, with the people there that it needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.custody import BagCustody, CustodyAct, CustodyKind, decide, fold
from app.domain.errors import Invalid, Mismatch, NotAllowed, ReasonRequired, Refusal, WrongState
from app.domain.states import BAG, BagAct, BagState
from tests.domain.custody_cases import (
    BENCH,
    CHLOE,
    FILLED,
    NIA,
    NOON,
    STORE,
    TARA,
    TO_THE_BED,
    TOM,
    TRANSPORT,
    WARD,
    WHAT,
    act,
    links,
    now,
)

WITH_NURSE = {"witness_id": NIA, "to_holder_id": NIA, "to_place_id": WARD}


def test_a_bag_goes_from_filling_to_the_empty_bag() -> None:
    events = links(*TO_THE_BED)
    assert [event.kind for event in events] == [
        CustodyKind.FILL,
        CustodyKind.LABEL,
        CustodyKind.STORE,
        CustodyKind.RELEASE,
        CustodyKind.ISSUE,
        CustodyKind.RECEIVE,
        CustodyKind.CHECK,
        CustodyKind.INFUSE,
        CustodyKind.INFUSE,
    ]
    assert fold(events) == BagCustody(BagState.INFUSED, NIA, WARD, 9, NOON + timedelta(minutes=90))


@pytest.mark.parametrize("number", range(1, len(TO_THE_BED)))
def test_a_link_begins_with_the_holder_and_place_of_the_one_before(number: int) -> None:
    before, link = links(*TO_THE_BED)[number - 1 : number + 1]
    assert (link.from_holder_id, link.from_place_id) == (before.to_holder_id, before.to_place_id)


def test_the_first_link_comes_from_nobody_and_nowhere() -> None:
    first = links(FILLED)[0]
    assert (first.seq, first.from_holder_id, first.from_place_id) == (1, None, None)


def refused(kind: type[Refusal], code: str, after: int, asked: CustodyAct) -> None:
    with pytest.raises(kind) as caught:
        decide(now(links(*TO_THE_BED[:after])), asked, WHAT)
    assert caught.value.code == code
    assert WHAT in caught.value.sentence or code == "second_is_first"


@pytest.mark.parametrize("missing", ["to_holder_id", "to_place_id"])
def test_a_filled_bag_needs_a_holder_and_a_place(missing: str) -> None:
    nothing: dict[str, Any] = {missing: None}
    refused(Invalid, "custody_without_place", 0, replace(FILLED, **nothing))


def test_a_bag_that_was_not_filled_cannot_be_moved() -> None:
    refused(WrongState, "cannot_move", 0, act(None, 0, to_holder_id=TARA, to_place_id=BENCH))


@pytest.mark.parametrize("after", [8, 9])
def test_a_running_or_empty_bag_cannot_be_moved(after: int) -> None:
    refused(WrongState, "cannot_move", after, act(None, 100, to_place_id=STORE))


@pytest.mark.requirement("REQ-134")
def test_an_act_out_of_order_is_refused_by_the_state_table() -> None:
    refused(WrongState, "cannot_start", 6, act(BagAct.START, 60))


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        (replace(FILLED, witness_id=None), 0),
        (act(BagAct.LABEL, 5, witness_id=None), 1),
        (act(BagAct.ISSUE, 30, witness_id=None), 4),
        (act(BagAct.RECEIVE, 45, witness_id=None, to_holder_id=NIA), 5),
        (act(BagAct.VERIFY, 50, actor_id=NIA, witness_id=None), 6),
        (act(BagAct.DESTROY, 50, witness_id=None, reason="dropped on the floor"), 6),
    ],
)
def test_steps_that_need_two_persons_are_refused_with_one(asked: CustodyAct, after: int) -> None:
    refused(NotAllowed, "second_person_missing", after, asked)


@pytest.mark.requirement("REQ-076")
def test_the_witness_is_another_person() -> None:
    refused(Mismatch, "second_is_first", 4, act(BagAct.ISSUE, 30, witness_id=TARA))


def test_who_receives_a_bag_is_not_who_gives_it() -> None:
    refused(Mismatch, "receiver_is_giver", 5, act(BagAct.RECEIVE, 45, to_holder_id=TARA, to_place_id=WARD))
    refused(Mismatch, "receiver_is_giver", 5, act(BagAct.RECEIVE, 45, to_place_id=WARD))


@pytest.mark.parametrize(
    "people",
    [
        {"actor_id": TOM, "witness_id": NIA},
        {"actor_id": TARA, "witness_id": TOM},
        {"actor_id": TARA, "witness_id": CHLOE},
    ],
)
def test_giver_and_receiver_must_both_be_there(people: dict[str, int]) -> None:
    refused(
        NotAllowed, "hand_over_needs_both", 5, act(BagAct.RECEIVE, 45, to_holder_id=NIA, to_place_id=WARD, **people)
    )


def test_a_hand_over_without_change_of_state_needs_both_too() -> None:
    refused(NotAllowed, "hand_over_needs_both", 2, act(None, 10, witness_id=None, to_holder_id=TOM))
    assert decide(now(links(*TO_THE_BED[:2])), act(None, 10, to_holder_id=TOM), WHAT).kind is CustodyKind.HAND_OVER


def test_one_person_may_move_what_he_or_she_holds() -> None:
    link = decide(now(links(*TO_THE_BED[:2])), act(None, 10, witness_id=None, to_place_id=STORE), WHAT)
    assert (link.kind, link.to_place_id, link.state) == (CustodyKind.STORE, STORE, BagState.LABELLED)


def test_a_bag_leaves_the_store_with_who_takes_it_and_a_witness() -> None:
    custody = now(links(*TO_THE_BED[:4]))
    taken = decide(custody, act(BagAct.ISSUE, 30, actor_id=TOM, witness_id=CHLOE, to_holder_id=TOM), WHAT)
    assert taken.to_holder_id == TOM
    refused(NotAllowed, "hand_over_needs_both", 4, act(BagAct.ISSUE, 30, to_holder_id=NIA))


def test_a_step_that_hands_nothing_over_changes_no_holder() -> None:
    refused(NotAllowed, "no_hand_over", 6, act(BagAct.VERIFY, 50, actor_id=NIA, witness_id=CHLOE, to_holder_id=CHLOE))


@pytest.mark.parametrize(("minute", "is_refused"), [(44, True), (45, False), (46, False)])
def test_a_link_does_not_happen_before_the_one_before_it(minute: int, is_refused: bool) -> None:
    asked = act(BagAct.VERIFY, minute, actor_id=NIA, witness_id=CHLOE)
    if is_refused:
        refused(Invalid, "custody_time_reversed", 6, asked)
    else:
        assert decide(now(links(*TO_THE_BED[:6])), asked, WHAT)


@pytest.mark.parametrize(("seconds", "is_refused"), [(-1, True), (0, False), (1, False)])
def test_a_link_does_not_lie_in_the_future(seconds: int, is_refused: bool) -> None:
    asked = replace(FILLED, recorded_at=FILLED.at + timedelta(seconds=seconds))
    if is_refused:
        refused(Invalid, "time_in_future", 0, asked)
    else:
        assert decide(None, asked, WHAT)


def test_a_return_needs_a_reason_and_a_temperature() -> None:
    back = act(
        BagAct.RETURN,
        60,
        actor_id=NIA,
        witness_id=TARA,
        to_holder_id=TARA,
        to_place_id=BENCH,
        temperature_c=Decimal(21),
    )
    refused(ReasonRequired, "reason_required", 6, back)
    back = replace(back, reason="patient has fever today")
    refused(Invalid, "temperature_missing", 6, replace(back, temperature_c=None))
    link = decide(now(links(*TO_THE_BED[:6])), back, WHAT)
    assert (link.kind, link.state, link.to_holder_id) == (CustodyKind.RETURN, BagState.RETURNED, TARA)


def test_a_destroyed_bag_needs_a_reason() -> None:
    refused(ReasonRequired, "reason_required", 6, act(BagAct.DESTROY, 60))
    destroyed = act(BagAct.WASTE, 60, reason="bag broke in the carrier")
    assert decide(now(links(*TO_THE_BED[:6])), destroyed, WHAT).kind is CustodyKind.DISPOSE


def test_a_correction_stands_in_the_place_of_the_link_it_corrects() -> None:
    events = links(*TO_THE_BED[:6])
    late = NOON + timedelta(minutes=70)
    to_the_bench = replace(events[5], seq=7, corrects_seq=6, at=late, to_place_id=BENCH)
    assert fold([*events, to_the_bench]) == BagCustody(BagState.RECEIVED, NIA, BENCH, 7, late)
    again = replace(to_the_bench, seq=8, corrects_seq=7, to_place_id=TRANSPORT)
    assert fold([*events, to_the_bench, again]).place_id == TRANSPORT


def test_a_correction_of_an_earlier_link_leaves_the_last_one_standing() -> None:
    events = links(*TO_THE_BED[:6])
    correction = replace(events[2], seq=7, corrects_seq=3, to_place_id=BENCH)
    assert fold([*events, correction]).place_id == WARD


@given(st.lists(st.sampled_from([None, *BagAct]), max_size=30), st.data())
def test_the_fold_of_all_links_is_what_the_last_decision_left(acts: list[BagAct | None], data: st.DataObject) -> None:
    """Random acts by random people: whatever is accepted follows the state table and joins on to the link before."""
    events = links(FILLED)
    for minute, chosen in enumerate(acts, start=1):
        people = {
            "actor_id": st.integers(1, 3),
            "witness_id": st.none() | st.integers(1, 3),
            "to_holder_id": st.none() | st.integers(1, 3),
        }
        asked = act(
            chosen,
            minute,
            reason="a reason long enough",
            temperature_c=Decimal(21),
            **{name: data.draw(one) for name, one in people.items()},
        )
        before = fold(events)
        try:
            link = decide(before, asked, WHAT)
        except Refusal:
            continue
        assert (before.state, link.state) in BAG.pairs or before.state is link.state
        assert (link.from_holder_id, link.from_place_id) == (before.holder_id, before.place_id)
        assert link.to_holder_id == before.holder_id or {asked.actor_id, asked.witness_id} >= {link.to_holder_id}
        events.append(link)
        assert fold(events) == BagCustody(link.state, link.to_holder_id, link.to_place_id, link.seq, link.at)


def test_giving_to_research_hands_the_bag_over() -> None:
    given_away = act(BagAct.GIVE_TO_RESEARCH, 10, to_holder_id=TOM)
    assert decide(now(links(*TO_THE_BED[:2])), given_away, WHAT).kind is CustodyKind.HAND_OVER
