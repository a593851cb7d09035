"""All versions of recipes and specifications, and one specification with what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import aliased

from app.db.models import Recipe, Specification, SpecificationCriterion, User
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.release import Criterion, Severity, Timing, limit_in_words
from app.domain.release.example_specification import NAME as EXAMPLE
from app.domain.release.explanation import is_record_only
from app.domain.roles import Action
from app.domain.vocabulary import VersionState
from app.identity.signing import Signable
from app.patients.queries.acts import may
from app.patients.queries.words import Chip
from app.recipes.records import specification_record
from app.recipes.seeds import SEEDS, seed
from app.web import formats

CHIPS: Final = {
    VersionState.DRAFT: Chip("act", "pen-line", "draft"),
    VersionState.PROPOSED: Chip("warn", "clock", "proposed"),
    VersionState.APPROVED: Chip("ok", "circle-check", "approved"),
    VersionState.RETIRED: Chip("none", "circle-dashed", "retired"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a recipe or specification in a list."""

    href: str
    title: str
    fact: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class Documents:
    """All versions, newest first."""

    recipes: tuple[Version, ...]
    specifications: tuple[Version, ...]
    can_write: bool
    seeds: tuple[tuple[str, str], ...]
    example: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion in words."""

    label: str
    limit: str
    when: str
    source: str


@dataclass(frozen=True, slots=True)
class SpecificationPage:
    """One version of a specification. `what` is there for who may approve it now."""

    name: str
    version: int
    chip: Chip
    is_example: bool
    facts: tuple[tuple[str, str], ...]
    criteria: tuple[CriterionRow, ...]
    what: Signable | None
    missing: str


def documents(db: Connection, actor: Actor) -> Documents:
    """Every version of every document: a site has few. Two statements."""
    recipes = select(Recipe.name, Recipe.version, Recipe.state, Recipe.product_name).order_by(Recipe.id.desc())
    rules = select(Specification.name, Specification.version, Specification.state, Specification.is_example)
    return Documents(
        recipes=tuple(_version("recipes", row, row.product_name) for row in db.execute(recipes)),
        specifications=tuple(
            _version("specifications", row, "example, adapt before use" if row.is_example else "the site's own")
            for row in db.execute(rules.order_by(Specification.id.desc()))
        ),
        can_write=may(actor, Action.WRITE_RECIPE),
        seeds=tuple((name, f"{name}: {seed(name).summary}") for name in SEEDS),
        example=EXAMPLE,
    )


def specification_page(
    db: Connection, name: str, version: int, now: datetime, zone: str, actor: Actor
) -> SpecificationPage:
    """One version of a specification with its criteria, or the refusal that there is none."""
    row = version_row(db, Specification, name, version)
    can_sign, missing = approval(row, actor, Action.APPROVE_SPECIFICATION, VersionState.DRAFT)
    look = select(SpecificationCriterion.__table__).where(SpecificationCriterion.specification_id == row.id)
    return SpecificationPage(
        name=name,
        version=version,
        chip=CHIPS[row.state],
        is_example=row.is_example,
        facts=tuple(history(row, now, zone)),
        criteria=tuple(_criterion(each) for each in db.execute(look.order_by(SpecificationCriterion.position))),
        what=specification_record(db, name, version) if can_sign else None,
        missing=missing,
    )


def _version(address: str, row: Row[*tuple[object, ...]], fact: str) -> Version:
    return Version(f"/{address}/{row.name}/{row.version}", f"{row.name}, version {row.version}", fact, CHIPS[row.state])


def version_row(
    db: Connection, model: type[Recipe] | type[Specification], name: str, version: int
) -> Row[*tuple[object, ...]]:
    """One version with the names of who wrote and who approved it, or the refusal that there is none."""
    author, approver = aliased(User), aliased(User)
    look = (
        select(model.__table__, author.full_name.label("author"), approver.full_name.label("approver"))
        .join(author, author.id == model.author_id)
        .join(approver, approver.id == model.approved_by_id, isouter=True)
        .where(model.name == name, model.version == version)
    )
    row = db.execute(look).one_or_none()
    if row is None:
        raise NotFound("no_such_version", f"There is no version {version} of {name}.")
    return row


def approval(row: Row[*tuple[object, ...]], actor: Actor, action: Action, of: VersionState) -> tuple[bool, str]:
    """Whether this person may approve a version that must be `of` a state for it, or what is missing."""
    if row.state is not of:
        return False, ""
    if not may(actor, action):
        return False, "QA approves it"
    return (False, "Somebody else approves it, because you wrote it") if row.author_id == actor.user_id else (True, "")


def history(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> Iterator[tuple[str, str]]:
    """Who wrote and who approved it."""
    yield "Written by", formats.short_person(row.author)
    if row.approver:
        yield "Approved by", f"{formats.short_person(row.approver)}, {formats.moment(row.approved_at, zone, now)}"


def _criterion(row: Row[*tuple[object, ...]]) -> CriterionRow:
    criterion = Criterion(
        key=row.key,
        label=row.label,
        test=row.test,
        analyte=row.analyte,
        comparator=row.comparator,
        limit=row.limit_value,
        upper=row.limit_upper,
        words=tuple((row.limit_words or "").split()),
        unit=row.unit,
        timing=row.timing,
        severity=row.severity,
        source=row.source,
    )
    return CriterionRow(
        label=f"{criterion.title}, or another of {row.any_of}" if row.any_of else criterion.title,
        limit=_limit(criterion),
        when=_when(criterion),
        source=row.source,
    )


def _limit(criterion: Criterion) -> str:
    """The limit with its unit: what is approved here leaves none to be guessed."""
    said = limit_in_words(criterion)
    return said if criterion.unit in {None, "%", "cells"} or is_record_only(criterion) else f"{said}, {criterion.unit}"


def _when(criterion: Criterion) -> str:
    if criterion.severity is Severity.REPORT:
        return "reported"
    return "before release" if criterion.timing is Timing.BEFORE_RELEASE else "may be pending"
