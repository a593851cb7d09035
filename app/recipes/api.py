"""Recipes and specifications as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from app.domain.roles import Action
from app.patients.records import ToSign, to_sign
from app.recipes import commands
from app.recipes.records import recipe_record, specification_record
from app.recipes.schemas import ApproveDocument, DraftExampleSpecification, DraftRecipe, DraftSpecification
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs

routes = api_router(tags=["recipes"])


@routes.post("/recipes")
@needs(Action.WRITE_RECIPE)
def write_recipe(door: AnyDoor, asked: DraftRecipe) -> commands.Drafted:
    """Write the next version of a recipe."""
    return door.write(commands.draft_recipe, asked).fact


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
