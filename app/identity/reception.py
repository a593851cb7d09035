"""What the doors need from people: who is here, what a refusal leaves behind, how much waits for them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal, select

from app.db.models import Bag, Course, NearMissRecord, ProductLot, ReleaseDecision, Site
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import NearMiss, Refusal
from app.domain.roles import Role
from app.domain.states import BagState, DecisionState, LotState
from app.identity.sessions import Recogniser, touch
from app.identity.signing import count_failure
from app.settings import Settings
from app.web.viewer import Reception, Viewer

MOST_WAITING = 99
LONGEST_SCAN = 20


def reception(settings: Settings) -> Reception:
    """The reception of one installation."""
    return Reception(recognise=Recogniser(settings).recognise, touch=touch, remember=remember, badges=badges)


@command
def remember(tx: Transaction, refusal: Refusal) -> None:
    """Keep what a refusal leaves behind, after everything it refused was undone: a near miss, a failed secret."""
    subject = refusal.failed_subject
    if subject is not None and count_failure(tx, subject):
        record_near_miss(tx, NearMiss(kind="secret_locked", step="sign in"), user_id=_user_of(subject))
    if refusal.near_miss is not None:
        who = tx.actor.user_id if isinstance(tx.actor, Actor) else None
        refusal.near_miss_number = record_near_miss(tx, refusal.near_miss, user_id=who)


def record_near_miss(tx: Transaction, near_miss: NearMiss, *, user_id: int | None) -> str:
    """File a near miss under the course it protected, or under the person or site; answer its number."""
    at = select(Course.id, Course.patient_id).where(Course.code == near_miss.course_code)
    course = tx.session.execute(at).one_or_none() if near_miss.course_code is not None else None
    record = NearMissRecord(
        number=_next_number(tx),
        kind=near_miss.kind,
        step=near_miss.step,
        scanned=near_miss.scanned and near_miss.scanned[:LONGEST_SCAN],
        bag_code=near_miss.bag_code,
        at=tx.now,
        user_id=user_id,
        station_id=tx.actor.station_id if isinstance(tx.actor, Actor) else None,
        course_id=None if course is None else course.id,
        patient_id=None if course is None else course.patient_id,
    )
    tx.session.add(record)
    return record.number


def badges(db: Connection, viewer: Viewer) -> dict[str, int]:
    """How much waits for this person, by key of the navigation; at most one statement, and it stops at 99."""
    roles = viewer.actor.roles
    if Role.QA in roles:  # ix_product_lot_state_id
        return {"release": db.execute(_TO_DECIDE).scalar_one()}
    if Role.CLINICIAN in roles:  # ix_bag_state_id
        return {"bedside": db.execute(_ON_THE_WARD).scalar_one()}
    return {}


def _counted(*waiting: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(select(literal(1)).where(*waiting).limit(MOST_WAITING).subquery())


_SIGNED = exists().where(ReleaseDecision.product_lot_id == ProductLot.id, ReleaseDecision.state == DecisionState.SIGNED)
_TO_DECIDE = _counted(ProductLot.state == LotState.QUARANTINE, ~_SIGNED)
_ON_THE_WARD = _counted(Bag.state.in_((BagState.RECEIVED, BagState.VERIFIED, BagState.INFUSING)))


def _next_number(tx: Transaction) -> str:
    """`NM-26-0009`: numbered within the year of the site. Its row is the lock that gives each number once."""
    zone = tx.session.execute(select(Site.zone).with_for_update()).scalar_one()
    year = f"NM-{tx.now.astimezone(ZoneInfo(zone)):%y}-"
    last = select(NearMissRecord.number).order_by(NearMissRecord.id.desc()).limit(1)
    number = tx.session.execute(last).scalar_one_or_none() or ""
    return f"{year}{int(number.removeprefix(year)) + 1 if number.startswith(year) else 1:04}"


def _user_of(subject: str) -> int | None:
    kind, _, key = subject.partition(":")
    return int(key) if kind == "user" else None
