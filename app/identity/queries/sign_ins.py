"""Open sign-ins of a person, and the page about oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.db.models import Station, User, WebSession
from app.domain.roles import Grant, Role
from app.identity.records import RIGHT_WORDS
from app.web import formats
from app.web.viewer import Viewer


@dataclass(frozen=True, slots=True)
class OpenSignIn:
    """A sign-in that has not ended."""

    session_id: int
    where: str
    since: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """The page about oneself: rights, training, accountability, sign-ins."""

    full_name: str
    facts: tuple[tuple[str, str], ...]
    statement: str
    may_state: bool
    why_not: str
    is_stated: bool
    sign_ins: tuple[OpenSignIn, ...]
    this_session_id: int


STATEMENT = (
    "I state that my electronic signature in this system binds me in law exactly as my signature by hand. "
    "I give my badge, password and PIN to nobody, and I answer for everything done under them."
)


def account_page(db: Connection, viewer: Viewer, zone: str, now: datetime) -> AccountPage:
    """What the system knows of the person who asks."""
    look = select(User.user_name, User.accountable_since, User.identity_verified_by_id)
    row = db.execute(look.where(User.id == viewer.actor.user_id)).one()
    trained, stated = viewer.actor.qualified_until, row.accountable_since
    is_checked = row.identity_verified_by_id is not None
    return AccountPage(
        full_name=viewer.actor.full_name,
        facts=(
            ("User name", row.user_name),
            ("Rights", ", ".join(RIGHT_WORDS[each] for each in _rights(viewer)) or "none yet"),
            ("Trained until", "not set" if trained is None else formats.date_text(trained)),
            ("Accountability stated", "not yet" if stated is None else formats.day_of(stated, zone)),
        ),
        statement=STATEMENT,
        may_state=stated is None and is_checked,
        why_not="" if is_checked else "An administrator records first that your identity was checked.",
        is_stated=stated is not None,
        sign_ins=open_sign_ins(db, viewer.actor.user_id, zone, now),
        this_session_id=viewer.session_id,
    )


def open_sign_ins(db: Connection, user_id: int, zone: str, now: datetime) -> tuple[OpenSignIn, ...]:
    """Where a person is signed in now, newest first; index ix_web_session_open_user_id."""
    look = (
        select(WebSession.id, Station.name, WebSession.created_at, WebSession.last_seen_at)
        .join(Station, Station.id == WebSession.station_id, isouter=True)
        .where(WebSession.user_id == user_id, WebSession.ended_at.is_(None), WebSession.expires_at > now)
        .order_by(WebSession.id.desc())
        .limit(50)
    )
    return tuple(
        OpenSignIn(
            session_id,
            station or "A device that is no station",
            formats.moment(created_at, zone, now),
            formats.moment(last_seen_at, zone, now),
        )
        for session_id, station, created_at, last_seen_at in db.execute(look)
    )


def _rights(viewer: Viewer) -> list[Role | Grant]:
    return [*sorted(viewer.actor.roles), *sorted(viewer.actor.grants)]
