"""Nothing runs on a database whose own safety rules are not all in force: absent, switched off, or reworded."""

from __future__ import annotations

import pytest

from app.db.migrate import upgrade
from app.db.schema import require_head
from app.main import create_app
from tests.world import World

DROPPED = {
    "sqlite": "DROP TRIGGER tr_infusion_infusion_not_permitted_update",
    "postgresql": "DROP TRIGGER tr_infusion_infusion_not_permitted_update ON infusion",
}
REWORDED = {
    "sqlite": (
        "DROP TRIGGER tr_bag_not_released_update",
        "CREATE TRIGGER tr_bag_not_released_update BEFORE UPDATE ON bag BEGIN SELECT 1; END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION tr_bag_not_released_update() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
    ),
}


def refused_to_start(world: World) -> str:
    with pytest.raises(RuntimeError) as refused:
        create_app(world.settings, world.clock)
    return str(refused.value)


def test_a_whole_database_is_accepted(world: World) -> None:
    require_head(world.database)


def test_a_dropped_guard_stops_the_start_and_a_migration_brings_it_back(world: World) -> None:
    world.sql(DROPPED[world.database.writer.dialect.name])
    said = refused_to_start(world)
    assert "tr_infusion_infusion_not_permitted_update" in said
    assert "Run: veinline migrate" in said
    upgrade(world.database)
    require_head(world.database)


def test_a_reworded_guard_stops_the_start(world: World) -> None:
    for statement in REWORDED[world.database.writer.dialect.name]:
        world.sql(statement)
    assert "tr_bag_not_released_update" in refused_to_start(world)


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize(
    "off",
    [
        "ALTER TABLE bag DISABLE TRIGGER USER",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database());"
        " END $$",
    ],
    ids=["triggers disabled", "replica role"],
)
def test_guards_that_are_switched_off_stop_the_start(world: World, off: str) -> None:
    world.sql(off)
    world.database.dispose()
    assert "not in force" in refused_to_start(world)
