"""What QA signs when approving label rules: every row of the version, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from app.db.models import LabelRuleSet
from app.domain.labels.statements import Placement, Stage
from app.domain.signing import Meaning, RecordValue, canonical_record, statement
from app.identity.signing import Signable
from app.label_rules.stored import rules_of


def rules_record(db: Connection, version: int) -> Signable:
    """The version as it is signed, with whoever wrote and proposed it."""
    rules = rules_of(db, version)
    head = LabelRuleSet.__table__
    row = db.execute(select(head).where(head.c.version == version)).one()
    statements: list[dict[str, RecordValue]] = [
        {
            "statement": one.id,
            "text": one.text,
            "citation": one.citation,
            "citation_status": one.status.value,
            "switch": one.switch.value,
            "condition": one.condition.value,
            "excludes": sorted(one.excludes),
            "placements": _places(one.placements),
            "placement_source": one.placement_source,
        }
        for one in rules.statements
    ]
    elements: list[dict[str, RecordValue]] = [
        {
            "element": one.element.value,
            "is_conditional": one.is_conditional,
            "placements": _places(one.placements),
            "source": one.source,
        }
        for one in rules.elements
    ]
    body: dict[str, RecordValue] = {
        "version": version,
        "based_on": row.based_on,
        "why": row.why,
        "author_id": row.author_id,
        "proposed_by_id": row.proposed_by_id,
        "proposed_at": row.proposed_at,
        "statements": statements,
        "elements": elements,
    }
    said = statement(Meaning.APPROVED, f"label rules, version {version}")
    return Signable(Meaning.APPROVED, said, f"label_rules:{version}", canonical_record(body).decode())


def _places(placements: Mapping[Stage, Placement]) -> dict[str, RecordValue]:
    return {stage.value: place.value for stage, place in placements.items()}
