"""The documents of the site: an approved recipe and the example specification, written by Sam, approved by Quentin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from app.domain.recipes import RecipeDocument, RecipeStep, plain
from app.recipes import commands
from app.recipes.records import recipe_record, row_version_of, specification_record
from app.recipes.schemas import ApproveDocument, DraftExampleSpecification, DraftRecipe, OfRecipe, ProposeRecipe
from app.recipes.seeds import seed
from app.simulator.laboratory import Laboratory
from app.simulator.people import QUENTIN, SAM

ROLLER = "LAK-ROLLER"


def site_recipe(**changed: str) -> RecipeDocument:
    """LAK-ROLLER as this site uses it: bags keep 24 h and hold 450,000 IU; `changed` are further defaults by key."""
    defaults = {"expiry_after_formulation_h": "24", "il2_per_bag_iu": "450000"} | changed
    document = seed(ROLLER)
    return replace(document, steps=tuple(_with_defaults(step, defaults) for step in document.steps))


def recipe_request(**changed: str) -> DraftRecipe:
    """The file of the site's recipe; `name`, `harvest_until_h` or defaults of parameters may be others."""
    name, until = changed.pop("name", ROLLER), changed.pop("harvest_until_h", "96")
    written = plain(replace(site_recipe(**changed), name=name))
    harvest = next(step for step in written["steps"] if step["kind"] == "harvest")
    harvest["window"] |= {"latest_h": int(until)}
    return DraftRecipe(file=json.dumps(written))


def shown(lab: Laboratory, name: str, version: int) -> OfRecipe:
    """A version as its page shows it now."""
    return OfRecipe(name=name, version=version, row_version=lab.read(row_version_of, name, version))


def proposed_recipe(lab: Laboratory, **changed: str) -> commands.Drafted:
    """A recipe Sam wrote and proposed."""
    drafted = lab.act(SAM, commands.draft_recipe, recipe_request(**changed))
    asked = ProposeRecipe.model_validate(shown(lab, drafted.name, drafted.version).model_dump())
    return lab.act(SAM, commands.propose_recipe, asked)


def approved_recipe(lab: Laboratory, **changed: str) -> str:
    """An approved recipe; its name."""
    proposed = proposed_recipe(lab, **changed)
    what = lab.read(recipe_record, proposed.name, proposed.version)
    asked = ApproveDocument(name=proposed.name, version=proposed.version, **lab.signed(QUENTIN, what.sha256))
    lab.act(QUENTIN, commands.approve_recipe, asked)
    return proposed.name


def _with_defaults(step: RecipeStep, defaults: Mapping[str, str]) -> RecipeStep:
    parameters = (
        replace(each, default=Decimal(defaults[each.key])) if each.key in defaults else each for each in step.parameters
    )
    return replace(step, parameters=tuple(parameters))


def approved_specification(lab: Laboratory, least_lu30: str = "100") -> str:
    """The approved example specification; its name."""
    limits = {"least_cells_per_bag": "1e9", "most_cells_per_bag": "1e11", "least_lu30_per_1e7": least_lu30}
    asked = DraftExampleSpecification.model_validate(limits)
    drafted = lab.act(SAM, commands.draft_example_specification, asked)
    what = lab.read(specification_record, drafted.name, drafted.version)
    approve = ApproveDocument(name=drafted.name, version=drafted.version, **lab.signed(QUENTIN, what.sha256))
    lab.act(QUENTIN, commands.approve_specification, approve)
    return drafted.name


def approved_documents(lab: Laboratory) -> str:
    """Both documents; the recipe's name."""
    approved_specification(lab)
    return approved_recipe(lab)
