"""The installation itself: the site, its licences, the counter of codes, the keys of requests already answered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, Stream, Versioned, blob_text, code_text, personal_text, refers


class Site(Versioned, Base):
    """The one site of this installation. Its code and whether it is a demo never change."""

    __tablename__ = "site"
    __stream__ = Stream.SYSTEM
    __fixed__ = ("code", "is_demo")

    id: Mapped[Key]
    code: Mapped[str] = code_text(3)
    name: Mapped[str] = code_text(80)
    zone: Mapped[str] = code_text(40)
    is_demo: Mapped[bool] = mapped_column()
    laboratory_phone: Mapped[str] = code_text(40)
    longest_transit_min: Mapped[int] = mapped_column(default=60)
    storage_lowest_c: Mapped[Decimal] = mapped_column(default=Decimal(2))
    storage_highest_c: Mapped[Decimal] = mapped_column(default=Decimal(25))
    wedge_gap_ms: Mapped[int] = mapped_column(default=50)
    reader_check_days: Mapped[int] = mapped_column(default=90)
    most_typed_percent: Mapped[int] = mapped_column(default=2)

    __table_args__ = (
        CheckConstraint("id = 1", name="single_site"),
        CheckConstraint("wedge_gap_ms BETWEEN 20 AND 60", name="wedge_gap"),
        CheckConstraint("reader_check_days BETWEEN 1 AND 365", name="reader_check_days"),
        CheckConstraint("most_typed_percent BETWEEN 0 AND 100", name="most_typed"),
    )


class IsbtStatement(Base):
    """What an administrator stated about ISBT 128, signed: a licence held, or switched off. The newest is in force."""

    __tablename__ = "isbt_statement"
    __stream__ = Stream.SYSTEM
    __append_only__ = True

    id: Mapped[Key]
    is_on: Mapped[bool] = mapped_column()
    facility_number: Mapped[str | None] = code_text(5)
    licence_number: Mapped[str | None] = code_text(40)
    licence_date: Mapped[date | None] = mapped_column()
    local_flags: Mapped[str] = personal_text()
    coi_check_with_prefix: Mapped[bool] = mapped_column()
    stated_by_id: Mapped[int] = refers("user_account.id")
    signature_id: Mapped[int] = refers("signature.id")
    stated_at: Mapped[datetime] = mapped_column()

    __table_args__ = (
        UniqueConstraint("signature_id"),
        CheckConstraint(
            "is_on = (facility_number IS NOT NULL) AND is_on = (licence_number IS NOT NULL)"
            " AND is_on = (licence_date IS NOT NULL)",
            name="licence_while_on",
        ),
        CheckConstraint("length(facility_number) = 5", name="facility_number"),
    )


class CodeCounter(Base):
    """The last number given out in a year, shared by all kinds of code. Gaps are normal."""

    __tablename__ = "code_counter"
    __exempt__ = "a counter; the codes it gave stand in their own rows"

    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column()


class RequestKey(Base):
    """A request already carried out, with its outcome, so that a repeat gets the same answer."""

    __tablename__ = "request_key"
    __exempt__ = "kept thirty days; the key itself stays in the ledger event"

    key: Mapped[str] = mapped_column(primary_key=True, info={"ledger": "code"})
    user_id: Mapped[int] = refers("user_account.id")
    command: Mapped[str] = code_text(64)
    body_sha256: Mapped[str] = code_text(64)
    outcome: Mapped[str] = blob_text()
    at: Mapped[datetime] = mapped_column()
    station_id: Mapped[int | None] = refers("station.id")
    codes: Mapped[int] = mapped_column()
    typed_codes: Mapped[int] = mapped_column()

    __table_args__ = (
        CheckConstraint("codes >= 0 AND typed_codes BETWEEN 0 AND codes", name="typed_of_codes"),
        Index("ix_request_key_typed_share", "at", "station_id", "codes", "typed_codes"),
    )
