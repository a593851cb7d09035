"""Writing and approving recipes and specifications. A version is never edited: a change is a new version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import func, select

from app.db.models import Recipe, Specification, SpecificationCriterion
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Invalid, Mismatch, NotFound, WrongState
from app.domain.finite import positive
from app.domain.limits import Grade, judge
from app.domain.release import Criterion, lak_example
from app.domain.release import Specification as Rules
from app.domain.release.example_specification import NAME as EXAMPLE
from app.domain.roles import Action
from app.domain.vocabulary import VersionState
from app.identity.signing import Signable, sign
from app.recipes.records import recipe_record, specification_record
from app.recipes.schemas import (
    ApproveDocument,
    DraftExampleSpecification,
    DraftRecipe,
    DraftSpecification,
    GivenCriterion,
)

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
    _require_possible(asked)
    recipe = Recipe(
        name=asked.name,
        version=_next_version(tx, Recipe, asked.name),
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
        author_id=actor.user_id,
    )
    tx.session.add(recipe)
    return Drafted(recipe.name, recipe.version)


@command
def approve_recipe(tx: Transaction, actor: Actor, asked: ApproveDocument) -> Drafted:
    """QA approves a recipe by signature; its author cannot. An earlier approved version retires."""
    tx.permit(actor, Action.APPROVE_RECIPE)
    return _approve(tx, actor, asked, Recipe, recipe_record(tx.session.connection(), asked.name, asked.version))


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
    return _approve(tx, actor, asked, Specification, what)


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


def _require_possible(asked: DraftRecipe) -> None:
    if asked.harvest_from_h >= asked.harvest_until_h:
        sentence = "The harvest window ends before it begins. Check both hours."
        raise Invalid("harvest_window", sentence, field="harvest_until_h")
    if asked.il2_from_iu_per_ml > asked.il2_until_iu_per_ml:
        sentence = "The range of IL-2 ends below its beginning. Check both numbers."
        raise Invalid("il2_range", sentence, field="il2_until_iu_per_ml")
    positive(asked.vessel_volume_ml, "the volume of a vessel")
    density = judge("seeding_density_per_ml", asked.seeding_1e6_per_ml * 10**6)
    if density.grade is Grade.REFUSE:
        raise Invalid("outside_limits", density.sentence, field="seeding_1e6_per_ml")


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


def _next_version(tx: Transaction, model: type[Document], name: str) -> int:
    return (tx.session.execute(select(func.max(model.version)).where(model.name == name)).scalar_one() or 0) + 1


def _draft_specification(tx: Transaction, actor: Actor, rules: Rules) -> Drafted:
    specification = Specification(
        name=rules.name,
        version=_next_version(tx, Specification, rules.name),
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


def _approve(tx: Transaction, actor: Actor, asked: ApproveDocument, model: type[Document], what: Signable) -> Drafted:
    look = select(model).where(model.name == asked.name, model.version == asked.version).with_for_update()
    document = tx.session.execute(look).scalar_one()
    if document.state is not VersionState.DRAFT:
        raise WrongState("not_a_draft", f"{asked.name} {asked.version} is {document.state.value} already.")
    if document.author_id == actor.user_id:
        raise Mismatch("author_approves", f"You wrote {asked.name} {asked.version}, so somebody else must approve it.")
    signature = sign(tx, actor, asked, what)
    earlier = select(model).where(model.name == asked.name, model.state == VersionState.APPROVED)
    for version in tx.session.execute(earlier).scalars():
        version.state = VersionState.RETIRED
    tx.session.flush()
    document.state, document.signature_id = VersionState.APPROVED, signature.id
    document.approved_by_id, document.approved_at = actor.user_id, tx.now
    return Drafted(document.name, document.version)


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
