"""Every change becomes an event in the same transaction; nothing unattributed, deleted or in bulk gets through."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from app.db.models import Place, User
from app.db.transaction import command, transaction
from app.domain.actor import Actor, Job
from app.domain.errors import Unattributed
from app.domain.vocabulary import PlaceKind
from app.setup import PlaceRequest, make_place
from tests.people import SAM, TARA
from tests.world import World


@command
def rename_place(tx, actor, asked):  # type: ignore[no-untyped-def]  a command of the test's own
    place = tx.session.get_one(Place, asked)
    place.name = "Renamed bench"
    tx.because("renamed", "the sign on the door was changed")


def last_event(world: World) -> dict[str, object]:
    ((canon,),) = world.rows("SELECT canon FROM ledger_event ORDER BY id DESC LIMIT 1")
    return json.loads(str(canon))


@pytest.mark.requirement("REQ-005")
@pytest.mark.requirement("REQ-133")
def test_a_change_leaves_one_event_with_the_changed_field_only(world: World) -> None:
    world.act(TARA, rename_place, 1)
    event = last_event(world)
    assert event["action"] == "rename_place"
    assert event["actor"] == f"user:{world.user_id(TARA)}"
    assert event["station"] is not None
    (change,) = event["changes"]  # type: ignore[misc]  parsed JSON
    assert change["new"] == {"name": "Renamed bench"}
    assert change["old"] == {"name": "Biosafety cabinet 1"}
    assert change["rv"] == 2
    assert len(json.dumps(event)) < 1000


def test_the_reason_stands_as_a_commitment_never_as_words(world: World) -> None:
    world.act(TARA, rename_place, 1)
    reason = last_event(world)["reason"]
    assert reason["code"] == "renamed"  # type: ignore[index]  parsed JSON
    assert reason["text"].startswith("c1:")  # type: ignore[index]  parsed JSON
    assert "sign on the door" not in json.dumps(last_event(world))


def test_no_name_of_a_person_stands_in_the_ledger(world: World) -> None:
    canon = "\n".join(str(row[0]) for row in world.rows("SELECT canon FROM ledger_event"))
    for (full_name,) in world.rows("SELECT full_name FROM user_account"):
        assert str(full_name) not in canon


@pytest.mark.requirement("REQ-107")
def test_a_failed_command_leaves_neither_change_nor_event(world: World) -> None:
    before = world.rows("SELECT count(*) FROM ledger_event")

    @command
    def fails(tx, actor, asked):  # type: ignore[no-untyped-def]  a command of the test's own
        make_place(tx, PlaceRequest("Half a place", PlaceKind.BENCH))
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        world.act(SAM, fails, None)
    assert world.rows("SELECT count(*) FROM ledger_event") == before
    assert world.rows("SELECT 1 FROM place WHERE name = 'Half a place'") == []


def test_a_change_outside_a_command_is_refused(sqlite_world: World) -> None:
    with (
        pytest.raises(Unattributed),
        transaction(sqlite_world.database, Job("test"), sqlite_world.clock) as tx,
    ):
        tx.session.get_one(Place, 1).name = "Nobody did this"
        tx.session.flush()


def test_nothing_is_deleted(sqlite_world: World) -> None:
    with (
        pytest.raises(Unattributed),
        transaction(sqlite_world.database, Job("test"), sqlite_world.clock) as tx,
    ):
        tx.action = "delete_place"
        tx.session.delete(tx.session.get_one(Place, 1))
        tx.session.flush()


def test_bulk_changes_of_audited_tables_are_refused(sqlite_world: World) -> None:
    with (
        pytest.raises(Unattributed),
        transaction(sqlite_world.database, Job("test"), sqlite_world.clock) as tx,
    ):
        tx.action = "rename_everybody"
        tx.session.execute(update(User).values(full_name="Nobody"))


@pytest.mark.requirement("REQ-006")
@pytest.mark.requirement("REQ-003")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET canon = 'x' WHERE id = 1",
        "DELETE FROM ledger_event WHERE id = 1",
        "UPDATE ledger_opening SET rv = 9 WHERE id = 1",
        "DELETE FROM user_account WHERE id = 3",
        "DELETE FROM place",
    ],
)
def test_the_database_itself_refuses_to_change_history(world: World, statement: str) -> None:
    with pytest.raises(DBAPIError, match="veinline:"):
        world.sql(statement)


def test_history_cannot_be_replaced_or_truncated(world: World) -> None:
    if world.is_sqlite:
        statement = "INSERT OR REPLACE INTO ledger_event SELECT * FROM ledger_event WHERE id = 1"
    else:
        statement = "TRUNCATE ledger_event"
    with pytest.raises(DBAPIError, match="veinline:"):
        world.sql(statement)


def test_an_event_that_continues_nothing_is_refused_by_the_database(world: World) -> None:
    with pytest.raises(DBAPIError, match="veinline:ledger_chain"):
        world.sql(
            "INSERT INTO ledger_event (stream, version, prev_hash, leaf_hash, canon, request_key, at)"
            " SELECT stream, version + 7, prev_hash, leaf_hash, canon, 'forged', at FROM ledger_event"
            " WHERE stream = 'system' AND version = 1"
        )


def test_two_people_at_two_stations_leave_each_their_own_name(world: World) -> None:
    world.act(TARA, rename_place, 1, station="Bench 1")
    first = last_event(world)
    world.act(SAM, rename_place, 2, station="Bench 2")
    second = last_event(world)
    assert first["actor"] != second["actor"]
    assert first["station"] != second["station"]


def test_the_actor_is_recognised_on_the_writing_connection(world: World) -> None:
    with world.database.reading() as db:
        actor: Actor = world.actor(db, TARA)
    assert actor.reference == f"user:{world.user_id(TARA)}"
