"""What the pages of recipes and specifications show."""

from app.recipes.queries.documents import documents, specification_page
from app.recipes.queries.recipe import changes_page, recipe_file, recipe_page
from app.recipes.queries.writing import head_page, step_form

__all__ = [
    "changes_page",
    "documents",
    "head_page",
    "recipe_file",
    "recipe_page",
    "specification_page",
    "step_form",
]
