"""Eight hands on one bag at once: one has it, the others are told so, nobody waits for ever. On PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from app.custody import commands as custody
from app.domain.errors import Refusal
from app.identity.signing import Signed, WithSecondPerson
from app.infusion import commands
from app.ledger.verify import verify
from app.web.door import SESSION_COOKIE
from tests.infusion.raced import (
    HANDS,
    ROUNDS,
    STAGE,
    brought_to_the_bed,
    checked_by_two,
    eight_hands,
    two_hundred_bags,
)
from tests.line.custody import issue_request
from tests.line.infusion import BED, Ward, start_request
from tests.people import NIA, SAM, TARA, THEO, Person
from tests.world import World

pytestmark = [pytest.mark.parametrize("dialect", ["postgresql"]), pytest.mark.xdist_group("races")]
OVER_HTTP = 10


@pytest.fixture
def raced(at_stage: Callable[[str, Callable[[World], object]], tuple[World, object]]) -> tuple[World, Ward]:
    world, ward = at_stage(STAGE, two_hundred_bags)
    assert isinstance(ward, Ward)
    return world, ward


@pytest.mark.requirement("REQ-007")
def test_hazard_13_of_eight_issues_of_one_bag_exactly_one_wins(raced: tuple[World, Ward]) -> None:
    world, ward = raced
    with eight_hands() as all_at_once:
        for bag in ward.bags:
            asked = {who.name: issue_request(world, bag, THEO) for who in (TARA, SAM)}

            def issue(hand: int, asked: dict[str, custody.IssueBag] = asked) -> str:
                who = TARA if hand % 2 else SAM
                try:
                    return world.act(who, custody.issue_bag, asked[who.name]).state.value
                except Refusal as refusal:
                    return f"{refusal.code}: {refusal.sentence.split(';')[0].split(' ', 2)[2]}"

            assert Counter(all_at_once(issue)) == {"issued": 1, "cannot_issue: is issued": HANDS - 1}
    assert world.rows("SELECT count(*) FROM custody_event WHERE bag_state = 'issued'") == [(ROUNDS,)]
    assert world.rows("SELECT state, count(*) FROM bag GROUP BY state") == [("issued", ROUNDS)]
    the_ledger_verifies(world)


@pytest.mark.requirement("REQ-007")
def test_hazard_13_of_eight_starts_of_one_bag_exactly_one_wins(raced: tuple[World, Ward]) -> None:
    world, ward = raced
    brought_to_the_bed(world, ward.bags)
    checked_by_two(world, ward.bags)
    with eight_hands() as all_at_once:
        for bag in ward.bags:
            asked = start_request(world, Ward(ward.patient, (bag,)))

            def start(_hand: int, asked: commands.StartInfusion = asked) -> str:
                verdict = world.act(NIA, commands.start_infusion, asked, station=BED)
                return "started" if verdict.stop is None else verdict.stop.value

            assert Counter(all_at_once(start)) == {"started": 1, "already_infused": HANDS - 1}
    assert world.rows("SELECT count(*) FROM custody_event WHERE bag_state = 'infusing'") == [(ROUNDS,)]
    assert world.rows("SELECT state, count(*) FROM infusion GROUP BY state") == [("running", ROUNDS)]
    assert world.rows("SELECT count(DISTINCT number) FROM near_miss") == [(ROUNDS * (HANDS - 1),)]
    the_ledger_verifies(world)


def test_hazard_13_the_same_races_through_the_door(raced: tuple[World, Ward]) -> None:
    """Half of the hands use the page, half the API."""
    world, ward = raced
    bags = ward.bags[:OVER_HTTP]
    with eight_hands() as all_at_once:
        hands = browsers(world, TARA, "Bench 1")
        for bag in bags:
            asked = issue_request(world, bag, THEO)
            told = all_at_once(
                lambda hand, bag=bag, asked=asked: sent(hands[hand], hand, asked, f"/bags/{bag}/issue", "/bags/issue")
            )
            assert Counter(told) == one_winner(told, "cannot_issue")
        assert world.rows("SELECT count(*) FROM bag WHERE state = 'issued'") == [(OVER_HTTP,)]
        brought_to_the_bed(world, ward.bags[OVER_HTTP : 2 * OVER_HTTP])
        checked_by_two(world, ward.bags[OVER_HTTP : 2 * OVER_HTTP])
        hands = browsers(world, NIA, BED)
        for bag in ward.bags[OVER_HTTP : 2 * OVER_HTTP]:
            start = start_request(world, Ward(ward.patient, (bag,)))
            told = all_at_once(
                lambda hand, start=start: sent(hands[hand], hand, start, "/bedside/start", "/bedside/start")
            )
            assert Counter(told) == one_winner(told, "already_infused")
    assert world.rows("SELECT count(*) FROM infusion WHERE state = 'running'") == [(OVER_HTTP,)]
    the_ledger_verifies(world)


def browsers(world: World, who: Person, station: str) -> list[TestClient]:
    """Eight windows of one person at one station."""
    token = world.client(who, station).cookies[SESSION_COOKIE]
    windows = [world.app_client(station) for _ in range(HANDS)]
    for window in windows:
        window.cookies.set(SESSION_COOKIE, token)
    return windows


def sent(window: TestClient, hand: int, asked: WithSecondPerson | Signed, page: str, api: str) -> str:
    """Send a request as form or as JSON, each with a key of its own; answer who won, or the refusal."""
    secrets = {"second_pin": THEO.pin} if isinstance(asked, WithSecondPerson) else {"secret": NIA.pin}
    body = asked.model_dump(mode="json", exclude_none=True) | secrets
    if hand % 2:
        answer = window.post(page, data=body | {"request_key": str(uuid4())})
        return "won" if answer.status_code == 303 else f"page {answer.status_code}"
    answer = window.post(f"/api/v1{api}", json=body, headers={"Idempotency-Key": str(uuid4())})
    return (
        "won"
        if answer.status_code == 200
        else f"{answer.status_code} {answer.json()['type'].removeprefix('urn:veinline:')}"
    )


def one_winner(told: list[str], refusal: str) -> dict[str, int]:
    """What eight hands are told when one wins."""
    by_page = sum(word.startswith("page") for word in told)
    losers = {"page 409": by_page, f"409 {refusal}": HANDS - 1 - by_page}
    return {"won": 1} | losers


def the_ledger_verifies(world: World) -> None:
    with world.database.reading() as db:
        assert verify(db, world.keyring).finding is None
