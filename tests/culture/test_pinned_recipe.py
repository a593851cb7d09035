"""A culture is judged by the version it pinned: default, warn and refuse of that recipe, named in every sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.culture import commands
from app.domain.limits import Range
from app.domain.recipes import plain
from app.recipes import commands as recipes
from app.recipes.records import recipe_record
from app.recipes.schemas import ApproveDocument, DraftRecipe, ProposeRecipe
from app.simulator.line.culture import Shelf, opened_culture, seed_request, seeded_culture, shelf, started_culture
from tests.line.patients import JAMES
from tests.line.recipes import ROLLER, approved_recipe, shown, site_recipe
from tests.people import QUENTIN, SAM, TARA
from tests.world import World


def narrowed(world: World, key: str, **ranges: Range) -> None:
    """The next version of the site's recipe, with other ranges of one parameter of the seeding."""
    document = site_recipe()
    steps = tuple(
        replace(
            step,
            parameters=tuple(replace(each, **ranges) if each.key == key else each for each in step.parameters),
        )
        for step in document.steps
    )
    drafted = world.act(SAM, recipes.draft_recipe, DraftRecipe(file=json.dumps(plain(replace(document, steps=steps)))))
    asked = ProposeRecipe.model_validate(shown(world, ROLLER, drafted.version).model_dump())
    world.act(SAM, recipes.propose_recipe, asked)
    what = world.read(recipe_record, ROLLER, drafted.version)
    signed = world.signed(QUENTIN, what.sha256)
    world.act(QUENTIN, recipes.approve_recipe, ApproveDocument(name=ROLLER, version=drafted.version, **signed))


def seeding_refused(world: World, at: Shelf, **changed: object) -> str:
    """What a seeding of a new culture is answered."""
    batch = started_culture(world, at, JAMES)
    return world.refused(TARA, commands.seed_culture, seed_request(world, batch, at, **changed)).sentence


@pytest.mark.requirement("REQ-011")
def test_a_running_culture_keeps_the_version_it_was_opened_with(world: World) -> None:
    at = shelf(world)
    old = opened_culture(world, at)
    approved_recipe(world, il2_iu_per_ml="6000")
    new = opened_culture(world, at, JAMES)
    pinned = world.rows("SELECT r.version, r.state FROM culture c JOIN recipe r ON r.id = c.recipe_id ORDER BY c.id")
    assert pinned == [(1, "retired"), (2, "approved")]
    assert "LAK-ROLLER, version 1" in world.client(TARA).get(f"/batches/{old.culture}").text
    assert "LAK-ROLLER, version 2" in world.client(TARA).get(f"/batches/{new.culture}").text


def test_what_the_recipe_refuses_is_refused_in_its_name(sqlite_world: World) -> None:
    at = shelf(sqlite_world)
    fill = {"warn": Range(Decimal(900), Decimal(1100)), "refuse": Range(Decimal(1), Decimal(1200))}
    narrowed(sqlite_world, "vessel_fill_ml", **fill)
    said = seeding_refused(sqlite_world, at, vessel_volume_ml="1201", reason="the larger bottles came first")
    assert said == (
        "Fill of a vessel is 1,201 mL; under recipe LAK-ROLLER, version 2, step Seed only 1 to 1,200 mL can be"
        " recorded. Check the number and its unit."
    )


def test_what_the_recipe_warns_of_needs_a_reason(sqlite_world: World) -> None:
    at = shelf(sqlite_world)
    narrowed(sqlite_world, "seeding_density_per_ml", warn=Range(Decimal(15 * 10**5), Decimal(2 * 10**6)))
    said = seeding_refused(sqlite_world, at, viable_cells_per_vessel_1e9="1.4")
    assert "Seeding density is 1.4 × 10^6 viable cells/mL" in said
    assert "usual under recipe LAK-ROLLER, version 2, step Seed is 1.5 × 10^6 to 2 × 10^6 viable cells/mL" in said


def test_the_defaults_and_ranges_of_the_pinned_version_stand_in_the_form(sqlite_world: World) -> None:
    at = shelf(sqlite_world)
    approved_recipe(sqlite_world, seeding_density_per_ml="2000000", vessel_fill_ml="800")
    batch = started_culture(sqlite_world, at)
    form = sqlite_world.client(TARA).get(f"/batches/{batch.culture}/steps/seed").text
    for said in ('value="1.6"', 'value="800"', "The recipe asks for 6,000 to 9,000 IU/mL."):
        assert said in form


def test_a_reading_and_a_harvest_are_judged_by_the_pinned_version(sqlite_world: World) -> None:
    at = shelf(sqlite_world)
    narrowed(sqlite_world, "viability_percent", recipe=Range(Decimal(96)), warn=Range(Decimal(95)))
    batch = seeded_culture(sqlite_world, at)
    log = sqlite_world.client(TARA).get(f"/batches/{batch.culture}/log").text
    assert "usual at least 95" in log
