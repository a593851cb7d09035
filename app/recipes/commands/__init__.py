"""The commands of recipes and specifications."""

from app.recipes.commands.editing import add_step, edit_recipe, edit_step, remove_step
from app.recipes.commands.recipes import (
    approve_recipe,
    approved_recipe,
    copy_recipe,
    draft_recipe,
    propose_recipe,
    retire_recipe,
)
from app.recipes.commands.specifications import (
    approve_specification,
    approved_specification,
    draft_example_specification,
    draft_specification,
)
from app.recipes.commands.versions import Drafted

__all__ = [
    "Drafted",
    "add_step",
    "approve_recipe",
    "approve_specification",
    "approved_recipe",
    "approved_specification",
    "copy_recipe",
    "draft_example_specification",
    "draft_recipe",
    "draft_specification",
    "edit_recipe",
    "edit_step",
    "propose_recipe",
    "remove_step",
    "retire_recipe",
]
