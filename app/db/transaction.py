"""The unit of work: who acts, with which command, under which request key. The only place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.clock import Clock
from app.db.database import Database
from app.domain.actor import Actor, Job
from app.domain.reading import Reading
from app.domain.roles import Action, Role, require, require_trained

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the usual way was left: a slug for counting and the person's own words."""

    code: str
    text: str | None = None


UNTOLD = Reading()


@dataclass(slots=True)
class Transaction:
    """One command's work. `now` is the server's time when it began; every row it writes carries it.

    `action` becomes the event's name, `role` the role its permission came from, `reason` why the usual way was left.
    `witnesses` are the second persons who took part; they count as actors of the evidence.
    """

    session: Session
    actor: Actor | Job
    now: datetime
    clock: Clock
    request_key: str
    pepper: bytes
    client_at: datetime | None = None
    reading: Reading = UNTOLD
    action: str = ""
    permission: Action | None = None
    role: Role | None = None
    reason: Reason | None = None
    witnesses: set[int] = field(default_factory=set)
    cache: dict[str, str] = field(default_factory=dict)

    def permit(self, actor: Actor, action: Action) -> None:
        """Refuse unless the actor may do this now and is trained; remember the role the right came from."""
        self.role = require(actor.roles, actor.grants, action).role
        require_trained(action, actor.qualified_until, self.now.date())
        self.permission = action

    @property
    def why(self) -> Reason | None:
        """The reason of the event: of the command, of the typed codes, or both."""
        if not self.reading.typed:
            return self.reason
        words = f"Typed {', '.join(sorted(self.reading.typed))}: {self.reading.why}"
        if self.reason is None:
            return Reason("typed", words)
        return Reason(self.reason.code, "\n".join(filter(None, (self.reason.text, words))))

    def because(self, code: str, text: str | None = None) -> None:
        """Record the reason with the event of this command."""
        self.reason = Reason(code, text)


@contextmanager
def transaction(
    database: Database,
    who: Actor | Job | Callable[[Connection], Actor],
    clock: Clock,
    *,
    request_key: str | None = None,
    client_at: datetime | None = None,
    reading: Reading = UNTOLD,
) -> Iterator[Transaction]:
    """Everything inside happens, with its ledger events, or nothing does. Commits when the block ends.

    `who` may be a function that recognises the person on this very connection, so that a right taken away a moment
    ago is gone.
    """
    with database.session() as session:
        actor = who(session.connection()) if callable(who) else who
        tx = Transaction(
            session, actor, clock(), clock, request_key or str(uuid4()), database.pepper, client_at, reading
        )
        session.info["transaction"] = tx
        yield tx
        session.commit()


def command(
    function: Callable[Concatenate[Transaction, P], T],
) -> Callable[Concatenate[Transaction, P], T]:
    """Mark a command: its name is the action of the ledger event. Commands never commit."""

    @wraps(function)
    def run(tx: Transaction, /, *args: P.args, **kwargs: P.kwargs) -> T:
        tx.action = tx.action or function.__name__
        return function(tx, *args, **kwargs)

    return run
