"""Only listed moves exist; every other pair of state and act is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import WrongState
from app.domain.states import (
    BAG,
    COLLECTION,
    CULTURE,
    DECISION,
    INFUSION,
    INITIAL_STATES,
    JOB,
    LABEL,
    LOT,
    RUN,
    TRANSITIONS,
    BagAct,
    BagState,
    LotState,
    StateTable,
    next_state,
)

WAITING = "filled labelled available issued received verified returned"

# An independent copy of the tables: from | act | to, several "from" apart by blanks, "=" stays.
COPY = {
    "collection": """
        planned | start | in_progress
        planned | cancel | cancelled
        in_progress | finish | collected
        in_progress | abandon | abandoned
        collected | receive | received
        received quarantined | accept | accepted
        received | quarantine | quarantined
        received quarantined | reject | rejected
        accepted | consume | consumed""",
    "culture": """
        planned | start | in_process
        in_process | seed | incubating
        incubating | count | =
        incubating | feed | =
        incubating | split | =
        incubating | harvest | harvested
        harvested | formulate | formulated
        formulated | close | closed
        planned in_process incubating harvested | stop | stopped""",
    "test_run": """
        requested | sample | sampled
        sampled | start | running
        running | interim | =
        running | enter | entered
        entered | fail_controls | control_failed
        entered | verify | verified
        verified | approve | approved
        entered verified approved | invalidate | invalidated
        approved | correct | =""",
    "product_lot": """
        in_process | complete | quarantine
        quarantine | release | released
        quarantine | release_conditionally | conditional
        quarantine | release_exceptionally | exceptional
        quarantine | reject | rejected
        conditional | finalise | released_final
        released conditional released_final exceptional | suspend | quarantine
        released conditional released_final exceptional | fail | post_release_failure
        post_release_failure | withdraw_failure | quarantine""",
    "bag": f"""
        filled | label | labelled
        labelled | make_available | available
        available | suspend | labelled
        recalled | withdraw_failure | labelled
        available | issue | issued
        issued | receive | received
        received | verify | verified
        verified | start | infusing
        verified | lapse | received
        infusing | finish | infused
        infusing | stop | partly_infused
        issued received | return | returned
        returned | restock | available
        {WAITING} recalled | expire | expired
        {WAITING} expired | recall | recalled
        expired recalled | allow | available
        {WAITING} expired recalled | destroy | destroyed
        {WAITING} expired recalled | waste | wasted
        labelled returned expired recalled | give_to_research | transferred_research""",
    "label": """
        queued | send | sent
        queued | refuse | refused
        sent | scan_back | scanned_back
        scanned_back | verify | verified
        verified | apply | applied
        sent scanned_back verified | spoil | spoiled
        applied | replace | void
        spoiled void | destroy | destroyed""",
    "print_job": """
        queued | refuse | refused
        queued | cancel | cancelled
        interrupted | cancel | =
        queued interrupted | start | sending
        sending | finish | sent
        sending | break | interrupted
        sent interrupted | reconcile | reconciled""",
    "release_decision": """
        draft | review | reviewed
        reviewed | sign | signed
        signed | take_effect | effective
        draft reviewed signed | go_stale | withdrawn
        effective | supersede | superseded
        effective | revoke | revoked""",
    "infusion": """
        ordered | confirm_dose | confirmed
        confirmed | check | checked
        checked | start | running
        checked | lapse | confirmed
        running | pause | =
        running | resume | =
        running | observe | =
        running | complete | completed
        running | stop | stopped
        ordered confirmed | cancel | cancelled""",
}
TABLES: dict[str, StateTable[Any, Any]] = {  # Any: the tests treat all tables alike
    "collection": COLLECTION,
    "culture": CULTURE,
    "test_run": RUN,
    "product_lot": LOT,
    "bag": BAG,
    "label": LABEL,
    "print_job": JOB,
    "release_decision": DECISION,
    "infusion": INFUSION,
}
BEGIN = {
    "collection": ("plan", "planned"),
    "culture": ("open", "planned"),
    "test_run": ("request", "requested"),
    "product_lot": ("create", "in_process"),
    "bag": ("fill", "filled"),
    "label": ("request", "queued"),
    "print_job": ("request", "queued"),
    "release_decision": ("draft", "draft"),
    "infusion": ("order", "ordered"),
}


def listed(name: str) -> dict[tuple[str, str], str]:
    rows: dict[tuple[str, str], str] = {}
    for line in COPY[name].strip().splitlines():
        sources, act, target = (part.strip() for part in line.split("|"))
        for source in sources.split():
            rows[source, act] = source if target == "=" else target
    return rows


def every_pair() -> Iterator[tuple[str, StrEnum | None, StrEnum]]:
    for name, table in TABLES.items():
        for act in type(table.begin):
            yield name, None, act
            for state in type(table.first):
                yield name, state, act


@pytest.mark.requirement("REQ-007")
@pytest.mark.requirement("REQ-134")
@pytest.mark.parametrize("name", TABLES)
def test_a_listed_move_leads_to_its_state_and_every_other_is_refused(name: str) -> None:
    table, rows = TABLES[name], listed(name)
    for _, state, act in (pair for pair in every_pair() if pair[0] == name):
        expected = BEGIN[name][1] if (state, act) == (None, BEGIN[name][0]) else rows.get((str(state), str(act)))
        if state is None and act != BEGIN[name][0]:
            expected = None
        if expected is None:
            with pytest.raises(WrongState):
                next_state(table, state, act, "The thing")
        else:
            assert next_state(table, state, act, "The thing") == expected


@pytest.mark.parametrize("name", TABLES)
def test_the_database_keeps_the_same_changes_of_state(name: str) -> None:
    changes = {(source, target) for (source, _), target in listed(name).items() if source != target}
    assert TRANSITIONS[name] == changes


def test_stored_rows_begin_where_their_first_command_puts_them() -> None:
    written_by_a_later_act = {"release_decision": "signed", "infusion": "confirmed"}
    of_the_stock = {"material_lot": "quarantined"}
    begun = {name: first for name, (_, first) in BEGIN.items()}
    assert dict(INITIAL_STATES) == begun | written_by_a_later_act | of_the_stock


def test_a_bag_ends_in_exactly_these_states() -> None:
    assert BAG.terminal == {"infused", "partly_infused", "wasted", "destroyed", "transferred_research"}


def test_a_bag_has_exactly_the_states_of_the_design() -> None:
    assert {state.value for state in BagState} == set(
        f"{WAITING} infusing infused partly_infused expired recalled destroyed wasted transferred_research".split()
    )


def test_a_labelled_bag_cannot_be_issued_and_the_refusal_says_what_it_needs() -> None:
    with pytest.raises(WrongState) as caught:
        next_state(BAG, BagState.LABELLED, BagAct.ISSUE, "Bag BG-D7M-26-000472-A")
    assert caught.value.code == "cannot_issue"
    assert caught.value.sentence == (
        'Bag BG-D7M-26-000472-A is labelled; the step "issue" needs it to be available. '
        "Possible now: make available, expire, recall, destroy, waste, give to research."
    )


def test_nothing_happens_to_an_infused_bag() -> None:
    with pytest.raises(WrongState, match=r"is infused.*Nothing more can happen to it"):
        next_state(BAG, BagState.INFUSED, BagAct.START, "Bag BG-D7M-26-000472-A")


def test_a_bag_is_filled_only_once() -> None:
    with pytest.raises(WrongState, match="happens only once, at its beginning"):
        next_state(BAG, BagState.FILLED, BagAct.FILL, "Bag BG-D7M-26-000472-A")


def test_a_bag_that_does_not_exist_can_only_be_filled() -> None:
    with pytest.raises(WrongState, match=r'does not exist yet\. The first step is "fill"'):
        next_state(BAG, None, BagAct.ISSUE, "Bag BG-D7M-26-000472-A")


def test_an_exceptional_lot_never_becomes_released() -> None:
    reachable = {target for source, target in LOT.pairs if source == LotState.EXCEPTIONAL}
    assert reachable == {"quarantine", "post_release_failure"}


@pytest.mark.requirement("REQ-007")
@pytest.mark.parametrize("passed", ["available", "issued", "received", "verified", "infusing"])
def test_no_way_leads_to_an_infused_bag_that_does_not_pass(passed: str) -> None:
    """`labelled` is not among them: a bag may be recalled before; that its label is current, a guard asks."""
    reached = {"filled"}
    for _ in BagState:
        reached |= {target for source, target in BAG.pairs if source in reached and target != passed}
    assert "infused" not in reached


@given(st.sampled_from(BagState), st.sampled_from(BagAct))
def test_a_refused_act_is_never_among_the_acts_offered(state: BagState, act: BagAct) -> None:
    try:
        next_state(BAG, state, act, "The bag")
    except WrongState:
        assert act not in BAG.acts_from(state)
    else:
        assert act in BAG.acts_from(state)
