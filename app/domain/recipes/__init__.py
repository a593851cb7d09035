"""Recipes: the document, how it is read and written, what is wrong with it, what changed, what it permits at a step."""

from app.domain.recipes.checking import open_questions, require_complete, require_sound, unsound
from app.domain.recipes.differences import differences, in_words, portion_in_words, window_in_words
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
from app.domain.recipes.reading import (
    canonical_text,
    document_sha256,
    exported,
    plain,
    read_document,
    read_step,
    require_document,
)
from app.domain.recipes.schedule import Scheduled, schedule

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
    "Scheduled",
    "StepLimits",
    "Window",
    "canonical_text",
    "differences",
    "document_sha256",
    "exported",
    "in_words",
    "limits_of",
    "open_questions",
    "plain",
    "portion_in_words",
    "read_document",
    "read_step",
    "require_complete",
    "require_document",
    "require_sound",
    "schedule",
    "unsound",
    "what_holds",
    "window_in_words",
]
