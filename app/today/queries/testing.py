"""Due in testing: runs to read, verify and approve, the final sterility among them. One statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Patient, Plate, Sample, TestRun
from app.domain.roles import Role
from app.domain.states import RunState
from app.domain.vocabulary import TestKind
from app.today.queries.laboratory import whose
from app.today.queries.task import LABORATORY, MOST_ROWS, QUALITY, Task


def test_runs(db: Connection) -> Iterator[Task]:
    """Open runs; index ix_test_run_state_due_at. Of one sample, what waits for the same act is one row."""
    together: dict[tuple[str, str], list[Task]] = {}
    for kind, state, requested_at, due_at, sample, plate, *patient in db.execute(_OPEN_RUNS):
        verb, roles = _ACTS[state]
        code, href = (sample, f"/samples/{sample}") if plate is None else (plate, f"/assays/{plate}")
        deadline = due_at if state in _BEFORE_RESULT else None
        at, has_deadline = deadline or requested_at, deadline is not None
        task = Task(at, f"{verb} {TEST_WORDS[kind]}", whose(*patient), code, "", verb, href, roles, has_deadline)
        if code != sample or has_deadline:
            yield task
        else:
            together.setdefault((sample, verb), []).append(task)
    yield from map(_one, together.values())


def _one(tasks: list[Task]) -> Task:
    """What waits for the same act on the same sample."""
    first = tasks[0]
    if len(tasks) == 1:
        return first
    since = min(task.due_at for task in tasks)
    names = ", ".join(task.what.removeprefix(f"{first.verb} ") for task in tasks)
    return replace(first, due_at=since, what=f"{first.verb} {len(tasks)} results", where=names)


_BEFORE_RESULT: Final = (RunState.REQUESTED, RunState.SAMPLED, RunState.RUNNING)
_ACTS: Final = {
    RunState.REQUESTED: ("Enter", LABORATORY),
    RunState.SAMPLED: ("Enter", LABORATORY),
    RunState.RUNNING: ("Enter", LABORATORY),
    RunState.ENTERED: ("Verify", LABORATORY),
    RunState.VERIFIED: ("Approve", QUALITY | {Role.SUPERVISOR}),
}
_OPEN_RUNS: Final = (
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
