"""What the people of this house hand to the doors: recognising, remembering refusals, counting waiting work."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from app.db.models import Course, NearMissRecord, ProductLot
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import NearMiss, Refusal
from app.domain.roles import Role
from app.domain.states import LotState
from app.identity.sessions import Recogniser, touch
from app.identity.signing import count_failure
from app.settings import Settings
from app.web.viewer import Reception, Viewer


def reception(settings: Settings) -> Reception:
    """The reception of one running server."""
    return Reception(Recogniser(settings).recognise, touch, remember, waiting_work)


def remember(tx: Transaction, refusal: Refusal) -> None:
    """Keep what a refusal leaves behind: a counted failure, a near miss with its number."""
    if refusal.failed_subject is not None:
        count_failure(tx, refusal.failed_subject)
    if refusal.near_miss is not None:
        tx.action = tx.action or "record_near_miss"
        refusal.near_miss_number = _record(tx, refusal.near_miss)


def waiting_work(db: Connection, viewer: Viewer) -> dict[str, int]:
    """Work that waits for this person, by navigation key, in one bounded statement."""
    if Role.QA not in viewer.actor.roles:
        return {}
    waiting = select(ProductLot.id).where(ProductLot.state == LotState.QUARANTINE).limit(100).subquery()
    return {"release": db.execute(select(func.count()).select_from(waiting)).scalar_one()}


def _record(tx: Transaction, missed: NearMiss) -> str:
    course = None
    if missed.course_code is not None:
        look = select(Course.id, Course.patient_id).where(Course.code == missed.course_code)
        course = tx.session.execute(look).one_or_none()
    year = f"{tx.now.year % 100:02}"
    last = tx.session.execute(
        select(func.max(NearMissRecord.number)).where(NearMissRecord.number.like(f"NM-{year}-%"))
    ).scalar_one()
    number = f"NM-{year}-{int(last.split('-')[2]) + 1 if last else 1:05}"
    tx.session.add(
        NearMissRecord(
            number=number,
            kind=missed.kind,
            step=missed.step,
            scanned=missed.scanned,
            bag_code=missed.bag_code,
            at=tx.now,
            user_id=tx.actor.user_id if isinstance(tx.actor, Actor) else None,
            station_id=tx.actor.station_id if isinstance(tx.actor, Actor) else None,
            course_id=None if course is None else course.id,
            patient_id=None if course is None else course.patient_id,
        )
    )
    tx.session.flush()
    return number
