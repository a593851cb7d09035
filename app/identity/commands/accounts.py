"""Accounts: opening, resetting and ending them, the owner's secrets, badges, identity and accountability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from sqlalchemy import exists, select

from app.db.codes import next_code
from app.db.models import Badge, Credential, SignInAttempt, User
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Mismatch, NotAllowed, NotFound
from app.domain.identifiers import Kind
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.identity.commands.codes import issue_one_time_code, take_one_time_code
from app.identity.schemas import AccessReset, BadgeIssue, IdentityProof, NewUser, OwnSecrets, UserRef
from app.identity.secrets import hash_password, hash_pin
from app.identity.sessions import end_sessions_of


@dataclass(frozen=True, slots=True)
class UserFact:
    """The account a command changed."""

    user_id: int


@dataclass(frozen=True, slots=True)
class AccountCode:
    """An account and the one-time code for its owner; a replayed answer has no code, because only its hash is kept."""

    user_id: int
    code: Annotated[str, Field(exclude=True)] = ""


@dataclass(frozen=True, slots=True)
class BadgeFact:
    """The badge a command issued."""

    code: str


@command
def create_user(tx: Transaction, actor: Actor, asked: NewUser) -> AccountCode:
    """Open an account without rights and answer a one-time code for its owner."""
    tx.permit(actor, Action.MANAGE_USERS)
    user = add_user(tx, asked.user_name, asked.full_name)
    return AccountCode(user.id, issue_one_time_code(tx, "set_secrets", user.id).code)


def add_user(tx: Transaction, user_name: str, full_name: str) -> User:
    """A new account without rights and secrets. Refuses a name that was ever given."""
    if tx.session.execute(select(exists().where(User.user_name == user_name))).scalar_one():
        raise Duplicate(
            "user_name_taken",
            f"The name {user_name} was given already; names are never used twice.",
            field="user_name",
        )
    user = User(user_name=user_name, full_name=full_name, is_active=True)
    tx.session.add(user)
    tx.session.flush()
    return user


@command
def reset_access(tx: Transaction, actor: Actor, asked: AccessReset) -> AccountCode:
    """End all sign-ins of a person, forget their secrets, and answer a one-time code to set new ones."""
    tx.permit(actor, Action.MANAGE_USERS)
    not_oneself(actor, asked.user_id)
    user = active_user(tx, asked.user_id)
    tx.because("access_reset", require_reason(asked.reason, "A reset ends all sign-ins of this person."))
    credential = tx.session.execute(select(Credential).where(Credential.user_id == user.id)).scalar_one_or_none()
    if credential is not None:
        credential.password_hash = None
        credential.pin_hash = None
    tries = select(SignInAttempt).where(SignInAttempt.subject == f"user:{user.id}")
    attempts = tx.session.execute(tries).scalar_one_or_none()
    if attempts is not None:
        attempts.failures, attempts.locked_until = 0, None
    end_sessions_of(tx, user.id)
    return AccountCode(user.id, issue_one_time_code(tx, "set_secrets", user.id).code)


@command
def deactivate_user(tx: Transaction, actor: Actor, asked: AccessReset) -> UserFact:
    """End an account and its badge at once. The name is never given again, the history stays."""
    tx.permit(actor, Action.MANAGE_USERS)
    not_oneself(actor, asked.user_id)
    tx.because("deactivated", require_reason(asked.reason, "An ended account is not opened again."))
    active_user(tx, asked.user_id).is_active = False
    _void_badges(tx, asked.user_id)
    end_sessions_of(tx, asked.user_id)
    return UserFact(asked.user_id)


@command
def set_own_secrets(tx: Transaction, asked: OwnSecrets) -> UserFact:
    """The owner of a one-time code chooses password and PIN. Nobody else ever knows them."""
    code = take_one_time_code(tx, asked.one_time_code, "set_secrets")
    assert code.user_id is not None, "a code for secrets belongs to a person"
    user = active_user(tx, code.user_id)
    keep_secrets(tx, user, asked.password, asked.pin)
    return UserFact(user.id)


def keep_secrets(tx: Transaction, user: User, password: str, pin: str) -> None:
    """Hash and keep what a person chose; every sign-in made with the old secrets ends."""
    credential = tx.session.execute(select(Credential).where(Credential.user_id == user.id)).scalar_one_or_none()
    if credential is None:
        credential = Credential(user_id=user.id, password_hash=None, pin_hash=None)
        tx.session.add(credential)
    credential.password_hash = hash_password(password, site_words=(user.user_name, "veinline"))
    credential.pin_hash = hash_pin(pin, tx.pepper)
    end_sessions_of(tx, user.id)


@command
def verify_identity(tx: Transaction, actor: Actor, asked: IdentityProof) -> UserFact:
    """Record that another person checked this person's identity papers (21 CFR 11.100(b))."""
    tx.permit(actor, Action.MANAGE_USERS)
    not_oneself(actor, asked.user_id)
    user = active_user(tx, asked.user_id)
    user.identity_verified_by_id = actor.user_id
    user.identity_verified_on = asked.checked_on
    return UserFact(user.id)


@command
def accept_accountability(tx: Transaction, actor: Actor, _asked: UserRef) -> UserFact:
    """The person states that their electronic signature binds them like their own hand."""
    user = active_user(tx, actor.user_id)
    if user.identity_verified_by_id is None:
        raise NotAllowed(
            "identity_not_verified",
            "An administrator must record that your identity was checked before you may sign.",
        )
    user.accountable_since = user.accountable_since or tx.now
    return UserFact(user.id)


@command
def issue_badge(tx: Transaction, actor: Actor, asked: BadgeIssue) -> BadgeFact:
    """Give a person a badge; an earlier one is voided."""
    tx.permit(actor, Action.MANAGE_USERS)
    user = active_user(tx, asked.user_id)
    _void_badges(tx, user.id)
    badge = Badge(code=next_code(tx, Kind.BADGE), user_id=user.id, issued_at=tx.now)
    tx.session.add(badge)
    return BadgeFact(badge.code)


@command
def void_badge(tx: Transaction, actor: Actor, asked: AccessReset) -> UserFact:
    """A badge was lost: it is void at once, and everything that was opened with it is closed."""
    tx.permit(actor, Action.MANAGE_USERS)
    user = active_user(tx, asked.user_id)
    tx.because("badge_voided", require_reason(asked.reason, "A void badge stays void."))
    if not _void_badges(tx, user.id):
        raise NotFound("no_badge", f"{user.full_name} holds no badge.")
    return UserFact(user.id)


def _void_badges(tx: Transaction, user_id: int) -> bool:
    held = tx.session.execute(select(Badge).where(Badge.user_id == user_id, Badge.voided_at.is_(None))).scalars().all()
    for badge in held:
        badge.voided_at = tx.now
        end_sessions_of(tx, user_id)
    return bool(held)


def active_user(tx: Transaction, user_id: int) -> User:
    """The account, or a refusal when there is none or it was ended."""
    user = tx.session.get(User, user_id)
    if user is None or not user.is_active:
        raise NotFound("no_such_user", "There is no active account with that number.")
    return user


def not_oneself(actor: Actor, user_id: int) -> None:
    """Nobody changes their own rights or access."""
    if actor.user_id == user_id:
        raise Mismatch("not_for_oneself", "Nobody changes their own rights or access. Ask a colleague.")
