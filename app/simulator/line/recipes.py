"""The documents of the site: an approved recipe and the example specification, written by Sam, approved by Quentin."""

from __future__ import annotations

from app.recipes import commands
from app.recipes.records import recipe_record, specification_record
from app.recipes.schemas import ApproveDocument, DraftExampleSpecification, DraftRecipe
from app.simulator.laboratory import Laboratory
from app.simulator.people import QUENTIN, SAM

ROLLER = "LAK-ROLLER"


def recipe_request(**changed: object) -> DraftRecipe:
    """LAK cells in roller bottles with the published numbers: 1.5e6/mL, 1 L, 3 to 4 days, 6,000 to 9,000 IU/mL."""
    given: dict[str, object] = {
        "name": ROLLER,
        "product_name": "LAK cells, autologous",
        "harvest_from_h": 72,
        "harvest_until_h": 96,
        "seeding_1e6_per_ml": "1.5",
        "vessel_volume_ml": "1000",
        "il2_from_iu_per_ml": 6000,
        "il2_until_iu_per_ml": 9000,
        "expiry_after_formulation_h": 24,
        "storage": "Store at 2 to 8 °C",
    }
    return DraftRecipe.model_validate(given | changed)


def approved_recipe(lab: Laboratory) -> str:
    """An approved recipe; its name."""
    drafted = lab.act(SAM, commands.draft_recipe, recipe_request())
    what = lab.read(recipe_record, drafted.name, drafted.version)
    asked = ApproveDocument(name=drafted.name, version=drafted.version, **lab.signed(QUENTIN, what.sha256))
    lab.act(QUENTIN, commands.approve_recipe, asked)
    return drafted.name


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
