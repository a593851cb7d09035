"""Who may move a bag, from whom to whom, to which place; and that every bag ends once."""

from __future__ import annotations

import pytest

from app.custody import commands
from app.custody.schemas import DisposeBag, HandOverBag, StoreBag
from app.domain.vocabulary import Inspection
from tests.culture.doors import by_api, by_page
from tests.custody.ward import near_misses, state_of
from tests.hostile import refused_by_the_database
from tests.line.custody import issue_request, issued, receive_request, received, return_request
from tests.line.deviations import placed_hold
from tests.line.infusion import BED, Ward
from tests.people import CHLOE, NIA, NOEL, QUINN, TARA, THEO, Person
from tests.world import World

Ready = tuple[World, Ward]


def store(world: World, bag: str, place: str = "Biosafety cabinet 1") -> StoreBag:
    return StoreBag(bag=f"{bag}01", place=world.place(place))


def hand_over(world: World, bag: str, to: Person = THEO) -> HandOverBag:
    return HandOverBag(bag=f"{bag}01", **world.second(to))


def destroy(world: World, bag: str, witness: Person = THEO) -> DisposeBag:
    return DisposeBag(bag=f"{bag}01", reason="the bag leaked when it was lifted", **world.second(witness))


def test_who_holds_a_bag_stores_it_and_nobody_else(ready: Ready) -> None:
    world, ward = ready
    assert world.refused(THEO, commands.store_bag, store(world, ward.bag)).code == "not_holder"
    assert world.act(TARA, commands.store_bag, store(world, ward.bag)).seq == 4
    world.act(TARA, commands.hand_over_bag, hand_over(world, ward.bag))
    world.act(THEO, commands.store_bag, store(world, ward.bag, "Cell store"))
    assert world.refused(TARA, commands.store_bag, store(world, ward.bag)).code == "not_holder"


@pytest.mark.parametrize("place", ["10 East", "Courier box 1"])
def test_a_bag_reaches_the_ward_by_issue_only(ready: Ready, place: str) -> None:
    world, ward = ready
    assert world.refused(TARA, commands.store_bag, store(world, ward.bag, place)).code == "wrong_place"
    carried = HandOverBag(bag=f"{ward.bag}01", place=world.place(place), **world.second(NIA))
    assert world.refused(TARA, commands.hand_over_bag, carried).code == "wrong_place"


def test_a_hand_over_needs_the_one_who_holds_it(ready: Ready) -> None:
    world, ward = ready
    refusal = world.refused(THEO, commands.hand_over_bag, hand_over(world, ward.bag, NIA))
    assert refusal.code == "hand_over_needs_both"
    assert world.refused(TARA, commands.hand_over_bag, hand_over(world, ward.bag, TARA)).code == "second_is_first"
    world.act(TARA, commands.hand_over_bag, hand_over(world, ward.bag))
    assert world.rows("SELECT holder_id FROM bag WHERE code = :code", code=ward.bag) == [(world.user_id(THEO),)]


def test_the_bag_of_the_open_page_must_be_the_one_in_hand(ready: Ready) -> None:
    world, ward = ready
    status, _ = by_page(
        world, TARA, f"/bags/{ward.bags[1]}/issue", issue_request(world, ward.bag), **world.second(THEO)
    )
    assert status == 409
    assert near_misses(world) == [("another_bag", "issue bag", ward.bags[1])]
    assert state_of(world, ward.bag) == "available"


@pytest.mark.requirement("REQ-053")
@pytest.mark.parametrize("line", ["integrity", "label"])
@pytest.mark.parametrize("found", [Inspection.FAIL, Inspection.UNKNOWN])
def test_the_ward_takes_no_bag_that_did_not_pass(ready: Ready, line: str, found: Inspection) -> None:
    world, ward = ready
    issued(world, ward.bag)
    asked = receive_request(world, ward.bag, **{line: found})
    assert world.refused(NIA, commands.receive_bag, asked, station=BED).code == "receipt_inspection"
    assert by_api(world, NIA, "/bags/receive", asked, **world.second(TARA)) == (409, "receipt_inspection")
    assert near_misses(world) == [("receipt_inspection", "receive bag", ward.bag)]
    assert state_of(world, ward.bag) == "issued"


def test_who_receives_is_not_who_gave(ready: Ready) -> None:
    world, ward = ready
    issued(world, ward.bag)
    from_another = receive_request(world, ward.bag, THEO)
    assert world.refused(NIA, commands.receive_bag, from_another).code == "hand_over_needs_both"
    to_oneself = receive_request(world, ward.bag, NIA)
    assert world.refused(NIA, commands.receive_bag, to_oneself).code == "second_is_first"
    assert world.refused(THEO, commands.receive_bag, receive_request(world, ward.bag)).code == "not_permitted"
    received(world, ward.bag)


def test_a_bag_that_is_held_on_its_way_goes_back_and_not_to_the_patient(ready: Ready) -> None:
    world, ward = ready
    issued(world, ward.bag)
    placed_hold(world, ward.bag)
    refusal = world.refused(NIA, commands.receive_bag, receive_request(world, ward.bag))
    assert refusal.code == "on_hold"
    statement = "UPDATE bag SET state = 'received', row_version = row_version + 1 WHERE code = :code"
    refused_by_the_database(world, statement, "not_released", code=ward.bag)
    world.act(TARA, commands.return_bag, return_request(world, ward.bag, THEO))
    assert state_of(world, ward.bag) == "returned"


@pytest.mark.parametrize(("minutes", "verdict"), [(59, "Complete"), (61, "Broken")])
def test_a_bag_longer_on_its_way_than_permitted_breaks_its_chain(ready: Ready, minutes: int, verdict: str) -> None:
    world, ward = ready
    issued(world, ward.bag)
    world.clock.forward(minutes=minutes)
    received(world, ward.bag)
    assert verdict in world.client(NIA, BED).get(f"/bags/{ward.bag}").text


@pytest.mark.parametrize(("changed", "code"), [({"reason": "error"}, "reason_required"), ({"temperature_c": "20"}, "")])
def test_a_return_says_why(ready: Ready, changed: dict[str, object], code: str) -> None:
    world, ward = ready
    issued(world, ward.bag)
    received(world, ward.bag)
    asked = return_request(world, ward.bag, **changed)
    if code:
        assert world.refused(NIA, commands.return_bag, asked).code == code
    else:
        assert world.act(NIA, commands.return_bag, asked).state.value == "returned"
        assert world.refused(TARA, commands.issue_bag, issue_request(world, ward.bag)).code == "cannot_issue"


def test_another_seal_than_the_one_put_on_is_seen(ready: Ready) -> None:
    world, ward = ready
    world.act(TARA, commands.issue_bag, issue_request(world, ward.bag, seal="S-100"))
    world.act(NIA, commands.receive_bag, receive_request(world, ward.bag, seal="S-101"))
    assert "seal mismatch" in world.client(NIA).get(f"/bags/{ward.bag}").text


def test_a_bag_is_destroyed_once_and_before_a_witness(ready: Ready) -> None:
    world, ward = ready
    assert world.refused(TARA, commands.destroy_bag, destroy(world, ward.bag, TARA)).code == "second_is_first"
    assert world.refused(QUINN, commands.destroy_bag, destroy(world, ward.bag)).code == "not_permitted"
    world.act(TARA, commands.destroy_bag, destroy(world, ward.bag))
    assert world.refused(TARA, commands.destroy_bag, destroy(world, ward.bag)).code == "cannot_destroy"
    assert world.refused(TARA, commands.issue_bag, issue_request(world, ward.bag)).code == "cannot_issue"
    assert world.refused(TARA, commands.store_bag, store(world, ward.bag)).code == "cannot_move"
    refused_by_the_database(world, "UPDATE bag SET state = 'labelled' WHERE code = :code", "transition", code=ward.bag)
    assert f'href="/bags/{ward.bag}/' not in world.client(TARA).get(f"/bags/{ward.bag}").text


FORGED = {
    "a link changed": ("UPDATE custody_event SET seal = 'X'", "append_only"),
    "a link taken out": ("DELETE FROM custody_event", "nothing_is_deleted"),
    "a link left out": (
        "INSERT INTO custody_event (course_id, patient_id, bag_id, product_lot_id, seq, kind, bag_state, at,"
        " recorded_at, actor_id, from_holder_id, to_holder_id, from_place_id, to_place_id, code_source, request_key)"
        " SELECT course_id, patient_id, bag_id, product_lot_id, seq + 2, 'store', bag_state, at, recorded_at, actor_id,"
        " to_holder_id, to_holder_id, to_place_id, to_place_id, code_source, 'forged'"
        " FROM custody_event ORDER BY id DESC LIMIT 1",
        "custody_order",
    ),
    "a hand-over by one": (
        "INSERT INTO custody_event (course_id, patient_id, bag_id, product_lot_id, seq, kind, bag_state, at,"
        " recorded_at, actor_id, from_holder_id, to_holder_id, from_place_id, to_place_id, code_source, request_key)"
        " SELECT course_id, patient_id, bag_id, product_lot_id, seq + 1, 'hand_over', bag_state, at, recorded_at,"
        " actor_id, to_holder_id, to_holder_id + 1, to_place_id, to_place_id, code_source, 'forged'"
        " FROM custody_event ORDER BY id DESC LIMIT 1",
        "hand_over_needs_two",
    ),
}


@pytest.mark.parametrize("attempt", FORGED)
def test_the_chain_cannot_be_rewritten_behind_the_application(ready: Ready, attempt: str) -> None:
    world, _ = ready
    refused_by_the_database(world, *FORGED[attempt])


def test_the_same_request_moves_a_bag_once(ready: Ready) -> None:
    world, ward = ready
    client, key = world.client(TARA), "0b0e7f0e-0000-4000-8000-00000000beef"
    body = issue_request(world, ward.bag).model_dump(mode="json") | world.second(THEO)
    first, again = (client.post("/api/v1/bags/issue", json=body, headers={"Idempotency-Key": key}) for _ in range(2))
    assert first.json() == again.json()
    assert world.rows("SELECT count(*) FROM custody_event WHERE kind = 'issue'") == [(1,)]


def test_a_bag_walks_there_and_back_through_the_pages(ready: Ready) -> None:
    world, ward = ready
    bag = ward.bag
    steps = (
        (TARA, "store", store(world, bag), {}),
        (TARA, "issue", issue_request(world, bag), world.second(THEO)),
        (NIA, "receive", receive_request(world, bag), world.second(TARA)),
        (NIA, "hand-over", hand_over(world, bag, NOEL), world.second(NOEL)),
        (NOEL, "return", return_request(world, bag), world.second(TARA)),
        (TARA, "destroy", destroy(world, bag), world.second(THEO)),
    )
    for who, step, asked, secrets in steps:
        page = world.client(who).get(f"/bags/{bag}/{step}")
        assert page.status_code == 200, (step, page.text)
        assert by_page(world, who, f"/bags/{bag}/{step}", asked, **secrets) == (303, f"/bags/{bag}")
        world.clock.forward(minutes=2)
    assert state_of(world, bag) == "destroyed"
    page = world.client(CHLOE).get(f"/bags/{bag}").text
    for words in ("Filled", "Issued", "Received", "Returned", "Disposed of", "the patient has a fever"):
        assert words in page, words
