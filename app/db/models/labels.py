"""Printed labels: one row per copy, its exact bytes by hash, and where it ended."""

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
from app.domain.labels.jobs import Delivery
from app.domain.states import LabelState
from app.domain.vocabulary import LabelledThing, SpoilReason


class Label(OfCourse, Versioned, Base):
    """One copy of a label for one thing. `content` is what it says, frozen; a reprint is drawn from it.

    A copy of a print job has its place in it; `sent_sha256` is the hash of the bytes it leaves in: its own block on a
    label printer, the whole file of the job where that is downloaded as pages. `proven_with` are the versions of what
    drew and read it: template, label rules, fonts, libraries.
    """

    __tablename__ = "label"
    __stream__ = Stream.COURSE
    __evidence__ = ("product_lot_id", "culture_id", "collection_id")
    __fixed__ = (
        "course_id",
        "patient_id",
        "thing",
        "code",
        "print_number",
        "bag_id",
        "payload",
        "content",
        "print_job_id",
        "position",
    )

    id: Mapped[Key]
    thing: Mapped[LabelledThing] = mapped_column(controlled(LabelledThing))
    code: Mapped[str] = code_text(14)
    print_number: Mapped[int] = mapped_column()
    bag_id: Mapped[int | None] = mapped_column()
    product_lot_id: Mapped[int | None] = mapped_column()
    culture_id: Mapped[int | None] = mapped_column()
    collection_id: Mapped[int | None] = mapped_column()
    print_job_id: Mapped[int | None] = mapped_column()
    position: Mapped[int | None] = mapped_column()
    state: Mapped[LabelState] = mapped_column(controlled(LabelState))
    template: Mapped[str] = code_text(40)
    payload: Mapped[str] = code_text(16)
    content: Mapped[str] = blob_text()
    pdf_sha256: Mapped[str | None] = code_text(64)
    sent_sha256: Mapped[str | None] = code_text(64)
    proven_with: Mapped[str | None] = code_text(400)
    delivery: Mapped[Delivery | None] = mapped_column(controlled(Delivery))
    spoiled_as: Mapped[SpoilReason | None] = mapped_column(controlled(SpoilReason))
    refused_why: Mapped[str | None] = personal_text()
    reason: Mapped[str | None] = personal_text()
    handed_out_at: Mapped[datetime | None] = mapped_column()
    requested_at: Mapped[datetime] = mapped_column()
    requested_by_id: Mapped[int] = refers("user_account.id")
    scanned_back_by_id: Mapped[int | None] = refers("user_account.id")
    verified_by_id: Mapped[int | None] = refers("user_account.id")
    applied_at: Mapped[datetime | None] = mapped_column()
    destroyed_with_id: Mapped[int | None] = refers("user_account.id")

    __table_args__ = (
        *bound(optional=("bag", "product_lot", "culture", "collection", "print_job")),
        ForeignKeyConstraint(["bag_id", "product_lot_id"], ["bag.id", "bag.product_lot_id"]),
        UniqueConstraint("code", "print_number"),
        UniqueConstraint("print_job_id", "position"),
        CheckConstraint("(print_job_id IS NULL) = (position IS NULL)", name="place_in_its_job"),
        CheckConstraint("print_number BETWEEN 1 AND 99", name="print_number_possible"),
        CheckConstraint("verified_by_id <> scanned_back_by_id", name="verified_by_another"),
        CheckConstraint("print_number = 1 OR reason IS NOT NULL", name="reprint_has_reason"),
        CheckConstraint("(thing = 'bag') = (bag_id IS NOT NULL)", name="bag_label_names_its_bag"),
        Index("ix_label_product_lot_id_state", "product_lot_id", "state"),  # the release desk: labels reconciled
        Index("ix_label_bag_id_state", "bag_id", "state"),
        Index(
            "uq_label_applied",
            "code",
            unique=True,
            sqlite_where=text("state = 'applied'"),
            postgresql_where=text("state = 'applied'"),
        ),
    )
