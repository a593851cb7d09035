"""Due in testing: runs to read, verify and approve, the final sterility among them. One statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Patient, Plate, Sample, TestRun
from app.domain.roles import Role
from app.domain.states import RunState
from app.domain.vocabulary import TestKind
from app.today.queries.laboratory import whose
from app.today.queries.task import LABORATORY, MOST_ROWS, QUALITY, Task


def test_runs(db: Connection) -> Iterator[Task]:
    """Open runs, soonest first; index ix_test_run_state_due_at."""
    look = (
        select(
            TestRun.kind,
            TestRun.state,
            TestRun.requested_at,
            TestRun.due_at,
            Sample.code,
            Plate.code,
            Patient.family_name,
            Patient.given_name,
            Patient.hospital_number,
        )
        .join(Sample, Sample.id == TestRun.sample_id)
        .join(Plate, Plate.test_run_id == TestRun.id, isouter=True)
        .join(Patient, Patient.id == TestRun.patient_id)
        .where(TestRun.state.in_(_ACTS))
        .order_by(TestRun.due_at)
        .limit(MOST_ROWS)
    )
    for kind, state, requested_at, due_at, sample, plate, *patient in db.execute(look):
        verb, roles = _ACTS[state]
        what = f"{verb} {TEST_WORDS[kind]}"
        code, href = (sample, f"/samples/{sample}") if plate is None else (plate, f"/assays/{plate}")
        deadline = due_at if state in _BEFORE_RESULT else None
        at, has_deadline = deadline or requested_at, deadline is not None
        yield Task(at, what, whose(*patient), code, "", verb, href, roles, has_deadline)


_BEFORE_RESULT: Final = (RunState.REQUESTED, RunState.SAMPLED, RunState.RUNNING)
_ACTS: Final = {
    RunState.REQUESTED: ("Enter", LABORATORY),
    RunState.SAMPLED: ("Enter", LABORATORY),
    RunState.RUNNING: ("Enter", LABORATORY),
    RunState.ENTERED: ("Verify", LABORATORY),
    RunState.VERIFIED: ("Approve", QUALITY | {Role.SUPERVISOR}),
}
TEST_WORDS: Final = {
    TestKind.COUNT_VIABILITY: "count and viability",
    TestKind.GRAM_STAIN: "Gram stain",
    TestKind.IN_PROCESS_CULTURE: "in-process culture",
    TestKind.STERILITY: "final sterility",
    TestKind.ENDOTOXIN: "endotoxin",
    TestKind.MYCOPLASMA: "mycoplasma",
    TestKind.CYTOTOXICITY_51CR: "Cr-51 plate",
    TestKind.APPEARANCE: "appearance",
    TestKind.IDENTITY: "identity",
    TestKind.PHENOTYPE: "phenotype",
}
