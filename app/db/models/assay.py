"""Samples, test runs, results and 51Cr plates: the evidence a release rests on. Results are never overwritten."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import (
    Base,
    Key,
    OfCourse,
    Stream,
    Versioned,
    blob_text,
    bound,
    code_text,
    personal_text,
    refers,
)
from app.db.types import controlled
from app.domain.cytotoxicity.layouts import PlateLayout
from app.domain.states import RunState
from app.domain.vocabulary import Censor, Finding, SampleKind, TargetCells, TestKind, WellJudgement, WellRole


class Sample(OfCourse, Base):
    """A tube or culture bottle taken from a culture or from the final product."""

    __tablename__ = "sample"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    culture_id: Mapped[int] = mapped_column()
    kind: Mapped[SampleKind] = mapped_column(controlled(SampleKind))
    taken_at: Mapped[datetime] = mapped_column()
    taken_by_id: Mapped[int] = refers("user_account.id")

    __table_args__ = (*bound("culture"), Index("ix_sample_culture_id", "culture_id"))


class TestRun(OfCourse, Versioned, Base):
    """One determination on one sample. A retest is a new run that names the one it repeats.

    `due_at` of a sterility test is the instant from which a final reading counts.
    """

    __tablename__ = "test_run"
    __test__ = False
    __stream__ = Stream.COURSE
    __evidence__ = ("culture_id",)
    __fixed__ = (
        "course_id",
        "patient_id",
        "culture_id",
        "sample_id",
        "kind",
        "number",
        "method",
        "due_at",
        "repeats_id",
    )

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    sample_id: Mapped[int] = mapped_column()
    kind: Mapped[TestKind] = mapped_column(controlled(TestKind))
    number: Mapped[int] = mapped_column()
    method: Mapped[str] = code_text(60)
    state: Mapped[RunState] = mapped_column(controlled(RunState))
    requested_at: Mapped[datetime] = mapped_column()
    requested_by_id: Mapped[int] = refers("user_account.id")
    due_at: Mapped[datetime | None] = mapped_column()
    repeats_id: Mapped[int | None] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column()
    started_by_id: Mapped[int | None] = refers("user_account.id")
    entered_by_id: Mapped[int | None] = refers("user_account.id")
    verified_by_id: Mapped[int | None] = refers("user_account.id")
    approved_by_id: Mapped[int | None] = refers("user_account.id")
    approval_signature_id: Mapped[int | None] = mapped_column()

    __table_args__ = (
        *bound("culture", "sample"),
        ForeignKeyConstraint(
            ["repeats_id", "course_id", "patient_id"],
            ["test_run.id", "test_run.course_id", "test_run.patient_id"],
        ),
        ForeignKeyConstraint(["approval_signature_id"], ["signature.id"]),
        UniqueConstraint("sample_id", "number"),
        CheckConstraint("verified_by_id <> entered_by_id", name="verified_by_another"),
        CheckConstraint(
            "approved_by_id <> entered_by_id AND approved_by_id <> verified_by_id", name="approved_by_third"
        ),
        CheckConstraint("state IN ('requested', 'sampled') OR started_by_id IS NOT NULL", name="started_by_someone"),
        CheckConstraint(
            "state IN ('requested', 'sampled', 'running') OR entered_by_id IS NOT NULL", name="entered_by_someone"
        ),
        CheckConstraint(
            "state NOT IN ('verified', 'approved') OR verified_by_id IS NOT NULL", name="verified_by_someone"
        ),
        CheckConstraint(
            "state <> 'approved' OR (approved_by_id IS NOT NULL AND approval_signature_id IS NOT NULL)",
            name="approved_signed",
        ),
        CheckConstraint("kind <> 'sterility' OR due_at IS NOT NULL", name="sterility_has_due_time"),
        Index("ix_test_run_culture_id", "culture_id"),
        Index("ix_test_run_state_due_at", "state", "due_at"),  # Today: tests due
    )


class TestResult(OfCourse, Base):
    """One analyte of a run: a decimal with unit, a bound with `censor`, or a finding in words.

    Numbers that a person counted are results beside what was worked out from them. `status` is empty for a plain
    result; without a value it says why there is none (`hook`, `assay_invalid`). The last version counts.
    """

    __tablename__ = "test_result"
    __test__ = False
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    test_run_id: Mapped[int] = mapped_column()
    version: Mapped[int] = mapped_column()
    analyte: Mapped[str] = code_text(40)
    value: Mapped[Decimal | None] = mapped_column()
    unit: Mapped[str | None] = code_text(20)
    censor: Mapped[Censor | None] = mapped_column(controlled(Censor))
    finding: Mapped[Finding | None] = mapped_column(controlled(Finding))
    status: Mapped[str | None] = code_text(60)
    measured_at: Mapped[datetime] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column()
    entered_by_id: Mapped[int] = refers("user_account.id")
    note: Mapped[str | None] = personal_text()

    __table_args__ = (
        *bound("culture", "test_run"),
        UniqueConstraint("test_run_id", "version", "analyte"),
        CheckConstraint("value IS NULL OR unit IS NOT NULL", name="number_has_unit"),
        CheckConstraint("value IS NOT NULL OR finding IS NOT NULL OR status IS NOT NULL", name="says_something"),
        Index("ix_test_result_culture_id", "culture_id"),
    )


class InterimFinding(OfCourse, Base):
    """ "No growth, day n" (or growth) before the final reading; appended, never overwritten."""

    __tablename__ = "interim_finding"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    test_run_id: Mapped[int] = mapped_column()
    day: Mapped[int] = mapped_column()
    finding: Mapped[Finding] = mapped_column(controlled(Finding))
    read_at: Mapped[datetime] = mapped_column()
    entered_by_id: Mapped[int] = refers("user_account.id")

    __table_args__ = (
        *bound("culture", "test_run"),
        Index("ix_interim_finding_culture_id", "culture_id"),
        Index("ix_interim_finding_test_run_id", "test_run_id"),  # the sterility timeline of a run
    )


class RawFile(OfCourse, Base):
    """An instrument file exactly as it came; the same bytes in the same course are kept once."""

    __tablename__ = "raw_file"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    sha256: Mapped[str] = code_text(64)
    name: Mapped[str] = personal_text(200)
    content: Mapped[bytes] = mapped_column(info={"ledger": "blob"})
    received_at: Mapped[datetime] = mapped_column()
    received_by_id: Mapped[int] = refers("user_account.id")

    __table_args__ = (*bound("culture"), UniqueConstraint("course_id", "sha256"), Index("ix_raw_file_sha256", "sha256"))


class Plate(OfCourse, Base):
    """One 96-well plate of a cytotoxicity run, with one target or several, read at one time."""

    __tablename__ = "plate"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    culture_id: Mapped[int] = mapped_column()
    test_run_id: Mapped[int] = mapped_column()
    layout: Mapped[PlateLayout] = mapped_column(controlled(PlateLayout))
    targets_per_well: Mapped[int] = mapped_column()
    duration_h: Mapped[Decimal] = mapped_column()
    raw_file_id: Mapped[int | None] = mapped_column()
    read_at: Mapped[datetime] = mapped_column()
    read_by_id: Mapped[int] = refers("user_account.id")

    __table_args__ = (
        *bound("culture", "test_run", optional=("raw_file",)),
        UniqueConstraint("test_run_id"),
        CheckConstraint("targets_per_well BETWEEN 1000 AND 100000", name="targets_possible"),
    )


class PlateWell(OfCourse, Base):
    """One well as it was read: role and target from the saved layout, counts per minute from the reader.

    Medium wells belong to every target of the plate. No counts are a missing reading, with `censor` only a bound.
    """

    __tablename__ = "plate_well"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    plate_id: Mapped[int] = mapped_column()
    position: Mapped[str] = code_text(3)
    role: Mapped[WellRole] = mapped_column(controlled(WellRole))
    target: Mapped[TargetCells | None] = mapped_column(controlled(TargetCells))
    effector_target_ratio: Mapped[Decimal | None] = mapped_column()
    counts_per_minute: Mapped[Decimal | None] = mapped_column()
    censor: Mapped[Censor | None] = mapped_column(controlled(Censor))

    __table_args__ = (
        *bound("culture", "plate"),
        UniqueConstraint("plate_id", "position"),
        CheckConstraint("(role = 'experimental') = (effector_target_ratio IS NOT NULL)", name="ratio_where_effectors"),
        CheckConstraint("(role = 'background') = (target IS NULL)", name="target_unless_medium"),
    )


class WellJudged(OfCourse, Base):
    """A person kept or excluded a well, and said why. The last word per well counts; all words stay."""

    __tablename__ = "well_judged"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    plate_id: Mapped[int] = mapped_column()
    position: Mapped[str] = code_text(3)
    judgement: Mapped[WellJudgement] = mapped_column(controlled(WellJudgement))
    reason: Mapped[str] = personal_text()
    judged_at: Mapped[datetime] = mapped_column()
    judged_by_id: Mapped[int] = refers("user_account.id")

    __table_args__ = (*bound("culture", "plate"), Index("ix_well_judged_plate_id", "plate_id"))


class PlateResult(OfCourse, Base):
    """The reduction of a plate as it stood: every number, setting and exclusion, frozen as canonical text.

    `wells_to_explain` counts the flagged wells nobody has kept or excluded yet; until it is 0 nobody verifies.
    """

    __tablename__ = "plate_result"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("culture_id",)

    id: Mapped[Key]
    culture_id: Mapped[int] = mapped_column()
    plate_id: Mapped[int] = mapped_column()
    version: Mapped[int] = mapped_column()
    engine_version: Mapped[str] = code_text(20)
    result: Mapped[str] = blob_text()
    wells_to_explain: Mapped[int] = mapped_column()
    computed_at: Mapped[datetime] = mapped_column()

    __table_args__ = (
        *bound("culture", "plate"),
        UniqueConstraint("plate_id", "version"),
        CheckConstraint("wells_to_explain BETWEEN 0 AND 96", name="wells_possible"),
    )
