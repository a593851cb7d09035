"""A founded laboratory whose people act through the real commands, one transaction each, as the door does."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from app.clock import Clock
from app.db.database import Database
from app.db.models import Badge, Place, Site, Station
from app.db.transaction import Transaction, transaction
from app.domain.actor import Actor, Job
from app.domain.labels.reader_check import reader_holds_until
from app.domain.reading import CodeSource, Reading
from app.identity.signing import person as person_now
from app.ledger.keyring import Keyring
from app.settings import Settings
from app.simulator.people import NAMES, Person, Secrets

Asked = TypeVar("Asked")
Fact = TypeVar("Fact")


BY_READER = Reading(otherwise=CodeSource.READER)
"""The people of the simulator scan; none types."""


class SetClock:
    """A clock that is set. A millisecond passes at each question, so that order is visible; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self.time = start.astimezone(UTC)

    def __call__(self) -> datetime:
        """The time now."""
        self.time += timedelta(milliseconds=1)
        return self.time

    def forward(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Let time pass."""
        self.time += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self.time


@dataclass
class Laboratory:
    """A database, its keys, a clock, and the secrets of its people by name."""

    settings: Settings
    database: Database
    keyring: Keyring
    clock: SetClock
    secrets: Mapping[str, Secrets]

    def act(
        self,
        who: Person,
        command: Callable[[Transaction, Actor, Asked], Fact],
        asked: Asked,
        *,
        station: str | None = "Bench 1",
        key: str | None = None,
    ) -> Fact:
        """Run a command as this person at a station."""

        def recognised(db: Connection) -> Actor:
            return self.actor(db, who, station)

        with transaction(self.database, recognised, self.clock, request_key=key, reading=BY_READER) as tx:
            assert isinstance(tx.actor, Actor)
            return command(tx, tx.actor, asked)

    def actor(self, db: Connection, who: Person, station: str | None = "Bench 1") -> Actor:
        """The person as the door would recognise them at that station."""
        with Session(db) as session:
            clock: Clock = self.clock
            tx = Transaction(session, Job("simulator"), clock(), clock, str(uuid4()), self.database.pepper)
            actor = person_now(tx, self.user_id(who))
            if station is None:
                return actor
            row = session.execute(select(Station).where(Station.name == station)).scalar_one()
            return Actor(
                actor.user_id,
                actor.full_name,
                actor.roles,
                actor.grants,
                station_id=row.id,
                station_code=row.code,
                station_place_id=row.place_id,
                is_accountable=actor.is_accountable,
                qualified_until=actor.qualified_until,
                reader_holds_until=reader_holds_until(
                    row.reader_checked_at, session.get_one(Site, 1).reader_check_days
                ),
            )

    def user_id(self, who: Person) -> int:
        """The account of this person; the cast opens its accounts in order."""
        return NAMES.index(who.name) + 1

    def badge(self, who: Person) -> str:
        """The code on this person's badge."""
        with self.database.reading() as db:
            look = select(Badge.code).where(Badge.user_id == self.user_id(who), Badge.voided_at.is_(None))
            return db.execute(look).scalar_one()

    def place(self, name: str) -> str:
        """The code of a place."""
        with self.database.reading() as db:
            return db.execute(select(Place.code).where(Place.name == name)).scalar_one()

    def second(self, who: Person) -> dict[str, str]:
        """Fields with which this person confirms as second person."""
        return {"second_badge": self.badge(who), "second_pin": self.secrets[who.name].pin}

    def signed(self, who: Person, record_sha256: str, *, station: bool = True) -> dict[str, str]:
        """Fields with which this person signs a record, at a station or at a desk without one."""
        known = self.secrets[who.name]
        secret = known.pin if station else known.password
        return {"signer": self.badge(who), "secret": secret, "record_sha256": record_sha256}

    def signature(self, who: Person, record: str) -> dict[str, str]:
        """Fields with which this person signs this very text at a station."""
        return self.signed(who, hashlib.sha256(record.encode()).hexdigest())

    def read(self, query: Callable[..., Fact], *args: object) -> Fact:
        """Run a query."""
        with self.database.reading() as db:
            return query(db, *args)

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Read raw rows."""
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(text(statement), values)]


def new_secrets() -> dict[str, Secrets]:
    """Random secrets for the whole cast; nothing is ever the same in two laboratories."""
    return {name: Secrets(_pin(), "-".join(secrets.token_hex(3) for _ in range(4))) for name in NAMES}


def _pin() -> str:
    while True:
        pin = f"{secrets.randbelow(10**6):06}"
        if len({int(b) - int(a) for a, b in pairwise(pin)}) > 1:
            return pin
