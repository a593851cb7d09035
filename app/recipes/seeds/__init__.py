"""The recipes that come with the program: data with their sources, nobody's recipe until a site approves its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from app.domain.errors import NotFound
from app.domain.recipes import RecipeDocument, require_document

SEEDS: Final = ("LAK-ROLLER", "LAK-BAG", "LAK-CIV", "LAK-20H", "CIK-21", "NK-19", "TIL-REP")


@cache
def seed(name: str) -> RecipeDocument:
    """The recipe that comes under that name, or the refusal that none does."""
    if name not in SEEDS:
        raise NotFound("no_such_seed", f"No recipe called {name[:31]} comes with the program. Choose one of the list.")
    return require_document((Path(__file__).parent / f"{name.lower()}.json").read_text(encoding="utf-8"))
