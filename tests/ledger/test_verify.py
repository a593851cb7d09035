"""`veinline verify` names the first event or row that lies, whoever changed it behind the application's back."""

from __future__ import annotations

import pytest

from app.ledger.verify import verify
from tests.world import World


def unlocked(world: World, statement: str, **values: object) -> None:
    """Change a row as somebody would who may drop triggers: the owner of the database."""
    from sqlalchemy import text

    with world.database.writer.begin() as db:
        if world.is_sqlite:
            for (name,) in db.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                db.execute(text(f"DROP TRIGGER {name}"))
        else:
            db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text(statement), values)


def finding(world: World) -> str:
    with world.database.reading() as db:
        result = verify(db, world.keyring)
    return str(result.finding)


def test_an_untouched_laboratory_verifies(world: World) -> None:
    with world.database.reading() as db:
        result = verify(db, world.keyring)
    assert result.finding is None
    assert result.events > len("cast")
    assert result.rows > result.streams > 1


@pytest.mark.requirement("REQ-001")
def test_one_flipped_byte_in_any_event_is_found_and_named(world: World) -> None:
    for event_id, stream, version in world.rows("SELECT id, stream, version FROM ledger_event ORDER BY id LIMIT 5"):
        before = world.rows("SELECT canon FROM ledger_event WHERE id = :id", id=event_id)[0][0]
        flipped = str(before).replace('"format":1', '"format":2', 1)
        unlocked(world, "UPDATE ledger_event SET canon = :canon WHERE id = :id", canon=flipped, id=event_id)
        assert finding(world).startswith(f"{stream} version {version}: its text was altered")
        unlocked(world, "UPDATE ledger_event SET canon = :canon WHERE id = :id", canon=before, id=event_id)
    assert finding(world) == "None"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE place SET name = 'Elsewhere' WHERE id = 2", "place:2: its name is not what its events say"),
        (
            "UPDATE user_account SET full_name = 'Eve' WHERE id = 3",
            "user_account:3: its full_name is not what",
        ),
        ("UPDATE user_account SET row_version = 99 WHERE id = 3", "user_account:3: its row version is 99"),
        ("DELETE FROM badge WHERE id = 1", "badge:1: its events are there, but the row is gone"),
        (
            "UPDATE ledger_head SET version = version - 1 WHERE stream = 'system'",
            "the stored head names another",
        ),
        ("DELETE FROM ledger_event WHERE stream = 'system' AND version = 1", "version 1 is missing"),
        ("UPDATE ledger_event SET at = '2031-01-01 00:00:00+00:00' WHERE id = 4", "its time column differs"),
        ("UPDATE ledger_event SET request_key = 'x' WHERE id = 4", "its request key differs"),
        ("UPDATE ledger_opening SET rv = rv + 7 WHERE row = 'user_account:2'", "user_account:2: its"),
    ],
)
def test_every_edit_behind_the_application_is_found_and_named(world: World, statement: str, said: str) -> None:
    unlocked(world, statement)
    assert said in finding(world)


def test_a_row_nobody_wrote_is_found(world: World) -> None:
    unlocked(
        world,
        "INSERT INTO place (id, code, name, kind, row_version) VALUES (999, 'PCX', 'Smuggled', 'bench', 1)",
    )
    assert finding(world) == "place:999: it is in its table, but no event ever wrote it"


def test_a_rewritten_and_rehashed_event_breaks_the_chain_after_it(world: World) -> None:
    from app.ledger.canonical import leaf_hash

    ((event_id, canon),) = world.rows("SELECT id, canon FROM ledger_event WHERE stream = 'system' AND version = 1")
    forged = str(canon).replace('"role":null', '"role":"qa"', 1)
    unlocked(
        world,
        "UPDATE ledger_event SET canon = :canon, leaf_hash = :leaf WHERE id = :id",
        canon=forged,
        leaf=leaf_hash(forged),
        id=event_id,
    )
    assert "system version 2: it does not continue the event before it" in finding(world)
