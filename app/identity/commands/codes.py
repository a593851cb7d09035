"""One-time codes: giving one out, and taking it back once. What a code leads to is each command's own matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.db.models import OneTimeCode
from app.db.transaction import Transaction
from app.domain.errors import NotAllowed
from app.identity.secrets import new_one_time_code, token_hash

CODE_LIVES = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OneTime:
    """A one-time code, shown once to who asked for it; only its hash is kept."""

    user_id: int | None
    code: str


def issue_one_time_code(tx: Transaction, purpose: str, user_id: int | None) -> OneTime:
    """A code that works once, within 24 hours, for one purpose: `set_secrets`, `first_administrator`, `station:7`."""
    code = new_one_time_code()
    tx.session.add(
        OneTimeCode(code_hash=token_hash(code), purpose=purpose, user_id=user_id, expires_at=tx.now + CODE_LIVES)
    )
    tx.session.flush()
    return OneTime(user_id, code)


def take_one_time_code(tx: Transaction, given: str, purpose: str) -> OneTimeCode:
    """Use a code up, or refuse it: unknown, used before, too old, or given for something else."""
    look = select(OneTimeCode).where(OneTimeCode.code_hash == token_hash(given.strip().upper())).with_for_update()
    code = tx.session.execute(look).scalar_one_or_none()
    if code is None or not code.purpose.startswith(purpose) or code.used_at is not None or code.expires_at <= tx.now:
        raise NotAllowed(
            "one_time_code",
            "This one-time code is not known, was used already, or is too old. Ask for a new one.",
            field="one_time_code",
        )
    code.used_at = tx.now
    return code
