"""Recognising who is at the door from the two cookies, in one statement. Not how they signed in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from app.db.models import Station, User, UserGrant, UserRole, WebSession
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.roles import Grant, Role
from app.domain.vocabulary import StationKind
from app.identity.secrets import token_hash
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


class Recogniser:
    """Answers who is at the door. Holds only the idle limits."""

    def __init__(self, settings: Settings) -> None:
        self._bench = timedelta(seconds=settings.bench_idle_seconds)
        self._office = timedelta(seconds=settings.office_idle_seconds)

    def recognise(self, db: Connection, cookies: Cookies, now: datetime) -> Viewer | None:
        """The person of an open sign-in on this very station, or None. Idle too long counts as locked."""
        if cookies.session is None:
            return None
        row = db.execute(
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
                Station.token_hash.label("station_token"),
                _roles.label("roles"),
                _grants.label("authorities"),
            )
            .join(User, User.id == WebSession.user_id)
            .join(Station, Station.id == WebSession.station_id, isouter=True)
            .where(
                WebSession.token_hash == token_hash(cookies.session),
                WebSession.ended_at.is_(None),
                WebSession.expires_at > now,
                User.is_active,
            )
        ).one_or_none()
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
        )
        return Viewer(
            actor=actor,
            session_id=row.id,
            is_locked=row.locked_at is not None or now - row.last_seen_at > idle,
            idle_seconds=int(idle.total_seconds()),
            last_seen_at=row.last_seen_at,
            station_name=row.station_name,
        )


def touch(tx: Transaction, session_id: int) -> None:
    """Note that the person is still here."""
    session = tx.session.get_one(WebSession, session_id)
    session.last_seen_at = max(session.last_seen_at, tx.now)
