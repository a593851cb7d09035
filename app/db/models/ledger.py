"""The ledger's own tables. The Merkle log (leaves, tiles, checkpoints) joins them in a later migration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, blob_text, code_text, refers


class LedgerEvent(Base):
    """One event of one stream: its exact canonical text, its hash, and the hash of the event before it."""

    __tablename__ = "ledger_event"
    __exempt__ = "the ledger itself"
    __append_only__ = True

    id: Mapped[Key]
    stream: Mapped[str] = code_text(45)
    version: Mapped[int] = mapped_column()
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    canon: Mapped[str] = blob_text()
    request_key: Mapped[str] = code_text(36)
    at: Mapped[datetime] = mapped_column()

    __table_args__ = (
        UniqueConstraint("stream", "version"),
        UniqueConstraint("stream", "prev_hash"),
        UniqueConstraint("stream", "request_key"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )


class LedgerHead(Base):
    """The last event of each stream: the row to lock. A cache, no evidence."""

    __tablename__ = "ledger_head"
    __exempt__ = "a cache of the last event of each stream"

    stream: Mapped[str] = mapped_column(primary_key=True, info={"ledger": "code"})
    version: Mapped[int] = mapped_column()
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class DataKey(Base):
    """A data key wrapped by the key outside the database; one per patient, and one for the site (null)."""

    __tablename__ = "data_key"
    __exempt__ = "key material"

    id: Mapped[Key]
    patient_id: Mapped[int | None] = mapped_column(unique=True)
    wrapped: Mapped[bytes] = mapped_column()


class LedgerOpening(Base):
    """What a commitment of an event commits to: salt and value, encrypted with the subject's data key."""

    __tablename__ = "ledger_opening"
    __exempt__ = "openings of commitments in the ledger"
    __append_only__ = True

    id: Mapped[Key]
    row: Mapped[str] = code_text(60)
    column: Mapped[str] = code_text(60)
    rv: Mapped[int] = mapped_column()
    data_key_id: Mapped[int] = refers("data_key.id")
    ciphertext: Mapped[bytes] = mapped_column()

    __table_args__ = (UniqueConstraint("row", "column", "rv"),)


class EvidenceActor(Base):
    """Everybody who ever touched what a release rests on; kept by the recorder, so nobody can be left out.

    Exactly one of `collection_id`, `culture_id` and `product_lot_id` says what was touched.
    """

    __tablename__ = "evidence_actor"
    __exempt__ = "a projection of who acted, read by the release trigger"
    __append_only__ = True

    id: Mapped[Key]
    user_id: Mapped[int] = refers("user_account.id")
    collection_id: Mapped[int | None] = refers("collection.id")
    culture_id: Mapped[int | None] = refers("culture.id")
    product_lot_id: Mapped[int | None] = refers("product_lot.id")
    step: Mapped[str] = code_text(64)

    __table_args__ = (
        Index("uq_evidence_actor_collection", "collection_id", "user_id", "step", unique=True),
        Index("uq_evidence_actor_culture", "culture_id", "user_id", "step", unique=True),
        Index("uq_evidence_actor_product_lot", "product_lot_id", "user_id", "step", unique=True),
        CheckConstraint(
            "CASE WHEN collection_id IS NULL THEN 0 ELSE 1 END + CASE WHEN culture_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN product_lot_id IS NULL THEN 0 ELSE 1 END = 1",
            name="touches_one_thing",
        ),
    )
