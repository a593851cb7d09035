"""Label rules as they are kept: read from their rows, written as rows. Not the approval, and not the evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, Row, select

from app.db.models import LabelElementRule, LabelRuleSet, LabelStatementRule
from app.db.transaction import Transaction
from app.domain.errors import NotFound, WrongState
from app.domain.labels.elements import ElementRule
from app.domain.labels.rules import LabelRules
from app.domain.labels.statements import Placement, Stage, StatementRule
from app.domain.vocabulary import VersionState

_STATEMENTS: Final = LabelStatementRule.__table__
_ELEMENTS: Final = LabelElementRule.__table__
_HEAD: Final = select(LabelRuleSet.id, LabelRuleSet.version)


def rules_in_force(db: Connection) -> LabelRules:
    """The approved version, by its partial index, or the refusal that there is none."""
    head = db.execute(_HEAD.where(LabelRuleSet.state == VersionState.APPROVED)).one_or_none()
    if head is None:
        raise WrongState(
            "no_label_rules",
            "No label rules are approved, so no label can be made. QA approves them under Label rules first.",
        )
    return _rules(db, head.id, head.version)


def rules_of(db: Connection, version: int) -> LabelRules:
    """One version, whatever its state, or the refusal that there is none."""
    head = db.execute(_HEAD.where(LabelRuleSet.version == version)).one_or_none()
    if head is None:
        raise NotFound("no_such_version", f"There is no version {version} of the label rules.")
    return _rules(db, head.id, head.version)


def version_in_force(db: Connection) -> int | None:
    """The number of the approved version, or None."""
    look = select(LabelRuleSet.version).where(LabelRuleSet.state == VersionState.APPROVED)
    return db.execute(look).scalar_one_or_none()


def write_rows(tx: Transaction, rule_set_id: int, rules: LabelRules) -> None:
    """Every row of the rules as rows of a version in draft."""
    for position, statement in enumerate(rules.statements, 1):
        row = LabelStatementRule(
            rule_set_id=rule_set_id, position=position, statement=statement.id, **columns_of_statement(statement)
        )
        tx.session.add(row)
    for position, element in enumerate(rules.elements, 1):
        row_of_matrix = LabelElementRule(
            rule_set_id=rule_set_id, position=position, element=element.element, **columns_of_element(element)
        )
        tx.session.add(row_of_matrix)


def columns_of_statement(rule: StatementRule) -> dict[str, object]:
    """What of a statement may change from version to version, by column."""
    return {
        "text": rule.text,
        "citation": rule.citation,
        "citation_status": rule.status,
        "switch": rule.switch,
        "condition": rule.condition,
        "excludes": " ".join(sorted(rule.excludes)) or None,
        "placement_source": rule.placement_source,
    } | _columns(rule.placements)


def columns_of_element(rule: ElementRule) -> dict[str, object]:
    """What of an element may change from version to version, by column."""
    return {"is_conditional": rule.is_conditional, "source": rule.source} | _columns(rule.placements)


def _columns(placements: Mapping[Stage, Placement]) -> dict[str, object]:
    return {stage.value: placements.get(stage) for stage in Stage}


def _rules(db: Connection, rule_set_id: int, version: int) -> LabelRules:
    """Two statements, by the unique indexes of set and position."""
    statements = select(_STATEMENTS).where(_STATEMENTS.c.rule_set_id == rule_set_id).order_by(_STATEMENTS.c.position)
    elements = select(_ELEMENTS).where(_ELEMENTS.c.rule_set_id == rule_set_id).order_by(_ELEMENTS.c.position)
    return LabelRules(
        version,
        tuple(_statement(row) for row in db.execute(statements)),
        tuple(_element(row) for row in db.execute(elements)),
    )


def _statement(row: Row[*tuple[object, ...]]) -> StatementRule:
    return StatementRule(
        id=row.statement,
        text=row.text,
        citation=row.citation,
        status=row.citation_status,
        switch=row.switch,
        condition=row.condition,
        excludes=frozenset((row.excludes or "").split()),
        placements=_placements(row),
        placement_source=row.placement_source,
    )


def _element(row: Row[*tuple[object, ...]]) -> ElementRule:
    return ElementRule(row.element, row.is_conditional, _placements(row), row.source)


def _placements(row: Row[*tuple[object, ...]]) -> dict[Stage, Placement]:
    return {stage: placement for stage in Stage if (placement := getattr(row, stage.value)) is not None}
