"""Writing and approving release specifications. A version is never edited: a change is a new version."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from app.db.models import Specification, SpecificationCriterion
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, NotFound
from app.domain.release import Criterion, lak_example
from app.domain.release import Specification as Rules
from app.domain.release.example_specification import NAME as EXAMPLE
from app.domain.roles import Action
from app.domain.vocabulary import VersionState
from app.recipes.commands.versions import Drafted, approve_version, next_version
from app.recipes.records import specification_record
from app.recipes.schemas import (
    ApproveDocument,
    DraftExampleSpecification,
    DraftSpecification,
    GivenCriterion,
)


@command
def draft_example_specification(tx: Transaction, actor: Actor, asked: DraftExampleSpecification) -> Drafted:
    """Write the criteria of the LAK example as the next version. Under its own name it is marked EXAMPLE for ever;
    under another one it is the site's own, which QA adopts by approving it."""
    tx.permit(actor, Action.WRITE_SPECIFICATION)
    rules = replace(_example(tx, asked), name=asked.name, is_example=asked.name == EXAMPLE)
    return _draft_specification(tx, actor, rules)


@command
def draft_specification(tx: Transaction, actor: Actor, asked: DraftSpecification) -> Drafted:
    """Write a specification of the site's own, criterion by criterion, as the next version."""
    tx.permit(actor, Action.WRITE_SPECIFICATION)
    if asked.name == EXAMPLE:
        sentence = f"{EXAMPLE} is the name of the example. Give the site's own specification another name."
        raise Invalid("name_of_example", sentence, field="name")
    criteria = tuple(_criterion(given) for given in asked.criteria)
    return _draft_specification(tx, actor, Rules(asked.name, 1, False, tx.now, criteria))


@command
def approve_specification(tx: Transaction, actor: Actor, asked: ApproveDocument) -> Drafted:
    """QA approves a specification by signature; its author cannot. An earlier approved version retires."""
    tx.permit(actor, Action.APPROVE_SPECIFICATION)
    what = specification_record(tx.session.connection(), asked.name, asked.version)
    return approve_version(tx, actor, asked, Specification, VersionState.DRAFT, what)


def approved_specification(tx: Transaction) -> Specification:
    """The newest approved specification, or the refusal when there is none."""
    look = select(Specification).where(Specification.state == VersionState.APPROVED)
    newest = look.order_by(Specification.approved_at.desc()).limit(1)
    specification = tx.session.execute(newest).scalar_one_or_none()
    if specification is None:
        raise NotFound("no_approved_specification", "No release specification is approved. QA must approve one first.")
    return specification


def _example(tx: Transaction, asked: DraftExampleSpecification) -> Rules:
    if not 0 <= asked.least_cells_per_bag <= asked.most_cells_per_bag:
        sentence = "The most cells of a bag are below the least. Check both numbers."
        raise Invalid("cells_range", sentence, field="most_cells_per_bag")
    return lak_example(
        least_cells_per_bag=int(asked.least_cells_per_bag),
        most_cells_per_bag=int(asked.most_cells_per_bag),
        least_lytic_units=asked.least_lu30_per_1e7,
        effective_from=tx.now,
    )


def _criterion(given: GivenCriterion) -> Criterion:
    return Criterion(**{name: getattr(given, name) for name in GivenCriterion.model_fields})


def _draft_specification(tx: Transaction, actor: Actor, rules: Rules) -> Drafted:
    specification = Specification(
        name=rules.name,
        version=next_version(tx, Specification, rules.name),
        state=VersionState.DRAFT,
        is_example=rules.is_example,
        effective_from=rules.effective_from,
        author_id=actor.user_id,
    )
    tx.session.add(specification)
    tx.session.flush()
    for position, criterion in enumerate(rules.criteria, start=1):
        tx.session.add(_row(specification, position, criterion))
    return Drafted(specification.name, specification.version)


def _row(specification: Specification, position: int, criterion: Criterion) -> SpecificationCriterion:
    return SpecificationCriterion(
        specification_id=specification.id,
        position=position,
        key=criterion.key,
        label=criterion.label,
        any_of=criterion.any_of,
        test=criterion.test,
        analyte=criterion.analyte,
        comparator=criterion.comparator,
        limit_value=criterion.limit,
        limit_upper=criterion.upper,
        limit_words=" ".join(criterion.words) or None,
        unit=criterion.unit,
        timing=criterion.timing,
        severity=criterion.severity,
        stage=criterion.stage,
        statistic=criterion.statistic,
        derived_from=" ".join(sorted(criterion.derived_from)) or None,
        decimals=criterion.decimals,
        valid_hours=criterion.valid_hours,
        source=criterion.source,
    )
