"""Leukapheresis collections, their inspection on receipt, their numbers of another scheme."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, OfCourse, Stream, Versioned, bound, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.states import CollectionState
from app.domain.vocabulary import Inspection


class Collection(OfCourse, Versioned, Base):
    """One leukapheresis run and its product: one donation number, cells of one patient.

    `wristband_id` is the band that was scanned at the start; its key binds it to the same patient. A label older than
    `yield_entered_at` shows other values, so it does not let the collection finish.
    """

    __tablename__ = "collection"
    __stream__ = Stream.COURSE
    __evidence__ = ("id",)
    __fixed__ = ("course_id", "patient_id", "code")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    number: Mapped[int] = mapped_column()
    treatment_order_id: Mapped[int] = mapped_column()
    state: Mapped[CollectionState] = mapped_column(controlled(CollectionState))
    planned_at: Mapped[datetime] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    yield_entered_at: Mapped[datetime | None] = mapped_column()
    wristband_id: Mapped[int | None] = mapped_column()
    precount_lymphocytes_1e9_per_l: Mapped[Decimal | None] = mapped_column()
    haemoglobin_g_per_l: Mapped[int | None] = mapped_column()
    platelets_1e9_per_l: Mapped[int | None] = mapped_column()
    separator_id: Mapped[int | None] = refers("equipment.id")
    kit_lot_id: Mapped[int | None] = refers("material_lot.id")
    blood_processed_ml: Mapped[int | None] = mapped_column()
    volume_ul: Mapped[int | None] = mapped_column()
    anticoagulant_ul: Mapped[int | None] = mapped_column()
    wbc_cells: Mapped[int | None] = mapped_column()
    lymphocyte_percent: Mapped[Decimal | None] = mapped_column()
    performed_by_id: Mapped[int | None] = refers("user_account.id")
    checked_by_id: Mapped[int | None] = refers("user_account.id")
    accepted_by_id: Mapped[int | None] = refers("user_account.id")
    accepted_with_id: Mapped[int | None] = refers("user_account.id")

    __table_args__ = (
        *bound("treatment_order"),
        ForeignKeyConstraint(["wristband_id", "patient_id"], ["wristband.id", "wristband.patient_id"]),
        UniqueConstraint("course_id", "number"),
        CheckConstraint("checked_by_id <> performed_by_id", name="checked_by_another"),
        CheckConstraint("accepted_with_id <> accepted_by_id", name="accepted_by_two"),
        CheckConstraint("ended_at > started_at", name="ends_after_start"),
        CheckConstraint("wbc_cells BETWEEN 1000000 AND 1000000000000", name="wbc_possible"),
        CheckConstraint("volume_ul BETWEEN 5000 AND 3000000", name="volume_possible"),
        Index("ix_collection_state_planned_at", "state", "planned_at"),  # Today: what is planned, what arrives
    )


class CollectionReceipt(OfCourse, Base):
    """The inspection of a collection on arrival: every line pass, fail or unknown; two persons hand over."""

    __tablename__ = "collection_receipt"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("collection_id",)

    id: Mapped[Key]
    collection_id: Mapped[int] = mapped_column()
    received_at: Mapped[datetime] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column()
    given_by_id: Mapped[int] = refers("user_account.id")
    received_by_id: Mapped[int] = refers("user_account.id")
    integrity: Mapped[Inspection] = mapped_column(controlled(Inspection, "integrity"))
    temperature: Mapped[Inspection] = mapped_column(controlled(Inspection, "temperature"))
    identity: Mapped[Inspection] = mapped_column(controlled(Inspection, "identity"))
    label: Mapped[Inspection] = mapped_column(controlled(Inspection, "label"))
    time_out_of_storage: Mapped[Inspection] = mapped_column(controlled(Inspection, "time_out_of_storage"))
    temperature_c: Mapped[Decimal] = mapped_column()
    out_of_storage_min: Mapped[int] = mapped_column()
    volume_ul: Mapped[int] = mapped_column()
    note: Mapped[str | None] = personal_text()

    __table_args__ = (
        *bound("collection"),
        UniqueConstraint("collection_id"),
        CheckConstraint("given_by_id <> received_by_id", name="handed_over_by_two"),
    )


class IsbtNumber(OfCourse, Base):
    """A number of ISBT 128 as it was scanned from a collection: a donation number (001) or chain of identity (040).

    A donation number is the collection's; a chain of identity is the whole course's, whichever collection brought it.
    """

    __tablename__ = "isbt_number"
    __stream__ = Stream.COURSE
    __append_only__ = True

    id: Mapped[Key]
    collection_id: Mapped[int] = mapped_column()
    structure: Mapped[str] = code_text(3)
    number: Mapped[str] = code_text(15, unique=True)
    recorded_by_id: Mapped[int] = refers("user_account.id")
    confirmed_by_id: Mapped[int] = refers("user_account.id")
    recorded_at: Mapped[datetime] = mapped_column()

    __table_args__ = (
        *bound("collection"),
        UniqueConstraint("collection_id", "structure"),
        CheckConstraint("confirmed_by_id <> recorded_by_id", name="confirmed_by_another"),
        CheckConstraint(
            "(structure = '001' AND length(number) = 13) OR (structure = '040' AND length(number) = 15)",
            name="number_of_its_structure",
        ),
        Index(
            "uq_isbt_number_chain_of_identity",
            "course_id",
            unique=True,
            sqlite_where=text("structure = '040'"),
            postgresql_where=text("structure = '040'"),
        ),
    )
