"""Custody events: who held a bag, where, in what condition. The bag's state is nothing but their fold."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Key, OfCourse, Stream, bound, code_text, personal_text, refers
from app.db.types import controlled
from app.domain.custody import CustodyKind
from app.domain.reading import CodeSource
from app.domain.states import BagState


class CustodyEvent(OfCourse, Base):
    """One link. Each begins where the one before ended; a correction is a new event naming the corrected one.

    Without an actor it was the system: a time was over. `code_source` says how the code of the bag came, where the
    act asked for it.
    """

    __tablename__ = "custody_event"
    __stream__ = Stream.COURSE
    __append_only__ = True
    __evidence__ = ("product_lot_id",)

    id: Mapped[Key]
    bag_id: Mapped[int] = mapped_column()
    product_lot_id: Mapped[int] = mapped_column()
    seq: Mapped[int] = mapped_column()
    kind: Mapped[CustodyKind] = mapped_column(controlled(CustodyKind))
    bag_state: Mapped[BagState] = mapped_column(controlled(BagState))
    at: Mapped[datetime] = mapped_column()
    recorded_at: Mapped[datetime] = mapped_column()
    actor_id: Mapped[int | None] = refers("user_account.id")
    witness_id: Mapped[int | None] = refers("user_account.id")
    from_holder_id: Mapped[int | None] = refers("user_account.id")
    to_holder_id: Mapped[int] = refers("user_account.id")
    from_place_id: Mapped[int | None] = refers("place.id")
    to_place_id: Mapped[int] = refers("place.id")
    station_id: Mapped[int | None] = refers("station.id")
    temperature_c: Mapped[Decimal | None] = mapped_column()
    seal: Mapped[str | None] = code_text(40)
    code_source: Mapped[CodeSource | None] = mapped_column(controlled(CodeSource))
    request_key: Mapped[str] = code_text(36)
    corrects_id: Mapped[int | None] = mapped_column()
    reason: Mapped[str | None] = personal_text()

    __table_args__ = (
        *bound("bag", "product_lot"),
        ForeignKeyConstraint(["bag_id", "product_lot_id"], ["bag.id", "bag.product_lot_id"]),
        ForeignKeyConstraint(
            ["corrects_id", "course_id", "patient_id"],
            ["custody_event.id", "custody_event.course_id", "custody_event.patient_id"],
        ),
        UniqueConstraint("bag_id", "seq"),
        UniqueConstraint("bag_id", "request_key"),
        CheckConstraint("witness_id <> actor_id", name="witnessed_by_another"),
        CheckConstraint("seq >= 1", name="seq_from_one"),
    )
