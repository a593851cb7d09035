"""The pages of recipes and specifications: all versions, one version, the forms that write the next."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.recipes import commands
from app.recipes.queries import documents, recipe_page, specification_page
from app.recipes.schemas import ApproveDocument, DraftExampleSpecification, DraftRecipe
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs, sees

routes = APIRouter()


@routes.get("/recipes")
@sees(Action.WRITE_RECIPE)
def get_documents(door: AnyDoor) -> Response:
    """All versions of recipes and specifications."""
    with door.reading() as db:
        page = documents(db, door.viewer.actor)
    return door.page("recipes/documents.html", page, here="more")


@routes.get("/recipes/new")
@needs(Action.WRITE_RECIPE)
def get_new_recipe(door: AnyDoor) -> Response:
    """The form of the next version of a recipe."""
    with door.reading() as db:
        page = documents(db, door.viewer.actor)
    return door.page("recipes/new_recipe.html", page, here="more")


@routes.post("/recipes")
@needs(Action.WRITE_RECIPE)
def post_recipe(door: AnyDoor, form: Annotated[DraftRecipe, page_form(DraftRecipe)]) -> Response:
    """Write the next version of a recipe."""
    done = door.write(commands.draft_recipe, form)
    return door.see(f"/recipes/{done.fact.name}/{done.fact.version}", is_replay=done.is_replay)


@routes.get("/recipes/{name}/{version}")
@sees(Action.WRITE_RECIPE)
def get_recipe(door: AnyDoor, name: str, version: int) -> Response:
    """One version of a recipe."""
    with door.reading() as db:
        page = recipe_page(db, name, version, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("recipes/document.html", page, here="more")


@routes.post("/recipes/{name}/{version}/approve")
@needs(Action.APPROVE_RECIPE)
def post_recipe_approval(
    door: AnyDoor, name: str, version: int, form: Annotated[ApproveDocument, page_form(ApproveDocument)]
) -> Response:
    """Approve a recipe, by signature."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.approve_recipe, form)
    return door.see(f"/recipes/{name}/{version}", is_replay=done.is_replay)


@routes.get("/specifications/new")
@needs(Action.WRITE_SPECIFICATION)
def get_new_specification(door: AnyDoor) -> Response:
    """The form that writes the example, or makes it the site's own."""
    with door.reading() as db:
        page = documents(db, door.viewer.actor)
    return door.page("recipes/new_specification.html", page, here="more")


@routes.post("/specifications")
@needs(Action.WRITE_SPECIFICATION)
def post_specification(
    door: AnyDoor, form: Annotated[DraftExampleSpecification, page_form(DraftExampleSpecification)]
) -> Response:
    """Write the next version of a specification after the example."""
    done = door.write(commands.draft_example_specification, form)
    return door.see(f"/specifications/{done.fact.name}/{done.fact.version}", is_replay=done.is_replay)


@routes.get("/specifications/{name}/{version}")
@sees(Action.WRITE_SPECIFICATION)
def get_specification(door: AnyDoor, name: str, version: int) -> Response:
    """One version of a specification."""
    with door.reading() as db:
        page = specification_page(db, name, version, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("recipes/document.html", page, here="more")


@routes.post("/specifications/{name}/{version}/approve")
@needs(Action.APPROVE_SPECIFICATION)
def post_specification_approval(
    door: AnyDoor, name: str, version: int, form: Annotated[ApproveDocument, page_form(ApproveDocument)]
) -> Response:
    """Approve a specification, by signature."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.approve_specification, form)
    return door.see(f"/specifications/{name}/{version}", is_replay=done.is_replay)
