"""Requests of the commands of label rules, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain.labels.elements import Element, ElementRule
from app.domain.labels.statements import CitationStatus, Condition, Placement, Stage, StatementRule, Switch
from app.identity.signing import Signed
from app.web.forms import BLANK_IS_NONE, Request, Text

Number = Annotated[int, Field(ge=1, le=10_000)]
StatementId = Annotated[str, StringConstraints(pattern=r"^LS-\d{2}$")]
Words = Annotated[str, StringConstraints(min_length=3, max_length=160)]
Excluded = Annotated[str, StringConstraints(max_length=160, pattern=r"^(LS-\d{2}( LS-\d{2})*)?$")]
Place = Annotated[Placement | None, BLANK_IS_NONE]


class DraftLabelRules(Request):
    """A new version, begun as a copy of the one in force; why one is needed."""

    why: Text


class LabelRulesNamed(Request):
    """Which version."""

    version: Number


class ApproveLabelRules(Signed):
    """Which version is approved."""

    version: Number


class _Placed(LabelRulesNamed):
    """A row of a draft with its place at each stage, and the version of the row the page showed."""

    row_version: Number
    partial: Place = None
    end_collection: Place = None
    in_process: Place = None
    end_processing: Place = None
    distribution: Place = None
    shipping_box: Place = None

    @property
    def placements(self) -> dict[Stage, Placement]:
        """The stages at which it stands."""
        return {stage: place for stage in Stage if (place := getattr(self, stage.value)) is not None}


class ChangeStatement(_Placed):
    """One statement of a draft as it should be. `excludes` are ids separated by blanks."""

    statement: StatementId
    text: Words
    citation: Words
    status: CitationStatus
    switch: Switch
    condition: Condition
    excludes: Excluded = ""
    placement_source: Words

    @property
    def rule(self) -> StatementRule:
        """The row it asks for."""
        return StatementRule(
            self.statement,
            self.text,
            self.citation,
            self.status,
            self.switch,
            self.condition,
            frozenset(self.excludes.split()),
            self.placements,
            self.placement_source,
        )


class ChangeElement(_Placed):
    """One element of a draft as it should be."""

    element: Element
    is_conditional: bool = False
    source: Words

    @property
    def rule(self) -> ElementRule:
        """The row it asks for."""
        return ElementRule(self.element, self.is_conditional, self.placements, self.source)
