"""Recipes from draft to retirement. From its proposal on a version is closed: a change is a new version."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.db.finding import fresh
from app.db.models import Recipe
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Mismatch, NotFound, WrongState
from app.domain.reasons import require_reason
from app.domain.recipes import RecipeDocument, require_complete, require_document, require_sound
from app.domain.roles import Action
from app.domain.vocabulary import VersionState
from app.identity.signing import sign
from app.recipes.commands.versions import Drafted, approve_version, next_version
from app.recipes.pinned import document_of, require_agreement, write_document
from app.recipes.records import recipe_record, retirement_record
from app.recipes.schemas import ApproveDocument, CopyRecipe, DraftRecipe, OfRecipe, ProposeRecipe, RetireRecipe
from app.recipes.seeds import seed


@command
def draft_recipe(tx: Transaction, actor: Actor, asked: DraftRecipe) -> Drafted:
    """Write a recipe file as the next version of its name. It is used only after QA approved it."""
    tx.permit(actor, Action.WRITE_RECIPE)
    return _drafted(tx, actor, require_document(asked.file))


@command
def copy_recipe(tx: Transaction, actor: Actor, asked: CopyRecipe) -> Drafted:
    """Begin the next version from one on file, or from a recipe that comes with the program."""
    tx.permit(actor, Action.WRITE_RECIPE)
    source = seed(asked.name) if asked.version is None else _document(tx, asked.name, asked.version)
    return _drafted(tx, actor, replace(source, name=asked.new_name or source.name))


@command
def propose_recipe(tx: Transaction, actor: Actor, asked: ProposeRecipe) -> Drafted:
    """Close a draft and hand it to QA. Nothing may be left open in it."""
    tx.permit(actor, Action.WRITE_RECIPE)
    recipe = own_draft(tx, actor, asked)
    require_complete(require_agreement(recipe))
    recipe.state = VersionState.PROPOSED
    return Drafted(recipe.name, recipe.version)


@command
def approve_recipe(tx: Transaction, actor: Actor, asked: ApproveDocument) -> Drafted:
    """QA approves a proposed recipe by signature; its author cannot. An earlier approved version retires."""
    tx.permit(actor, Action.APPROVE_RECIPE)
    what = recipe_record(tx.session.connection(), asked.name, asked.version)
    require_complete(require_agreement(recipe_of(tx, asked.name, asked.version)))
    return approve_version(tx, actor, asked, Recipe, VersionState.PROPOSED, what)


@command
def retire_recipe(tx: Transaction, actor: Actor, asked: RetireRecipe) -> Drafted:
    """QA declines a proposal, or takes an approved recipe out of use, by signature. Running cultures keep theirs."""
    tx.permit(actor, Action.APPROVE_RECIPE)
    recipe = recipe_of(tx, asked.name, asked.version)
    if recipe.state not in {VersionState.PROPOSED, VersionState.APPROVED}:
        sentence = f"{recipe.name} {recipe.version} is {recipe.state.value}. Only what is proposed or approved retires."
        raise WrongState("not_in_force", sentence)
    tx.because("recipe_retired", require_reason(asked.reason, "A recipe is taken out of use for a reason."))
    sign(tx, actor, asked, retirement_record(tx.session.connection(), asked.name, asked.version))
    recipe.state = VersionState.RETIRED
    return Drafted(recipe.name, recipe.version)


def approved_recipe(tx: Transaction, name: str) -> Recipe:
    """The approved version of a recipe, or the refusal when there is none."""
    look = select(Recipe).where(Recipe.name == name, Recipe.state == VersionState.APPROVED)
    recipe = tx.session.execute(look).scalar_one_or_none()
    if recipe is None:
        raise NotFound("no_approved_recipe", f"No approved recipe is called {name}. QA must approve one first.")
    require_agreement(recipe)
    return recipe


def recipe_of(tx: Transaction, name: str, version: int) -> Recipe:
    """One version, locked, or the refusal that there is none."""
    look = select(Recipe).where(Recipe.name == name, Recipe.version == version).with_for_update()
    recipe = tx.session.execute(look).scalar_one_or_none()
    if recipe is None:
        raise NotFound("no_such_version", f"There is no version {version} of {name}.")
    return recipe


def own_draft(tx: Transaction, actor: Actor, asked: OfRecipe) -> Recipe:
    """The draft, locked and as the page showed it, if this person wrote it: who edits it must not approve it."""
    recipe = recipe_of(tx, asked.name, asked.version)
    fresh(recipe, asked.row_version)
    if recipe.state is not VersionState.DRAFT:
        sentence = f"{recipe.name} {recipe.version} is {recipe.state.value} and closed. Begin a new version from it."
        raise WrongState("recipe_closed", sentence)
    if recipe.author_id != actor.user_id:
        sentence = f"{recipe.name} {recipe.version} is somebody else's draft. Begin a new version from it."
        raise Mismatch("draft_of_another", sentence)
    return recipe


def _document(tx: Transaction, name: str, version: int) -> RecipeDocument:
    recipe = recipe_of(tx, name, version)
    return document_of(recipe.document, recipe.document_sha256)


def _drafted(tx: Transaction, actor: Actor, document: RecipeDocument) -> Drafted:
    require_sound(document)
    recipe = Recipe(
        name=document.name,
        version=next_version(tx, Recipe, document.name),
        state=VersionState.DRAFT,
        author_id=actor.user_id,
    )
    write_document(recipe, document)
    tx.session.add(recipe)
    return Drafted(recipe.name, recipe.version)
