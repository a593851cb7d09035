"""From a sample to a running test: taken, requested, started. Results come later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.assay.commands.runs import course_code, explain, locked_run
from app.assay.schemas import RequestTest, StartTest, TakeSample
from app.assay.words import OPEN_STATES, REQUESTABLE, TEST_WORDS
from app.db.codes import next_code
from app.db.finding import load
from app.db.models import Culture, Label, Sample, TestRun
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.entry import accept_entry
from app.domain.errors import Duplicate, Invalid, Mismatch, NearMiss, NotFound, WrongState
from app.domain.identifiers import Kind, display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.scan import OwnCode
from app.domain.states import RUN, CultureState, LabelState, RunAct, RunState, next_state
from app.domain.sterility import final_reading_due
from app.domain.vocabulary import SampleKind, TestKind
from app.identity.queries.scanning import expect_here


@dataclass(frozen=True, slots=True)
class SampleTaken:
    """The new sample."""

    sample_code: str


@dataclass(frozen=True, slots=True)
class TestRequested:
    """The new run: the number of the test on its sample."""

    __test__ = False

    sample_code: str
    number: int


@dataclass(frozen=True, slots=True)
class TestMoved:
    """The run a command moved, and its state now."""

    __test__ = False

    sample_code: str
    number: int
    state: RunState


@command
def take_sample(tx: Transaction, actor: Actor, asked: TakeSample) -> SampleTaken:
    """Record a sample of a culture or of its product. Refused while there is nothing to take it from."""
    tx.permit(actor, Action.TAKE_SAMPLE)
    culture = load(tx, Culture, asked.culture_code)
    _require_cells(culture, asked.kind)
    entry = accept_entry(asked.taken_at, tx.now, asked.reason, field="taken_at")
    if entry.at < culture.opened_at:
        raise Invalid("sampled_before_culture", "The culture was not open yet at that time.", field="taken_at")
    explain(tx, entry, asked.reason)
    sample = Sample(
        code=next_code(tx, Kind.SAMPLE),
        course_id=culture.course_id,
        patient_id=culture.patient_id,
        culture_id=culture.id,
        kind=asked.kind,
        taken_at=entry.at,
        taken_by_id=actor.user_id,
    )
    tx.session.add(sample)
    return SampleTaken(sample.code)


@command
def request_test(tx: Transaction, actor: Actor, asked: RequestTest) -> TestRequested:
    """Ask for a test of a sample. A second one of the same kind names the run it repeats, which stays as it is."""
    tx.permit(actor, Action.TAKE_SAMPLE)
    if asked.kind not in REQUESTABLE:
        raise Invalid("no_such_test", f"{TEST_WORDS[asked.kind]} cannot be entered here yet.", field="kind")
    sample = load(tx, Sample, asked.sample_code)
    look = select(TestRun).where(TestRun.sample_id == sample.id).order_by(TestRun.number)
    runs = tx.session.execute(look).scalars().all()
    repeated = _repeated(tx, sample, [run for run in runs if run.kind is asked.kind], asked)
    run = TestRun(
        course_id=sample.course_id,
        patient_id=sample.patient_id,
        culture_id=sample.culture_id,
        sample_id=sample.id,
        kind=asked.kind,
        number=len(runs) + 1,
        method=asked.method,
        state=next_state(RUN, None, RunAct.REQUEST, "The test"),
        requested_at=tx.now,
        requested_by_id=actor.user_id,
        due_at=final_reading_due(sample.taken_at) if asked.kind is TestKind.STERILITY else None,
        repeats_id=repeated and repeated.id,
    )
    tx.session.add(run)
    return TestRequested(sample.code, run.number)


@command
def start_test(tx: Transaction, actor: Actor, asked: StartTest) -> TestMoved:
    """Start a requested test with the sample in hand. Refused when another sample was scanned."""
    tx.permit(actor, Action.ENTER_RESULTS)
    of = locked_run(tx, asked.sample_code, asked.number)
    _require_scanned(tx, of.sample, asked.scanned)
    of.run.state = of.after(RunAct.SAMPLE)
    tx.session.flush()
    of.run.started_at, of.run.started_by_id = tx.now, actor.user_id
    of.run.state = of.after(RunAct.START)
    return TestMoved(of.sample.code, of.run.number, of.run.state)


def _require_cells(culture: Culture, kind: SampleKind) -> None:
    too_early = {CultureState.PLANNED}
    if kind is not SampleKind.CULTURE:
        too_early.add(CultureState.IN_PROCESS)
    if culture.state in too_early:
        raise WrongState(
            "nothing_to_sample",
            f"Culture {display(culture.code)} is {culture.state.value.replace('_', ' ')}: there is nothing yet to take "
            "this sample from. Record the steps of the culture first.",
            field="kind",
        )


def _repeated(tx: Transaction, sample: Sample, same: Sequence[TestRun], asked: RequestTest) -> TestRun | None:
    """The run this one repeats; None for the first of its kind on the sample."""
    what = f"{TEST_WORDS[asked.kind]} of sample {display(sample.code)}"
    if not same and asked.repeats_number is None:
        return None
    if asked.repeats_number is None:
        raise Duplicate(
            "test_requested",
            f"{what} was asked for already (test {same[-1].number}). Name the test it repeats, with a reason.",
            field="repeats_number",
        )
    repeated = next((run for run in same if run.number == asked.repeats_number), None)
    if repeated is None:
        raise NotFound(
            "nothing_to_repeat", f"Test {asked.repeats_number} is no {what}. Choose the test it repeats.",
            field="repeats_number",
        )  # fmt: skip
    if any(run.state in OPEN_STATES for run in same):
        raise WrongState("test_still_open", f"{what} is still under way. Finish it before it is repeated.")
    tx.because(
        "repeat_test", require_reason(asked.reason, "A repeat stands beside the first result, never in its place.")
    )
    return repeated


def _require_scanned(tx: Transaction, sample: Sample, raw: str) -> None:
    scanned = expect_here(tx, raw, Kind.SAMPLE, step="start_test")
    if scanned.code != sample.code:
        near = NearMiss("wrong_sample", "start_test", course_code(tx, sample.course_id), scanned=scanned.code)
        sentence = f"This is sample {scanned.text}, not {display(sample.code)}. Look for the right tube."
        raise Mismatch("wrong_sample", sentence, field="scanned", near_miss=near)
    if _is_void_print(tx, scanned):
        near = NearMiss("void_label", "start_test", course_code(tx, sample.course_id), scanned=scanned.code)
        sentence = "This print of the label is void. Look for the tube with the label in force."
        raise Mismatch("void_label", sentence, field="scanned", near_miss=near)


def _is_void_print(tx: Transaction, scanned: OwnCode) -> bool:
    look = select(Label.state).where(Label.code == scanned.code, Label.print_number == scanned.print_number)
    state = tx.session.execute(look).scalar_one_or_none()
    return state in {LabelState.VOID, LabelState.SPOILED, LabelState.DESTROYED}
