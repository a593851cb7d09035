"""Sign-ins: recognising who is at the door from two cookies; opening and ending. No secret is checked here."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from app.db.models import Site, Station, User, UserGrant, UserRole, WebSession
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.labels.reader_check import reader_holds_until
from app.domain.roles import Grant, Role
from app.domain.vocabulary import StationKind
from app.identity.secrets import new_token, token_hash
from app.settings import Settings
from app.web.viewer import Cookies, Viewer

_roles = (
    select(func.aggregate_strings(UserRole.role, " "))
    .where(UserRole.user_id == User.id, UserRole.ended_at.is_(None))
    .scalar_subquery()
)
_grants = (
    select(func.aggregate_strings(UserGrant.authority, " "))
    .where(UserGrant.user_id == User.id, UserGrant.ended_at.is_(None))
    .scalar_subquery()
)
_OPEN_SIGN_IN = (
    select(
        WebSession.id,
        WebSession.user_id,
        WebSession.station_id,
        WebSession.last_seen_at,
        WebSession.locked_at,
        User.full_name,
        User.accountable_since,
        User.qualified_until,
        Station.code.label("station_code"),
        Station.name.label("station_name"),
        Station.kind.label("station_kind"),
        Station.place_id.label("place_id"),
        Station.reader_checked_at.label("reader_checked_at"),
        Site.reader_check_days,
        Site.wedge_gap_ms,
        Station.token_hash.label("station_token"),
        _roles.label("roles"),
        _grants.label("authorities"),
    )
    .join(User, User.id == WebSession.user_id)
    .join(Site, Site.id == 1)
    .join(Station, Station.id == WebSession.station_id, isouter=True)
    .where(
        WebSession.token_hash == bindparam("token"),
        WebSession.ended_at.is_(None),
        WebSession.expires_at > bindparam("now"),
        User.is_active,
    )
)
"""The open sign-in with this token, and what its person may do now. Built once: every request asks it."""


class Recogniser:
    """Answers who is at the door. Holds only the idle limits."""

    def __init__(self, settings: Settings) -> None:
        self._bench = timedelta(seconds=settings.bench_idle_seconds)
        self._office = timedelta(seconds=settings.office_idle_seconds)

    def recognise(self, db: Connection, cookies: Cookies, now: datetime) -> Viewer | None:
        """The person of an open sign-in on this very station, or None. Idle too long counts as locked."""
        if cookies.session is None:
            return None
        row = db.execute(_OPEN_SIGN_IN, {"token": token_hash(cookies.session), "now": now}).one_or_none()
        if row is None:
            return None
        if row.station_id is not None and (cookies.station is None or token_hash(cookies.station) != row.station_token):
            return None  # the cookie of a sign-in was carried to another device
        idle = self._bench if row.station_kind in {StationKind.BENCH, StationKind.BEDSIDE} else self._office
        actor = Actor(
            user_id=row.user_id,
            full_name=row.full_name,
            roles=frozenset(Role(word) for word in (row.roles or "").split()),
            grants=frozenset(Grant(word) for word in (row.authorities or "").split()),
            station_id=row.station_id,
            station_code=row.station_code,
            station_place_id=row.place_id,
            is_accountable=row.accountable_since is not None,
            qualified_until=row.qualified_until,
            reader_holds_until=reader_holds_until(row.reader_checked_at, row.reader_check_days),
        )
        return Viewer(
            actor=actor,
            session_id=row.id,
            is_locked=row.locked_at is not None or now - row.last_seen_at > idle,
            idle_seconds=int(idle.total_seconds()),
            last_seen_at=row.last_seen_at,
            station_name=row.station_name,
            wedge_gap_ms=row.wedge_gap_ms,
        )


def touch(tx: Transaction, session_id: int) -> None:
    """Note that the person is still here."""
    session = tx.session.get_one(WebSession, session_id)
    session.last_seen_at = max(session.last_seen_at, tx.now)


def station_of(tx: Transaction, token: str | None) -> Station | None:
    """The station whose device holds this token, or None on any other device."""
    if token is None:
        return None
    look = select(Station).where(Station.token_hash == token_hash(token), Station.is_active)
    return tx.session.execute(look).scalar_one_or_none()


def open_session(tx: Transaction, user_id: int, station: Station | None, lives: timedelta) -> str:
    """A new sign-in and its token. On a station the person before is out: one station, one person."""
    if station is not None:
        end_sessions_at(tx, station.id)
    token = new_token()
    tx.session.add(
        WebSession(
            token_hash=token_hash(token),
            user_id=user_id,
            station_id=None if station is None else station.id,
            created_at=tx.now,
            last_seen_at=tx.now,
            expires_at=tx.now + lives,
        )
    )
    return token


def session_of(tx: Transaction, token: str | None) -> WebSession | None:
    """The open sign-in with this token."""
    if token is None:
        return None
    look = select(WebSession).where(WebSession.token_hash == token_hash(token), WebSession.ended_at.is_(None))
    return tx.session.execute(look.with_for_update()).scalar_one_or_none()


def end_sessions_of(tx: Transaction, user_id: int) -> None:
    """End every sign-in of a person at once."""
    _end(tx, WebSession.user_id == user_id)


def end_sessions_at(tx: Transaction, station_id: int) -> None:
    """End every sign-in at a station at once."""
    _end(tx, WebSession.station_id == station_id)


def _end(tx: Transaction, which: ColumnElement[bool]) -> None:
    for session in tx.session.execute(select(WebSession).where(which, WebSession.ended_at.is_(None))).scalars():
        session.ended_at = tx.now
