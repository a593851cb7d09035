"""The pages of recipes and specifications: all versions, one version, what changed, the forms that write the next."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.recipes import commands
from app.recipes.queries import (
    changes_page,
    documents,
    head_page,
    recipe_file,
    recipe_page,
    specification_page,
    step_form,
)
from app.recipes.schemas import (
    AddStep,
    ApproveDocument,
    CopyRecipe,
    DraftExampleSpecification,
    EditRecipe,
    EditStep,
    ImportRecipe,
    ProposeRecipe,
    RemoveStep,
    RetireRecipe,
)
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
    """Where the next version of a recipe can begin."""
    with door.reading() as db:
        page = documents(db, door.viewer.actor)
    return door.page("recipes/new_recipe.html", page, here="more")


@routes.post("/recipes/copy")
@needs(Action.WRITE_RECIPE)
def post_copy(door: AnyDoor, form: Annotated[CopyRecipe, page_form(CopyRecipe)]) -> Response:
    """Begin the next version from a recipe on file or one that comes with the program."""
    done = door.write(commands.copy_recipe, form)
    return door.see(f"/recipes/{done.fact.name}/{done.fact.version}", is_replay=done.is_replay)


@routes.post("/recipes/import")
@needs(Action.WRITE_RECIPE)
def post_import(door: AnyDoor, form: Annotated[ImportRecipe, page_form(ImportRecipe)]) -> Response:
    """Write a recipe file as the next version."""
    done = door.write(commands.draft_recipe, form.draft)
    return door.see(f"/recipes/{done.fact.name}/{done.fact.version}", is_replay=done.is_replay)


@routes.get("/recipes/{name}/{version}")
@sees(Action.WRITE_RECIPE)
def get_recipe(door: AnyDoor, name: str, version: int) -> Response:
    """One version of a recipe."""
    with door.reading() as db:
        page = recipe_page(db, name, version, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("recipes/recipe.html", page, here="more")


@routes.get("/recipes/{name}/{version}/file.json")
@sees(Action.WRITE_RECIPE)
def get_recipe_file(door: AnyDoor, name: str, version: int) -> Response:
    """The recipe as one file to keep or to bring to another laboratory."""
    with door.reading() as db:
        text = recipe_file(db, name, version)
    mark = "-SYNTHETIC" if door.house.site.is_demo else ""
    kept = {"Content-Disposition": f'attachment; filename="{name}-{version}{mark}.json"'}
    return Response(text, media_type="application/json", headers=kept)


@routes.get("/recipes/{name}/{version}/changes")
@sees(Action.WRITE_RECIPE)
def get_changes(door: AnyDoor, name: str, version: int, since: int | None = None) -> Response:
    """What changed from an earlier version to this one, unless told from the one before."""
    with door.reading() as db:
        page = changes_page(db, name, version, since)
    return door.page("recipes/changes.html", page, here="more")


@routes.get("/recipes/{name}/{version}/edit")
@needs(Action.WRITE_RECIPE)
def get_head(door: AnyDoor, name: str, version: int) -> Response:
    """The head of one's own draft and its steps."""
    with door.reading() as db:
        page = head_page(db, name, version, door.viewer.actor)
    return door.page("recipes/head.html", page, here="more")


@routes.post("/recipes/{name}/{version}/edit")
@needs(Action.WRITE_RECIPE)
def post_head(door: AnyDoor, name: str, version: int, form: Annotated[EditRecipe, page_form(EditRecipe)]) -> Response:
    """Write the head of one's own draft."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.edit_recipe, form)
    return door.see(f"/recipes/{name}/{version}", is_replay=done.is_replay)


@routes.post("/recipes/{name}/{version}/add-step")
@needs(Action.WRITE_RECIPE)
def post_added_step(door: AnyDoor, name: str, version: int, form: Annotated[AddStep, page_form(AddStep)]) -> Response:
    """Put a step into one's own draft."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.add_step, form)
    return door.see(f"/recipes/{name}/{version}/edit/{form.step_key}", is_replay=done.is_replay)


@routes.post("/recipes/{name}/{version}/remove-step")
@needs(Action.WRITE_RECIPE)
def post_removed_step(
    door: AnyDoor, name: str, version: int, form: Annotated[RemoveStep, page_form(RemoveStep)]
) -> Response:
    """Take a step out of one's own draft."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.remove_step, form)
    return door.see(f"/recipes/{name}/{version}/edit", is_replay=done.is_replay)


@routes.get("/recipes/{name}/{version}/edit/{step_key}")
@needs(Action.WRITE_RECIPE)
def get_step_form(door: AnyDoor, name: str, version: int, step_key: str) -> Response:
    """The form of one step of one's own draft."""
    with door.reading() as db:
        page = step_form(db, name, version, step_key, door.viewer.actor)
    return door.page("recipes/step.html", page, here="more")


@routes.post("/recipes/{name}/{version}/edit/{step_key}")
@needs(Action.WRITE_RECIPE)
def post_step(
    door: AnyDoor, name: str, version: int, step_key: str, form: Annotated[EditStep, page_form(EditStep)]
) -> Response:
    """Write one step of one's own draft."""
    same(f"{name}/{version}/{step_key}", f"{form.name}/{form.version}/{form.step_key}")
    done = door.write(commands.edit_step, form)
    return door.see(f"/recipes/{name}/{version}", is_replay=done.is_replay)


@routes.post("/recipes/{name}/{version}/propose")
@needs(Action.WRITE_RECIPE)
def post_proposal(
    door: AnyDoor, name: str, version: int, form: Annotated[ProposeRecipe, page_form(ProposeRecipe)]
) -> Response:
    """Hand one's own draft to QA."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.propose_recipe, form)
    return door.see(f"/recipes/{name}/{version}", is_replay=done.is_replay)


@routes.post("/recipes/{name}/{version}/approve")
@needs(Action.APPROVE_RECIPE)
def post_recipe_approval(
    door: AnyDoor, name: str, version: int, form: Annotated[ApproveDocument, page_form(ApproveDocument)]
) -> Response:
    """Approve a recipe, by signature."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.approve_recipe, form)
    return door.see(f"/recipes/{name}/{version}", is_replay=done.is_replay)


@routes.post("/recipes/{name}/{version}/retire")
@needs(Action.APPROVE_RECIPE)
def post_retirement(
    door: AnyDoor, name: str, version: int, form: Annotated[RetireRecipe, page_form(RetireRecipe)]
) -> Response:
    """Decline a proposal or take an approved recipe out of use, by signature."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.retire_recipe, form)
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
    return door.page("recipes/specification.html", page, here="more")


@routes.post("/specifications/{name}/{version}/approve")
@needs(Action.APPROVE_SPECIFICATION)
def post_specification_approval(
    door: AnyDoor, name: str, version: int, form: Annotated[ApproveDocument, page_form(ApproveDocument)]
) -> Response:
    """Approve a specification, by signature."""
    same(f"{name}/{version}", f"{form.name}/{form.version}")
    done = door.write(commands.approve_specification, form)
    return door.see(f"/specifications/{name}/{version}", is_replay=done.is_replay)
