"""Recipes: the document, how it is read and written, what is wrong with it, what changed, what it permits at a step."""

from app.domain.recipes.checking import open_questions, require_complete, require_sound, unsound
from app.domain.recipes.differences import differences
from app.domain.recipes.document import (
    COURSE,
    Handled,
    InProcessTest,
    Material,
    Parameter,
    Portion,
    RecipeDocument,
    RecipeStep,
    RecipeStepKind,
    Window,
)
from app.domain.recipes.limits import HOUSE, StepLimits, limits_of, what_holds
from app.domain.recipes.reading import canonical_text, document_sha256, exported, plain, read_document, require_document

__all__ = [
    "COURSE",
    "HOUSE",
    "Handled",
    "InProcessTest",
    "Material",
    "Parameter",
    "Portion",
    "RecipeDocument",
    "RecipeStep",
    "RecipeStepKind",
    "StepLimits",
    "Window",
    "canonical_text",
    "differences",
    "document_sha256",
    "exported",
    "limits_of",
    "open_questions",
    "plain",
    "read_document",
    "require_complete",
    "require_document",
    "require_sound",
    "unsound",
    "what_holds",
]
