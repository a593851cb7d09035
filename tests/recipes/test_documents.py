"""Recipes and specifications: written by one, approved by another by signature, never edited."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app.recipes import commands
from app.recipes.records import recipe_record, specification_record
from app.recipes.schemas import ApproveDocument, DraftExampleSpecification, DraftSpecification
from tests.line.recipes import ROLLER, approved_recipe, approved_specification, recipe_request
from tests.people import ADA, CHLOE, IRIS, QUENTIN, QUINN, SAM, TARA, Person
from tests.world import World

NUMBERS: dict[str, object] = {
    "least_cells_per_bag": "1e9", "most_cells_per_bag": "1e11", "least_lu30_per_1e7": "100"
}  # fmt: skip
VIABILITY: dict[str, object] = {
    "key": "viability", "label": "viability", "test": "count_viability", "analyte": "viability", "comparator": ">=",
    "limit": "70", "unit": "%", "timing": "before_release", "severity": "must", "source": "PMC5993622",
}  # fmt: skip


def approval(world: World, who: Person, name: str, version: int, **changed: object) -> ApproveDocument:
    """The signature of `who` under a recipe as its page shows it."""
    what = world.read(recipe_record, name, version)
    return ApproveDocument.model_validate(
        {"name": name, "version": version, **world.signed(who, what.sha256)} | changed
    )


@pytest.mark.requirement("REQ-011")
def test_a_new_version_retires_the_one_before(world: World) -> None:
    approved_recipe(world)
    world.act(SAM, commands.draft_recipe, recipe_request(harvest_until_h=120))
    states = "SELECT version, state, harvest_until_h FROM recipe ORDER BY version"
    assert world.rows(states) == [(1, "approved", 96), (2, "draft", 120)]
    world.act(QUENTIN, commands.approve_recipe, approval(world, QUENTIN, ROLLER, 2))
    assert world.rows(states) == [(1, "retired", 96), (2, "approved", 120)]
    again = approval(world, QUENTIN, ROLLER, 2)
    assert world.refused(QUENTIN, commands.approve_recipe, again).code == "not_a_draft"
    ((meaning, statement),) = world.rows(
        "SELECT meaning, statement FROM signature WHERE record_of = 'recipe:LAK-ROLLER:2'"
    )
    assert (meaning, "recipe LAK-ROLLER, version 2" in str(statement)) == ("approved", True)


def test_nobody_approves_what_they_wrote(world: World) -> None:
    world.act(QUENTIN, commands.draft_recipe, recipe_request())
    own = approval(world, QUENTIN, ROLLER, 1)
    assert world.refused(QUENTIN, commands.approve_recipe, own).code == "author_approves"
    body = own.model_dump(mode="json") | {"secret": QUENTIN.pin}
    answer = world.client(QUENTIN).post(
        f"/api/v1/recipes/{ROLLER}/1/approve", json=body, headers={"Idempotency-Key": str(uuid4())}
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:veinline:author_approves")
    with pytest.raises(DBAPIError, match="approved_by_another"):
        world.sql("UPDATE recipe SET approved_by_id = author_id")
    with pytest.raises(DBAPIError, match="approved_signed"):
        world.sql("UPDATE recipe SET state = 'approved', approved_by_id = 1")
    world.act(QUINN, commands.approve_recipe, approval(world, QUINN, ROLLER, 1))


def test_an_approval_binds_the_record_that_was_shown(sqlite_world: World) -> None:
    world = sqlite_world
    world.act(SAM, commands.draft_recipe, recipe_request())
    stale = approval(world, QUENTIN, ROLLER, 1, record_sha256="0" * 64)
    assert world.refused(QUENTIN, commands.approve_recipe, stale).code == "record_changed"
    wrong = approval(world, QUENTIN, ROLLER, 1, secret="000000")
    assert world.refused(QUENTIN, commands.approve_recipe, wrong).code == "wrong_secret"
    for who in (SAM, TARA, CHLOE, IRIS):
        assert world.refused(who, commands.approve_recipe, approval(world, who, ROLLER, 1)).code == "not_permitted"
    missing = approval(world, QUENTIN, ROLLER, 1).model_copy(update={"version": 2})
    assert world.refused(QUENTIN, commands.approve_recipe, missing).code == "no_such_version"


SLIPS = [
    ({"harvest_from_h": 96, "harvest_until_h": 96}, "harvest_window"),
    ({"il2_from_iu_per_ml": 9001}, "il2_range"),
    ({"seeding_1e6_per_ml": "1500"}, "outside_limits"),
    ({"vessel_volume_ml": "0"}, "not_positive"),
]


@pytest.mark.parametrize(("changed", "code"), SLIPS)
def test_a_recipe_is_possible(sqlite_world: World, changed: dict[str, object], code: str) -> None:
    assert sqlite_world.refused(SAM, commands.draft_recipe, recipe_request(**changed)).code == code


@pytest.mark.parametrize("name", ["lak", "LAK ROLLER", "L", "LAK_1", "-LAK", "A" * 32])
def test_names_are_capitals_with_hyphens(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        recipe_request(name=name)


def test_the_example_stays_an_example_and_an_adopted_one_is_the_sites_own(sqlite_world: World) -> None:
    world = sqlite_world
    approved_specification(world)
    adopted = DraftExampleSpecification.model_validate(NUMBERS | {"name": "LAK-SITE"})
    world.act(SAM, commands.draft_example_specification, adopted)
    rows = world.rows("SELECT name, version, is_example, state FROM specification ORDER BY id")
    assert [tuple(row) for row in rows] == [("LAK-EXAMPLE", 1, 1, "approved"), ("LAK-SITE", 1, 0, "draft")]
    sha = world.read(specification_record, "LAK-SITE", 1).sha256
    signed = ApproveDocument.model_validate({"name": "LAK-SITE", "version": 1, **world.signed(QUENTIN, sha)})
    world.act(QUENTIN, commands.approve_specification, signed)
    turned = DraftExampleSpecification.model_validate(NUMBERS | {"most_cells_per_bag": "1e8"})
    assert world.refused(SAM, commands.draft_example_specification, turned).code == "cells_range"


def test_a_specification_of_the_site_is_written_criterion_by_criterion(sqlite_world: World) -> None:
    world = sqlite_world
    gram = VIABILITY | {
        "key": "gram", "label": "Gram stain", "test": "gram_stain", "analyte": "gram_stain", "comparator": "equals",
        "limit": None, "unit": None, "words": ["no_organism"],
    }  # fmt: skip
    body = {"name": "LAK-SITE", "criteria": [VIABILITY, gram]}
    answer = world.client(SAM).post("/api/v1/specifications", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.json() == {"name": "LAK-SITE", "version": 1}
    rows = world.rows("SELECT key, limit_words, unit FROM specification_criterion ORDER BY position")
    assert [tuple(row) for row in rows] == [("viability", None, "%"), ("gram", "no_organism", None)]

    def said(**changed: object) -> str:
        asked = DraftSpecification.model_validate({"name": "LAK-SITE", "criteria": [VIABILITY]} | changed)
        return world.refused(SAM, commands.draft_specification, asked).code

    assert said(name="LAK-EXAMPLE") == "name_of_example"
    assert said(criteria=[VIABILITY, VIABILITY]) == "specification_keys"
    assert said(criteria=[VIABILITY | {"unit": None}]) == "criterion_without_unit"
    assert said(criteria=[VIABILITY | {"severity": "report"}]) == "specification_decides_nothing"


def test_the_pages_show_versions_and_ask_for_the_signature(sqlite_world: World) -> None:
    world = sqlite_world
    approved_specification(world)
    world.act(SAM, commands.draft_recipe, recipe_request())
    overview = world.client(TARA).get("/recipes")
    assert overview.status_code == 403
    assert "LAK-ROLLER, version 1" in world.client(SAM).get("/recipes").text
    shown = world.client(QUENTIN).get("/recipes/LAK-ROLLER/1").text
    assert 'name="record_sha256"' in shown
    assert "Approve recipe" in shown
    assert "QA approves it" in world.client(SAM).get("/recipes/LAK-ROLLER/1").text
    specification = world.client(QUENTIN).get("/specifications/LAK-EXAMPLE/1").text
    assert "EXAMPLE, adapt before use" in specification
    assert "at least 70%" in specification
    assert "5 or less, EU/kg/h" in specification
    form = {"request_key": str(uuid4()), **approval(world, QUENTIN, ROLLER, 1).model_dump(), "secret": QUENTIN.pin}
    answer = world.client(QUENTIN).post("/recipes/LAK-ROLLER/1/approve", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/recipes/LAK-ROLLER/1")
    assert world.client(SAM).get("/recipes/NOTHING/1").status_code == 404
    assert world.client(ADA, None).get("/recipes").status_code == 403
