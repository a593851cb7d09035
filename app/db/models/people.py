"""People, their rights, stations, sign-ins and signatures. Not what a role may do: that is `app.domain.roles`."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, Stream, Versioned, blob_text, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.roles import Grant, Role
from app.domain.signing import Meaning
from app.domain.vocabulary import StationKind


class User(Versioned, Base):
    """A person. Never deleted, the name never reused; `is_active` ends the account."""

    __tablename__ = "user_account"
    __stream__ = Stream.USER
    __fixed__ = ("user_name",)

    id: Mapped[Key]
    user_name: Mapped[str] = personal_text(64)
    full_name: Mapped[str] = personal_text(120)
    is_active: Mapped[bool] = mapped_column(default=True)
    identity_verified_by_id: Mapped[int | None] = refers("user_account.id")
    identity_verified_on: Mapped[date | None] = mapped_column()
    accountable_since: Mapped[datetime | None] = mapped_column()
    qualified_until: Mapped[date | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("user_name"),
        CheckConstraint("identity_verified_by_id <> id", name="identity_verified_by_another"),
    )


class UserRole(Versioned, Base):
    """A role given to a person by another person; ended, never removed."""

    __tablename__ = "user_role"
    __stream__ = Stream.USER
    __fixed__ = ("user_id", "role")

    id: Mapped[Key]
    user_id: Mapped[int] = refers("user_account.id")
    role: Mapped[Role] = mapped_column(controlled(Role))
    granted_by_id: Mapped[int | None] = refers("user_account.id")
    granted_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        CheckConstraint("granted_by_id <> user_id", name="granted_by_another"),
        Index(
            "uq_user_role_open",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class UserGrant(Versioned, Base):
    """An authority on top of a role, such as release authority; given by another person."""

    __tablename__ = "user_grant"
    __stream__ = Stream.USER
    __fixed__ = ("user_id", "authority")

    id: Mapped[Key]
    user_id: Mapped[int] = refers("user_account.id")
    authority: Mapped[Grant] = mapped_column(controlled(Grant))
    granted_by_id: Mapped[int | None] = refers("user_account.id")
    granted_at: Mapped[datetime] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        CheckConstraint("granted_by_id <> user_id", name="granted_by_another"),
        Index(
            "uq_user_grant_open",
            "user_id",
            "authority",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class Credential(Versioned, Base):
    """A person's secrets as argon2id hashes; the PIN hash carries a pepper kept outside the database."""

    __tablename__ = "credential"
    __stream__ = Stream.USER
    __fixed__ = ("user_id",)

    id: Mapped[Key]
    user_id: Mapped[int] = refers("user_account.id")
    password_hash: Mapped[str | None] = mapped_column(info={"ledger": "secret"})
    pin_hash: Mapped[str | None] = mapped_column(info={"ledger": "secret"})

    __table_args__ = (UniqueConstraint("user_id"),)


class Badge(Versioned, Base):
    """A badge code identifies a person; it never authenticates. A voided badge stops at its next scan."""

    __tablename__ = "badge"
    __stream__ = Stream.USER
    __fixed__ = ("user_id", "code")

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    user_id: Mapped[int] = refers("user_account.id")
    issued_at: Mapped[datetime] = mapped_column()
    voided_at: Mapped[datetime | None] = mapped_column()


class Station(Versioned, Base):
    """An enrolled tablet, bench or bedside cart. Only its own cookie, kept as a hash, proves it."""

    __tablename__ = "station"
    __stream__ = Stream.SYSTEM

    id: Mapped[Key]
    code: Mapped[str] = code_text(14, unique=True)
    name: Mapped[str] = code_text(60)
    kind: Mapped[StationKind] = mapped_column(controlled(StationKind))
    place_id: Mapped[int | None] = refers("place.id")
    token_hash: Mapped[str | None] = mapped_column(info={"ledger": "secret"}, unique=True)
    enrolled_at: Mapped[datetime | None] = mapped_column()
    is_active: Mapped[bool] = mapped_column(default=True)
    reader_checked_at: Mapped[datetime | None] = mapped_column()
    reader_checked_by_id: Mapped[int | None] = refers("user_account.id")

    __table_args__ = (
        CheckConstraint("(reader_checked_at IS NULL) = (reader_checked_by_id IS NULL)", name="reader_checked_by_one"),
    )


class WebSession(Base):
    """A sign-in: the hash of a random token, bound to a person and, where there is one, a station."""

    __tablename__ = "web_session"
    __exempt__ = "sign-ins are not records of the laboratory; who did what is in every event"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(info={"ledger": "secret"}, unique=True)
    user_id: Mapped[int] = refers("user_account.id")
    station_id: Mapped[int | None] = refers("station.id")
    created_at: Mapped[datetime] = mapped_column()
    last_seen_at: Mapped[datetime] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column()
    locked_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None] = mapped_column()
    full_signing_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index(
            "ix_web_session_open_user_id",  # a person's open sign-ins: the list of them, and their end
            "user_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_web_session_open_station_id",  # who is signed in at a station
            "station_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class SignInAttempt(Base):
    """Failed tries in a row for one person at one station; counted in the database, so a restart forgets nothing."""

    __tablename__ = "sign_in_attempt"
    __exempt__ = "attempt counter; lockouts themselves are recorded as near misses"

    id: Mapped[Key]
    subject: Mapped[str] = code_text(80, unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column()


class OneTimeCode(Base):
    """A single-use, short-lived code to set one's own first or new secrets. Only its hash is kept."""

    __tablename__ = "one_time_code"
    __exempt__ = "single-use codes; what they led to is recorded"

    id: Mapped[Key]
    code_hash: Mapped[str] = mapped_column(info={"ledger": "secret"}, unique=True)
    purpose: Mapped[str] = code_text(20)
    user_id: Mapped[int | None] = refers("user_account.id")
    expires_at: Mapped[datetime] = mapped_column()
    used_at: Mapped[datetime | None] = mapped_column()


class Signature(Base):
    """An electronic signature over the exact record that was on the screen."""

    __tablename__ = "signature"
    __stream__ = Stream.COURSE
    __append_only__ = True

    id: Mapped[Key]
    user_id: Mapped[int] = refers("user_account.id")
    full_name: Mapped[str] = personal_text(120)
    role: Mapped[Role] = mapped_column(controlled(Role))
    meaning: Mapped[Meaning] = mapped_column(controlled(Meaning))
    statement: Mapped[str] = personal_text()
    record_of: Mapped[str] = code_text(60)
    record: Mapped[str] = blob_text()
    record_sha256: Mapped[str] = code_text(64)
    components: Mapped[str] = code_text(40)
    station_id: Mapped[int | None] = refers("station.id")
    signed_at: Mapped[datetime] = mapped_column()
    signed_at_local: Mapped[str] = code_text(40)
    course_id: Mapped[int | None] = mapped_column()
    patient_id: Mapped[int | None] = mapped_column()

    __table_args__ = (
        ForeignKeyConstraint(["course_id", "patient_id"], ["course.id", "course.patient_id"]),
        CheckConstraint("(course_id IS NULL) = (patient_id IS NULL)", name="course_with_patient"),
        Index("ix_signature_record_of", "record_of"),
    )


class SignatureSuperseded(Base):
    """The record changed after it was signed: the signature stands in history and proves nothing now."""

    __tablename__ = "signature_superseded"
    __stream__ = Stream.SYSTEM
    __append_only__ = True

    id: Mapped[Key]
    signature_id: Mapped[int] = mapped_column(unique=True)
    superseded_at: Mapped[datetime] = mapped_column()
    why: Mapped[str] = code_text(60)

    __table_args__ = (ForeignKeyConstraint(["signature_id"], ["signature.id"]),)
