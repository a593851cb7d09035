"""Release decisions: the frozen evaluation, the signatures, the bags named, and what was still pending."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
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
from app.domain.release import Outcome
from app.domain.states import DecisionState
from app.domain.vocabulary import ReleaseKind, TestKind


class ReleaseDecision(OfCourse, Versioned, Base):
    """One decision about one lot. `evaluation` is the exact text QA saw; its SHA-256 is what was signed.

    The bags are not issued after `evidence_valid_until`: from then on a result is older than its criterion permits.
    """

    __tablename__ = "release_decision"
    __stream__ = Stream.COURSE
    __fixed__ = (
        "course_id",
        "patient_id",
        "product_lot_id",
        "kind",
        "evaluation",
        "evaluation_sha256",
        "evidence_valid_until",
        "signed_by_id",
        "signature_id",
    )

    id: Mapped[Key]
    product_lot_id: Mapped[int] = mapped_column()
    number: Mapped[int] = mapped_column()
    kind: Mapped[ReleaseKind] = mapped_column(controlled(ReleaseKind))
    state: Mapped[DecisionState] = mapped_column(controlled(DecisionState))
    specification_id: Mapped[int] = refers("specification.id")
    outcome: Mapped[Outcome] = mapped_column(controlled(Outcome))
    evaluation: Mapped[str] = blob_text()
    evaluation_sha256: Mapped[str] = code_text(64)
    reason: Mapped[str | None] = personal_text()
    action_plan: Mapped[str | None] = personal_text()
    contact: Mapped[str | None] = personal_text(120)
    signed_by_id: Mapped[int] = refers("user_account.id")
    signature_id: Mapped[int] = mapped_column()
    acknowledged_by_id: Mapped[int | None] = refers("user_account.id")
    acknowledgement_id: Mapped[int | None] = mapped_column()
    effective_at: Mapped[datetime | None] = mapped_column()
    evidence_valid_until: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        *bound("product_lot"),
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        ForeignKeyConstraint(["acknowledgement_id"], ["signature.id"]),
        UniqueConstraint("product_lot_id", "number"),
        CheckConstraint("acknowledged_by_id <> signed_by_id", name="acknowledged_by_another"),
        CheckConstraint("state <> 'effective' OR effective_at IS NOT NULL", name="effective_since"),
        CheckConstraint("kind <> 'release' OR outcome = 'eligible'", name="release_only_when_eligible"),
        CheckConstraint(
            "kind <> 'conditional' OR outcome = 'conditional_eligible'",
            name="conditional_only_when_eligible",
        ),
        CheckConstraint(
            "kind <> 'conditional' OR (action_plan IS NOT NULL AND contact IS NOT NULL)",
            name="conditional_has_plan",
        ),
        CheckConstraint(
            "kind <> 'conditional' OR state <> 'effective' OR acknowledgement_id IS NOT NULL",
            name="conditional_acknowledged",
        ),
        CheckConstraint("kind <> 'reject' OR reason IS NOT NULL", name="reject_has_reason"),
        Index(
            "uq_release_decision_in_force",
            "product_lot_id",
            unique=True,
            sqlite_where=text("state = 'effective'"),
            postgresql_where=text("state = 'effective'"),
        ),
    )


class DecisionBag(OfCourse, Versioned, Base):
    """A bag named in a decision. At most one decision per bag is in force."""

    __tablename__ = "decision_bag"
    __stream__ = Stream.COURSE
    __fixed__ = ("course_id", "patient_id", "release_decision_id", "bag_id", "product_lot_id")

    id: Mapped[Key]
    release_decision_id: Mapped[int] = mapped_column()
    product_lot_id: Mapped[int] = mapped_column()
    bag_id: Mapped[int] = mapped_column()
    is_effective: Mapped[bool] = mapped_column()

    __table_args__ = (
        *bound("release_decision", "product_lot", "bag"),
        ForeignKeyConstraint(["bag_id", "product_lot_id"], ["bag.id", "bag.product_lot_id"]),
        UniqueConstraint("release_decision_id", "bag_id"),
        UniqueConstraint("bag_id", "id"),
        Index(
            "uq_decision_bag_in_force",
            "bag_id",
            unique=True,
            sqlite_where=text("is_effective"),
            postgresql_where=text("is_effective"),
        ),
    )


class DecisionPending(OfCourse, Base):
    """A test that was still pending when a lot was released conditionally, and when its result is due."""

    __tablename__ = "decision_pending"
    __stream__ = Stream.COURSE
    __append_only__ = True

    id: Mapped[Key]
    release_decision_id: Mapped[int] = mapped_column()
    test: Mapped[TestKind] = mapped_column(controlled(TestKind))
    criterion: Mapped[str] = code_text(80)
    due_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (*bound("release_decision"), UniqueConstraint("release_decision_id", "criterion"))


class RecordReview(OfCourse, Base):
    """QA's signed review of record and audit trail of a lot, as far as the named ledger version."""

    __tablename__ = "record_review"
    __stream__ = Stream.COURSE
    __append_only__ = True

    id: Mapped[Key]
    product_lot_id: Mapped[int] = mapped_column()
    ledger_version: Mapped[int] = mapped_column()
    reviewed_by_id: Mapped[int] = refers("user_account.id")
    reviewed_at: Mapped[datetime] = mapped_column()
    signature_id: Mapped[int] = mapped_column()

    __table_args__ = (
        *bound("product_lot"),
        ForeignKeyConstraint(["signature_id"], ["signature.id"]),
        Index("ix_record_review_product_lot_id", "product_lot_id"),
    )
