"""Requests of the recipe and specification commands, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain.errors import Invalid
from app.domain.recipes import Handled, RecipeStepKind
from app.domain.release import Comparator, DerivedFrom, Severity, Statistic, Timing
from app.domain.release.example_specification import NAME as EXAMPLE
from app.domain.vocabulary import EquipmentKind, SampleKind, TestKind
from app.domain.written import written_text
from app.identity.signing import Signed
from app.web.forms import BLANK_IS_NONE, Number, OptionalText, Request, ShortText, Text, Version

DocumentName = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,30}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{2,40}$")]
Cells = Annotated[Number, Field(le=10**12)]
LyticUnits = Annotated[Number, Field(ge=0, le=1_000_000)]
Limit = Annotated[Number, Field(ge=-200, le=10**13)]
"""From the cold of a vapour store to the cells of a collection."""

MOST_FILE_BYTES = 400_000
"""A recipe is a few kilobytes; more is another file."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Hour = Annotated[Annotated[int, Field(ge=0, le=100_000)] | None, BLANK_IS_NONE]
Cell = Annotated[str, StringConstraints(max_length=400)]
Column = Annotated[tuple[Cell, ...], Field(max_length=60)]
"""One column of a table in a form; every column has as many rows, and an empty cell is empty."""


class DraftRecipe(Request):
    """A recipe file: the next version of the name it bears. An edit never touches a running batch."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]


class ImportRecipe(Request):
    """A recipe file chosen in the browser."""

    file: Annotated[bytes, Field(min_length=1, max_length=MOST_FILE_BYTES)]

    @property
    def draft(self) -> DraftRecipe:
        """The file as the command takes it. Refused when it is no text."""
        try:
            text = written_text(self.file.decode("utf-8-sig"))
        except ValueError:
            raise Invalid(
                "recipe_unreadable", "The file is not text. Choose an exported recipe.", field="file"
            ) from None
        return DraftRecipe.model_construct(file=text)


class CopyRecipe(Request):
    """From which recipe the next version begins: one on file, or without a version one that comes with the program."""

    name: DocumentName
    version: Annotated[Version | None, BLANK_IS_NONE] = None
    new_name: Annotated[DocumentName | None, BLANK_IS_NONE] = None


class OfRecipe(Request):
    """A version of a recipe as the page showed it."""

    name: DocumentName
    version: Version
    row_version: Version


class ProposeRecipe(OfRecipe):
    """The draft is finished and goes to QA."""


class EditRecipe(OfRecipe):
    """What stands above the steps; lists line by line."""

    product_name: Annotated[str, StringConstraints(min_length=3, max_length=28)]
    storage: Annotated[str, StringConstraints(min_length=3, max_length=40)]
    summary: Line
    left_to_the_site: OptionalText = None
    sources: OptionalText = None


class EditStep(OfRecipe):
    """One step with all its parts. Parameters and materials are tables, given column by column."""

    step_key: Key
    title: ShortText
    anchor: Annotated[Key | None, BLANK_IS_NONE] = None
    earliest_h: Hour = None
    target_h: Hour = None
    latest_h: Hour = None
    is_optional: bool = False
    note: Annotated[Line | None, BLANK_IS_NONE] = None
    equipment: tuple[EquipmentKind, ...] = ()
    tests: tuple[TestKind, ...] = ()
    parameter_key: Column = ()
    parameter_label: Column = ()
    parameter_unit: Column = ()
    parameter_basis: Column = ()
    parameter_default: Column = ()
    parameter_recipe_low: Column = ()
    parameter_recipe_high: Column = ()
    parameter_warn_low: Column = ()
    parameter_warn_high: Column = ()
    parameter_refuse_low: Column = ()
    parameter_refuse_high: Column = ()
    parameter_needed: Column = ()
    parameter_note: Column = ()
    material_role: Column = ()
    material_name: Column = ()
    material_concentration: Column = ()
    material_unit: Column = ()


class AddStep(OfRecipe):
    """A step more, after another one."""

    after_step_key: Key
    step_key: Key
    kind: RecipeStepKind
    title: ShortText
    takes: Handled
    gives: Handled


class RemoveStep(OfRecipe):
    """A step less."""

    step_key: Key


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
    version: Version


class RetireRecipe(Signed):
    """Which version is declined or taken out of use, and why."""

    name: DocumentName
    version: Version
    reason: Text
