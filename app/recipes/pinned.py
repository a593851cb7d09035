"""The recipe a row holds, read once and checked against its hash; and what the pinned one permits at a step."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from app.db.models import Culture, Recipe
from app.db.transaction import Transaction
from app.domain.errors import WrongState
from app.domain.recipes import (
    RecipeDocument,
    RecipeStepKind,
    StepLimits,
    canonical_text,
    document_sha256,
    limits_of,
    require_document,
)


@lru_cache(maxsize=128)
def document_of(text: str, sha256: str) -> RecipeDocument:
    """The recipe of a row. Refused when its text is not the one that was hashed."""
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise WrongState("recipe_changed", "The recipe on file is not the one that was written. Call the supervisor.")
    return require_document(text)


def write_document(recipe: Recipe, document: RecipeDocument) -> None:
    """Put a document into a row, with what stands beside it."""
    recipe.document, recipe.document_sha256 = canonical_text(document), document_sha256(document)
    recipe.product_name, recipe.storage = document.product_name, document.storage
    recipe.harvest_from_h, recipe.harvest_until_h = _harvest_window(document)


def require_agreement(recipe: Recipe) -> RecipeDocument:
    """The document of a row, or the refusal when what stands beside it says something else."""
    document = document_of(recipe.document, recipe.document_sha256)
    beside = recipe.name, recipe.product_name, recipe.storage, recipe.harvest_from_h, recipe.harvest_until_h
    if beside != (document.name, document.product_name, document.storage, *_harvest_window(document)):
        sentence = (
            f"{recipe.name} {recipe.version} says one thing in its document and another beside it. Write it anew."
        )
        raise WrongState("recipe_disagrees", sentence)
    return document


def limits_of_culture(tx: Transaction, culture: Culture, kind: RecipeStepKind, *, is_feed: bool = False) -> StepLimits:
    """What the recipe a culture pinned permits at a step."""
    recipe = tx.session.get_one(Recipe, culture.recipe_id)
    document = document_of(recipe.document, recipe.document_sha256)
    return limits_of(document, recipe.version, kind, is_feed=is_feed)


def _harvest_window(document: RecipeDocument) -> tuple[int | None, int | None]:
    harvest = document.of_kind(RecipeStepKind.HARVEST)
    window = None if harvest is None else harvest.window
    return (None, None) if window is None else (window.earliest_h, window.latest_h)
