"""Label rules as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from app.domain.labels.rules import LabelRules
from app.domain.roles import Action
from app.label_rules import commands
from app.label_rules.commands import RulesMoved
from app.label_rules.schemas import (
    ApproveLabelRules,
    ChangeElement,
    ChangeStatement,
    DraftLabelRules,
    LabelRulesNamed,
)
from app.label_rules.versions.records import rules_record
from app.label_rules.versions.stored import rules_of
from app.patients.records import ToSign, to_sign
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs, sees

routes = api_router(tags=["label rules"])


@routes.get("/label-rules/{version}")
@sees(Action.WRITE_LABEL_TEMPLATE)
def label_rules(door: AnyDoor, version: int) -> LabelRules:
    """One version with all its rows."""
    with door.reading() as db:
        return rules_of(db, version)


@routes.post("/label-rules")
@needs(Action.WRITE_LABEL_TEMPLATE)
def draft_label_rules(door: AnyDoor, asked: DraftLabelRules) -> RulesMoved:
    """Begin the next version."""
    return door.write(commands.draft_label_rules, asked).fact


@routes.post("/label-rules/statements")
@needs(Action.WRITE_LABEL_TEMPLATE)
def change_statement(door: AnyDoor, asked: ChangeStatement) -> RulesMoved:
    """Change one statement of one's own draft."""
    return door.write(commands.change_statement, asked).fact


@routes.post("/label-rules/elements")
@needs(Action.WRITE_LABEL_TEMPLATE)
def change_element(door: AnyDoor, asked: ChangeElement) -> RulesMoved:
    """Change one row of the matrix of one's own draft."""
    return door.write(commands.change_element, asked).fact


@routes.post("/label-rules/propose")
@needs(Action.WRITE_LABEL_TEMPLATE)
def propose_label_rules(door: AnyDoor, asked: LabelRulesNamed) -> RulesMoved:
    """Hand a draft to QA."""
    return door.write(commands.propose_label_rules, asked).fact


@routes.get("/label-rules/{version}/approve/record")
@needs(Action.APPROVE_LABEL_TEMPLATE)
def label_rules_to_sign(door: AnyDoor, version: int) -> ToSign:
    """The record that is signed to approve a version, with its hash."""
    with door.reading() as db:
        return to_sign(rules_record(db, version))


@routes.post("/label-rules/{version}/approve")
@needs(Action.APPROVE_LABEL_TEMPLATE)
def approve_label_rules(door: AnyDoor, version: int, asked: ApproveLabelRules) -> RulesMoved:
    """Approve a version, by signature."""
    same(str(version), str(asked.version))
    return door.write(commands.approve_label_rules, asked).fact
