"""One row of a draft as a form, and the cases a version is tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import LabelElementRule, LabelRuleSet, LabelStatementRule
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.labels.comparing import Tried, tried
from app.domain.labels.elements import Element, ElementRule
from app.domain.labels.rules import LabelRules
from app.domain.labels.statements import CitationStatus, Condition, Placement, Stage, StatementRule, Switch
from app.label_rules.queries.page import compared_with, head_of, may_change
from app.label_rules.versions.shipped import shipped_cases
from app.label_rules.versions.stored import rules_of
from app.web import formats

PLACES: Final = (
    (Placement.AFFIXED.value, "AF, affixed"),
    (Placement.ATTACHED.value, "AT, attached"),
    (Placement.ACCOMPANYING.value, "AC, accompanying"),
)


@dataclass(frozen=True, slots=True)
class StatementForm:
    """One statement of a draft. `placed` is each stage with its words and the place it has."""

    version: int
    row_version: int
    rule: StatementRule
    excludes: str
    placed: tuple[tuple[str, str, str], ...]
    places: tuple[tuple[str, str], ...] = PLACES
    conditions: tuple[tuple[str, str], ...] = tuple((one.value, formats.headed(one.words)) for one in Condition)
    switches: tuple[tuple[str, str], ...] = tuple((one.value, one.value.capitalize()) for one in Switch)
    statuses: tuple[tuple[str, str], ...] = tuple(
        (one.value, one.value.capitalize()) for one in CitationStatus if one is not CitationStatus.PRODUCT
    )


@dataclass(frozen=True, slots=True)
class ElementForm:
    """One row of the matrix of a draft."""

    version: int
    row_version: int
    rule: ElementRule
    placed: tuple[tuple[str, str, str], ...]
    places: tuple[tuple[str, str], ...] = PLACES


@dataclass(frozen=True, slots=True)
class TriedPage:
    """The cases tried on two versions: those whose label would be another one, and the others."""

    version: int
    against: int
    count: int
    changed: tuple[Tried, ...]
    same: tuple[Tried, ...]


def tried_page(db: Connection, version: int) -> TriedPage:
    """The labels of the shipped cases under this version, beside the version it is compared with."""
    against = compared_with(db, head_of(db, version)) or version
    found = tried(rules_of(db, against), rules_of(db, version), shipped_cases())
    changed = tuple(one for one in found if one.is_changed)
    return TriedPage(version, against, len(found), changed, tuple(one for one in found if not one.is_changed))


def statement_form(db: Connection, version: int, statement: str, actor: Actor) -> StatementForm:
    """One statement of one's own draft, to be changed."""
    rule = next((one for one in _own(db, version, actor).statements if one.id == statement), None)
    if rule is None or rule.status is CitationStatus.PRODUCT:
        raise NotFound("no_such_statement", f"Version {version} has no statement {statement} that may be changed.")
    look = select(LabelStatementRule.row_version).join(LabelRuleSet, LabelRuleSet.id == LabelStatementRule.rule_set_id)
    row = look.where(LabelRuleSet.version == version, LabelStatementRule.statement == statement)
    seen = db.execute(row).scalar_one()
    return StatementForm(version, seen, rule, " ".join(sorted(rule.excludes)), _placed(rule.placements))


def element_form(db: Connection, version: int, element: Element, actor: Actor) -> ElementForm:
    """One row of the matrix of one's own draft, to be changed."""
    rule = next(one for one in _own(db, version, actor).elements if one.element is element)
    look = select(LabelElementRule.row_version).join(LabelRuleSet, LabelRuleSet.id == LabelElementRule.rule_set_id)
    row = look.where(LabelRuleSet.version == version, LabelElementRule.element == element)
    return ElementForm(version, db.execute(row).scalar_one(), rule, _placed(rule.placements))


def _own(db: Connection, version: int, actor: Actor) -> LabelRules:
    if not may_change(head_of(db, version), actor):
        raise NotFound("not_your_draft", f"Version {version} is no draft of yours. Begin a new version.")
    return rules_of(db, version)


def _placed(placements: Mapping[Stage, Placement]) -> tuple[tuple[str, str, str], ...]:
    return tuple((stage.value, stage.words.capitalize(), placements.get(stage, "")) for stage in Stage)
