"""The pages of label rules: all versions, and one version with its rows, what it changes, and who signs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import aliased

from app.db.models import LabelRuleSet, User
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.labels.comparing import Change, changes
from app.domain.labels.elements import ElementRule
from app.domain.labels.statements import CitationStatus, Placement, Stage, StatementRule, Switch
from app.domain.roles import Action
from app.domain.vocabulary import VersionState
from app.identity.signing import Signable
from app.label_rules.versions.records import rules_record
from app.label_rules.versions.stored import rules_of, version_in_force
from app.patients.queries.acts import may
from app.patients.queries.words import Chip
from app.web import formats

_CHIPS: Final = {
    VersionState.DRAFT: Chip("act", "pen-line", "draft"),
    VersionState.APPROVED: Chip("ok", "circle-check", "in force"),
    VersionState.RETIRED: Chip("none", "circle-dashed", "retired"),
}
_SOURCES: Final = {
    CitationStatus.PUBLISHED: Chip("ok", "circle-check", "published"),
    CitationStatus.UNCONFIRMED: Chip("warn", "triangle-alert", "unconfirmed"),
    CitationStatus.PRODUCT: Chip("info", "info", "product"),
}
NO_PLACE: Final = "–"

Head = Row[*tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Version:
    """One version in the list."""

    number: int
    fact: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class Versions:
    """All versions, newest first. Without one in force no label with a stage is printed."""

    rows: tuple[Version, ...]
    is_any_in_force: bool
    can_write: bool


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement, ready to print; `may_change` where this person may change it now."""

    id: str
    text: str
    due: str
    places: str
    citation: str
    source: Chip
    may_change: bool


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One row of the matrix: each stage in words with its place or a dash."""

    element: str
    words: str
    places: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class RulesPage:
    """One version. `against` is the version `changes` are counted from; `what` is there for who may sign it now."""

    version: int
    chip: Chip
    facts: tuple[tuple[str, str], ...]
    unconfirmed: int
    statements: tuple[StatementRow, ...]
    heads: tuple[str, ...]
    elements: tuple[ElementRow, ...]
    against: int
    changes: tuple[Change, ...]
    may_change: bool
    can_propose: bool
    what: Signable | None
    missing: str


def versions(db: Connection, actor: Actor, zone: str, now: datetime) -> Versions:
    """Every version: a site has few. One statement."""
    rows = db.execute(_HEADS.order_by(LabelRuleSet.version.desc())).all()
    return Versions(
        rows=tuple(Version(row.version, _last(row, zone, now), _CHIPS[row.state]) for row in rows),
        is_any_in_force=any(row.state is VersionState.APPROVED for row in rows),
        can_write=may(actor, Action.WRITE_LABEL_TEMPLATE),
    )


def rules_page(db: Connection, version: int, now: datetime, zone: str, actor: Actor) -> RulesPage:
    """One version with its rows, what it changes, and what this person can do with it."""
    head = head_of(db, version)
    rules = rules_of(db, version)
    against = compared_with(db, head)
    is_mine = may_change(head, actor)
    can_sign, missing = _approval(head, actor)
    return RulesPage(
        version=version,
        chip=_CHIPS[head.state],
        facts=tuple(_history(head, zone, now)),
        unconfirmed=sum(rule.status is CitationStatus.UNCONFIRMED for rule in rules.statements),
        statements=tuple(_statement(rule, is_mine=is_mine) for rule in rules.statements),
        heads=("Element", *(stage.words.capitalize() for stage in Stage)),
        elements=tuple(_element(rule) for rule in rules.elements),
        against=against,
        changes=changes(rules_of(db, against), rules) if against else (),
        may_change=is_mine,
        can_propose=_can_propose(head, actor),
        what=rules_record(db, version) if can_sign else None,
        missing=missing,
    )


def head_of(db: Connection, version: int) -> Head:
    """A version with the people of its record, or the refusal that there is none."""
    row = db.execute(_HEADS.where(LabelRuleSet.version == version)).one_or_none()
    if row is None:
        raise NotFound("no_such_version", f"There is no version {version} of the label rules.")
    return row


def may_change(head: Head, actor: Actor) -> bool:
    """Whether the version is this person's own draft."""
    is_draft = head.state is VersionState.DRAFT and may(actor, Action.WRITE_LABEL_TEMPLATE)
    return is_draft and head.author_id == actor.user_id


def compared_with(db: Connection, head: Head) -> int:
    """The version a draft would replace; what an older one was begun from; 0 for the first one of a site."""
    in_force = version_in_force(db) if head.state is VersionState.DRAFT else None
    return in_force or head.based_on or 0


_author, _proposer, _approver = aliased(User), aliased(User), aliased(User)
_HEADS: Final = (
    select(
        LabelRuleSet.__table__,
        _author.full_name.label("author"),
        _proposer.full_name.label("proposer"),
        _approver.full_name.label("approver"),
    )
    .join(_author, _author.id == LabelRuleSet.author_id, isouter=True)
    .join(_proposer, _proposer.id == LabelRuleSet.proposed_by_id, isouter=True)
    .join(_approver, _approver.id == LabelRuleSet.approved_by_id, isouter=True)
)
_SHIPPED: Final = "Came with the product"


def _history(row: Head, zone: str, now: datetime) -> Iterator[tuple[str, str]]:
    yield "Written by", formats.short_person(row.author) if row.author else f"{_SHIPPED}; nobody here wrote it"
    if row.based_on:
        yield "Begun from", f"version {row.based_on}"
    yield "Why", row.why
    if row.proposer:
        yield "Proposed by", f"{formats.short_person(row.proposer)}, {formats.moment(row.proposed_at, zone, now)}"
    if row.approver:
        yield "Approved by", f"{formats.short_person(row.approver)}, {formats.moment(row.approved_at, zone, now)}"


def _last(row: Head, zone: str, now: datetime) -> str:
    """The newest thing that happened to a version."""
    if row.approver:
        return f"approved by {formats.short_person(row.approver)}, {formats.moment(row.approved_at, zone, now)}"
    if row.proposer:
        return f"proposed by {formats.short_person(row.proposer)}; QA approves it"
    return f"written by {formats.short_person(row.author)}" if row.author else f"{_SHIPPED.lower()}; not proposed yet"


def _approval(head: Head, actor: Actor) -> tuple[bool, str]:
    """Whether this person may approve the version now, or what is missing."""
    if head.state is not VersionState.DRAFT:
        return False, ""
    if head.proposed_by_id is None:
        who = "Its author" if head.author_id else "A supervisor or QA reads it and"
        return False, "" if _can_propose(head, actor) else f"{who} proposes it to QA"
    if not may(actor, Action.APPROVE_LABEL_TEMPLATE):
        return False, "QA approves it"
    if actor.user_id in (head.author_id, head.proposed_by_id):
        return False, "Somebody else of QA approves it, because you wrote or proposed it"
    return True, ""


def _can_propose(head: Head, actor: Actor) -> bool:
    is_waiting = head.state is VersionState.DRAFT and head.proposed_by_id is None
    return is_waiting and may(actor, Action.WRITE_LABEL_TEMPLATE) and head.author_id in (None, actor.user_id)


def _statement(rule: StatementRule, *, is_mine: bool) -> StatementRow:
    return StatementRow(
        id=rule.id,
        text=rule.text,
        due=_due(rule),
        places=_places(rule.placements),
        citation=rule.citation,
        source=_SOURCES[rule.status],
        may_change=is_mine and rule.status is not CitationStatus.PRODUCT,
    )


def _due(rule: StatementRule) -> str:
    said = "Switched off" if rule.switch is Switch.OFF else formats.headed(rule.condition.words)
    if rule.switch is Switch.ON:
        said += "; the site may switch it off"
    return f"{said}. Never with {', '.join(sorted(rule.excludes))}" if rule.excludes else said


def _places(placements: Mapping[Stage, Placement]) -> str:
    """ "AF at end of collection, in process; AT at partial label"."""
    groups = (
        (place, ", ".join(stage.words for stage in Stage if placements.get(stage) is place)) for place in Placement
    )
    return "; ".join(f"{place} at {stages}" for place, stages in groups if stages) or "nowhere"


def _element(rule: ElementRule) -> ElementRow:
    return ElementRow(
        element=rule.element.value,
        words=f"{rule.element.words}, if it applies" if rule.is_conditional else rule.element.words,
        places=tuple((stage.words.capitalize(), rule.placements.get(stage, NO_PLACE)) for stage in Stage),
        source=rule.source,
    )
