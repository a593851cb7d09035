"""Coming and going: password, badge and PIN, lock, unlock, sign-out. Nobody is known yet, so no actor is asked for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.db.models import Badge, User, WebSession
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.identifiers import Kind
from app.domain.roles import Action
from app.domain.scan import expect
from app.identity.commands.accounts import UserFact
from app.identity.schemas import SessionRef, SignIn, SwitchUser, Unlock
from app.identity.secrets import token_hash
from app.identity.sessions import open_session, session_of, station_of
from app.identity.signing import confirm_secret, confirm_subject
from app.web.viewer import Cookies


def sign_in(tx: Transaction, asked: SignIn, cookies: Cookies, lives: timedelta) -> str:
    """Name and password on any device; answers the token of the new sign-in."""
    name = asked.user_name.lower()
    look = select(User.id).where(User.user_name == name, User.is_active)
    user_id = tx.session.execute(look).scalar_one_or_none()
    _confirm(tx, name, user_id, asked.password, at_station=False)
    return _enter(tx, user_id, cookies, lives)


def switch_user(tx: Transaction, asked: SwitchUser, cookies: Cookies, lives: timedelta) -> str:
    """Badge and PIN on an enrolled station; who was there before is out."""
    if station_of(tx, cookies.station) is None:
        raise NotAllowed(
            "station_not_enrolled",
            "This device is no enrolled station, so a badge opens nothing here. Sign in with name and password.",
            field="badge",
        )
    badge = expect(asked.badge, Kind.BADGE, step="sign in")
    look = (
        select(Badge.user_id)
        .join(User, User.id == Badge.user_id)
        .where(Badge.code == badge.code, Badge.voided_at.is_(None), User.is_active)
    )
    user_id = tx.session.execute(look).scalar_one_or_none()
    _confirm(tx, badge.code, user_id, asked.pin, at_station=True)
    return _enter(tx, user_id, cookies, lives)


def unlock(tx: Transaction, asked: Unlock, cookies: Cookies, lives: timedelta) -> str:
    """Their own secret brings the locked person back; with a badge, its owner takes over."""
    if asked.badge is not None:
        return switch_user(tx, SwitchUser(badge=asked.badge, pin=asked.secret), cookies, lives)
    session = session_of(tx, cookies.session)
    station = station_of(tx, cookies.station)
    station_id = None if station is None else station.id
    if session is None or session.expires_at <= tx.now or session.station_id not in {None, station_id}:
        raise NotAllowed("sign_in_over", "This sign-in is over. Sign in again.")
    confirm_secret(tx, session.user_id, asked.secret, at_station=session.station_id is not None)
    return _enter(tx, session.user_id, cookies, lives)


def lock(tx: Transaction, cookies: Cookies) -> None:
    """Hide everything until the secret is given again."""
    session = session_of(tx, cookies.session)
    if session is not None:
        session.locked_at = session.locked_at or tx.now


def sign_out(tx: Transaction, cookies: Cookies) -> None:
    """End the sign-in of this browser."""
    session = session_of(tx, cookies.session)
    if session is not None:
        session.ended_at = tx.now


@command
def end_session(tx: Transaction, actor: Actor, asked: SessionRef) -> UserFact:
    """End one sign-in from afar: one's own, or as administrator anybody's."""
    session = tx.session.get(WebSession, asked.session_id)
    if session is None or session.ended_at is not None:
        raise NotFound("no_such_sign_in", "That sign-in has ended already.")
    if session.user_id != actor.user_id:
        tx.permit(actor, Action.MANAGE_USERS)
    session.ended_at = tx.now
    return UserFact(session.user_id)


def _confirm(tx: Transaction, said: str, user_id: int | None, secret: str, *, at_station: bool) -> None:
    """The same answer, in the same time, whether the name or badge is known or not; tries are counted for both."""
    subject = f"user:{user_id}" if user_id is not None else f"nobody:{token_hash(said)}"
    wrong = "The badge or the PIN is not right." if at_station else "The user name or the password is not right."
    confirm_subject(tx, subject, user_id, secret, at_station=at_station, wrong=wrong)


def _enter(tx: Transaction, user_id: int | None, cookies: Cookies, lives: timedelta) -> str:
    assert user_id is not None, "nobody's secret is never right"
    sign_out(tx, cookies)
    return open_session(tx, user_id, station_of(tx, cookies.station), lives)
