"""Accounts, rights, badges, stations and secrets: every change to who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select

from app.db.codes import next_code
from app.db.models import (
    Badge,
    Credential,
    OneTimeCode,
    SignInAttempt,
    Station,
    User,
    UserGrant,
    UserRole,
    WebSession,
)
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Mismatch, NotAllowed, NotFound
from app.domain.identifiers import Kind
from app.domain.roles import Action, Grant, Role, require_combinable
from app.domain.vocabulary import StationKind
from app.identity.schemas import (
    AccessReset,
    BadgeIssue,
    GrantAuthority,
    GrantRole,
    IdentityProof,
    NewStation,
    NewUser,
    OwnSecrets,
    UserRef,
)
from app.identity.secrets import hash_password, hash_pin, new_one_time_code, token_hash

CODE_LIVES = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OneTime:
    """A one-time code, shown once to who asked for it; only its hash is kept."""

    user_id: int | None
    code: str


@dataclass(frozen=True, slots=True)
class UserFact:
    """The account a command changed."""

    user_id: int


@dataclass(frozen=True, slots=True)
class BadgeFact:
    """The badge a command issued or voided."""

    code: str


@dataclass(frozen=True, slots=True)
class StationEnrolment:
    """A new station and the one-time code to type on it."""

    station_code: str
    one_time_code: str


@command
def create_user(tx: Transaction, actor: Actor, asked: NewUser) -> OneTime:
    """Open an account without rights and answer a one-time code for its owner."""
    tx.permit(actor, Action.MANAGE_USERS)
    taken = tx.session.execute(select(exists().where(User.user_name == asked.user_name))).scalar_one()
    if taken:
        raise Duplicate(
            "user_name_taken",
            f"The name {asked.user_name} was given already; names are never used twice.",
            field="user_name",
        )
    user = User(user_name=asked.user_name, full_name=asked.full_name, is_active=True)
    tx.session.add(user)
    tx.session.flush()
    return issue_one_time_code(tx, "set_secrets", user.id)


@command
def reset_access(tx: Transaction, actor: Actor, asked: AccessReset) -> OneTime:
    """End all sign-ins of a person, forget their secrets, and answer a one-time code to set new ones."""
    tx.permit(actor, Action.MANAGE_USERS)
    _not_oneself(actor, asked.user_id)
    user = _user(tx, asked.user_id)
    tx.because("access_reset", asked.reason)
    credential = tx.session.execute(select(Credential).where(Credential.user_id == user.id)).scalar_one_or_none()
    if credential is not None:
        credential.password_hash = None
        credential.pin_hash = None
    attempts = tx.session.execute(
        select(SignInAttempt).where(SignInAttempt.subject == f"user:{user.id}")
    ).scalar_one_or_none()
    if attempts is not None:
        attempts.failures, attempts.locked_until = 0, None
    _end_sessions(tx, user.id)
    return issue_one_time_code(tx, "set_secrets", user.id)


@command
def deactivate_user(tx: Transaction, actor: Actor, asked: AccessReset) -> UserFact:
    """End an account. The name is never given again, the history stays."""
    tx.permit(actor, Action.MANAGE_USERS)
    _not_oneself(actor, asked.user_id)
    tx.because("deactivated", asked.reason)
    _user(tx, asked.user_id).is_active = False
    _end_sessions(tx, asked.user_id)
    return UserFact(asked.user_id)


@command
def set_own_secrets(tx: Transaction, asked: OwnSecrets) -> UserFact:
    """The owner of a one-time code chooses password and PIN. Nobody else ever knows them."""
    code = _take_code(tx, asked.one_time_code, "set_secrets")
    assert code.user_id is not None
    user = _user(tx, code.user_id)
    credential = tx.session.execute(select(Credential).where(Credential.user_id == user.id)).scalar_one_or_none()
    if credential is None:
        credential = Credential(user_id=user.id, password_hash=None, pin_hash=None)
        tx.session.add(credential)
    credential.password_hash = hash_password(asked.password, site_words=(user.user_name, "veinline"))
    credential.pin_hash = hash_pin(asked.pin, tx.pepper)
    return UserFact(user.id)


@command
def verify_identity(tx: Transaction, actor: Actor, asked: IdentityProof) -> UserFact:
    """Record that another person checked this person's identity papers (21 CFR 11.100(b))."""
    tx.permit(actor, Action.MANAGE_USERS)
    _not_oneself(actor, asked.user_id)
    user = _user(tx, asked.user_id)
    user.identity_verified_by_id = actor.user_id
    user.identity_verified_on = asked.checked_on
    return UserFact(user.id)


@command
def accept_accountability(tx: Transaction, actor: Actor, _asked: UserRef) -> UserFact:
    """The person states that their electronic signature binds them like their own hand."""
    user = _user(tx, actor.user_id)
    if user.identity_verified_by_id is None:
        raise NotAllowed(
            "identity_not_verified",
            "An administrator must record that your identity was checked before you may sign.",
        )
    user.accountable_since = user.accountable_since or tx.now
    return UserFact(user.id)


@command
def grant_role(tx: Transaction, actor: Actor, asked: GrantRole) -> UserFact:
    """Give a role with the training that goes with it. QA grants; an administrator only until there is a QA."""
    _permit_granting(tx, actor)
    _not_oneself(actor, asked.user_id)
    user = _user(tx, asked.user_id)
    tx.because("role_granted", asked.reason)
    require_combinable(roles_of(tx, user.id) | {asked.role}, grants_of(tx, user.id))
    tx.session.add(UserRole(user_id=user.id, role=asked.role, granted_by_id=actor.user_id, granted_at=tx.now))
    user.qualified_until = asked.qualified_until
    return UserFact(user.id)


@command
def grant_authority(tx: Transaction, actor: Actor, asked: GrantAuthority) -> UserFact:
    """Give prescriber or release authority."""
    _permit_granting(tx, actor)
    _not_oneself(actor, asked.user_id)
    tx.because("authority_granted", asked.reason)
    require_combinable(roles_of(tx, asked.user_id), grants_of(tx, asked.user_id) | {asked.authority})
    tx.session.add(
        UserGrant(
            user_id=_user(tx, asked.user_id).id,
            authority=asked.authority,
            granted_by_id=actor.user_id,
            granted_at=tx.now,
        )
    )
    return UserFact(asked.user_id)


@command
def end_role(tx: Transaction, actor: Actor, asked: GrantRole) -> UserFact:
    """Take a role away. What was signed with it stays valid."""
    _permit_granting(tx, actor)
    tx.because("role_ended", asked.reason)
    role = tx.session.execute(
        select(UserRole).where(
            UserRole.user_id == asked.user_id, UserRole.role == asked.role, UserRole.ended_at.is_(None)
        )
    ).scalar_one_or_none()
    if role is None:
        raise NotFound("role_not_held", "This person does not hold that role.")
    role.ended_at = tx.now
    return UserFact(asked.user_id)


@command
def issue_badge(tx: Transaction, actor: Actor, asked: BadgeIssue) -> BadgeFact:
    """Give a person a badge; an earlier one is voided."""
    tx.permit(actor, Action.MANAGE_USERS)
    user = _user(tx, asked.user_id)
    for badge in tx.session.execute(select(Badge).where(Badge.user_id == user.id, Badge.voided_at.is_(None))).scalars():
        badge.voided_at = tx.now
    badge = Badge(code=next_code(tx, Kind.BADGE), user_id=user.id, issued_at=tx.now)
    tx.session.add(badge)
    return BadgeFact(badge.code)


@command
def create_station(tx: Transaction, actor: Actor, asked: NewStation) -> StationEnrolment:
    """Register a station and answer the one-time code to enrol its tablet with."""
    tx.permit(actor, Action.ENROL_STATION)
    station = Station(
        code=next_code(tx, Kind.STATION),
        name=asked.name,
        kind=asked.kind,
        place_id=asked.place_id,
        is_active=True,
    )
    tx.session.add(station)
    tx.session.flush()
    issued = issue_one_time_code(tx, f"station:{station.id}", None)
    return StationEnrolment(station.code, issued.code)


def issue_one_time_code(tx: Transaction, purpose: str, user_id: int | None) -> OneTime:
    """A new one-time code for a purpose; only its hash is kept."""
    code = new_one_time_code()
    tx.session.add(
        OneTimeCode(code_hash=token_hash(code), purpose=purpose, user_id=user_id, expires_at=tx.now + CODE_LIVES)
    )
    return OneTime(user_id, code)


def bootstrap_administrator(tx: Transaction, user_id: int) -> None:
    """Give the administrator role to the first person of a site, only while nobody holds any role."""
    if tx.session.execute(select(exists().where(UserRole.id > 0))).scalar_one():
        raise Duplicate("site_has_people", "This site has its first administrator already.")
    tx.session.add(UserRole(user_id=user_id, role=Role.ADMINISTRATOR, granted_by_id=None, granted_at=tx.now))


def found_station(
    tx: Transaction, name: str, kind: StationKind, place_id: int | None, *, token: str | None
) -> Station:
    """A station of a newly founded site; with a token it is enrolled at once."""
    tx.action = tx.action or "found_station"
    station = Station(
        code=next_code(tx, Kind.STATION),
        name=name,
        kind=kind,
        place_id=place_id,
        token_hash=None if token is None else token_hash(token),
        enrolled_at=None if token is None else tx.now,
        is_active=True,
    )
    tx.session.add(station)
    tx.session.flush()
    return station


def roles_of(tx: Transaction, user_id: int) -> frozenset[Role]:
    """The roles a person holds now."""
    look = select(UserRole.role).where(UserRole.user_id == user_id, UserRole.ended_at.is_(None))
    return frozenset(tx.session.execute(look).scalars())


def grants_of(tx: Transaction, user_id: int) -> frozenset[Grant]:
    """The authorities a person holds now."""
    look = select(UserGrant.authority).where(UserGrant.user_id == user_id, UserGrant.ended_at.is_(None))
    return frozenset(tx.session.execute(look).scalars())


def _permit_granting(tx: Transaction, actor: Actor) -> None:
    qa_exists = tx.session.execute(
        select(exists().where(UserRole.role == Role.QA, UserRole.ended_at.is_(None)))
    ).scalar_one()
    tx.permit(actor, Action.APPROVE_RIGHTS if qa_exists else Action.MANAGE_USERS)


def _user(tx: Transaction, user_id: int) -> User:
    user = tx.session.get(User, user_id)
    if user is None or not user.is_active:
        raise NotFound("no_such_user", "There is no active account with that number.")
    return user


def _not_oneself(actor: Actor, user_id: int) -> None:
    if actor.user_id == user_id:
        raise Mismatch("not_for_oneself", "Nobody changes their own rights or access. Ask a colleague.")


def _take_code(tx: Transaction, given: str, purpose: str) -> OneTimeCode:
    code = tx.session.execute(
        select(OneTimeCode).where(OneTimeCode.code_hash == token_hash(given.strip().upper())).with_for_update()
    ).scalar_one_or_none()
    if code is None or not code.purpose.startswith(purpose) or code.used_at is not None or code.expires_at <= tx.now:
        raise NotAllowed(
            "one_time_code",
            "This one-time code is not known, was used already, or is too old. Ask for a new one.",
        )
    code.used_at = tx.now
    return code


def _end_sessions(tx: Transaction, user_id: int) -> None:
    for session in tx.session.execute(
        select(WebSession).where(WebSession.user_id == user_id, WebSession.ended_at.is_(None))
    ).scalars():
        session.ended_at = tx.now
