"""A whole laboratory for one test: a migrated database with cast, places and stations, a clock, and HTTP clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import Refusal
from app.ledger.keyring import Keyring
from app.main import create_app
from app.settings import Settings
from app.simulator import founding
from app.simulator.laboratory import Laboratory
from app.web.door import STATION_COOKIE
from tests.clocks import TestClock
from tests.people import SECRETS, Person

Asked = TypeVar("Asked")
ORIGIN = "https://veinline.test"
STILL_HERE = timedelta(seconds=60)


@dataclass
class World(Laboratory):
    """One test's laboratory: the simulator's, with HTTP clients and a database administrator."""

    clients: dict[tuple[str, str | None], TestClient] = field(default_factory=dict)
    signed_in_at: dict[tuple[str, str | None], datetime] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        return self.database.is_sqlite

    def refused(
        self,
        who: Person,
        command: Callable[[Transaction, Actor, Asked], object],
        asked: Asked,
        *,
        station: str | None = "Bench 1",
    ) -> Refusal:
        """Run a command that must be refused, and return the refusal."""
        try:
            self.act(who, command, asked, station=station)
        except Refusal as refusal:
            return refusal
        msg = f"{command.__name__} was not refused"
        raise AssertionError(msg)

    def sql(self, statement: str, **values: object) -> None:
        """Write behind the application's back, as a database administrator would."""
        with self.database.writer.begin() as db:
            db.execute(text(statement), values)

    @cached_property
    def app(self) -> FastAPI:
        """The running application, one for all clients of this world."""
        return create_app(self.settings, self.clock)

    def app_client(self, station: str | None = None) -> TestClient:
        """A browser nobody signed in on, on the device of a station or on any other."""
        client = TestClient(
            self.app,
            base_url=ORIGIN,
            headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        if station is not None:
            client.cookies.set(STATION_COOKIE, f"station token of {station}")
        return client

    def client(self, who: Person, station: str | None = "Bench 1") -> TestClient:
        """This person's browser, signed in through the front door: badge and PIN on a station, else password.

        Ask for it again after time went by or somebody else signed in at the station: then it signs in anew.
        """
        key = (who.name, station)
        client = self.clients.setdefault(key, self.app_client(station))
        since = self.signed_in_at.get(key)
        if since is None or self.clock.time - since > STILL_HERE:
            self.sign_in(client, who, with_badge=station is not None)
            self.signed_in_at = {other: at for other, at in self.signed_in_at.items() if other[1] != station}
            self.signed_in_at[key] = self.clock.time
        return client

    def sign_in(self, client: TestClient, who: Person, *, with_badge: bool) -> None:
        """Sign in as a person would; fails when the door does not open."""
        if with_badge:
            path, form = "/switch", {"badge": self.badge(who), "pin": who.pin}
        else:
            path, form = "/sign-in", {"user_name": who.name, "password": who.password}
        answer = client.post(path, data=form | {"request_key": str(uuid4())})
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        if "app" in self.__dict__:
            self.app.state.house.database.dispose()
        self.database.dispose()


def settings_for(folder: Path, url: str = "") -> Settings:
    return Settings(data_dir=folder, database_url=url, origin=ORIGIN)


def open_world(settings: Settings, clock: TestClock) -> World:
    database, keyring = founding.open_database(settings)
    return World(settings, database, keyring, clock, SECRETS)


def found(settings: Settings, clock: TestClock) -> World:
    """Found the laboratory every test begins with."""
    Keyring.create(settings.keys_dir)
    world = open_world(settings, clock)
    founding.found(world, "Test laboratory", lambda name: f"station token of {name}")
    return world
