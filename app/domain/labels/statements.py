"""The statements of labels: when one is due, and what it says then. Not which a site prints: that is approved data.

Source of the shipped rows: LS-01 to LS-16 (21 CFR 1271.90, 312.6, 610; UK Red Book table 22.2). Sentences marked
unconfirmed there must be compared with the law before a site uses them for care.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.errors import Invalid

DEMO: Final = "DEMO - NOT FOR HUMAN USE"
"""What LS-15 says, and the band of every label of demo data."""


class Stage(StrEnum):
    """Where the cells are on their way when the label is put on."""

    PARTIAL = "partial"
    END_COLLECTION = "end_collection"
    IN_PROCESS = "in_process"
    END_PROCESSING = "end_processing"
    DISTRIBUTION = "distribution"
    SHIPPING_BOX = "shipping_box"

    @property
    def words(self) -> str:
        """As people read it: "end of collection"."""
        return _STAGES[self]


_STAGES: Final[Mapping[Stage, str]] = MappingProxyType(
    {
        Stage.PARTIAL: "partial label",
        Stage.END_COLLECTION: "end of collection",
        Stage.IN_PROCESS: "in process",
        Stage.END_PROCESSING: "end of processing",
        Stage.DISTRIBUTION: "distribution",
        Stage.SHIPPING_BOX: "shipping box",
    }
)


class Placement(StrEnum):
    """How close a statement must be: on the label, on it or tied to it, or at least with the product."""

    AFFIXED = "AF"
    ATTACHED = "AT"
    ACCOMPANYING = "AC"


class DonorTesting(StrEnum):
    """How much of the applicable infectious-disease testing is complete."""

    NONE = "none"
    PART = "part"
    ALL = "all"


class Standing(StrEnum):
    """What was decided about the product: its release, or that it goes to research."""

    NONE = "none"
    RELEASED = "released"
    CONDITIONAL = "conditional"
    EXCEPTIONAL = "exceptional"
    RELEASED_FINAL = "released_final"
    RESEARCH = "research"


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """All of a product that decides its statements and elements.

    `reactive_agents` and `pending_tests` are the names to be printed.
    """

    stage: Stage
    is_same_person: bool
    donor_testing: DonorTesting
    is_screening_complete: bool
    reactive_agents: tuple[str, ...]
    has_risk_factor: bool
    is_ind: bool
    is_licensed: bool
    standing: Standing
    pending_tests: tuple[str, ...]
    has_expiry: bool
    is_demo: bool

    @property
    def is_for_treatment(self) -> bool:
        """Everything but a product given to research."""
        return self.standing is not Standing.RESEARCH

    @property
    def shows_hazard(self) -> bool:
        """A test or screening that was performed shows an agent or a risk."""
        return bool(self.reactive_agents) or self.has_risk_factor


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement a label needs. `subject` is the agent LS-05 names, else empty."""

    id: str
    text: str
    placement: Placement
    subject: str = ""


class Condition(StrEnum):
    """When a statement is due: the closed set a rule may name. What each means is decided here, never by data."""

    EVERY_LABEL = "every_label"
    TREATMENT = "treatment"
    NOT_EVALUATED = "not_evaluated"
    HAZARD = "hazard"
    REACTIVE = "reactive"
    UNDER_IND = "under_ind"
    LICENSED = "licensed"
    TESTS_PENDING = "tests_pending"
    EXCEPTIONAL = "exceptional"
    RESEARCH = "research"
    DEMO = "demo"

    @property
    def words(self) -> str:
        """As people read it: "on every label"."""
        return _CONDITIONS[self]


_CONDITIONS: Final[Mapping[Condition, str]] = MappingProxyType(
    {
        Condition.EVERY_LABEL: "on every label",
        Condition.TREATMENT: "for treatment",
        Condition.NOT_EVALUATED: "unless all testing and screening is complete",
        Condition.HAZARD: "where an agent or a risk was found",
        Condition.REACTIVE: "once for each reactive result",
        Condition.UNDER_IND: "for treatment under an IND",
        Condition.LICENSED: "for treatment with a licensed product",
        Condition.TESTS_PENDING: "released while tests are pending",
        Condition.EXCEPTIONAL: "released by exception",
        Condition.RESEARCH: "given to research",
        Condition.DEMO: "in demo data",
    }
)


class Switch(StrEnum):
    """Whether the site prints the statement at all; `always` is no choice of a site."""

    ALWAYS = "always"
    ON = "on"
    OFF = "off"


class CitationStatus(StrEnum):
    """Whether the words were compared with their source, or are the product's own."""

    PUBLISHED = "published"
    UNCONFIRMED = "unconfirmed"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class StatementRule:
    """One row: the words, their source, where they stand at each stage, when they are due, and what they exclude."""

    id: str
    text: str
    citation: str
    status: CitationStatus
    switch: Switch
    condition: Condition
    excludes: frozenset[str]
    placements: Mapping[Stage, Placement]
    placement_source: str

    def applies(self, facts: StatementFacts) -> bool:
        """Whether it is due for this product, at whichever stage."""
        return self.switch is not Switch.OFF and _HOLDS[self.condition](facts)

    def statements(self, facts: StatementFacts) -> tuple[Statement, ...]:
        """What it prints at the stage of the facts: nothing, one statement, or one for each reactive agent."""
        placement = self.placements.get(facts.stage)
        if placement is None:
            return ()
        if AGENT in self.text:
            return tuple(
                Statement(self.id, self.text.replace(AGENT, one), placement, one) for one in facts.reactive_agents
            )
        return (Statement(self.id, self.text.replace(TESTS, ", ".join(facts.pending_tests).upper()), placement),)


AGENT: Final = "{agent}"
TESTS: Final = "{tests}"
"""What the text of a rule leaves open: the reactive agent, the pending tests."""

FILLED_BY: Final[Mapping[str, Condition]] = MappingProxyType(
    {AGENT: Condition.REACTIVE, TESTS: Condition.TESTS_PENDING}
)
"""Only under this condition is there something to put in."""

_HOLDS: Final[Mapping[Condition, Callable[[StatementFacts], bool]]] = MappingProxyType(
    {
        Condition.EVERY_LABEL: lambda _: True,
        Condition.TREATMENT: lambda facts: facts.is_for_treatment,
        Condition.NOT_EVALUATED: lambda facts: (
            facts.donor_testing is not DonorTesting.ALL or not facts.is_screening_complete
        ),
        Condition.HAZARD: lambda facts: facts.shows_hazard,
        Condition.REACTIVE: lambda facts: bool(facts.reactive_agents),
        Condition.UNDER_IND: lambda facts: facts.is_ind and facts.is_for_treatment,
        Condition.LICENSED: lambda facts: facts.is_licensed and facts.is_for_treatment,
        Condition.TESTS_PENDING: lambda facts: (
            bool(facts.pending_tests) and facts.standing in (Standing.CONDITIONAL, Standing.EXCEPTIONAL)
        ),
        Condition.EXCEPTIONAL: lambda facts: facts.standing is Standing.EXCEPTIONAL,
        Condition.RESEARCH: lambda facts: not facts.is_for_treatment,
        Condition.DEMO: lambda facts: facts.is_demo,
    }
)


def statements_due(rules: tuple[StatementRule, ...], facts: StatementFacts) -> tuple[Statement, ...]:
    """The statements of one label in the order of the rules. Refuses facts that contradict each other."""
    _refuse_contradictions(facts)
    applying = [rule for rule in rules if rule.applies(facts)]
    for rule in applying:
        for other in applying:
            if other.id in rule.excludes:
                raise Invalid(
                    "statements_exclude_each_other",
                    f"“{rule.text}” and “{other.text}” cannot stand together. Correct the protocol.",
                )
    return tuple(statement for rule in applying for statement in rule.statements(facts))


def require_printable(rule: StatementRule) -> None:
    """Refuse words no label may carry: a claim of effect (LS-16), or a gap that nothing fills."""
    if claim := claim_in(rule.text):
        raise Invalid(
            "label_claims_effect",
            f"{rule.id} says “{claim}”: no label may claim that a product is safe or works.",
            field="text",
        )
    gaps = [gap for gap, condition in FILLED_BY.items() if rule.condition is condition]
    rest = rule.text
    for gap in gaps:
        rest = rest.replace(gap, "")
    if "{" in rest or "}" in rest or any(gap not in rule.text for gap in gaps):
        raise Invalid(
            "statement_with_gap",
            f"{rule.id} leaves open what nothing fills. Write {AGENT} where it is due for a reactive result, {TESTS}"
            " where tests are pending, and no other braces.",
            field="text",
        )


def claim_in(text: str) -> str | None:
    """LS-16: the first word that claims a product is safe or effective, or None. Source: 21 CFR 312.6(b)."""
    found = _CLAIM.search(text)
    return found.group() if found else None


_CLAIM: Final = re.compile(r"\b(safe|safely|effective|efficacious|efficacy|cures?|proven)\b", re.IGNORECASE)


def _refuse_contradictions(facts: StatementFacts) -> None:
    if not facts.is_same_person:
        raise Invalid(
            "donor_is_not_recipient",
            "Donor and recipient differ; this product is autologous only. Check the patient of the course.",
        )
    if facts.reactive_agents and facts.donor_testing is DonorTesting.NONE:
        raise Invalid(
            "reactive_without_test",
            "A reactive result cannot exist when nothing was tested. Correct the donor tests.",
        )
    if facts.standing is Standing.CONDITIONAL and not facts.pending_tests:
        raise Invalid("no_test_pending", "A conditional release names the tests that are pending. Name them.")
    if facts.pending_tests and facts.standing in (Standing.RELEASED, Standing.RELEASED_FINAL):
        raise Invalid(
            "test_still_pending",
            "A released product has no pending test. Release it conditionally, or record the results.",
        )
