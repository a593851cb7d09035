"""From a released bag to an empty one. The laboratory's part is shortened to its rows; the ward's is real commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select

from app.custody.commands import issue_bag, receive_bag
from app.custody.links import move_bag
from app.custody.schemas import IssueBag, ReceiveBag
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
from app.domain.vocabulary import (
    Inspection,
    LabelledThing,
    ReleaseKind,
    Route,
    SampleKind,
    TestKind,
    VersionState,
)
from app.infusion import commands
from app.infusion.dosing import dose_sheet, order_sheet
from app.infusion.queries.matching import start_record
from app.infusion.schemas import (
    ConfirmDose,
    ConfirmMatch,
    DosePlan,
    FinishInfusion,
    OrderDose,
    ScanBag,
    ScanWristband,
    StartInfusion,
)
from app.patients.commands import PatientEnrolled
from tests.line.patients import INGRID, Someone, ordered_patient
from tests.people import CHLOE, NIA, NOEL, QUINN, TARA, THEO, Person
from tests.world import World

BED = "Bed 4"
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


@dataclass(frozen=True)
class Ward:
    """A patient with wristband and bags."""

    patient: PatientEnrolled
    bags: tuple[str, ...]

    @property
    def bag(self) -> str:
        """The first bag."""
        return self.bags[0]

    @property
    def band(self) -> str:
        """The wristband as its square symbol reads."""
        return f"{self.patient.wristband_code}01"


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
    lot = world.act(TARA, _made, asked)
    world.act(THEO, _labels_checked, lot)
    world.act(TARA, _labelled, lot)
    world.act(QUINN, _released, (lot, asked.supply))
    return lot.bag_codes


def order_request(world: World, patient: PatientEnrolled, **changed: object) -> OrderDose:
    """Chloe's order of 2.08 x 10^10 cells in an hour, signed over its record."""
    given: dict[str, object] = {
        "course_code": patient.course_code,
        "least_1e9": "15",
        "target_1e9": "20.8",
        "target_again_1e9": "20.8",
        "most_1e9": "45",
        "route": Route.INTRAVENOUS,
        "planned_at": world.clock.time + timedelta(hours=1),
        "infusion_min": 30,
    }
    plan = DosePlan.model_validate(given | changed)
    sheet = world.read(order_sheet, plan, world.clock.time)
    return OrderDose(**plan.model_dump(), **world.signed(CHLOE, sheet.signable.sha256))


def ordered(world: World, patient: PatientEnrolled, **changed: object) -> int:
    """A dose order; its number."""
    return world.act(CHLOE, commands.order_dose, order_request(world, patient, **changed)).number


def confirm_request(world: World, patient: PatientEnrolled, number: int, bags: tuple[str, ...]) -> ConfirmDose:
    """Chloe's confirmation of these bags, signed over what the page shows."""
    sheet = world.read(dose_sheet, patient.course_code, number, bags, world.clock.time)
    return ConfirmDose(
        course_code=patient.course_code,
        number=number,
        bag_codes=bags,
        reason="one bag of the patient's supply today",
        **world.signed(CHLOE, sheet.signable.sha256),
    )


def confirmed(world: World, patient: PatientEnrolled, bags: tuple[str, ...], number: int | None = None) -> int:
    """These bags confirmed as a dose; the order's number."""
    number = ordered(world, patient) if number is None else number
    world.act(CHLOE, commands.confirm_dose, confirm_request(world, patient, number, bags))
    return number


def brought(world: World, bag: str) -> None:
    """The bag issued by Tara and Theo and received on the ward by Nia."""
    issue = IssueBag(
        bag=f"{bag}01", transport_place=world.place("Courier box 1"), temperature_c=Decimal(20), **world.second(THEO)
    )
    world.act(TARA, issue_bag, issue)
    world.clock.forward(minutes=10)
    receive = ReceiveBag(
        bag=f"{bag}01",
        place=world.place("10 East"),
        temperature_c=Decimal(20),
        integrity=Inspection.PASS,
        label=Inspection.PASS,
        **world.second(TARA),
    )
    world.act(NIA, receive_bag, receive, station=BED)


def on_the_ward(world: World, who: Someone = INGRID, supply: Supply | None = None) -> Ward:
    """A patient whose first bag is confirmed as the dose and received on the ward."""
    patient = ordered_patient(world, who)
    ward = Ward(patient, available_bags(world, patient, supply))
    confirmed(world, patient, ward.bags)
    brought(world, ward.bag)
    return ward


def banded(world: World, ward: Ward, *, who: Person = NIA, station: str | None = BED) -> int:
    """The wristband read; the number of the scan."""
    asked = ScanWristband(wristband=ward.band)
    return world.act(who, commands.scan_wristband, asked, station=station).wristband_scan_id


def scanned(
    world: World, ward: Ward, scan_id: int, *, bag: str | None = None, station: str = BED
) -> commands.BedsideVerdict:
    """The verdict on the bag at the bed."""
    asked = ScanBag(wristband_scan_id=scan_id, bag=bag or f"{ward.bag}01")
    return world.act(NIA, commands.scan_bag_at_bedside, asked, station=station)


def match_request(world: World, ward: Ward, check_id: int, who: Person = NOEL) -> ConfirmMatch:
    """The second person's own scans, badge and PIN."""
    return ConfirmMatch(check_id=check_id, wristband=ward.band, bag=f"{ward.bag}01", **world.second(who))


def matched(world: World, ward: Ward) -> int:
    """A MATCH of the first person; its check."""
    check_id = scanned(world, ward, banded(world, ward)).check_id
    assert check_id is not None
    return check_id


def checked(world: World, ward: Ward) -> int:
    """A check both persons made; its number."""
    check_id = matched(world, ward)
    world.act(NIA, commands.confirm_match, match_request(world, ward, check_id), station=BED)
    return check_id


def labelled_again(world: World, bag: str) -> None:
    """A second print of the bag's label applied; the first is void."""
    world.act(TARA, _reprinted, bag)


def start_request(world: World, ward: Ward, who: Person = NIA) -> StartInfusion:
    """The signed start of the bag."""
    return StartInfusion(bag_code=ward.bag, **world.signed(who, world.read(start_record, ward.bag).sha256))


def started(world: World, ward: Ward) -> commands.BedsideVerdict:
    """The bag runs in."""
    checked(world, ward)
    return world.act(NIA, commands.start_infusion, start_request(world, ward), station=BED)


def finished(world: World, ward: Ward, volume_ml: str = "200") -> commands.InfusionMoved:
    """The bag is empty."""
    started(world, ward)
    world.clock.forward(minutes=30)
    asked = FinishInfusion.model_validate(
        {"bag_code": ward.bag, "bag": f"{ward.bag}01", "volume_ml": volume_ml, "volume_again_ml": volume_ml}
    )
    return world.act(NIA, commands.finish_infusion, asked, station=BED)


@command
def _made(tx: Transaction, actor: Actor, asked: _Supplied) -> _Lot:
    course = tx.session.execute(select(Course).where(Course.code == asked.course_code)).scalar_one()
    line = {"course_id": course.id, "patient_id": course.patient_id}
    recipe, specification = _rules(tx, actor)
    order = tx.session.execute(select(TreatmentOrder.id).where(TreatmentOrder.course_id == course.id)).scalar_one()
    number = len(tx.session.execute(select(Culture.id).where(Culture.course_id == course.id)).all()) + 1
    culture = Culture(
        **line, code=next_code(tx, Kind.CULTURE), number=number, treatment_order_id=order, recipe_id=recipe.id,
        specification_id=specification.id, state=CultureState.PLANNED, opened_at=tx.now,
    )  # fmt: skip
    tx.session.add(culture)
    tx.session.flush()
    lot = ProductLot(
        **line, code=next_code(tx, Kind.PRODUCT_LOT), culture_id=culture.id, specification_id=specification.id,
        state=LotState.IN_PROCESS, harvested_at=tx.now, harvested_viable_cells=asked.supply.viable_cells,
    )  # fmt: skip
    tx.session.add(lot)
    tx.session.flush()
    lot.state = LotState.QUARANTINE
    codes = tuple(_filled(tx, actor, lot, division, asked.supply) for division in range(1, asked.supply.bags + 1))
    _endotoxin(tx, actor, culture, asked.supply.eu_per_ml)
    return _Lot(lot.code, codes)


def _rules(tx: Transaction, actor: Actor) -> tuple[Recipe, Specification]:
    recipe = tx.session.execute(select(Recipe).where(Recipe.name == "SHORT")).scalar_one_or_none()
    if recipe is not None:
        return recipe, tx.session.execute(select(Specification).where(Specification.name == "SHORT")).scalar_one()
    recipe = Recipe(
        name="SHORT", version=1, state=VersionState.DRAFT, product_name="Lymphokine-activated killer cells",
        harvest_from_h=72, harvest_until_h=96, seeding_viable_cells_per_ml=2_500_000, vessel_volume_ul=1_000_000,
        il2_from_iu_per_ml=6000, il2_until_iu_per_ml=9000, expiry_after_formulation_h=8, storage="2 to 25 C",
    )  # fmt: skip
    specification = Specification(
        name="SHORT", version=1, state=VersionState.DRAFT, is_example=True, effective_from=tx.now,
        author_id=actor.user_id,
    )  # fmt: skip
    tx.session.add_all((recipe, specification))
    tx.session.flush()
    return recipe, specification


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
        requested_by_id=actor.user_id, reason=reason,
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
    run.approval_signature_id = _signature(tx, actor.user_id + 2, Meaning.APPROVED, culture).id
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


def _signature(tx: Transaction, user_id: int, meaning: Meaning, row: Culture | ProductLot) -> Signature:
    signature = Signature(
        user_id=user_id, full_name="Somebody", role=Role.QA, meaning=meaning,
        statement="shortened for the test", record_of=str(uuid4()), record="{}", record_sha256="0" * 64,
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


@command
def _released(tx: Transaction, actor: Actor, asked: tuple[_Lot, Supply]) -> None:
    made, supply = asked
    lot = tx.session.execute(select(ProductLot).where(ProductLot.code == made.code)).scalar_one()
    line = {"course_id": lot.course_id, "patient_id": lot.patient_id}
    signature = _signature(tx, actor.user_id, Meaning.RELEASED, lot)
    is_conditional = bool(supply.pending)
    decision = ReleaseDecision(
        **line, product_lot_id=lot.id, number=1, state=DecisionState.SIGNED, specification_id=lot.specification_id,
        kind=ReleaseKind.CONDITIONAL if is_conditional else ReleaseKind.RELEASE,
        outcome=Outcome.CONDITIONAL_ELIGIBLE if is_conditional else Outcome.ELIGIBLE, evaluation="{}",
        evaluation_sha256="0" * 64, signed_by_id=actor.user_id, signature_id=signature.id,
        action_plan="call the physician", contact="ext. 1",
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
