"""Writing, proposing and approving label rules. An approved version is never edited: a change is a new one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.db.finding import fresh
from app.db.models import LabelElementRule, LabelRuleSet, LabelStatementRule
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Mismatch, NotFound, Stale, WrongState
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.vocabulary import VersionState
from app.identity.signing import sign
from app.label_rules.schemas import (
    ApproveLabelRules,
    ChangeElement,
    ChangeStatement,
    DraftLabelRules,
    LabelRulesNamed,
)
from app.label_rules.versions.records import rules_record
from app.label_rules.versions.shipped import shipped_rules
from app.label_rules.versions.stored import (
    columns_of_element,
    columns_of_statement,
    rules_of,
    version_in_force,
    write_rows,
)

SHIPPED_WHY = "As it came with the product. Nobody of the site has written or confirmed it."


@dataclass(frozen=True, slots=True)
class RulesMoved:
    """A version of the label rules and where it stands now."""

    version: int
    state: VersionState
    is_proposed: bool


@command
def lay_down_shipped_rules(tx: Transaction) -> RulesMoved:
    """The rules that came with the product as the first draft of a new site. QA approves them before labels print."""
    if tx.session.execute(select(LabelRuleSet.id)).first() is not None:
        raise Duplicate("label_rules_exist", "This installation has its first label rules already.")
    rules = shipped_rules()
    return _written(tx, LabelRuleSet(version=rules.version, why=SHIPPED_WHY, based_on=None, author_id=None))


@command
def draft_label_rules(tx: Transaction, actor: Actor, asked: DraftLabelRules) -> RulesMoved:
    """Begin the next version as a copy of the one in force, or of the newest where none is."""
    tx.permit(actor, Action.WRITE_LABEL_TEMPLATE)
    why = require_reason(asked.why, "New label rules need a reason.", "why")
    newest = tx.session.execute(select(func.max(LabelRuleSet.version))).scalar_one()
    based_on = version_in_force(tx.session.connection()) or newest
    tx.because("new_label_rules", why)
    return _written(tx, LabelRuleSet(version=newest + 1, why=why, based_on=based_on, author_id=actor.user_id))


@command
def change_statement(tx: Transaction, actor: Actor, asked: ChangeStatement) -> RulesMoved:
    """Change one statement of one's own draft. A proposed draft is a draft again."""
    tx.permit(actor, Action.WRITE_LABEL_TEMPLATE)
    rules = _own_draft(tx, actor, asked.version)
    rules_of(tx.session.connection(), asked.version).with_statement(asked.rule)
    look = select(LabelStatementRule).where(LabelStatementRule.rule_set_id == rules.id)
    row = tx.session.execute(look.where(LabelStatementRule.statement == asked.statement)).scalar_one()
    fresh(row, asked.row_version)
    return _changed(tx, rules, row, columns_of_statement(asked.rule))


@command
def change_element(tx: Transaction, actor: Actor, asked: ChangeElement) -> RulesMoved:
    """Change one row of the matrix of one's own draft. A proposed draft is a draft again."""
    tx.permit(actor, Action.WRITE_LABEL_TEMPLATE)
    rules = _own_draft(tx, actor, asked.version)
    rules_of(tx.session.connection(), asked.version).with_element(asked.rule)
    look = select(LabelElementRule).where(LabelElementRule.rule_set_id == rules.id)
    row = tx.session.execute(look.where(LabelElementRule.element == asked.element)).scalar_one()
    fresh(row, asked.row_version)
    return _changed(tx, rules, row, columns_of_element(asked.rule))


@command
def propose_label_rules(tx: Transaction, actor: Actor, asked: LabelRulesNamed) -> RulesMoved:
    """Hand a draft to QA. What came with the product is proposed by whoever read it and stands up for it."""
    tx.permit(actor, Action.WRITE_LABEL_TEMPLATE)
    rules = _draft(tx, asked.version)
    if rules.author_id is not None:
        _require_author(rules, actor)
    _require_based_on_the_one_in_force(tx, rules)
    if rules.proposed_by_id is not None:
        raise WrongState("proposed_already", f"Version {rules.version} is with QA already.")
    rules.proposed_by_id, rules.proposed_at = actor.user_id, tx.now
    return _moved(tx, rules)


@command
def approve_label_rules(tx: Transaction, actor: Actor, asked: ApproveLabelRules) -> RulesMoved:
    """QA approves a proposed version by signature; neither its author nor its proposer can. The one before retires."""
    tx.permit(actor, Action.APPROVE_LABEL_TEMPLATE)
    rules = _draft(tx, asked.version)
    if rules.proposed_by_id is None:
        raise WrongState("not_proposed", f"Version {rules.version} is not proposed yet. Its author proposes it first.")
    if actor.user_id in (rules.author_id, rules.proposed_by_id):
        raise Mismatch(
            "author_approves", f"You wrote or proposed version {rules.version}, so somebody else must approve it."
        )
    _require_based_on_the_one_in_force(tx, rules)
    signature = sign(tx, actor, asked, rules_record(tx.session.connection(), rules.version))
    for before in tx.session.execute(
        select(LabelRuleSet).where(LabelRuleSet.state == VersionState.APPROVED).with_for_update()
    ).scalars():
        before.state = VersionState.RETIRED
    tx.session.flush()
    rules.state, rules.signature_id = VersionState.APPROVED, signature.id
    rules.approved_by_id, rules.approved_at = actor.user_id, tx.now
    return _moved(tx, rules)


def _written(tx: Transaction, head: LabelRuleSet) -> RulesMoved:
    """A new version with all its rows: those of its base, or those that came with the product."""
    head.state, head.written_at = VersionState.DRAFT, tx.now
    rules = shipped_rules() if head.based_on is None else rules_of(tx.session.connection(), head.based_on)
    tx.session.add(head)
    tx.session.flush()
    write_rows(tx, head.id, rules)
    return _moved(tx, head)


def _draft(tx: Transaction, version: int) -> LabelRuleSet:
    look = select(LabelRuleSet).where(LabelRuleSet.version == version).with_for_update()
    rules = tx.session.execute(look).scalar_one_or_none()
    if rules is None:
        raise NotFound("no_such_version", f"There is no version {version} of the label rules.")
    if rules.state is not VersionState.DRAFT:
        raise WrongState("not_a_draft", f"Version {version} is {rules.state.value}. A change is a new version.")
    return rules


def _own_draft(tx: Transaction, actor: Actor, version: int) -> LabelRuleSet:
    rules = _draft(tx, version)
    if rules.author_id is None:
        raise WrongState(
            "shipped_as_it_is", "Version 1 stays as it came. Begin a new version from it and change that one."
        )
    _require_author(rules, actor)
    return rules


def _require_author(rules: LabelRuleSet, actor: Actor) -> None:
    if rules.author_id != actor.user_id:
        raise Mismatch(
            "another_author",
            f"Version {rules.version} is somebody else's draft: one author answers for it. Begin your own version.",
        )


def _require_based_on_the_one_in_force(tx: Transaction, rules: LabelRuleSet) -> None:
    in_force = version_in_force(tx.session.connection())
    if in_force is not None and rules.based_on != in_force:
        raise Stale(
            "based_on_another_version",
            f"Version {rules.version} was not begun from version {in_force}, which is in force. Begin a new version.",
        )


def _changed(
    tx: Transaction, rules: LabelRuleSet, row: LabelStatementRule | LabelElementRule, columns: dict[str, object]
) -> RulesMoved:
    for name, value in columns.items():
        setattr(row, name, value)
    rules.proposed_by_id = rules.proposed_at = None
    return _moved(tx, rules)


def _moved(tx: Transaction, rules: LabelRuleSet) -> RulesMoved:
    tx.session.flush()
    return RulesMoved(rules.version, rules.state, rules.proposed_by_id is not None)
