"""Writing and approving recipes and specifications. A version is never edited: a change is a new version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select

from app.db.models import Recipe, Specification, SpecificationCriterion
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, Mismatch, NotFound, WrongState
from app.domain.release import Criterion, lak_example
from app.domain.roles import Action
from app.domain.vocabulary import VersionState
from app.identity.signing import sign
from app.recipes.records import recipe_record, specification_record
from app.recipes.schemas import ApproveDocument, DraftExampleSpecification, DraftRecipe

Document = TypeVar("Document", Recipe, Specification)


@dataclass(frozen=True, slots=True)
class Drafted:
    """The version a command wrote or approved."""

    name: str
    version: int


@command
def draft_recipe(tx: Transaction, actor: Actor, asked: DraftRecipe) -> Drafted:
    """Write the next version of a recipe. It is used only after QA approved it."""
    tx.permit(actor, Action.WRITE_RECIPE)
    if asked.harvest_from_h >= asked.harvest_until_h:
        raise Invalid("harvest_window", "The harvest window ends before it begins. Check both hours.")
    last = tx.session.execute(select(func.max(Recipe.version)).where(Recipe.name == asked.name)).scalar_one()
    recipe = Recipe(
        name=asked.name,
        version=(last or 0) + 1,
        state=VersionState.DRAFT,
        product_name=asked.product_name,
        harvest_from_h=asked.harvest_from_h,
        harvest_until_h=asked.harvest_until_h,
        seeding_viable_cells_per_ml=int(asked.seeding_1e6_per_ml * 10**6),
        vessel_volume_ul=int(asked.vessel_volume_ml * 1000),
        il2_from_iu_per_ml=asked.il2_from_iu_per_ml,
        il2_until_iu_per_ml=asked.il2_until_iu_per_ml,
        expiry_after_formulation_h=asked.expiry_after_formulation_h,
        storage=asked.storage,
    )
    tx.session.add(recipe)
    return Drafted(recipe.name, recipe.version)


@command
def approve_recipe(tx: Transaction, actor: Actor, asked: ApproveDocument) -> Drafted:
    """QA approves a recipe by signature; an earlier approved version retires."""
    tx.permit(actor, Action.APPROVE_RECIPE)
    recipe = _draft(tx, Recipe, asked)
    sign(tx, actor, asked, recipe_record(tx.session.connection(), asked.name, asked.version))
    _retire_earlier(tx, Recipe, asked.name)
    recipe.state, recipe.approved_by_id, recipe.approved_at = VersionState.APPROVED, actor.user_id, tx.now
    return Drafted(recipe.name, recipe.version)


@command
def draft_example_specification(tx: Transaction, actor: Actor, asked: DraftExampleSpecification) -> Drafted:
    """Write the LAK example with the site's own numbers as the next version. It is marked EXAMPLE for ever."""
    tx.permit(actor, Action.WRITE_SPECIFICATION)
    rules = lak_example(
        least_cells_per_bag=int(asked.least_cells_per_bag),
        most_cells_per_bag=int(asked.most_cells_per_bag),
        least_lytic_units=asked.least_lu30_per_1e7,
        effective_from=tx.now,
    )
    last = tx.session.execute(select(func.max(Specification.version)).where(Specification.name == rules.name))
    specification = Specification(
        name=rules.name,
        version=(last.scalar_one() or 0) + 1,
        state=VersionState.DRAFT,
        is_example=rules.is_example,
        effective_from=tx.now,
        author_id=actor.user_id,
    )
    tx.session.add(specification)
    tx.session.flush()
    for position, criterion in enumerate(rules.criteria, start=1):
        tx.session.add(_row(specification, position, criterion))
    return Drafted(specification.name, specification.version)


@command
def approve_specification(tx: Transaction, actor: Actor, asked: ApproveDocument) -> Drafted:
    """QA approves a specification by signature; its author cannot. An earlier approved version retires."""
    tx.permit(actor, Action.APPROVE_SPECIFICATION)
    specification = _draft(tx, Specification, asked)
    if specification.author_id == actor.user_id:
        raise Mismatch("author_approves", "You wrote this specification, so somebody else must approve it.")
    signature = sign(tx, actor, asked, specification_record(tx.session.connection(), asked.name, asked.version))
    _retire_earlier(tx, Specification, asked.name)
    specification.state, specification.signature_id = VersionState.APPROVED, signature.id
    specification.approved_by_id, specification.approved_at = actor.user_id, tx.now
    return Drafted(specification.name, specification.version)


def approved_recipe(tx: Transaction, name: str) -> Recipe:
    """The approved version of a recipe, or the refusal when there is none."""
    look = select(Recipe).where(Recipe.name == name, Recipe.state == VersionState.APPROVED)
    recipe = tx.session.execute(look).scalar_one_or_none()
    if recipe is None:
        raise NotFound("no_approved_recipe", f"No approved recipe is called {name}. QA must approve one first.")
    return recipe


def approved_specification(tx: Transaction) -> Specification:
    """The newest approved specification, or the refusal when there is none."""
    look = select(Specification).where(Specification.state == VersionState.APPROVED)
    newest = look.order_by(Specification.approved_at.desc()).limit(1)
    specification = tx.session.execute(newest).scalar_one_or_none()
    if specification is None:
        raise NotFound("no_approved_specification", "No release specification is approved. QA must approve one first.")
    return specification


def _draft(tx: Transaction, model: type[Document], asked: ApproveDocument) -> Document:
    look = select(model).where(model.name == asked.name, model.version == asked.version).with_for_update()
    document = tx.session.execute(look).scalar_one_or_none()
    if document is None:
        raise NotFound("no_such_version", f"There is no version {asked.version} of {asked.name}.")
    if document.state is not VersionState.DRAFT:
        raise WrongState("not_a_draft", f"{asked.name} {asked.version} is {document.state.value} already.")
    return document


def _retire_earlier(tx: Transaction, model: type[Document], name: str) -> None:
    look = select(model).where(model.name == name, model.state == VersionState.APPROVED)
    for earlier in tx.session.execute(look).scalars():
        earlier.state = VersionState.RETIRED


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
