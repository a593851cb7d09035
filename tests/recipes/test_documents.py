"""Recipes and specifications: written by one, approved by another by signature, never edited."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app.recipes import commands
from app.recipes.queries import changes_page, recipe_file, step_form
from app.recipes.records import recipe_record, retirement_record, specification_record
from app.recipes.schemas import (
    AddStep,
    ApproveDocument,
    CopyRecipe,
    DraftExampleSpecification,
    DraftRecipe,
    DraftSpecification,
    EditRecipe,
    EditStep,
    RemoveStep,
    RetireRecipe,
)
from app.recipes.seeds import SEEDS, seed
from tests.line.recipes import (
    ROLLER,
    approved_recipe,
    approved_specification,
    proposed_recipe,
    recipe_request,
    shown,
)
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


def of(world: World, name: str = ROLLER, version: int = 1) -> dict[str, object]:
    """A version as its page shows it now."""
    return shown(world, name, version).model_dump()


def as_shown(world: World, name: str, key: str) -> EditStep:
    """The form of a step as a browser sends it back untouched."""
    form = world.read(lambda db: step_form(db, name, 1, key, world.actor(db, SAM)))
    columns: dict[str, list[str]] = {}
    for row in form.parameters:
        ends = {
            f"{grade}_{end}": value
            for grade, _legend, low, high in row.ranges
            for end, value in (("low", low), ("high", high))
        }
        shown_row = {"key": row.key, "label": row.label, "unit": row.unit, "basis": row.basis, "default": row.default,
                     "needed": row.needed, "note": row.note, **ends}  # fmt: skip
        for column, value in shown_row.items():
            columns.setdefault(f"parameter_{column}", []).append(value)
    for row in form.materials:
        for column, value in zip(("role", "name", "concentration", "unit"), row, strict=True):
            columns.setdefault(f"material_{column}", []).append(value)
    chosen = {name: [key for key, _word, is_on in getattr(form, name) if is_on] for name in ("equipment", "tests")}
    single = {name: getattr(form, name) for name in ("title", "anchor", "earliest_h", "target_h", "latest_h", "note")}
    whole = {**of(world, name), "step_key": key, "is_optional": form.is_optional, **single, **chosen, **columns}
    return EditStep.model_validate(whole)


def formulating(world: World) -> EditStep:
    """The site keeps bags 24 h and puts 450,000 IU into each."""
    asked = as_shown(world, ROLLER, "formulate")
    ours = {"il2_per_bag_iu": "450000", "expiry_after_formulation_h": "24"}
    default = tuple(ours.get(key, was) for key, was in zip(asked.parameter_key, asked.parameter_default, strict=True))
    return asked.model_copy(update={"parameter_default": default})


@pytest.mark.requirement("REQ-011")
def test_a_new_version_retires_the_one_before(world: World) -> None:
    approved_recipe(world)
    proposed_recipe(world, harvest_until_h="120")
    states = "SELECT version, state, harvest_until_h FROM recipe ORDER BY version"
    assert world.rows(states) == [(1, "approved", 96), (2, "proposed", 120)]
    world.act(QUENTIN, commands.approve_recipe, approval(world, QUENTIN, ROLLER, 2))
    assert world.rows(states) == [(1, "retired", 96), (2, "approved", 120)]
    again = approval(world, QUENTIN, ROLLER, 2)
    assert world.refused(QUENTIN, commands.approve_recipe, again).code == "not_proposed"
    ((meaning, statement),) = world.rows(
        "SELECT meaning, statement FROM signature WHERE record_of = 'recipe:LAK-ROLLER:2'"
    )
    assert (meaning, "recipe LAK-ROLLER, version 2" in str(statement)) == ("approved", True)


def test_nobody_approves_what_they_wrote(world: World) -> None:
    world.act(QUENTIN, commands.draft_recipe, recipe_request())
    early = approval(world, QUINN, ROLLER, 1)
    assert world.refused(QUINN, commands.approve_recipe, early).code == "not_proposed"
    world.act(QUENTIN, commands.propose_recipe, shown(world, ROLLER, 1))
    own = approval(world, QUENTIN, ROLLER, 1)
    assert world.refused(QUENTIN, commands.approve_recipe, own).code == "author_approves"
    for attempt, why in (
        ("UPDATE recipe SET approved_by_id = author_id", "approval_stays"),
        ("UPDATE recipe SET state = 'approved', approved_by_id = author_id, signature_id = 1", "approv"),
        ("UPDATE recipe SET state = 'approved', approved_by_id = 1", "approv"),
        ("UPDATE recipe SET document = replace(document, '72', '1')", "recipe_is_closed"),
        ("UPDATE recipe SET state = 'draft'", "version_state"),
    ):
        with pytest.raises(DBAPIError, match=why):
            world.sql(attempt)
    world.act(QUINN, commands.approve_recipe, approval(world, QUINN, ROLLER, 1))


def test_a_signature_under_something_else_approves_no_recipe(world: World) -> None:
    approved_recipe(world)
    proposed_recipe(world, harvest_until_h="120")
    world.sql("UPDATE recipe SET state = 'retired', row_version = row_version + 1 WHERE version = 1")
    borrowed = (
        "UPDATE recipe SET state = 'approved', approved_by_id = (SELECT approved_by_id FROM recipe WHERE version = 1),"
        " signature_id = (SELECT signature_id FROM recipe WHERE version = 1) WHERE version = 2"
    )
    with pytest.raises(DBAPIError, match="approval_of_another_record"):
        world.sql(borrowed)


def test_an_approval_binds_the_record_that_was_shown(sqlite_world: World) -> None:
    world = sqlite_world
    proposed_recipe(world)
    stale = approval(world, QUENTIN, ROLLER, 1, record_sha256="0" * 64)
    assert world.refused(QUENTIN, commands.approve_recipe, stale).code == "record_changed"
    wrong = approval(world, QUENTIN, ROLLER, 1, secret="000000")
    assert world.refused(QUENTIN, commands.approve_recipe, wrong).code == "wrong_secret"
    for who in (SAM, TARA, CHLOE, IRIS):
        assert world.refused(who, commands.approve_recipe, approval(world, who, ROLLER, 1)).code == "not_permitted"
    missing = approval(world, QUENTIN, ROLLER, 1).model_copy(update={"version": 2})
    assert world.refused(QUENTIN, commands.approve_recipe, missing).code == "no_such_version"


def test_a_document_that_says_one_thing_and_its_row_another_is_not_approved(sqlite_world: World) -> None:
    world = sqlite_world
    world.act(SAM, commands.draft_recipe, recipe_request())
    world.sql("UPDATE recipe SET harvest_until_h = 200, row_version = row_version + 1")
    assert world.refused(SAM, commands.propose_recipe, shown(world, ROLLER, 1)).code == "recipe_disagrees"
    world.sql("UPDATE recipe SET document = replace(document, '72', '62'), row_version = row_version + 1")
    assert world.refused(SAM, commands.propose_recipe, shown(world, ROLLER, 1)).code == "recipe_changed"


def test_a_seed_is_proposed_once_the_site_decided_what_is_left_to_it(sqlite_world: World) -> None:
    world = sqlite_world
    world.act(SAM, commands.copy_recipe, CopyRecipe(name=ROLLER))
    refused = world.refused(SAM, commands.propose_recipe, shown(world, ROLLER, 1))
    assert refused.sentence == "Step 5 Formulate, IL-2 in a bag has no value yet. Set its default."
    edited = formulating(world)
    world.act(SAM, commands.edit_step, edited)
    world.act(SAM, commands.propose_recipe, shown(world, ROLLER, 1))
    closed = edited.model_copy(update={"row_version": 3})
    assert world.refused(SAM, commands.edit_step, closed).code == "recipe_closed"


def test_a_draft_is_edited_by_its_author_only(sqlite_world: World) -> None:
    world = sqlite_world
    world.act(SAM, commands.copy_recipe, CopyRecipe(name=ROLLER))
    edited = formulating(world)
    assert world.refused(QUENTIN, commands.edit_step, edited).code == "draft_of_another"
    world.act(SAM, commands.edit_step, edited)
    assert world.refused(SAM, commands.edit_step, edited).code == "record_changed"
    assert world.read(changes_page, ROLLER, 1).sentences == (
        "Step 5 Formulate: IL-2 in a bag, default: now 450,000 IU, was none.",
        "Step 5 Formulate: Expiry after formulation, default: now 24 h, was 4 h.",
    )
    odd = {"parameter_unit": ("spoons", *edited.parameter_unit[1:]), "row_version": 2}
    unsound = world.refused(SAM, commands.edit_step, edited.model_copy(update=odd))
    assert unsound.sentence.startswith("Step 5 Formulate, Volume of a bag: the unit spoons is unknown.")
    torn = {"parameter_unit": edited.parameter_unit[1:], "row_version": 2}
    assert world.refused(SAM, commands.edit_step, edited.model_copy(update=torn)).code == "rows_torn"


def test_a_row_begun_and_not_finished_is_told_and_one_emptied_is_taken_out(sqlite_world: World) -> None:
    world = sqlite_world
    world.act(SAM, commands.copy_recipe, CopyRecipe(name=ROLLER))
    asked = as_shown(world, ROLLER, "formulate")
    begun = {"parameter_key": (*asked.parameter_key[:-1], "colour"), "material_unit": (*asked.material_unit[:-1], "mL")}
    for field, value in begun.items():
        told = world.refused(SAM, commands.edit_step, asked.model_copy(update={field: value})).sentence
        assert told.startswith("Step")
    emptied = {
        "parameter_label": tuple("" if key == "albumin_percent" else label
                                 for key, label in zip(asked.parameter_key, asked.parameter_label, strict=True)),
        "material_name": ("",) * len(asked.material_name),
    }  # fmt: skip
    world.act(SAM, commands.edit_step, asked.model_copy(update=emptied))
    assert world.read(changes_page, ROLLER, 1).sentences == (
        "Step 5 Formulate: Albumin in the saline was taken out.",
        "Step 5 Formulate: formulation Saline with human albumin was taken out.",
    )


def test_the_form_of_a_step_sent_back_untouched_changes_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    for name in SEEDS:
        world.act(SAM, commands.copy_recipe, CopyRecipe(name=name))
        for step in seed(name).steps:
            world.act(SAM, commands.edit_step, as_shown(world, name, step.key))
        assert world.read(changes_page, name, 1).sentences == ()


def test_steps_come_and_go_while_the_recipe_stays_sound(sqlite_world: World) -> None:
    world = sqlite_world
    world.act(SAM, commands.copy_recipe, CopyRecipe(name=ROLLER))
    feed = {"after_step_key": "seed", "step_key": "feed", "kind": "seed", "title": "Feed", "takes": "vessels",
            "gives": "vessels"}  # fmt: skip
    world.act(SAM, commands.add_step, AddStep.model_validate(of(world) | feed))
    gone = RemoveStep.model_validate(of(world) | {"step_key": "separate"})
    world.act(SAM, commands.remove_step, gone)
    assert world.read(changes_page, ROLLER, 1).sentences == ("Step 2 Separate was taken out.", "Step 3 Feed was added.")
    needed = RemoveStep.model_validate(of(world) | {"step_key": "harvest"})
    assert "The recipe has no harvest step. Add one." in world.refused(SAM, commands.remove_step, needed).sentence
    head = {"product_name": "LAK cells", "storage": "Store at 15 to 25 °C", "summary": "Ours.", "sources": "One\nTwo"}
    world.act(SAM, commands.edit_recipe, EditRecipe.model_validate(of(world) | head))
    assert world.rows("SELECT product_name, storage FROM recipe") == [("LAK cells", "Store at 15 to 25 °C")]


def test_a_recipe_taken_out_of_use_opens_no_culture_and_can_come_back_as_a_version(sqlite_world: World) -> None:
    world = sqlite_world
    approved_recipe(world)
    what = world.read(retirement_record, ROLLER, 1)
    asked = RetireRecipe.model_validate(
        {"name": ROLLER, "version": 1, "reason": "the bottles are no longer made", **world.signed(QUENTIN, what.sha256)}
    )
    short = asked.model_copy(update={"reason": "error"})
    assert world.refused(QUENTIN, commands.retire_recipe, short).code == "reason_required"
    world.act(QUENTIN, commands.retire_recipe, asked)
    assert world.rows("SELECT state FROM recipe") == [("retired",)]
    assert world.refused(QUENTIN, commands.retire_recipe, asked).code == "not_in_force"
    drafted = world.act(SAM, commands.copy_recipe, CopyRecipe(name=ROLLER, version=1))
    assert (drafted.version, world.read(changes_page, ROLLER, 2).sentences) == (2, ())


def test_a_file_comes_back_as_it_went(sqlite_world: World) -> None:
    world = sqlite_world
    world.act(SAM, commands.draft_recipe, recipe_request())
    world.act(SAM, commands.draft_recipe, DraftRecipe(file=world.read(recipe_file, ROLLER, 1)))
    ((one,), (other,)) = world.rows("SELECT document_sha256 FROM recipe ORDER BY version")
    assert one == other


@pytest.mark.parametrize("name", ["lak", "LAK ROLLER", "L", "LAK_1", "-LAK", "A" * 32])
def test_names_are_capitals_with_hyphens(sqlite_world: World, name: str) -> None:
    refused = sqlite_world.refused(SAM, commands.draft_recipe, recipe_request(name=name))
    assert "The name of a recipe has capital letters" in refused.sentence


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
    proposed_recipe(world)
    overview = world.client(TARA).get("/recipes")
    assert overview.status_code == 403
    assert "LAK-ROLLER, version 1" in world.client(SAM).get("/recipes").text
    shown_to_qa = world.client(QUENTIN).get("/recipes/LAK-ROLLER/1").text
    assert 'name="record_sha256"' in shown_to_qa
    assert "Approve recipe" in shown_to_qa
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
