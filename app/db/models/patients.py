"""Patients and their courses: who the cells belong to. A course owns the chain-of-identity code."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.db.base import Base, Key, OfCourse, Stream, Versioned, bound, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.names import folded
from app.domain.vocabulary import ConsentKind, CourseState, OrderState, Sex


class Patient(Versioned, Base):
    """A person whose own cells are treated: donor and recipient are this one row.

    `search_name` follows the family name by itself, folded, in the order of its letters on every database.
    """

    __tablename__ = "patient"
    __stream__ = Stream.PATIENT
    __fixed__ = ("code",)

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    family_name: Mapped[str] = personal_text(80)
    search_name: Mapped[str] = mapped_column(
        String(100).with_variant(String(100, collation="C"), "postgresql"), info={"ledger": "personal"}
    )
    given_name: Mapped[str] = personal_text(80)
    title: Mapped[str | None] = personal_text(20)
    birth_date: Mapped[date] = mapped_column(info={"ledger": "personal"})
    sex: Mapped[Sex] = mapped_column(controlled(Sex), info={"ledger": "personal"})
    hospital_number: Mapped[str] = personal_text(40)
    diagnosis: Mapped[str | None] = personal_text(200)

    __table_args__ = (
        UniqueConstraint("hospital_number"),
        Index("ix_patient_search_name_id", "search_name", "id"),  # the patient list and search, by keyset
    )

    @validates("family_name")
    def _fold(self, _key: str, family_name: str) -> str:
        self.search_name = folded(family_name)[:100]
        return family_name


class Wristband(Versioned, Base):
    """A wristband given to a patient: the only patient code valid at the bedside."""

    __tablename__ = "wristband"
    __stream__ = Stream.PATIENT
    __fixed__ = ("code", "patient_id")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    patient_id: Mapped[int] = refers("patient.id")
    issued_at: Mapped[datetime] = mapped_column()
    issued_by_id: Mapped[int] = refers("user_account.id")
    voided_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("id", "patient_id"),
        Index(
            "uq_wristband_worn",
            "patient_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )


class Allergy(Versioned, Base):
    """A substance the patient reacts to, checked against the medium before a culture is seeded."""

    __tablename__ = "allergy"
    __stream__ = Stream.PATIENT
    __fixed__ = ("patient_id",)

    id: Mapped[Key]
    patient_id: Mapped[int] = refers("patient.id")
    substance: Mapped[str] = personal_text(60)
    recorded_at: Mapped[datetime] = mapped_column()
    recorded_by_id: Mapped[int] = refers("user_account.id")
    ended_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (Index("ix_allergy_patient_id", "patient_id"),)  # the chart and the seeding check


class Course(Versioned, Base):
    """One therapy of one patient. `code` is the chain-of-identity code that every child carries."""

    __tablename__ = "course"
    __stream__ = Stream.COURSE
    __fixed__ = ("patient_id", "code")

    id: Mapped[Key]
    patient_id: Mapped[int] = refers("patient.id")
    code: Mapped[str] = code_text(14, unique=True)
    number: Mapped[int] = mapped_column()
    protocol: Mapped[str] = code_text(40)
    is_under_ind: Mapped[bool] = mapped_column()
    first_day: Mapped[date] = mapped_column()
    state: Mapped[CourseState] = mapped_column(controlled(CourseState))

    __table_args__ = (
        UniqueConstraint("id", "patient_id"),
        UniqueConstraint("patient_id", "number"),
        Index("ix_course_state_id", "state", "id"),  # Today: who is on treatment
    )


class BodyWeight(OfCourse, Versioned, Base):
    """A dated weight in grams; `verified_by_id` is a second person, without whom a dose cannot rest on it."""

    __tablename__ = "body_weight"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id", "weight_g")

    id: Mapped[Key]
    weight_g: Mapped[int] = mapped_column()
    measured_at: Mapped[datetime] = mapped_column()
    entered_by_id: Mapped[int] = refers("user_account.id")
    verified_by_id: Mapped[int | None] = refers("user_account.id")
    reason: Mapped[str | None] = personal_text()

    __table_args__ = (
        *bound(),
        CheckConstraint("weight_g BETWEEN 2000 AND 350000", name="weight_possible"),
        CheckConstraint("verified_by_id <> entered_by_id", name="verified_by_another"),
        Index("ix_body_weight_course_id_measured_at", "course_id", "measured_at"),
        Index("ix_body_weight_patient_id_measured_at", "patient_id", "measured_at"),  # the endotoxin sum: the last one
    )


class Consent(OfCourse, Versioned, Base):
    """The patient's agreement; once withdrawn it blocks everything that follows."""

    __tablename__ = "consent"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id", "kind")

    id: Mapped[Key]
    kind: Mapped[ConsentKind] = mapped_column(controlled(ConsentKind))
    given_at: Mapped[datetime] = mapped_column()
    recorded_by_id: Mapped[int] = refers("user_account.id")
    withdrawn_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        *bound(),
        Index("ix_consent_course_id_kind_id", "course_id", "kind", "id"),  # the course: the last one of each kind
        Index(
            "uq_consent_open",
            "course_id",
            "kind",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )


class TreatmentOrder(OfCourse, Versioned, Base):
    """A prescriber's order to collect and process; without an active one no culture starts."""

    __tablename__ = "treatment_order"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id")

    id: Mapped[Key]
    number: Mapped[int] = mapped_column()
    collections_planned: Mapped[int] = mapped_column()
    state: Mapped[OrderState] = mapped_column(controlled(OrderState))
    ordered_by_id: Mapped[int] = refers("user_account.id")
    ordered_at: Mapped[datetime] = mapped_column()
    signature_id: Mapped[int] = mapped_column()

    __table_args__ = (
        *bound(),
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        UniqueConstraint("course_id", "number"),
        CheckConstraint("collections_planned BETWEEN 1 AND 20", name="collections_possible"),
    )
