"""How a bag ends or comes back: spilt, called back, expired, restocked; by whom, with which signature and reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from app.custody import commands
from app.custody.records import restock_record
from app.custody.schemas import DisposeBag, RestockBag
from app.jobs import sweep
from tests.culture.doors import by_api, by_page
from tests.custody.ward import WHY, near_misses, recall_request, recalled, state_of
from tests.hostile import refused_by_the_database
from tests.line.custody import issued, received, return_request
from tests.line.deviations import placed_hold
from tests.line.infusion import BED, Supply, Ward, checked, on_the_ward, start_request, started
from tests.people import CHLOE, NIA, QUENTIN, SAM, TARA, THEO, Person
from tests.safety.rows import link
from tests.world import World

Ready = tuple[World, Ward]
DESK = "QA desk"
SPILT = "it burst when the port was spiked"


def spilt(world: World, bag: str, witness: Person = THEO) -> DisposeBag:
    return DisposeBag(bag=f"{bag}01", reason=SPILT, **world.second(witness))


def returned(world: World, ward: Ward, **changed: object) -> str:
    """The first bag issued and brought back."""
    issued(world, ward.bag)
    world.clock.forward(minutes=5)
    world.act(TARA, commands.return_bag, return_request(world, ward.bag, THEO, **changed))
    return ward.bag


def restock_request(world: World, bag: str, who: Person = QUENTIN) -> RestockBag:
    return RestockBag(bag_code=bag, **world.signed(who, world.read(restock_record, bag).sha256))


@pytest.mark.requirement("REQ-015")
def test_who_restocks_sees_and_signs_what_was_measured_at_the_return(ready: Ready) -> None:
    world, ward = ready
    bag = returned(world, ward, temperature_c=Decimal("6.5"), reason="the patient has chills")
    page = world.client(QUENTIN, DESK).get(f"/bags/{bag}/restock").text
    record = world.read(restock_record, bag).record
    assert "6.5\N{NO-BREAK SPACE}°C" in page
    assert "the patient has chills" in page
    assert '"temperature_c":"6.5"' in record
    assert "the patient has chills" in record


def test_a_bag_is_spilt_once_and_before_a_witness(ready: Ready) -> None:
    world, ward = ready
    secrets = world.second(THEO)
    assert world.refused(TARA, commands.waste_bag, spilt(world, ward.bag, TARA)).code == "second_is_first"
    assert by_api(world, TARA, "/bags/waste", spilt(world, ward.bag), **secrets) == (200, "")
    assert by_page(world, TARA, f"/bags/{ward.bag}/waste", spilt(world, ward.bag), **secrets)[0] == 409
    assert state_of(world, ward.bag) == "wasted"
    assert SPILT in world.client(TARA).get(f"/bags/{ward.bag}").text
    form = world.client(TARA).get(f"/bags/{ward.bags[1]}/waste")
    assert (form.status_code, "What happened" in form.text) == (200, True)
    assert by_page(world, TARA, f"/bags/{ward.bags[1]}/waste", spilt(world, ward.bags[1]), **secrets)[0] == 303


def test_qa_calls_a_bag_back_through_the_pages(ready: Ready) -> None:
    world, ward = ready
    client = world.client(QUENTIN, DESK)
    assert f'href="/bags/{ward.bag}/recall"' in client.get(f"/bags/{ward.bag}").text
    assert "Why it is called back" in client.get(f"/bags/{ward.bag}/recall").text
    form = {"bag_code": ward.bag, "reason": WHY, "request_key": str(uuid4())}
    shown = client.post(f"/bags/{ward.bag}/recall/review", data=form).text
    assert WHY in shown
    sha256 = re.search(r'name="record_sha256" value="(\w{64})"', shown)
    assert sha256 is not None
    signed = form | world.signed(QUENTIN, sha256[1]) | {"request_key": str(uuid4())}
    assert client.post(f"/bags/{ward.bag}/recall", data=signed).status_code == 303
    assert state_of(world, ward.bag) == "recalled"
    assert WHY in client.get(f"/bags/{ward.bag}").text


def test_a_recall_is_signed_by_qa_for_the_reason_it_showed(ready: Ready) -> None:
    world, ward = ready
    asked = recall_request(world, ward.bag)
    assert world.refused(SAM, commands.recall_bag, asked).code == "not_permitted"
    other = asked.model_copy(update={"reason": "another reason than the one shown"})
    assert world.refused(QUENTIN, commands.recall_bag, other, station=DESK).code == "record_changed"
    bare = asked.model_copy(update={"reason": "error"})
    assert world.refused(QUENTIN, commands.recall_bag, bare, station=DESK).code == "reason_required"
    record = world.client(QUENTIN, DESK).post(
        "/api/v1/bags/recall/record",
        json={"bag_code": ward.bag, "reason": WHY},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert record.json()["record_sha256"] == asked.record_sha256


@pytest.mark.requirement("REQ-052")
def test_a_recalled_bag_goes_nowhere_but_to_its_end(ready: Ready) -> None:
    world, ward = ready
    assert recalled(world, ward.bag).state.value == "recalled"
    refusal = world.refused(QUENTIN, commands.recall_bag, recall_request(world, ward.bag), station=DESK)
    assert refusal.code == "cannot_recall"
    world.clock.forward(hours=9)
    sweep(world.database, world.clock)
    assert state_of(world, ward.bag) == "recalled", "it stays what it was called back as"
    world.act(TARA, commands.destroy_bag, DisposeBag(bag=f"{ward.bag}01", reason=SPILT, **world.second(THEO)))


def test_a_bag_called_back_while_it_runs_in_alarms_its_ward(world: World) -> None:
    ward = on_the_ward(world)
    started(world, ward)
    page = world.client(NIA, BED).get(f"/infusions/{ward.bag}")
    assert "Stop the infusion now" not in page.text
    done = recalled(world, ward.bag)
    assert (done.state.value, done.deviation) == ("infusing", "DV-26-0001")
    page = world.client(NIA, BED).get(f"/infusions/{ward.bag}")
    assert 'role="alert"' in page.text
    assert "Stop the infusion now and call the prescriber." in page.text
    assert world.rows("SELECT grade, state FROM deviation") == [("critical", "open")]


def test_a_check_lapses_although_its_bag_was_called_back(world: World) -> None:
    ward = on_the_ward(world)
    checked(world, ward)
    late = start_request(world, ward)
    recalled(world, ward.bag)
    world.clock.forward(seconds=121)
    sweep(world.database, world.clock)
    assert world.rows("SELECT state FROM infusion") == [("confirmed",)]
    assert state_of(world, ward.bag) == "recalled"
    assert late.bag_code == ward.bag


JAMMED = {
    True: (
        "CREATE TRIGGER jammed BEFORE UPDATE ON bag WHEN old.code = '{bag}' BEGIN SELECT RAISE(ABORT, 'jammed'); END",
    ),
    False: (
        "CREATE FUNCTION jammed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'jammed'; END $$",
        "CREATE TRIGGER jammed BEFORE UPDATE ON bag FOR EACH ROW WHEN (old.code = '{bag}') EXECUTE FUNCTION jammed()",
    ),
}
"""A record nobody can move, on SQLite (`True`) and PostgreSQL."""


def test_a_bag_that_cannot_be_moved_keeps_no_other_from_its_end(ready: Ready) -> None:
    world, ward = ready
    for statement in JAMMED[world.is_sqlite]:
        world.sql(statement.format(bag=ward.bags[0]))
    world.clock.forward(hours=9)
    sweep(world.database, world.clock)
    assert [state_of(world, bag) for bag in ward.bags] == ["available", "expired"]


def test_the_sweep_expires_what_is_over_and_nothing_else(ready: Ready) -> None:
    world, ward = ready
    world.clock.forward(hours=7, minutes=50)
    sweep(world.database, world.clock)
    assert {state_of(world, bag) for bag in ward.bags} == {"available"}
    world.clock.forward(minutes=15)
    sweep(world.database, world.clock)
    sweep(world.database, world.clock)
    assert {state_of(world, bag) for bag in ward.bags} == {"expired"}
    ((kind, actor),) = world.rows(
        "SELECT kind, actor_id FROM custody_event WHERE bag_state = 'expired' AND bag_id = (SELECT min(id) FROM bag)"
    )
    assert (kind, actor) == ("withhold", None)
    assert "the clock" in world.client(TARA).get(f"/bags/{ward.bag}").text
    assert '"actor":"job:sweep"' in str(world.rows("SELECT canon FROM ledger_event ORDER BY id DESC LIMIT 1"))


def test_only_time_does_what_nobody_did(ready: Ready) -> None:
    world, ward = ready
    statement, values = link(world, ward.bag, "dispose", "destroyed")
    forged = statement.replace("c.actor_id, c.actor_id + 1", "NULL, c.actor_id")
    refused_by_the_database(world, forged, "step_needs_a_person", **values)


@pytest.mark.requirement("REQ-051")
def test_qa_restocks_a_returned_bag_and_it_is_issued_again(ready: Ready) -> None:
    world, ward = ready
    bag = returned(world, ward)
    client = world.client(QUENTIN, DESK)
    page = client.get(f"/bags/{bag}/restock")
    assert "It may be issued again." in page.text
    form = {"bag_code": bag, "request_key": str(uuid4())}
    sha256 = re.search(r'name="record_sha256" value="(\w{64})"', page.text)
    assert sha256 is not None
    assert client.post(f"/bags/{bag}/restock", data=form | world.signed(QUENTIN, sha256[1])).status_code == 303
    assert state_of(world, bag) == "available"
    assert issued(world, bag).state.value == "issued"


def held(world: World, ward: Ward) -> str:
    bag = returned(world, ward)
    placed_hold(world, bag)
    return bag


def too_warm(world: World, ward: Ward) -> str:
    return returned(world, ward, temperature_c="31")


def over(world: World, ward: Ward) -> str:
    bag = returned(world, ward)
    world.clock.forward(hours=8)
    return bag


def withdrawn(world: World, ward: Ward) -> str:
    bag = returned(world, ward)
    world.sql("UPDATE decision_bag SET is_effective = :no, row_version = row_version + 1", no=False)
    return bag


IN_THE_WAY: dict[str, Callable[[World, Ward], str]] = {
    "on_hold": held,
    "chain_broken": too_warm,
    "expired": over,
    "not_released": withdrawn,
}


@pytest.mark.parametrize("code", IN_THE_WAY)
def test_a_bag_is_not_restocked_with_something_in_the_way(ready: Ready, code: str) -> None:
    world, ward = ready
    bag = IN_THE_WAY[code](world, ward)
    asked = restock_request(world, bag)
    assert world.refused(QUENTIN, commands.restock_bag, asked, station=DESK).code == code
    body = asked.model_dump(mode="json") | {"secret": QUENTIN.pin}
    client = world.client(QUENTIN, DESK)
    told = client.post("/api/v1/bags/restock", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert (told.status_code, told.json()["type"]) == (409, f"urn:veinline:{code}")
    assert client.post(f"/bags/{bag}/restock", data=body | {"request_key": str(uuid4())}).status_code == 409
    assert near_misses(world)[-1] == (code, "restock bag", bag)
    assert f'href="/bags/{bag}/restock"' not in client.get(f"/bags/{bag}").text


def test_only_qa_restocks(ready: Ready) -> None:
    world, ward = ready
    bag = returned(world, ward)
    for who in (TARA, SAM, NIA, CHLOE):
        assert world.refused(who, commands.restock_bag, restock_request(world, bag)).code == "not_permitted"


def test_an_expired_bag_on_the_ward_stays_expired(world: World) -> None:
    ward = on_the_ward(world, supply=Supply(expires_in=timedelta(hours=1)))
    world.clock.forward(hours=1)
    sweep(world.database, world.clock)
    assert state_of(world, ward.bag) == "expired"
    refusal = world.refused(NIA, commands.return_bag, return_request(world, ward.bag), station=BED)
    assert refusal.code == "cannot_return"
    refusal = world.refused(QUENTIN, commands.restock_bag, restock_request(world, ward.bag), station=DESK)
    assert refusal.code == "cannot_restock"


def test_received_and_then_returned_is_restocked_too(ready: Ready) -> None:
    world, ward = ready
    issued(world, ward.bag)
    received(world, ward.bag)
    world.act(NIA, commands.return_bag, return_request(world, ward.bag))
    world.act(QUENTIN, commands.restock_bag, restock_request(world, ward.bag), station=DESK)
    assert state_of(world, ward.bag) == "available"


def test_a_server_sweeps_from_its_start(ready: Ready) -> None:
    world, ward = ready
    world.clock.forward(hours=9)
    with world.app_client():
        pass  # a server that starts and stops has swept once
    assert state_of(world, ward.bag) == "expired"
