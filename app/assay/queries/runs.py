"""Samples and test runs as they stand on record: their results, interim readings, and everybody who took part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, literal, select, union
from sqlalchemy.orm import aliased

from app.db.models import (
    Course,
    Culture,
    InterimFinding,
    Plate,
    Sample,
    TestResult,
    TestRun,
    User,
    WellJudged,
)
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.independence import Part
from app.domain.states import RunState
from app.domain.vocabulary import Censor, Finding, SampleKind, TestKind


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """A sample and where it comes from."""

    id: int
    code: str
    kind: SampleKind
    taken_at: datetime
    taken_by: str
    culture_code: str
    course_code: str
    patient_id: int


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """One analyte of a run, in its last version."""

    analyte: str
    version: int
    value: Decimal | None
    unit: str | None
    censor: Censor | None
    finding: Finding | None
    status: str | None
    measured_at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class InterimFacts:
    """What was seen on a day before the final reading, and who saw it."""

    day: int
    finding: Finding
    read_at: datetime
    person: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run with its sample, the people by name, and the number of the run it repeats."""

    id: int
    sample: SampleFacts
    number: int
    kind: TestKind
    method: str
    state: RunState
    row_version: int
    requested_at: datetime
    requested_by: str
    due_at: datetime | None
    repeats_id: int | None
    repeats_number: int | None
    started_at: datetime | None
    entered_by_id: int | None
    entered_by: str | None
    verified_by: str | None
    approved_by: str | None
    plate_code: str | None

    @property
    def person(self) -> str:
        """Who answers for it as far as it has come."""
        return self.approved_by or self.entered_by or self.requested_by


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run with everything that was read."""

    run: RunFacts
    results: tuple[ResultFacts, ...]
    interims: tuple[InterimFacts, ...]


def sample_of(db: Connection, code: str) -> SampleFacts:
    """The sample with that code, or the refusal that there is none."""
    row = db.execute(_samples().where(Sample.code == code)).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No sample is on file under {display(code)}. Check the code and scan again.")
    return _sample(row)


def samples_of_culture(db: Connection, culture_code: str) -> tuple[SampleFacts, ...]:
    """The samples of a culture, oldest first (ix_sample_culture_id)."""
    rows = db.execute(_samples().where(Culture.code == culture_code).order_by(Sample.id))
    return tuple(_sample(row) for row in rows)


def runs_of_culture(db: Connection, culture_code: str) -> tuple[RunFacts, ...]:
    """Every run on samples of a culture, by sample and number (ix_test_run_culture_id)."""
    rows = db.execute(_runs().where(Culture.code == culture_code).order_by(Sample.id, TestRun.number))
    return tuple(_run(row) for row in rows)


def runs_of_sample(db: Connection, sample_code: str) -> tuple[RunFacts, ...]:
    """Every run on a sample, by number."""
    return tuple(_run(row) for row in db.execute(_runs().where(Sample.code == sample_code).order_by(TestRun.number)))


def run_record(db: Connection, sample_code: str, number: int) -> RunRecord:
    """One run with its results and interim readings, or the refusal that there is none."""
    row = db.execute(_runs().where(Sample.code == sample_code, TestRun.number == number)).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"Sample {display(sample_code)} has no test {number}. Look at its page.")
    run = _run(row)
    return RunRecord(run, results_of(db, [run.id]).get(run.id, ()), interims_of(db, [run.id]).get(run.id, ()))


def results_of(db: Connection, run_ids: Sequence[int]) -> dict[int, tuple[ResultFacts, ...]]:
    """The last version of the results of these runs, in one statement."""
    rows = db.execute(_LAST_RESULTS, {"runs": run_ids}).all()
    return {run_id: tuple(_result(row) for row in rows if row.test_run_id == run_id) for run_id in run_ids}


_last = (
    select(TestResult.test_run_id, func.max(TestResult.version).label("version"))
    .where(TestResult.test_run_id.in_(bindparam("runs", expanding=True)))
    .group_by(TestResult.test_run_id)
    .subquery()
)
_LAST_RESULTS: Final = (
    select(TestResult.__table__)
    .join(_last, (_last.c.test_run_id == TestResult.test_run_id) & (_last.c.version == TestResult.version))
    .order_by(TestResult.id)
)


def interims_of(db: Connection, run_ids: Sequence[int]) -> dict[int, tuple[InterimFacts, ...]]:
    """The interim readings of these runs, in one statement."""
    rows = db.execute(
        select(InterimFinding.__table__, User.full_name)
        .join(User, User.id == InterimFinding.entered_by_id)
        .where(InterimFinding.test_run_id.in_(run_ids))
        .order_by(InterimFinding.read_at, InterimFinding.id)
    ).all()
    return {
        run_id: tuple(
            InterimFacts(row.day, row.finding, row.read_at, row.full_name) for row in rows if row.test_run_id == run_id
        )
        for run_id in run_ids
    }


def actors_of_run(db: Connection, run_id: int) -> tuple[Part, ...]:
    """Everybody who took part in a run or in one it repeats, by what they did."""
    runs = _chain(db, run_id)
    sample = select(TestRun.sample_id).where(TestRun.id == run_id).scalar_subquery()
    plates = select(Plate.id).where(Plate.test_run_id.in_(runs))
    took_part = (
        ("take_sample", Sample.taken_by_id, Sample.id == sample),
        ("request_test", TestRun.requested_by_id, TestRun.id.in_(runs)),
        ("start_test", TestRun.started_by_id, TestRun.id.in_(runs)),
        ("record_interim", InterimFinding.entered_by_id, InterimFinding.test_run_id.in_(runs)),
        ("enter_result", TestResult.entered_by_id, TestResult.test_run_id.in_(runs)),
        ("judge_well", WellJudged.judged_by_id, WellJudged.plate_id.in_(plates)),
        ("verify_test", TestRun.verified_by_id, TestRun.id.in_(runs)),
    )
    each = (select(person, literal(step)).where(which) for step, person, which in took_part)
    return tuple(Part(user_id, step) for user_id, step in db.execute(union(*each)) if user_id is not None)


def _chain(db: Connection, run_id: int) -> list[int]:
    """The run, the one it repeats, the one that repeats, and so on; each repeat is on the same sample."""
    repeats = dict(
        db.execute(
            select(TestRun.id, TestRun.repeats_id).where(
                TestRun.sample_id == select(TestRun.sample_id).where(TestRun.id == run_id).scalar_subquery()
            )
        ).all()
    )
    return list(_walk(repeats, run_id))


def _walk(repeats: dict[int, int | None], run_id: int | None) -> Iterator[int]:
    while run_id is not None:
        yield run_id
        run_id = repeats[run_id]


@cache  # built once
def _samples() -> Select[*tuple[Any, ...]]:  # Any: SQLAlchemy's own signature
    return (
        select(
            Sample.id.label("sample_id"),
            Sample.code.label("sample_code"),
            Sample.kind.label("sample_kind"),
            Sample.taken_at,
            Sample.patient_id,
            User.full_name.label("taken_by"),
            Culture.code.label("culture_code"),
            Course.code.label("course_code"),
        )
        .join(User, User.id == Sample.taken_by_id)
        .join(Culture, Culture.id == Sample.culture_id)
        .join(Course, Course.id == Sample.course_id)
    )


@cache  # built once
def _runs() -> Select[*tuple[Any, ...]]:  # Any: SQLAlchemy's own signature
    requester, enterer, verifier, approver = (aliased(User) for _ in range(4))
    repeated = aliased(TestRun)
    return (
        _samples()
        .join(TestRun, TestRun.sample_id == Sample.id)
        .join(requester, requester.id == TestRun.requested_by_id)
        .join(enterer, enterer.id == TestRun.entered_by_id, isouter=True)
        .join(verifier, verifier.id == TestRun.verified_by_id, isouter=True)
        .join(approver, approver.id == TestRun.approved_by_id, isouter=True)
        .join(repeated, repeated.id == TestRun.repeats_id, isouter=True)
        .join(Plate, Plate.test_run_id == TestRun.id, isouter=True)
        .add_columns(
            TestRun.id.label("run_id"),
            *(TestRun.__table__.c[name] for name in _RUN_COLUMNS),
            requester.full_name.label("requested_by"),
            enterer.full_name.label("entered_by"),
            verifier.full_name.label("verified_by"),
            approver.full_name.label("approved_by"),
            repeated.number.label("repeats_number"),
            Plate.code.label("plate_code"),
        )
    )


_RUN_COLUMNS = (
    "number", "kind", "method", "state", "row_version", "requested_at", "due_at", "repeats_id", "started_at",
    "entered_by_id",
)  # fmt: skip
_PEOPLE = ("requested_by", "entered_by", "verified_by", "approved_by", "repeats_number", "plate_code")


def _sample(row: Row[*tuple[object, ...]]) -> SampleFacts:
    return SampleFacts(
        id=row.sample_id,
        code=row.sample_code,
        kind=row.sample_kind,
        taken_at=row.taken_at,
        taken_by=row.taken_by,
        culture_code=row.culture_code,
        course_code=row.course_code,
        patient_id=row.patient_id,
    )


def _run(row: Row[*tuple[object, ...]]) -> RunFacts:
    own = {name: getattr(row, name) for name in (*_RUN_COLUMNS, *_PEOPLE)}
    return RunFacts(id=row.run_id, sample=_sample(row), **own)


def _result(row: Row[*tuple[object, ...]]) -> ResultFacts:
    return ResultFacts(**{name: getattr(row, name) for name in ResultFacts.__slots__})
