"""Deviations, holds and near misses: what stops a line, and what was stopped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, OfCourse, Stream, Versioned, bound, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.vocabulary import DeviationClass, DeviationState, Disposition


class Deviation(OfCourse, Versioned, Base):
    """Something that was not as it should be, about an object of a course. Open blocks release."""

    __tablename__ = "deviation"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id", "number", "about")

    id: Mapped[Key]
    number: Mapped[str] = code_text(20, unique=True)
    about: Mapped[str] = code_text(14)
    product_lot_id: Mapped[int | None] = mapped_column()
    grade: Mapped[DeviationClass] = mapped_column(controlled(DeviationClass))
    state: Mapped[DeviationState] = mapped_column(controlled(DeviationState))
    what: Mapped[str] = personal_text()
    opened_at: Mapped[datetime] = mapped_column()
    opened_by_id: Mapped[int] = refers("user_account.id")
    cause: Mapped[str | None] = personal_text()
    effect: Mapped[str | None] = personal_text()
    action: Mapped[str | None] = personal_text()
    disposition: Mapped[Disposition | None] = mapped_column(controlled(Disposition))
    closed_at: Mapped[datetime | None] = mapped_column()
    closed_by_id: Mapped[int | None] = refers("user_account.id")
    signature_id: Mapped[int | None] = mapped_column()

    __table_args__ = (
        *bound(optional=("product_lot",)),
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        CheckConstraint("closed_by_id <> opened_by_id", name="closed_by_another"),
        CheckConstraint(
            "state <> 'closed' OR (disposition IS NOT NULL AND signature_id IS NOT NULL)",
            name="closed_signed",
        ),
        Index("ix_deviation_state_id", "state", "id"),
        Index("ix_deviation_course_id", "course_id"),
    )


class Hold(OfCourse, Versioned, Base):
    """A reasoned stop on a whole course, or on one lot of it. Several may be open; QA lifts each by signature."""

    __tablename__ = "hold"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id", "product_lot_id")

    id: Mapped[Key]
    product_lot_id: Mapped[int | None] = mapped_column()
    reason: Mapped[str] = personal_text()
    placed_at: Mapped[datetime] = mapped_column()
    placed_by_id: Mapped[int] = refers("user_account.id")
    lifted_at: Mapped[datetime | None] = mapped_column()
    lifted_by_id: Mapped[int | None] = refers("user_account.id")
    signature_id: Mapped[int | None] = mapped_column()

    __table_args__ = (
        *bound(optional=("product_lot",)),
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        CheckConstraint("lifted_by_id <> placed_by_id", name="lifted_by_another"),
        CheckConstraint("lifted_at IS NULL OR signature_id IS NOT NULL", name="lifted_signed"),
        Index("ix_hold_course_id", "course_id"),
    )


class NearMissRecord(Base):
    """A refusal that protected somebody: which rule, at which step, where and by whom; never a name."""

    __tablename__ = "near_miss"
    __stream__ = Stream.COURSE
    __append_only__ = True

    id: Mapped[Key]
    number: Mapped[str] = code_text(20, unique=True)
    kind: Mapped[str] = code_text(40)
    step: Mapped[str] = code_text(64)
    scanned: Mapped[str | None] = code_text(20)
    bag_code: Mapped[str | None] = code_text(14)
    at: Mapped[datetime] = mapped_column()
    user_id: Mapped[int | None] = refers("user_account.id")
    station_id: Mapped[int | None] = refers("station.id")
    course_id: Mapped[int | None] = mapped_column()
    patient_id: Mapped[int | None] = mapped_column()

    __table_args__ = (
        ForeignKeyConstraint(["course_id", "patient_id"], ["course.id", "course.patient_id"]),
        CheckConstraint("(course_id IS NULL) = (patient_id IS NULL)", name="course_with_patient"),
        UniqueConstraint("id", "course_id", "patient_id"),
        Index("ix_near_miss_at", "at"),  # Today and the monthly report
    )
