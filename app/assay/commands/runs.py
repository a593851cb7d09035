"""What every command on a test run begins and ends with: finding and locking it, moving it on, keeping results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.assay.reduction import Measure
from app.assay.words import TEST_WORDS
from app.db.models import Course, Sample, TestResult, TestRun
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.entry import Entry
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.states import RUN, RunAct, RunState, next_state


@dataclass(frozen=True, slots=True)
class SampledRun:
    """A run, locked until the command ends, with its sample."""

    run: TestRun
    sample: Sample

    @property
    def words(self) -> str:
        """The run for a sentence: `Gram stain of sample SM-D7M-26-000123-X`."""
        return f"{TEST_WORDS[self.run.kind]} of sample {display(self.sample.code)}"

    def after(self, act: RunAct) -> RunState:
        """The state the act leads to, or the refusal that says what is possible now."""
        return next_state(RUN, self.run.state, act, self.words)


def locked_run(tx: Transaction, sample_code: str, number: int) -> SampledRun:
    """The run of that number on that sample, locked; or the refusal that there is none."""
    look = (
        select(TestRun, Sample)
        .join(Sample, Sample.id == TestRun.sample_id)
        .where(Sample.code == sample_code, TestRun.number == number)
        .with_for_update(of=TestRun)
    )
    found = tx.session.execute(look).one_or_none()
    if found is None:
        raise NotFound("not_on_file", f"Sample {display(sample_code)} has no test {number}. Look at its page.")
    return SampledRun(*found)


def course_code(tx: Transaction, course_id: int) -> str:
    """The course a near miss is filed under."""
    return tx.session.execute(select(Course.code).where(Course.id == course_id)).scalar_one()


def explain(tx: Transaction, entry: Entry, reason: str | None) -> None:
    """Keep with the event why an entry needed a reason, if it did."""
    if entry.why is not None:
        tx.because(entry.why, reason)


def keep_results(
    tx: Transaction, actor: Actor, run: TestRun, results: Sequence[Measure], *, measured_at: datetime
) -> None:
    """Write the next version of a run's results; earlier versions stay."""
    last = select(func.max(TestResult.version)).where(TestResult.test_run_id == run.id)
    version = (tx.session.execute(last).scalar_one() or 0) + 1
    tx.session.add_all(
        TestResult(
            course_id=run.course_id,
            patient_id=run.patient_id,
            culture_id=run.culture_id,
            test_run_id=run.id,
            version=version,
            analyte=result.analyte,
            value=result.value,
            unit=None if result.value is None else result.unit,
            censor=result.censor,
            finding=result.finding,
            status=result.status,
            measured_at=measured_at,
            recorded_at=tx.now,
            entered_by_id=actor.user_id,
            note=result.note,
        )
        for result in results
    )
    tx.session.flush()
