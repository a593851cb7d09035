"""Printers, and the jobs that send labels to them. A job's copies are rows of `label`, one each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, OfCourse, Stream, Versioned, blob_text, bound, code_text, refers
from app.db.types import controlled
from app.domain.labels.jobs import PrinterProblem
from app.domain.states import JobState
from app.domain.vocabulary import Transport


class Printer(Versioned, Base):
    """A label printer, or a way to download. Only an administrator gives it its address; no request names one."""

    __tablename__ = "printer"
    __stream__ = Stream.SYSTEM
    __fixed__ = ("code",)

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    name: Mapped[str] = code_text(60, unique=True)
    place_id: Mapped[int | None] = refers("place.id")
    transport: Mapped[Transport] = mapped_column(controlled(Transport))
    host: Mapped[str | None] = code_text(253)
    port: Mapped[int | None] = mapped_column()
    dots_per_mm: Mapped[int] = mapped_column()
    media_width_um: Mapped[int] = mapped_column()
    media_height_um: Mapped[int] = mapped_column()
    is_active: Mapped[bool] = mapped_column(default=True)
    checked_at: Mapped[datetime | None] = mapped_column()
    checked_by_id: Mapped[int | None] = refers("user_account.id")
    test_wanted_at: Mapped[datetime | None] = mapped_column()
    tested_at: Mapped[datetime | None] = mapped_column()
    test_problem: Mapped[PrinterProblem | None] = mapped_column(controlled(PrinterProblem, "test_problem"))

    __table_args__ = (
        CheckConstraint("dots_per_mm IN (8, 12)", name="dots_known"),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port_possible"),
        CheckConstraint(
            "(transport = 'raw_9100') = (host IS NOT NULL) AND (host IS NULL) = (port IS NULL)",
            name="address_of_the_network_only",
        ),
        CheckConstraint(
            "media_width_um BETWEEN 10000 AND 300000 AND media_height_um BETWEEN 5000 AND 300000",
            name="media_possible",
        ),
        CheckConstraint("(checked_at IS NULL) = (checked_by_id IS NULL)", name="checked_by_somebody"),
    )


class PrintJob(OfCourse, Versioned, Base):
    """Copies sent together, in order. `head` is what the label before those of a vessel group says, frozen."""

    __tablename__ = "print_job"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id", "printer_id", "culture_id", "requested_at", "requested_by_id")

    id: Mapped[Key]
    printer_id: Mapped[int] = refers("printer.id")
    culture_id: Mapped[int | None] = mapped_column()
    state: Mapped[JobState] = mapped_column(controlled(JobState))
    head: Mapped[str | None] = blob_text()
    problem: Mapped[PrinterProblem | None] = mapped_column(controlled(PrinterProblem))
    requested_at: Mapped[datetime] = mapped_column()
    requested_by_id: Mapped[int] = refers("user_account.id")
    wanted_at: Mapped[datetime | None] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    reconciled_at: Mapped[datetime | None] = mapped_column()
    reconciled_by_id: Mapped[int | None] = refers("user_account.id")

    __table_args__ = (
        *bound(optional=("culture",)),
        CheckConstraint("(state = 'reconciled') = (reconciled_at IS NOT NULL)", name="reconciled_at_a_time"),
        CheckConstraint("(reconciled_at IS NULL) = (reconciled_by_id IS NULL)", name="reconciled_by_somebody"),
        CheckConstraint("problem IS NOT NULL OR state <> 'interrupted'", name="interrupted_by_something"),
        Index("ix_print_job_culture_id_state", "culture_id", "state"),
        Index("ix_print_job_course_id_id", "course_id", "id"),
        Index(
            "ix_print_job_wanted_at",  # the print thread: what is to be sent now
            "wanted_at",
            sqlite_where=text("wanted_at IS NOT NULL"),
            postgresql_where=text("wanted_at IS NOT NULL"),
        ),
        Index(
            "uq_print_job_sending",  # one job at a time on a printer
            "printer_id",
            unique=True,
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
    )
