"""The pages of label rules: all versions, one version, its rows as forms, and the cases it is tried on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.labels.elements import Element
from app.domain.roles import Action
from app.label_rules import commands
from app.label_rules.queries.page import rules_page, versions
from app.label_rules.queries.rows import element_form, statement_form, tried_page
from app.label_rules.schemas import (
    ApproveLabelRules,
    ChangeElement,
    ChangeStatement,
    DraftLabelRules,
    LabelRulesNamed,
)
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs, sees

routes = APIRouter()


@routes.get("/label-rules")
@sees(Action.WRITE_LABEL_TEMPLATE)
def get_versions(door: AnyDoor) -> Response:
    """All versions of the label rules."""
    with door.reading() as db:
        page = versions(db, door.viewer.actor, door.house.site.zone, door.now)
    return door.page("label_rules/versions.html", page, here="more")


@routes.post("/label-rules")
@needs(Action.WRITE_LABEL_TEMPLATE)
def post_draft(door: AnyDoor, form: Annotated[DraftLabelRules, page_form(DraftLabelRules)]) -> Response:
    """Begin the next version."""
    done = door.write(commands.draft_label_rules, form)
    return door.see(f"/label-rules/{done.fact.version}", is_replay=done.is_replay)


@routes.get("/label-rules/{version}")
@sees(Action.WRITE_LABEL_TEMPLATE)
def get_version(door: AnyDoor, version: int) -> Response:
    """One version: statements, matrix, what it changes, who answers for it."""
    with door.reading() as db:
        page = rules_page(db, version, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("label_rules/version.html", page, here="more")


@routes.get("/label-rules/{version}/cases")
@sees(Action.WRITE_LABEL_TEMPLATE)
def get_cases(door: AnyDoor, version: int) -> Response:
    """What labels of known cases would carry under this version."""
    with door.reading() as db:
        page = tried_page(db, version)
    return door.page("label_rules/cases.html", page, here="more")


@routes.get("/label-rules/{version}/statements/{statement}")
@needs(Action.WRITE_LABEL_TEMPLATE)
def get_statement(door: AnyDoor, version: int, statement: str) -> Response:
    """One statement of one's own draft."""
    with door.reading() as db:
        page = statement_form(db, version, statement, door.viewer.actor)
    return door.page("label_rules/statement.html", page, here="more")


@routes.post("/label-rules/{version}/statements/{statement}")
@needs(Action.WRITE_LABEL_TEMPLATE)
def post_statement(
    door: AnyDoor, version: int, statement: str, form: Annotated[ChangeStatement, page_form(ChangeStatement)]
) -> Response:
    """Change one statement of one's own draft."""
    same(f"{version}/{statement}", f"{form.version}/{form.statement}")
    done = door.write(commands.change_statement, form)
    return door.see(f"/label-rules/{version}", is_replay=done.is_replay)


@routes.get("/label-rules/{version}/elements/{element}")
@needs(Action.WRITE_LABEL_TEMPLATE)
def get_element(door: AnyDoor, version: int, element: Element) -> Response:
    """One row of the matrix of one's own draft."""
    with door.reading() as db:
        page = element_form(db, version, element, door.viewer.actor)
    return door.page("label_rules/element.html", page, here="more")


@routes.post("/label-rules/{version}/elements/{element}")
@needs(Action.WRITE_LABEL_TEMPLATE)
def post_element(
    door: AnyDoor, version: int, element: str, form: Annotated[ChangeElement, page_form(ChangeElement)]
) -> Response:
    """Change one row of the matrix of one's own draft."""
    same(f"{version}/{element}", f"{form.version}/{form.element}")
    done = door.write(commands.change_element, form)
    return door.see(f"/label-rules/{version}", is_replay=done.is_replay)


@routes.post("/label-rules/{version}/propose")
@needs(Action.WRITE_LABEL_TEMPLATE)
def post_proposal(
    door: AnyDoor, version: int, form: Annotated[LabelRulesNamed, page_form(LabelRulesNamed)]
) -> Response:
    """Hand a draft to QA."""
    same(str(version), str(form.version))
    done = door.write(commands.propose_label_rules, form)
    return door.see(f"/label-rules/{version}", is_replay=done.is_replay)


@routes.post("/label-rules/{version}/approve")
@needs(Action.APPROVE_LABEL_TEMPLATE)
def post_approval(
    door: AnyDoor, version: int, form: Annotated[ApproveLabelRules, page_form(ApproveLabelRules)]
) -> Response:
    """Approve a version, by signature."""
    same(str(version), str(form.version))
    done = door.write(commands.approve_label_rules, form)
    return door.see(f"/label-rules/{version}", is_replay=done.is_replay)
