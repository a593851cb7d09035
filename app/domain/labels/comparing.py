"""Two versions of the label rules beside each other: what changed, and what that does to the labels of known cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.errors import Refusal
from app.domain.labels.elements import ElementRule
from app.domain.labels.rules import LabelRules, requirements
from app.domain.labels.statements import Placement, Stage, Standing, StatementFacts, StatementRule

NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing of one row that is not as it was. `row` is LS-09 or the words of an element."""

    row: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One case under both versions: the statements of each, as id and place; a refusal is its sentence."""

    case: str
    product: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_changed(self) -> bool:
        """Whether its label would be another one."""
        return self.before != self.after

    @property
    def lost(self) -> tuple[str, ...]:
        """What it carried and would carry no more."""
        return tuple(one for one in self.before if one not in self.after)

    @property
    def gained(self) -> tuple[str, ...]:
        """What it would carry beside what it carried."""
        return tuple(one for one in self.after if one not in self.before)


def changes(before: LabelRules, after: LabelRules) -> tuple[Change, ...]:
    """Every change from one version to the other, in the order of the rows."""
    statements = {rule.id: rule for rule in before.statements}
    elements = {rule.element: rule for rule in before.elements}
    return (
        *(change for rule in after.statements for change in _statement(statements[rule.id], rule)),
        *(change for row in after.elements for change in _element(elements[row.element], row)),
    )


def tried(before: LabelRules, after: LabelRules, cases: tuple[tuple[str, StatementFacts], ...]) -> tuple[Tried, ...]:
    """Each case under both versions."""
    return tuple(Tried(name, described(facts), carried(before, facts), carried(after, facts)) for name, facts in cases)


def described(facts: StatementFacts) -> str:
    """The product of a case in words: "distribution, released, donor tests part, 2 reactive, risk factor, IND"."""
    parts = {
        facts.stage.words: True,
        facts.standing.value.replace("_", " "): facts.standing is not Standing.NONE,
        f"donor tests {facts.donor_testing}": True,
        "screening incomplete": not facts.is_screening_complete,
        f"{len(facts.reactive_agents)} reactive": bool(facts.reactive_agents),
        "risk factor": facts.has_risk_factor,
        "IND": facts.is_ind,
        "licensed": facts.is_licensed,
        f"pending {', '.join(facts.pending_tests).lower()}": bool(facts.pending_tests),
        "demo data": facts.is_demo,
    }
    return ", ".join(words for words, is_said in parts.items() if is_said)


def carried(rules: LabelRules, facts: StatementFacts) -> tuple[str, ...]:
    """The statements of a label as id and place: "LS-05 AT, agent 1"; or the sentence that refuses it."""
    try:
        found = requirements(rules, facts).statements
    except Refusal as refusal:
        return (refusal.sentence,)
    return tuple(f"{one.id} {one.placement}{f', {one.subject}' if one.subject else ''}" for one in found)


def _statement(old: StatementRule, new: StatementRule) -> Iterator[Change]:
    pairs = {
        "text": (old.text, new.text),
        "citation": (old.citation, new.citation),
        "status of the citation": (old.status.value, new.status.value),
        "switch": (old.switch.value, new.switch.value),
        "condition": (old.condition.words, new.condition.words),
        "excludes": (", ".join(sorted(old.excludes)) or "none", ", ".join(sorted(new.excludes)) or "none"),
        "source of the places": (old.placement_source, new.placement_source),
    }
    yield from _pairs(new.id, pairs | _places(old.placements, new.placements))


def _element(old: ElementRule, new: ElementRule) -> Iterator[Change]:
    pairs = {
        "when": (_when(old), _when(new)),
        "source": (old.source, new.source),
    }
    yield from _pairs(new.element.words, pairs | _places(old.placements, new.placements))


def _pairs(row: str, pairs: Mapping[str, tuple[str, str]]) -> Iterator[Change]:
    for what, (before, after) in pairs.items():
        if before != after:
            yield Change(row, what, before, after)


def _places(old: Mapping[Stage, Placement], new: Mapping[Stage, Placement]) -> dict[str, tuple[str, str]]:
    return {stage.words: (old.get(stage, NOWHERE), new.get(stage, NOWHERE)) for stage in Stage}


def _when(rule: ElementRule) -> str:
    return "where it applies" if rule.is_conditional else "always"
