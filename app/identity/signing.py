"""Proving who signs or checks as second person, and writing the signature. What is signed, the feature decides.

On an enrolled station the secret is the PIN; elsewhere it is the password. Both parts, identity and secret, are
asked every time (stricter than 21 CFR 11.200(a)(1)(i)).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.db.models import Badge, Credential, Signature, SignInAttempt, Site, User, UserGrant, UserRole
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import Mismatch, NearMiss, NotAllowed, Stale
from app.domain.identifiers import Kind
from app.domain.roles import Action, Grant, Role, require, require_trained
from app.domain.scan import OwnCode, expect, parse
from app.domain.signing import Meaning
from app.identity.secrets import is_password, is_pin
from app.web.forms import Request, Scanned

TRIES = 5
TRIES_BEFORE_RESET = 10
LOCKED_FOR = timedelta(minutes=15)

Secret = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=False), Field(exclude=True)]
"""A password or PIN. It is in no dump of its request: the hash kept for replays would betray six digits in a second."""


class WithSecondPerson(Request):
    """A request that a second person confirms: badge scan and PIN."""

    second_badge: Scanned
    second_pin: Secret


class Signed(Request):
    """A request that is signed: who, with which secret, and the hash of the record as the page showed it."""

    signer: Scanned
    secret: Secret
    record_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class Signable:
    """What is signed: meaning, the sentence shown, which record, its canonical text, and the course it belongs to."""

    meaning: Meaning
    statement: str
    record_of: str
    record: str
    course_id: int | None = None
    patient_id: int | None = None

    @property
    def sha256(self) -> str:
        """The hash the page shows and the signature binds."""
        return hashlib.sha256(self.record.encode()).hexdigest()


def sign(tx: Transaction, actor: Actor, given: Signed, what: Signable) -> Signature:
    """Write the signature of `actor` over `what`, or refuse: record changed, another person, not entitled, secret."""
    if given.record_sha256 != what.sha256:
        raise Stale("record_changed", "The record changed since you saw it. Look at it again before you sign.")
    if _named(tx, given.signer) != actor.user_id:
        raise NotAllowed("signer_is_another", "You can only sign for yourself. Scan your own badge.", field="signer")
    _require_entitled(tx, actor)
    confirm_secret(tx, actor.user_id, given.secret, at_station=actor.station_id is not None)
    zone = tx.session.execute(select(Site.zone)).scalar_one()
    assert tx.role is not None, "a command permits its actor before it signs"
    signature = Signature(
        user_id=actor.user_id,
        full_name=actor.full_name,
        role=tx.role,
        meaning=what.meaning,
        statement=what.statement,
        record_of=what.record_of,
        record=what.record,
        record_sha256=what.sha256,
        components="badge and pin" if actor.station_id is not None else "name and password",
        station_id=actor.station_id,
        signed_at=tx.now,
        signed_at_local=tx.now.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
        course_id=what.course_id,
        patient_id=what.patient_id,
    )
    tx.session.add(signature)
    tx.session.flush()
    return signature


def second_person(tx: Transaction, actor: Actor, given: WithSecondPerson, action: Action) -> Actor:
    """The person who confirms beside `actor`: another person, entitled, with the right PIN. They count as actors."""
    badge = expect(given.second_badge, Kind.BADGE, step="second person")
    user_id = _named(tx, badge.code)
    if user_id == actor.user_id:
        raise Mismatch(
            "second_is_first", "The second person must be somebody else. Ask a colleague to scan their badge."
        )
    other = person(tx, user_id)
    require(other.roles, other.grants, action)
    require_trained(action, other.qualified_until, tx.now.date(), "The second person's")
    confirm_secret(tx, user_id, given.second_pin, at_station=True)
    tx.witnesses.add(user_id)
    return other


def enrolled_station(actor: Actor, step: str, where: str) -> int:
    """The enrolled station somebody stands at, or the refusal of a step that is done at none. `where` says where it is.

    House rule: reliability, section 7: at the bedside and for a release the device itself must be known.
    """
    if actor.station_id is None:
        raise NotAllowed(
            "station_not_enrolled",
            f"This device is not enrolled. {where}",
            near_miss=NearMiss("station_not_enrolled", step),
        )
    return actor.station_id


def person(tx: Transaction, user_id: int) -> Actor:
    """A person with the rights they hold now, without a station."""
    user = tx.session.get_one(User, user_id)
    roles = select(UserRole.role).where(UserRole.user_id == user_id, UserRole.ended_at.is_(None))
    authorities = select(UserGrant.authority).where(UserGrant.user_id == user_id, UserGrant.ended_at.is_(None))
    return Actor(
        user_id=user_id,
        full_name=user.full_name,
        roles=frozenset(Role(role) for role in tx.session.execute(roles).scalars()),
        grants=frozenset(Grant(word) for word in tx.session.execute(authorities).scalars()),
        is_accountable=user.accountable_since is not None,
        qualified_until=user.qualified_until,
    )


def confirm_secret(tx: Transaction, user_id: int, secret: str, *, at_station: bool) -> None:
    """Refuse a wrong secret or a locked account. Failed tries are counted although the command is undone."""
    word = "PIN" if at_station else "password"
    confirm_subject(tx, f"user:{user_id}", user_id, secret, at_station=at_station, wrong=f"The {word} is not right.")


def confirm_subject(
    tx: Transaction, subject: str, user_id: int | None, secret: str, *, at_station: bool, wrong: str
) -> None:
    """As `confirm_secret`, with the same answer in the same time when `subject` belongs to nobody (`user_id` None)."""
    tries = select(SignInAttempt).where(SignInAttempt.subject == subject)
    attempts = tx.session.execute(tries).scalar_one_or_none()
    if attempts is not None and is_locked(attempts.failures, attempts.locked_until, tx.now):
        raise NotAllowed("account_locked", _locked_sentence(attempts), field="secret")
    kept = select(Credential.password_hash, Credential.pin_hash).where(Credential.user_id == user_id)
    password_hash, pin_hash = tx.session.execute(kept).one_or_none() or (None, None)
    is_right = is_pin(secret, pin_hash, tx.pepper) if at_station else is_password(secret, password_hash)
    if not is_right:
        refusal = NotAllowed("wrong_secret", wrong, field="secret")
        refusal.failed_subject = subject
        raise refusal
    if attempts is not None and attempts.failures:
        attempts.failures = 0
        attempts.locked_until = None


def count_failure(tx: Transaction, subject: str) -> bool:
    """Count one failed try; five lock for a quarter of an hour, ten until an administrator resets the access.

    Answers whether this try locked the account.
    """
    make = postgresql.insert if tx.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    tx.session.execute(make(SignInAttempt).values(subject=subject, failures=0).on_conflict_do_nothing())
    look = select(SignInAttempt).where(SignInAttempt.subject == subject).with_for_update()
    attempts = tx.session.execute(look).scalar_one()
    attempts.failures += 1
    if attempts.failures % TRIES != 0:
        return False
    attempts.locked_until = tx.now + LOCKED_FOR
    return True


def _named(tx: Transaction, signer: str) -> int:
    """By badge as a reader reads it, else by user name."""
    scanned = parse(signer)
    if isinstance(scanned, OwnCode):
        by_badge = select(User.id).join(Badge, Badge.user_id == User.id)
        look = by_badge.where(Badge.code == scanned.code, Badge.voided_at.is_(None), User.is_active)
    else:
        look = select(User.id).where(User.user_name == signer.strip(), User.is_active)
    found = tx.session.execute(look).scalar_one_or_none()
    if found is None:
        raise NotAllowed("unknown_person", "Nobody has that badge or name here, or the badge was voided.")
    return found


def _require_entitled(tx: Transaction, actor: Actor) -> None:
    if not actor.is_accountable:
        raise NotAllowed(
            "no_accountability_statement",
            "Before your first signature, sign the accountability statement under your own name.",
        )
    if actor.qualified_until is None or actor.qualified_until < tx.now.date():
        raise NotAllowed(
            "training_lapsed", "Your training for this task has lapsed. Ask the supervisor to renew it first."
        )


def is_locked(failures: int, locked_until: datetime | None, now: datetime) -> bool:
    """Too many wrong tries: for a quarter of an hour, or until the access is reset."""
    return failures >= TRIES_BEFORE_RESET or (locked_until is not None and now < locked_until)


def _locked_sentence(attempts: SignInAttempt) -> str:
    if attempts.failures >= TRIES_BEFORE_RESET:
        return "This account is locked after too many wrong tries. An administrator must reset the access."
    return "This account is locked for 15 minutes after five wrong tries."
