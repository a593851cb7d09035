"""Label rules: one approved version of statements and elements, and what it demands of one label. Pure evaluation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.errors import Invalid
from app.domain.labels.elements import Element, ElementRule, RequiredElement
from app.domain.labels.statements import (
    CitationStatus,
    Placement,
    Stage,
    Statement,
    StatementFacts,
    StatementRule,
    require_printable,
    statements_due,
)


@dataclass(frozen=True, slots=True)
class LabelRules:
    """One version of the label rules of a site."""

    version: int
    statements: tuple[StatementRule, ...]
    elements: tuple[ElementRule, ...]

    def with_statement(self, changed: StatementRule) -> LabelRules:
        """The same rules with this row in the place of the one it changes. Refused where no label could follow."""
        old = next((rule for rule in self.statements if rule.id == changed.id), None)
        if old is None:
            raise Invalid(
                "no_such_statement", f"No label has a place for a statement {changed.id}. Change a known one."
            )
        if CitationStatus.PRODUCT in (old.status, changed.status):
            raise Invalid(
                "product_statement",
                f"{changed.id} is not to be changed so: what the product itself says stays as it is, and only it is"
                " “product”. Choose published or unconfirmed for the others.",
            )
        unknown = changed.excludes - {rule.id for rule in self.statements} | changed.excludes & {changed.id}
        if unknown:
            sentence = f"{changed.id} cannot exclude {', '.join(sorted(unknown))}. Name other statements of the list."
            raise Invalid("excludes_unknown", sentence, field="excludes")
        require_printable(changed)
        return replace(self, statements=tuple(changed if rule is old else rule for rule in self.statements))

    def with_element(self, changed: ElementRule) -> LabelRules:
        """The same rules with this row of the matrix. The code of the product is on every label that has one."""
        old = next(rule for rule in self.elements if rule.element is changed.element)
        weaker = [stage for stage in old.placements if changed.placements.get(stage) is not Placement.AFFIXED]
        if changed.element in _IDENTITY and (weaker or changed.is_conditional):
            raise Invalid(
                "identity_element",
                f"The {changed.element.words} stays affixed wherever it is: without it nobody can tell whose cells"
                " they are.",
            )
        return replace(self, elements=tuple(changed if rule is old else rule for rule in self.elements))


_IDENTITY = frozenset({Element.PRODUCT_ID, Element.RECIPIENT})


@dataclass(frozen=True, slots=True)
class Requirements:
    """What one version of the label rules demands of one label."""

    rules_version: int
    stage: Stage
    statements: tuple[Statement, ...]
    elements: tuple[RequiredElement, ...]

    def missing(self, shown: frozenset[str]) -> tuple[str, ...]:
        """The elements that must stand on the label and do not, in words, given the names of the items it shows."""
        return tuple(
            f"the {one.element.words} ({one.placement}), which {self.stage.words} needs"
            for one in self.elements
            if one.is_on_label and not one.stands_on(shown)
        )

    def going_with(self, shown: frozenset[str]) -> tuple[str, ...]:
        """What goes with the product on paper: accompanying elements that do not stand on the label anyway."""
        return tuple(one.words for one in self.elements if not one.is_on_label and not one.stands_on(shown))


def requirements(rules: LabelRules, facts: StatementFacts) -> Requirements:
    """The statements and elements due. Refuses facts that contradict each other."""
    elements = tuple(one for rule in rules.elements for one in rule.required(facts))
    return Requirements(rules.version, facts.stage, statements_due(rules.statements, facts), elements)
