"""What the pages of users show: who may do what, who is signed in where. Staff only, never patients."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, String, and_, cast, literal, select

from app.db.models import Badge, Credential, SignInAttempt, User, UserGrant, UserRole
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import GRANT_OF, Action, Grant, Permission, Role, decide
from app.identity.queries.sign_ins import OpenSignIn, open_sign_ins
from app.identity.records import RIGHT_WORDS, right_record, right_sentence
from app.identity.signing import is_locked
from app.web import formats

State = tuple[str, str, str]
"""A chip: kind, icon, word."""


@dataclass(frozen=True, slots=True)
class UserLine:
    """One account in the list."""

    user_id: int
    full_name: str
    user_name: str
    rights: str
    state: State


@dataclass(frozen=True, slots=True)
class UsersPage:
    """All accounts by name; `may_manage` opens new ones."""

    users: tuple[UserLine, ...]
    may_manage: bool


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A role or authority held now; `kind` is its part of the address."""

    kind: str
    value: str
    word: str
    title: str
    since: str


@dataclass(frozen=True, slots=True)
class UserPage:
    """One account: facts, rights held and possible, open sign-ins, and what the reader may do with it."""

    user_id: int
    full_name: str
    user_name: str
    state: State
    facts: tuple[tuple[str, str], ...]
    held: tuple[HeldRight, ...]
    possible: tuple[HeldRight, ...]
    sign_ins: tuple[OpenSignIn, ...]
    has_badge: bool
    badge_code: str
    may_manage: bool
    may_grant: bool
    may_appoint_qa: bool
    may_train: bool


@dataclass(frozen=True, slots=True)
class RightPage:
    """A right about to be given, as it will be signed."""

    user_id: int
    full_name: str
    kind: str
    value: str
    word: str
    held: str
    statement: str
    sha256: str


def users_page(db: Connection, actor: Actor, now: datetime) -> UsersPage:
    """All accounts; three statements over the staff, which stays small."""
    rights = _rights(db)
    accounts = [_Account(*row) for row in db.execute(_ACCOUNTS.order_by(User.full_name))]
    lines = [
        UserLine(each.user_id, each.full_name, each.user_name, _words(rights.get(each.user_id, ())), each.state(now))
        for each in accounts
    ]
    return UsersPage(tuple(lines), _may(actor, Action.MANAGE_USERS))


def user_page(db: Connection, actor: Actor, now: datetime, zone: str, user_id: int) -> UserPage:
    """One account; refuses a number nobody has."""
    row = db.execute(_ACCOUNTS.where(User.id == user_id)).one_or_none()
    if row is None:
        raise NotFound("no_such_user", "There is no account with that number.")
    account, rights = _Account(*row), _rights(db)
    held = rights.get(user_id, ())
    is_open = account.is_active and actor.user_id != user_id
    may_manage = is_open and _may(actor, Action.MANAGE_USERS)
    has_qa = any(right is Role.QA for each in rights.values() for right, _ in each)
    return UserPage(
        user_id=user_id,
        full_name=account.full_name,
        user_name=account.user_name,
        state=account.state(now),
        facts=account.facts(zone),
        held=tuple(_shown(right, formats.day_of(since, zone)) for right, since in held),
        possible=tuple(_shown(right) for right in _possible({right for right, _ in held})),
        sign_ins=open_sign_ins(db, user_id, zone, now),
        has_badge=account.badge is not None,
        badge_code=account.badge or "",
        may_manage=may_manage,
        may_grant=is_open and _may(actor, Action.APPROVE_RIGHTS),
        may_appoint_qa=may_manage and not has_qa,
        may_train=is_open and _may(actor, Action.KEEP_TRAINING_RECORDS),
    )


def right_page(db: Connection, user_id: int, right: Role | Grant) -> RightPage:
    """The right about to be given to that person, with the text that will be signed."""
    full_name = db.execute(select(User.full_name).where(User.id == user_id, User.is_active)).scalar_one_or_none()
    if full_name is None:
        raise NotFound("no_such_user", "There is no active account with that number.")
    held = _rights(db).get(user_id, ())
    roles = [right for right, _ in held if isinstance(right, Role)]
    grants = [right for right, _ in held if isinstance(right, Grant)]
    record = right_record(user_id, full_name, right, roles, grants)
    shown = _shown(right)
    return RightPage(
        user_id=user_id,
        full_name=full_name,
        kind=shown.kind,
        value=shown.value,
        word=shown.word,
        held=_words(held) or "none yet",
        statement=right_sentence(full_name, right),
        sha256=hashlib.sha256(record.encode()).hexdigest(),
    )


Held = tuple[Role | Grant, datetime]


@dataclass(frozen=True, slots=True)
class _Account:
    user_id: int
    user_name: str
    full_name: str
    is_active: bool
    identity_verified_on: date | None
    accountable_since: datetime | None
    qualified_until: date | None
    badge: str | None
    password_hash: str | None
    failures: int | None
    locked_until: datetime | None

    def state(self, now: datetime) -> State:
        if not self.is_active:
            return ("none", "ban", "Ended")
        if self.password_hash is None:
            return ("info", "hourglass", "Waits for own secrets")
        if self.failures is not None and is_locked(self.failures, self.locked_until, now):
            return ("warn", "lock", "Locked")
        return ("ok", "circle-check", "Active")

    def facts(self, zone: str) -> tuple[tuple[str, str], ...]:
        checked, accountable = self.identity_verified_on, self.accountable_since
        return (
            ("User name", self.user_name),
            ("Badge", "none" if self.badge is None else display(self.badge)),
            ("Identity checked", "not yet" if checked is None else formats.date_text(checked)),
            ("Accountability stated", "not yet" if accountable is None else formats.day_of(accountable, zone)),
            ("Trained until", "not set" if self.qualified_until is None else formats.date_text(self.qualified_until)),
        )


_ACCOUNTS = (
    select(
        User.id,
        User.user_name,
        User.full_name,
        User.is_active,
        User.identity_verified_on,
        User.accountable_since,
        User.qualified_until,
        Badge.code,
        Credential.password_hash,
        SignInAttempt.failures,
        SignInAttempt.locked_until,
    )
    .join(Badge, and_(Badge.user_id == User.id, Badge.voided_at.is_(None)), isouter=True)
    .join(Credential, Credential.user_id == User.id, isouter=True)
    .join(SignInAttempt, SignInAttempt.subject == literal("user:") + cast(User.id, String), isouter=True)
)


def _rights(db: Connection) -> dict[int, tuple[Held, ...]]:
    """Every role and authority held now, by person, oldest first."""
    roles = select(UserRole.user_id, UserRole.role, UserRole.granted_at).where(UserRole.ended_at.is_(None))
    grants = select(UserGrant.user_id, UserGrant.authority, UserGrant.granted_at).where(UserGrant.ended_at.is_(None))
    rights: dict[int, tuple[Held, ...]] = {}
    for look in (roles.order_by(UserRole.id), grants.order_by(UserGrant.id)):
        for user_id, right, since in db.execute(look):
            rights[user_id] = (*rights.get(user_id, ()), (right, since))
    return rights


def _possible(held: Collection[Role | Grant]) -> Iterator[Role | Grant]:
    """What could still be given: roles not held, and the authority of each role that is held."""
    yield from (role for role in Role if role not in held)
    yield from (grant for role, grant in GRANT_OF.items() if role in held and grant not in held)


def _shown(right: Role | Grant, since: str = "") -> HeldRight:
    kind = "roles" if isinstance(right, Role) else "authorities"
    word = RIGHT_WORDS[right]
    return HeldRight(kind, right.value, word, word[0].upper() + word[1:], since)


def _words(held: Iterable[Held]) -> str:
    return ", ".join(RIGHT_WORDS[right] for right, _ in held)


def _may(actor: Actor, action: Action) -> bool:
    return isinstance(decide(actor.roles, actor.grants, action), Permission)
