"""What QA signs when approving label rules: every row of the version, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from app.db.models import LabelRuleSet
from app.domain.labels.elements import ElementRule
from app.domain.labels.statements import Placement, Stage, StatementRule
from app.domain.signing import Meaning, RecordValue, canonical_record, statement
from app.identity.signing import Signable
from app.label_rules.versions.stored import rules_of


def rules_record(db: Connection, version: int) -> Signable:
    """The version as it is signed, with whoever wrote and proposed it."""
    rules = rules_of(db, version)
    head = LabelRuleSet.__table__
    row = db.execute(select(head).where(head.c.version == version)).one()
    body: dict[str, RecordValue] = {
        "version": version,
        "based_on": row.based_on,
        "why": row.why,
        "author_id": row.author_id,
        "proposed_by_id": row.proposed_by_id,
        "proposed_at": row.proposed_at,
        "statements": [_statement(one) for one in rules.statements],
        "elements": [_element(one) for one in rules.elements],
    }
    said = statement(Meaning.APPROVED, f"label rules, version {version}")
    return Signable(Meaning.APPROVED, said, f"label_rules:{version}", canonical_record(body).decode())


def _statement(rule: StatementRule) -> dict[str, RecordValue]:
    return {
        "statement": rule.id,
        "text": rule.text,
        "citation": rule.citation,
        "citation_status": rule.status.value,
        "switch": rule.switch.value,
        "condition": rule.condition.value,
        "excludes": sorted(rule.excludes),
        "placements": _places(rule.placements),
        "placement_source": rule.placement_source,
    }


def _element(rule: ElementRule) -> dict[str, RecordValue]:
    return {
        "element": rule.element.value,
        "is_conditional": rule.is_conditional,
        "placements": _places(rule.placements),
        "source": rule.source,
    }


def _places(placements: Mapping[Stage, Placement]) -> dict[str, RecordValue]:
    return {stage.value: place.value for stage, place in placements.items()}
