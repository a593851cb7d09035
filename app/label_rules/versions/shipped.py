"""The label rules that came with the product, and the cases a change is tried on. Read from files, changed by nobody.

They are a proposal: a site prints with them once its QA approved them.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from app.domain.labels.elements import Element, ElementRule
from app.domain.labels.rules import LabelRules
from app.domain.labels.statements import (
    CitationStatus,
    Condition,
    DonorTesting,
    Placement,
    Stage,
    Standing,
    StatementFacts,
    StatementRule,
    Switch,
)

FIRST_VERSION: Final = 1

_FOLDER: Final = Path(__file__).parent / "founding"
_FINISHED: Final = frozenset({Stage.END_PROCESSING, Stage.DISTRIBUTION})
"""The stages of a bag that has an expiry."""


@cache
def shipped_rules() -> LabelRules:
    """The rows of the files as the first version."""
    statements = tuple(_statement(row) for row in _rows("statements"))
    return LabelRules(FIRST_VERSION, statements, tuple(_element(row) for row in _rows("elements")))


@cache
def shipped_cases() -> tuple[tuple[str, StatementFacts], ...]:
    """The cases of the golden grid that make a label, by name: products as they come, at every stage."""
    return tuple((row["case_id"], facts_of_case(row)) for row in _rows("cases"))


def facts_of_case(row: Mapping[str, str]) -> StatementFacts:
    """One case of the grid as the facts of a product."""
    stage = Stage(row["stage"])
    return StatementFacts(
        stage=stage,
        is_same_person=row["same_person"] == "y",
        donor_testing=DonorTesting(row["donor_tested"]),
        is_screening_complete=row["screening_complete"] == "y",
        reactive_agents=tuple(f"agent {number + 1}" for number in range(int(row["reactive_agents"]))),
        has_risk_factor=row["risk_factor"] == "y",
        is_ind=row["ind"] == "y",
        is_licensed=row["licensed"] == "y",
        standing=Standing(row["release_state"]),
        pending_tests=tuple(filter(None, row["pending_tests"].split(", "))),
        has_expiry=stage in _FINISHED,
        is_demo=row["demo"] == "y",
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _placements(row: Mapping[str, str]) -> dict[Stage, Placement]:
    return {stage: Placement(row[stage.value]) for stage in Stage if row[stage.value]}


def _statement(row: Mapping[str, str]) -> StatementRule:
    return StatementRule(
        id=row["id"],
        text=row["text"],
        citation=row["citation"],
        status=CitationStatus(row["status"]),
        switch=Switch(row["switch"]),
        condition=Condition(row["condition"]),
        excludes=frozenset(row["excludes"].split()),
        placements=_placements(row),
        placement_source=row["placement_source"],
    )


def _element(row: Mapping[str, str]) -> ElementRule:
    return ElementRule(Element(row["element"]), row["is_conditional"] == "y", _placements(row), row["source"])
