"""Dose orders, bedside checks and infusions: the last metre. One infusion record per bag, ever."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, OfCourse, Stream, Versioned, bound, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.states import InfusionState
from app.domain.vocabulary import OrderState, Route


class DoseOrder(OfCourse, Versioned, Base):
    """A prescriber's order of cells: target with limits, route, planned time, and the weight it rests on."""

    __tablename__ = "dose_order"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id", "number", "target_viable_cells", "body_weight_id")

    id: Mapped[Key]
    number: Mapped[int] = mapped_column()
    state: Mapped[OrderState] = mapped_column(controlled(OrderState))
    least_viable_cells: Mapped[int] = mapped_column()
    target_viable_cells: Mapped[int] = mapped_column()
    most_viable_cells: Mapped[int] = mapped_column()
    route: Mapped[Route] = mapped_column(controlled(Route))
    planned_at: Mapped[datetime] = mapped_column()
    infusion_min: Mapped[int] = mapped_column()
    body_weight_id: Mapped[int] = mapped_column()
    ordered_by_id: Mapped[int] = refers("user_account.id")
    ordered_at: Mapped[datetime] = mapped_column()
    signature_id: Mapped[int] = mapped_column()

    __table_args__ = (
        *bound("body_weight"),
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        UniqueConstraint("course_id", "number"),
        CheckConstraint(
            "least_viable_cells <= target_viable_cells AND target_viable_cells <= most_viable_cells",
            name="limits_in_order",
        ),
        CheckConstraint("infusion_min BETWEEN 1 AND 1440", name="infusion_time_possible"),
    )


class WristbandScan(Base):
    """A wristband read at a station: where every bedside check begins, and good for 120 s."""

    __tablename__ = "wristband_scan"
    __stream__ = Stream.PATIENT
    __append_only__ = True

    id: Mapped[Key]
    wristband_id: Mapped[int] = mapped_column()
    patient_id: Mapped[int] = mapped_column()
    station_id: Mapped[int] = refers("station.id")
    user_id: Mapped[int] = refers("user_account.id")
    at: Mapped[datetime] = mapped_column()

    __table_args__ = (ForeignKeyConstraint(["wristband_id", "patient_id"], ["wristband.id", "wristband.patient_id"]),)


class BedsideCheck(OfCourse, Versioned, Base):
    """Wristband and bag that matched at one station. Good for 120 s, and only with a second person."""

    __tablename__ = "bedside_check"
    __stream__ = Stream.COURSE
    __evidence__ = ()
    __fixed__ = (
        "course_id",
        "patient_id",
        "wristband_id",
        "bag_id",
        "station_id",
        "first_user_id",
        "wristband_scanned_at",
        "bag_scanned_at",
        "expires_at",
    )

    id: Mapped[Key]
    wristband_id: Mapped[int] = mapped_column()
    bag_id: Mapped[int] = mapped_column()
    station_id: Mapped[int] = refers("station.id")
    first_user_id: Mapped[int] = refers("user_account.id")
    second_user_id: Mapped[int | None] = refers("user_account.id")
    wristband_scanned_at: Mapped[datetime] = mapped_column()
    bag_scanned_at: Mapped[datetime] = mapped_column()
    typed_reason: Mapped[str | None] = personal_text()
    second_confirmed_at: Mapped[datetime | None] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()

    __table_args__ = (
        *bound("bag"),
        ForeignKeyConstraint(["wristband_id", "patient_id"], ["wristband.id", "wristband.patient_id"]),
        UniqueConstraint("id", "bag_id"),
        CheckConstraint("second_user_id <> first_user_id", name="second_is_another"),
        CheckConstraint("expires_at > bag_scanned_at", name="expires_after_scan"),
        Index("ix_bedside_check_bag_id", "bag_id"),
    )


class Infusion(OfCourse, Versioned, Base):
    """One bag given to its patient: from the confirmed dose to the empty bag."""

    __tablename__ = "infusion"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id", "bag_id", "dose_order_id", "contained_viable_cells")

    id: Mapped[Key]
    bag_id: Mapped[int] = mapped_column()
    dose_order_id: Mapped[int] = mapped_column()
    state: Mapped[InfusionState] = mapped_column(controlled(InfusionState))
    contained_viable_cells: Mapped[int] = mapped_column()
    difference_percent: Mapped[Decimal] = mapped_column()
    confirmed_by_id: Mapped[int] = refers("user_account.id")
    confirmed_at: Mapped[datetime] = mapped_column()
    signature_id: Mapped[int] = mapped_column()
    bedside_check_id: Mapped[int | None] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column()
    started_by_id: Mapped[int | None] = refers("user_account.id")
    start_signature_id: Mapped[int | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    ended_by_id: Mapped[int | None] = refers("user_account.id")
    volume_given_ul: Mapped[int | None] = mapped_column()
    stop_reason: Mapped[str | None] = personal_text()

    __table_args__ = (
        *bound("bag", "dose_order"),
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        ForeignKeyConstraint(["start_signature_id"], ["signature.id"]),
        ForeignKeyConstraint(["bedside_check_id", "bag_id"], ["bedside_check.id", "bedside_check.bag_id"]),
        CheckConstraint(
            "state NOT IN ('running', 'completed', 'stopped') OR"
            " (bedside_check_id IS NOT NULL AND started_at IS NOT NULL)",
            name="runs_after_a_check",
        ),
        CheckConstraint("ended_at > started_at", name="ends_after_start"),
        CheckConstraint("state <> 'stopped' OR stop_reason IS NOT NULL", name="stop_has_reason"),
        Index(
            "uq_infusion_bag",
            "bag_id",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_infusion_course_id", "course_id"),
        Index("ix_infusion_state_id", "state", "id"),  # Today: what is to be given
    )


class InfusionObservation(OfCourse, Base):
    """Vital signs, rate or a reaction while cells run in."""

    __tablename__ = "infusion_observation"
    __stream__ = Stream.COURSE
    __append_only__ = True

    id: Mapped[Key]
    infusion_id: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column()
    by_id: Mapped[int] = refers("user_account.id")
    temperature_c: Mapped[Decimal | None] = mapped_column()
    systolic_mmhg: Mapped[int | None] = mapped_column()
    pulse_per_min: Mapped[int | None] = mapped_column()
    oxygen_percent: Mapped[int | None] = mapped_column()
    reaction: Mapped[str | None] = code_text(40)
    reaction_grade: Mapped[int | None] = mapped_column()
    note: Mapped[str | None] = personal_text()

    __table_args__ = (
        *bound("infusion"),
        CheckConstraint("(reaction IS NULL) = (reaction_grade IS NULL)", name="reaction_is_graded"),
        CheckConstraint("reaction_grade BETWEEN 1 AND 5", name="grade_possible"),
        Index("ix_infusion_observation_infusion_id", "infusion_id"),
    )
