"""Recipes and specifications as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from fastapi.responses import Response

from app.domain.roles import Action
from app.patients.records import ToSign, to_sign
from app.recipes import commands
from app.recipes.queries.recipe import ChangesPage, changes_page, recipe_file
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
    ProposeRecipe,
    RemoveStep,
    RetireRecipe,
)
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs, sees

routes = api_router(tags=["recipes"])


@routes.post("/recipes")
@needs(Action.WRITE_RECIPE)
def write_recipe(door: AnyDoor, asked: DraftRecipe) -> commands.Drafted:
    """Write a recipe file as the next version of its name."""
    return door.write(commands.draft_recipe, asked).fact


@routes.post("/recipes/copy")
@needs(Action.WRITE_RECIPE)
def copy_recipe(door: AnyDoor, asked: CopyRecipe) -> commands.Drafted:
    """Begin the next version from a recipe on file or one that comes with the program."""
    return door.write(commands.copy_recipe, asked).fact


@routes.get("/recipes/{name}/{version}/file")
@sees(Action.WRITE_RECIPE)
def read_recipe(door: AnyDoor, name: str, version: int) -> Response:
    """The recipe as one file."""
    with door.reading() as db:
        return Response(recipe_file(db, name, version), media_type="application/json")


@routes.get("/recipes/{name}/{version}/changes")
@sees(Action.WRITE_RECIPE)
def read_changes(door: AnyDoor, name: str, version: int, since: int | None = None) -> ChangesPage:
    """What changed from an earlier version to this one, in sentences."""
    with door.reading() as db:
        return changes_page(db, name, version, since)


@routes.post("/recipes/{name}/{version}/edit")
@needs(Action.WRITE_RECIPE)
def edit_recipe(door: AnyDoor, name: str, version: int, asked: EditRecipe) -> commands.Drafted:
    """Write the head of one's own draft."""
    same(f"{name}/{version}", f"{asked.name}/{asked.version}")
    return door.write(commands.edit_recipe, asked).fact


@routes.post("/recipes/{name}/{version}/add-step")
@needs(Action.WRITE_RECIPE)
def add_step(door: AnyDoor, name: str, version: int, asked: AddStep) -> commands.Drafted:
    """Put a step into one's own draft."""
    same(f"{name}/{version}", f"{asked.name}/{asked.version}")
    return door.write(commands.add_step, asked).fact


@routes.post("/recipes/{name}/{version}/remove-step")
@needs(Action.WRITE_RECIPE)
def remove_step(door: AnyDoor, name: str, version: int, asked: RemoveStep) -> commands.Drafted:
    """Take a step out of one's own draft."""
    same(f"{name}/{version}", f"{asked.name}/{asked.version}")
    return door.write(commands.remove_step, asked).fact


@routes.post("/recipes/{name}/{version}/edit/{step_key}")
@needs(Action.WRITE_RECIPE)
def edit_step(door: AnyDoor, name: str, version: int, step_key: str, asked: EditStep) -> commands.Drafted:
    """Write one step of one's own draft."""
    same(f"{name}/{version}/{step_key}", f"{asked.name}/{asked.version}/{asked.step_key}")
    return door.write(commands.edit_step, asked).fact


@routes.post("/recipes/{name}/{version}/propose")
@needs(Action.WRITE_RECIPE)
def propose_recipe(door: AnyDoor, name: str, version: int, asked: ProposeRecipe) -> commands.Drafted:
    """Hand one's own draft to QA."""
    same(f"{name}/{version}", f"{asked.name}/{asked.version}")
    return door.write(commands.propose_recipe, asked).fact


@routes.get("/recipes/{name}/{version}/retire/record")
@needs(Action.APPROVE_RECIPE)
def retirement_to_sign(door: AnyDoor, name: str, version: int) -> ToSign:
    """The record that is signed to take a recipe out of use, with its hash."""
    with door.reading() as db:
        return to_sign(retirement_record(db, name, version))


@routes.post("/recipes/{name}/{version}/retire")
@needs(Action.APPROVE_RECIPE)
def retire_recipe(door: AnyDoor, name: str, version: int, asked: RetireRecipe) -> commands.Drafted:
    """Decline a proposal or take an approved recipe out of use, by signature."""
    same(f"{name}/{version}", f"{asked.name}/{asked.version}")
    return door.write(commands.retire_recipe, asked).fact


@routes.get("/recipes/{name}/{version}/approve/record")
@needs(Action.APPROVE_RECIPE)
def recipe_to_sign(door: AnyDoor, name: str, version: int) -> ToSign:
    """The record that is signed to approve a recipe, with its hash."""
    with door.reading() as db:
        return to_sign(recipe_record(db, name, version))


@routes.post("/recipes/{name}/{version}/approve")
@needs(Action.APPROVE_RECIPE)
def approve_recipe(door: AnyDoor, name: str, version: int, asked: ApproveDocument) -> commands.Drafted:
    """Approve a recipe, by signature."""
    same(f"{name}/{version}", f"{asked.name}/{asked.version}")
    return door.write(commands.approve_recipe, asked).fact


@routes.post("/specifications/example")
@needs(Action.WRITE_SPECIFICATION)
def write_example(door: AnyDoor, asked: DraftExampleSpecification) -> commands.Drafted:
    """Write the criteria of the example as the next version, as an example or as the site's own."""
    return door.write(commands.draft_example_specification, asked).fact


@routes.post("/specifications")
@needs(Action.WRITE_SPECIFICATION)
def write_specification(door: AnyDoor, asked: DraftSpecification) -> commands.Drafted:
    """Write a specification of the site's own, criterion by criterion."""
    return door.write(commands.draft_specification, asked).fact


@routes.get("/specifications/{name}/{version}/approve/record")
@needs(Action.APPROVE_SPECIFICATION)
def specification_to_sign(door: AnyDoor, name: str, version: int) -> ToSign:
    """The record that is signed to approve a specification, with its hash."""
    with door.reading() as db:
        return to_sign(specification_record(db, name, version))


@routes.post("/specifications/{name}/{version}/approve")
@needs(Action.APPROVE_SPECIFICATION)
def approve_specification(door: AnyDoor, name: str, version: int, asked: ApproveDocument) -> commands.Drafted:
    """Approve a specification, by signature."""
    same(f"{name}/{version}", f"{asked.name}/{asked.version}")
    return door.write(commands.approve_specification, asked).fact
