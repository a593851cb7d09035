"""The simulator's line, as the tests call it; and a released lot made short, where a test is about the ward alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.custody.links import move_bag
from app.db.codes import next_code
from app.db.models import (
    Bag,
    Course,
    Culture,
    DecisionBag,
    DecisionPending,
    Label,
    Place,
    ProductLot,
    Recipe,
    ReleaseDecision,
    Sample,
    Signature,
    Specification,
    TestResult,
    TestRun,
    TreatmentOrder,
)
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.identifiers import Kind
from app.domain.release import Outcome
from app.domain.roles import Role
from app.domain.signing import Meaning
from app.domain.states import BagAct, BagState, CultureState, DecisionState, LabelState, LotState, RunState
from app.domain.vocabulary import LabelledThing, ReleaseKind, SampleKind, TestKind, VersionState
from app.patients.commands import PatientEnrolled
from app.simulator.line.infusion import *  # noqa: F403
from app.simulator.line.infusion import Ward, brought, confirmed
from app.web.forms import Request
from tests.line.patients import INGRID, Someone, ordered_patient
from tests.line.recipes import approved_documents
from tests.people import QUINN, TARA, THEO
from tests.world import World

VIABLE_CELLS = 20_800_000_000


@dataclass(frozen=True)
class Supply:
    """A released lot as the laboratory leaves it."""

    bags: int = 1
    viable_cells: int = VIABLE_CELLS
    volume_ul: int = 200_000
    eu_per_ml: Decimal = Decimal("0.1")
    expires_in: timedelta = timedelta(hours=8)
    pending: tuple[str, ...] = ()
    evidence_valid_for: timedelta | None = None


@dataclass(frozen=True)
class _Supplied:
    course_code: str
    supply: Supply


@dataclass(frozen=True)
class _Lot:
    code: str
    bag_codes: tuple[str, ...]


def available_bags(world: World, patient: PatientEnrolled, supply: Supply | None = None) -> tuple[str, ...]:
    """Released bags in the cell store; their codes."""
    asked = _Supplied(patient.course_code, supply or Supply())
    if not world.rows("SELECT 1 FROM recipe"):
        approved_documents(world)
    lot = world.act(TARA, _made, asked)
    world.act(THEO, _labels_checked, lot)
    world.act(TARA, _labelled, lot)
    world.act(QUINN, _released, (lot, asked.supply))
    return lot.bag_codes


def on_the_ward(world: World, who: Someone = INGRID, supply: Supply | None = None) -> Ward:
    """A patient whose first bag is confirmed as the dose and received on the ward."""
    patient = ordered_patient(world, who)
    ward = Ward(patient, available_bags(world, patient, supply))
    confirmed(world, patient, ward.bags)
    brought(world, ward.bag)
    return ward


def sent(asked: Request) -> dict[str, object]:
    """The request as a browser sends it, with the secrets that are never written down."""
    return {name: getattr(asked, name) for name in type(asked).model_fields}


def labelled_again(world: World, bag: str) -> None:
    """A second print of the bag's label applied; the first is void."""
    world.act(TARA, _reprinted, bag)


@command
def _made(tx: Transaction, actor: Actor, asked: _Supplied) -> _Lot:
    course = tx.session.execute(select(Course).where(Course.code == asked.course_code)).scalar_one()
    line = {"course_id": course.id, "patient_id": course.patient_id}
    recipe, specification = (
        tx.session.execute(select(model.id).where(model.state == VersionState.APPROVED)).scalars().first()
        for model in (Recipe, Specification)
    )
    order = tx.session.execute(select(TreatmentOrder.id).where(TreatmentOrder.course_id == course.id)).scalar_one()
    number = len(tx.session.execute(select(Culture.id).where(Culture.course_id == course.id)).all()) + 1
    culture = Culture(
        **line, code=next_code(tx, Kind.CULTURE), number=number, treatment_order_id=order, recipe_id=recipe,
        specification_id=specification, state=CultureState.PLANNED, opened_at=tx.now,
    )  # fmt: skip
    tx.session.add(culture)
    tx.session.flush()
    lot = ProductLot(
        **line, code=next_code(tx, Kind.PRODUCT_LOT), culture_id=culture.id, specification_id=specification,
        state=LotState.IN_PROCESS, harvested_at=tx.now,
        harvested_viable_cells=asked.supply.viable_cells * asked.supply.bags,
    )  # fmt: skip
    tx.session.add(lot)
    tx.session.flush()
    codes = tuple(_filled(tx, actor, lot, division, asked.supply) for division in range(1, asked.supply.bags + 1))
    _endotoxin(tx, actor, culture, asked.supply.eu_per_ml)
    return _Lot(lot.code, codes)


def _filled(tx: Transaction, actor: Actor, lot: ProductLot, division: int, supply: Supply) -> str:
    place = tx.session.execute(select(Place.id).where(Place.name == "Cell store")).scalar_one()
    bag = Bag(
        course_id=lot.course_id, patient_id=lot.patient_id, code=next_code(tx, Kind.BAG), product_lot_id=lot.id,
        division=division, volume_ul=supply.volume_ul, viable_cells=supply.viable_cells,
        viability_percent=Decimal("91.4"), filled_at=tx.now, expires_at=tx.now + supply.expires_in,
        state=BagState.FILLED, holder_id=actor.user_id, place_id=place,
    )  # fmt: skip
    tx.session.add(bag)
    tx.session.flush()
    _move(tx, actor, bag, BagAct.FILL, witness_id=actor.user_id + 1, to_holder_id=actor.user_id, to_place_id=place)
    tx.session.add(_label(tx, actor, bag))
    return bag.code


def _label(tx: Transaction, actor: Actor, bag: Bag, print_number: int = 1, reason: str | None = None) -> Label:
    return Label(
        course_id=bag.course_id, patient_id=bag.patient_id, thing=LabelledThing.BAG, code=bag.code,
        print_number=print_number, bag_id=bag.id, product_lot_id=bag.product_lot_id, state=LabelState.QUEUED,
        template="bag 1", payload=f"{bag.code}{print_number:02}", content="{}", requested_at=tx.now,
        requested_by_id=actor.user_id, reason=reason, scanned_back_by_id=actor.user_id,
        verified_by_id=actor.user_id + 1,
    )  # fmt: skip


def _move(tx: Transaction, actor: Actor, bag: Bag, act: BagAct, **parts: int) -> None:
    move_bag(tx, bag, CustodyAct(act=act, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id, **parts))


def _bags(tx: Transaction, lot: _Lot) -> list[Bag]:
    return list(tx.session.execute(select(Bag).where(Bag.code.in_(lot.bag_codes)).order_by(Bag.id)).scalars())


def _endotoxin(tx: Transaction, actor: Actor, culture: Culture, eu_per_ml: Decimal) -> None:
    line = {"course_id": culture.course_id, "patient_id": culture.patient_id, "culture_id": culture.id}
    sample = Sample(
        **line, code=next_code(tx, Kind.SAMPLE), kind=SampleKind.FINAL_PRODUCT, taken_at=tx.now,
        taken_by_id=actor.user_id,
    )  # fmt: skip
    tx.session.add(sample)
    tx.session.flush()
    run = TestRun(
        **line, sample_id=sample.id, kind=TestKind.ENDOTOXIN, number=1, method="LAL", state=RunState.REQUESTED,
        requested_at=tx.now, requested_by_id=actor.user_id,
    )  # fmt: skip
    tx.session.add(run)
    tx.session.flush()
    run.entered_by_id = run.started_by_id = actor.user_id
    run.started_at = tx.now
    run.verified_by_id, run.approved_by_id = actor.user_id + 1, actor.user_id + 2
    run.approval_signature_id = _signature(
        tx, actor.user_id + 2, Meaning.APPROVED, f"test_run:{sample.code}/1", culture
    ).id
    _walk(tx, run, RunState.SAMPLED, RunState.RUNNING)
    result = TestResult(
        **line, test_run_id=run.id, version=1, analyte="endotoxin", value=eu_per_ml, unit="EU/mL",
        measured_at=tx.now, recorded_at=tx.now, entered_by_id=actor.user_id,
    )  # fmt: skip
    tx.session.add(result)
    _walk(tx, run, RunState.ENTERED, RunState.VERIFIED, RunState.APPROVED)


def _walk(tx: Transaction, run: TestRun, *states: RunState) -> None:
    for state in states:
        run.state = state
        tx.session.flush()


def _signature(tx: Transaction, user_id: int, meaning: Meaning, record_of: str, row: Culture | ProductLot) -> Signature:
    signature = Signature(
        user_id=user_id, full_name="Somebody", role=Role.QA, meaning=meaning,
        statement="shortened for the test", record_of=record_of, record="{}", record_sha256="0" * 64,
        components="badge and pin", signed_at=tx.now, signed_at_local=tx.now.isoformat(), course_id=row.course_id,
        patient_id=row.patient_id,
    )  # fmt: skip
    tx.session.add(signature)
    tx.session.flush()
    return signature


@command
def _labels_checked(tx: Transaction, actor: Actor, lot: _Lot) -> None:
    for label in tx.session.execute(select(Label).where(Label.code.in_(lot.bag_codes))).scalars():
        for state in (LabelState.SENT, LabelState.SCANNED_BACK, LabelState.VERIFIED):
            label.state = state
            tx.session.flush()
        label.state, label.applied_at = LabelState.APPLIED, tx.now


@command
def _labelled(tx: Transaction, actor: Actor, lot: _Lot) -> None:
    for bag in _bags(tx, lot):
        _move(tx, actor, bag, BagAct.LABEL, witness_id=actor.user_id + 1)
    tx.session.flush()
    complete = tx.session.execute(select(ProductLot).where(ProductLot.code == lot.code)).scalar_one()
    complete.state = LotState.QUARANTINE


@command
def _released(tx: Transaction, actor: Actor, asked: tuple[_Lot, Supply]) -> None:
    made, supply = asked
    lot = tx.session.execute(select(ProductLot).where(ProductLot.code == made.code)).scalar_one()
    line = {"course_id": lot.course_id, "patient_id": lot.patient_id}
    signature = _signature(tx, actor.user_id, Meaning.RELEASED, f"product_lot:{lot.id}", lot)
    is_conditional = bool(supply.pending)
    decision = ReleaseDecision(
        **line, product_lot_id=lot.id, number=1, state=DecisionState.SIGNED, specification_id=lot.specification_id,
        kind=ReleaseKind.CONDITIONAL if is_conditional else ReleaseKind.RELEASE,
        outcome=Outcome.CONDITIONAL_ELIGIBLE if is_conditional else Outcome.ELIGIBLE, evaluation="{}",
        evaluation_sha256="0" * 64, signed_by_id=actor.user_id, signature_id=signature.id,
        action_plan="call the physician", contact="ext. 1",
        evidence_valid_until=None if supply.evidence_valid_for is None else tx.now + supply.evidence_valid_for,
    )  # fmt: skip
    tx.session.add(decision)
    tx.session.flush()
    decision.acknowledgement_id, decision.effective_at = signature.id, tx.now
    decision.state = DecisionState.EFFECTIVE
    tx.session.flush()
    lot.state = LotState.CONDITIONAL if is_conditional else LotState.RELEASED
    for criterion in supply.pending:
        pending = DecisionPending(
            **line, release_decision_id=decision.id, test=TestKind.STERILITY, criterion=criterion, due_at=_due(tx.now)
        )
        tx.session.add(pending)
    for bag in _bags(tx, made):
        named = DecisionBag(
            **line, release_decision_id=decision.id, product_lot_id=lot.id, bag_id=bag.id, is_effective=False
        )
        tx.session.add(named)
        tx.session.flush()
        named.is_effective = True
        tx.session.flush()
        _move(tx, actor, bag, BagAct.MAKE_AVAILABLE)


@command
def _reprinted(tx: Transaction, actor: Actor, code: str) -> None:
    bag = tx.session.execute(select(Bag).where(Bag.code == code)).scalar_one()
    old = tx.session.execute(select(Label).where(Label.bag_id == bag.id)).scalar_one()
    new = _label(tx, actor, bag, 2, "the first one was smeared")
    tx.session.add(new)
    tx.session.flush()
    for state in (LabelState.SENT, LabelState.SCANNED_BACK, LabelState.VERIFIED):
        new.state = state
        tx.session.flush()
    old.state = LabelState.VOID
    tx.session.flush()
    new.state, new.applied_at = LabelState.APPLIED, tx.now


def _due(now: datetime) -> datetime:
    return now + timedelta(days=14)
