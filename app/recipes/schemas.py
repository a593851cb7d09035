"""Requests of the recipe and specification commands, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain.release import Comparator, DerivedFrom, Severity, Statistic, Timing
from app.domain.release.example_specification import NAME as EXAMPLE
from app.domain.vocabulary import SampleKind, TestKind
from app.identity.signing import Signed
from app.web.forms import Number, Request, ShortText

DocumentName = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,30}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{2,40}$")]
VesselMl = Annotated[Number, Field(le=100_000)]
Cells = Annotated[Number, Field(le=10**12)]
LyticUnits = Annotated[Number, Field(ge=0, le=1_000_000)]
Limit = Annotated[Number, Field(ge=-200, le=10**13)]
"""From the cold of a vapour store to the cells of a collection."""

Hours = Annotated[int, Field(ge=1, le=1200)]
IuPerMl = Annotated[int, Field(ge=1, le=1_000_000)]


class DraftRecipe(Request):
    """A new version of a recipe; an edit never touches a running batch."""

    name: DocumentName
    product_name: Annotated[str, StringConstraints(min_length=3, max_length=28)]
    harvest_from_h: Hours
    harvest_until_h: Hours
    seeding_1e6_per_ml: Number
    vessel_volume_ml: VesselMl
    il2_from_iu_per_ml: IuPerMl
    il2_until_iu_per_ml: IuPerMl
    expiry_after_formulation_h: Annotated[int, Field(ge=1, le=96)]
    storage: Annotated[str, StringConstraints(min_length=3, max_length=40)]


class DraftExampleSpecification(Request):
    """The criteria of the LAK example with the numbers only a site can choose.

    Under its own name it stays an example; under another name the site makes it its own.
    """

    name: DocumentName = EXAMPLE
    least_cells_per_bag: Cells
    most_cells_per_bag: Cells
    least_lu30_per_1e7: LyticUnits


class GivenCriterion(Request):
    """One criterion: a number with its unit, or words. `derived_from` makes it be worked out again on a change."""

    key: Slug
    label: ShortText
    test: TestKind
    analyte: Slug
    comparator: Comparator
    limit: Limit | None = None
    upper: Limit | None = None
    words: tuple[Slug, ...] = ()
    unit: Annotated[str, StringConstraints(max_length=20)] | None = None
    timing: Timing
    severity: Severity
    source: Annotated[str, StringConstraints(min_length=3, max_length=200)]
    stage: SampleKind | None = None
    any_of: Slug | None = None
    statistic: Statistic = Statistic.REPORTED
    derived_from: frozenset[DerivedFrom] = frozenset()
    valid_hours: Annotated[int, Field(ge=1, le=1200)] | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None


class DraftSpecification(Request):
    """A specification of the site's own, criterion by criterion."""

    name: DocumentName
    criteria: Annotated[tuple[GivenCriterion, ...], Field(min_length=1, max_length=60)]


class ApproveDocument(Signed):
    """Which version is approved."""

    name: DocumentName
    version: Annotated[int, Field(ge=1)]
