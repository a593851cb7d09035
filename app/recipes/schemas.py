"""Requests of the recipe and specification commands, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from app.identity.signing import Signed
from app.web.forms import Number, Request, ShortText

DocumentName = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,30}$")]


class DraftRecipe(Request):
    """A new version of a recipe; an edit never touches a running batch."""

    name: DocumentName
    product_name: Annotated[str, StringConstraints(min_length=3, max_length=28)]
    harvest_from_h: Annotated[int, Field(ge=1, le=1200)]
    harvest_until_h: Annotated[int, Field(ge=2, le=1200)]
    seeding_1e6_per_ml: Number
    vessel_volume_ml: Number
    il2_from_iu_per_ml: Annotated[int, Field(ge=1, le=1_000_000)]
    il2_until_iu_per_ml: Annotated[int, Field(ge=1, le=1_000_000)]
    expiry_after_formulation_h: Annotated[int, Field(ge=1, le=96)]
    storage: ShortText


class DraftExampleSpecification(Request):
    """The LAK example with the numbers only a site can choose."""

    least_cells_per_bag: Number
    most_cells_per_bag: Number
    least_lu30_per_1e7: Number


class ApproveDocument(Signed):
    """Which version is approved."""

    name: DocumentName
    version: Annotated[int, Field(ge=1)]
