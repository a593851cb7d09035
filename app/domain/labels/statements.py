"""Which statements a label must carry, as a table of rules. Not where they stand on the label.

Source: label statements LS-01 to LS-16 (21 CFR 1271.90, 312.6, 610; UK Red Book table 22.2). Sentences marked
unconfirmed there must be compared with the law before a site uses them for care.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.errors import Invalid

STATEMENTS_VERSION: Final = 1


class Stage(StrEnum):
    """Where the cells are on their way when the label is put on."""

    PARTIAL = "partial"
    END_COLLECTION = "end_collection"
    IN_PROCESS = "in_process"
    END_PROCESSING = "end_processing"
    DISTRIBUTION = "distribution"
    SHIPPING_BOX = "shipping_box"


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
    """All that decides the statements. `reactive_agents` and `pending_tests` are the names to be printed.

    `advises_on_disease_risks` is the site's switch for LS-04, off unless its policy asks for it.
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
    advises_on_disease_risks: bool
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


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: the words, the law, where it stands at each stage, when, and what it excludes."""

    id: str
    text: str
    citation: str
    placements: dict[Stage, Placement]
    applies: Callable[[StatementFacts], bool]
    excludes: frozenset[str] = frozenset()


def required_statements(facts: StatementFacts) -> tuple[Statement, ...]:
    """The statements of one label in the order of the table. Refuses facts that contradict each other."""
    _refuse_contradictions(facts)
    applying = [rule for rule in RULES if rule.applies(facts)]
    for rule in applying:
        for other in applying:
            if other.id in rule.excludes:
                raise Invalid(
                    "statements_exclude_each_other",
                    f"“{rule.text}” and “{other.text}” cannot stand together. Correct the protocol.",
                )
    return tuple(
        statement
        for rule in applying
        if facts.stage in rule.placements
        for statement in _worded(rule, rule.placements[facts.stage], facts)
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


def _worded(rule: Rule, placement: Placement, facts: StatementFacts) -> tuple[Statement, ...]:
    if "{agent}" in rule.text:
        agents = facts.reactive_agents
        return tuple(Statement(rule.id, rule.text.format(agent=one), placement, one) for one in agents)
    tests = ", ".join(facts.pending_tests).upper()
    return (Statement(rule.id, rule.text.format(tests=tests), placement),)


def _at(placement: Placement, *stages: Stage) -> dict[Stage, Placement]:
    return dict.fromkeys(stages, placement)


_CONTAINERS: Final = (Stage.END_COLLECTION, Stage.IN_PROCESS, Stage.END_PROCESSING, Stage.DISTRIBUTION)
_FINISHED: Final = (Stage.END_PROCESSING, Stage.DISTRIBUTION)
_AUTOLOGOUS: Final = _at(Placement.ATTACHED, Stage.PARTIAL) | _at(Placement.AFFIXED, *_CONTAINERS)
_HAZARD: Final = (Stage.END_COLLECTION, *_FINISHED)

RULES: Final = (
    Rule(
        "LS-01",
        "FOR AUTOLOGOUS USE ONLY",
        "21 CFR 1271.90(c)(1)",
        _AUTOLOGOUS,
        lambda facts: facts.is_same_person and facts.is_for_treatment,
        frozenset({"LS-14"}),
    ),
    Rule(
        "LS-02",
        "NOT EVALUATED FOR INFECTIOUS SUBSTANCES",
        "21 CFR 1271.90(c)(2)",
        _AUTOLOGOUS,
        lambda facts: facts.donor_testing is not DonorTesting.ALL or not facts.is_screening_complete,
    ),
    Rule(
        "LS-03",
        "BIOHAZARD",
        "21 CFR 1271.90(c)(4)",
        _at(Placement.ACCOMPANYING, *_HAZARD, Stage.SHIPPING_BOX),
        lambda facts: facts.shows_hazard,
    ),
    Rule(
        "LS-04",
        "WARNING: Advise patient of communicable disease risks",
        "21 CFR 1271.90(c)(3); wording as in 21 CFR 1271.65(b)(2)",
        _at(Placement.ATTACHED, *_HAZARD),
        lambda facts: facts.advises_on_disease_risks and facts.shows_hazard,
    ),
    Rule(
        "LS-05",
        "WARNING: Reactive test results for {agent}",
        "21 CFR 1271.90(c)(5); wording as in 21 CFR 1271.65(b)(2)",
        _at(Placement.ATTACHED, *_HAZARD),
        lambda facts: bool(facts.reactive_agents),
    ),
    Rule(
        "LS-06",
        "Caution: New Drug--Limited by Federal (or United States) law to investigational use.",
        "21 CFR 312.6(a)",
        _at(Placement.AFFIXED, *_FINISHED),
        lambda facts: facts.is_ind and facts.is_for_treatment,
        frozenset({"LS-07", "LS-14"}),
    ),
    Rule(
        "LS-07",
        "Rx only",
        "21 CFR 610.60, 201",
        _at(Placement.AFFIXED, *_FINISHED),
        lambda facts: facts.is_licensed and facts.is_for_treatment,
        frozenset({"LS-06", "LS-14"}),
    ),
    Rule(
        "LS-08",
        "Properly identify intended recipient and product",
        "UK Red Book s22.12 table 22.2 (adapted from FACT-JACIE)",
        _at(Placement.ACCOMPANYING, *_FINISHED),
        lambda facts: facts.is_for_treatment,
        frozenset({"LS-14"}),
    ),
    Rule(
        "LS-09",
        "May transmit infectious agents",
        "UK Red Book s22.12 table 22.2 (adapted from FACT-JACIE)",
        _at(Placement.AFFIXED, Stage.DISTRIBUTION, Stage.SHIPPING_BOX),
        lambda _: True,
    ),
    Rule(
        "LS-10",
        "Do not irradiate",
        "FACT / AABB cell therapy standards",
        _at(Placement.ATTACHED, *_FINISHED),
        lambda _: True,
    ),
    Rule(
        "LS-11",
        "Do not use leukoreduction filter",
        "FACT / AABB cell therapy standards",
        _at(Placement.ATTACHED, *_FINISHED),
        lambda _: True,
    ),
    Rule(
        "LS-12",
        "{tests} PENDING - CONDITIONAL RELEASE",
        "product rule",
        _at(Placement.AFFIXED, Stage.DISTRIBUTION),
        lambda facts: bool(facts.pending_tests) and facts.standing in (Standing.CONDITIONAL, Standing.EXCEPTIONAL),
    ),
    Rule(
        "LS-13",
        "DOES NOT MEET SPECIFICATION - EXCEPTIONAL RELEASE, SEE RECORD",
        "product rule; behaviour after EMA questions and answers on out-of-specification ATMP",
        _at(Placement.AFFIXED, Stage.DISTRIBUTION),
        lambda facts: facts.standing is Standing.EXCEPTIONAL,
    ),
    Rule(
        "LS-14",
        "FOR RESEARCH - NOT FOR HUMAN USE",
        "product rule",
        _at(Placement.AFFIXED, *_FINISHED, Stage.SHIPPING_BOX),
        lambda facts: not facts.is_for_treatment,
        frozenset({"LS-01", "LS-06", "LS-07", "LS-08"}),
    ),
    Rule(
        "LS-15",
        "DEMO - NOT FOR HUMAN USE",
        "product rule",
        _at(Placement.AFFIXED, *Stage),
        lambda facts: facts.is_demo,
    ),
)
"""LS-16, a check and no statement, is `claim_in`."""
