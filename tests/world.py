"""A whole laboratory for one test: a migrated database with cast, places and stations, a clock, and HTTP clients."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import Connection, select
from starlette.testclient import TestClient

from app.db.database import Database
from app.db.migrate import upgrade
from app.db.models import Badge, Place, Station, User
from app.db.transaction import Transaction, transaction
from app.domain.actor import Actor, Job
from app.domain.errors import Refusal
from app.domain.vocabulary import PlaceKind, StationKind
from app.identity import commands as identity
from app.identity import records as identity_records
from app.identity.schemas import (
    BadgeIssue,
    FirstQa,
    GrantAuthority,
    GrantRole,
    IdentityProof,
    OwnSecrets,
    UserRef,
)
from app.identity.signing import person as person_now
from app.ledger.keyring import Keyring
from app.ledger.recorder import Recorder
from app.main import create_app
from app.settings import Settings
from app.setup import PlaceRequest, SiteRequest, make_place, make_site
from app.web.door import STATION_COOKIE
from tests.clocks import TestClock
from tests.people import ADA, CAST, QUENTIN, Person

Asked = TypeVar("Asked")
Fact = TypeVar("Fact")
ORIGIN = "https://veinline.test"
TRAINED_UNTIL = date(2027, 12, 31)
STILL_HERE = timedelta(seconds=60)


@dataclass
class World:
    """One test's laboratory."""

    settings: Settings
    database: Database
    keyring: Keyring
    clock: TestClock
    clients: dict[tuple[str, str | None], TestClient] = field(default_factory=dict)
    signed_in_at: dict[tuple[str, str | None], datetime] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        return self.database.is_sqlite

    def act(
        self,
        who: Person,
        command: Callable[[Transaction, Actor, Asked], Fact],
        asked: Asked,
        *,
        station: str | None = "Bench 1",
        key: str | None = None,
    ) -> Fact:
        """Run a command as this person at a station, in a transaction of its own, as the door does."""

        def recognised(db: Connection) -> Actor:
            return self.actor(db, who, station)

        with transaction(self.database, recognised, self.clock, request_key=key) as tx:
            assert isinstance(tx.actor, Actor)
            return command(tx, tx.actor, asked)

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

    def actor(self, db: Connection, who: Person, station: str | None = "Bench 1") -> Actor:
        """The person as the door would recognise them at that station."""
        from sqlalchemy.orm import Session

        with Session(db) as session:
            tx = Transaction(session, Job("test"), self.clock(), self.clock, str(uuid4()), self.database.pepper)
            actor = person_now(tx, self.user_id(who))
            row = None
            if station is not None:
                row = session.execute(select(Station).where(Station.name == station)).scalar_one()
            return Actor(
                actor.user_id,
                actor.full_name,
                actor.roles,
                actor.grants,
                station_id=None if row is None else row.id,
                station_code=None if row is None else row.code,
                station_place_id=None if row is None else row.place_id,
                is_accountable=actor.is_accountable,
                qualified_until=actor.qualified_until,
            )

    def user_id(self, who: Person) -> int:
        return CAST.index(who) + 1

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
        return {"second_badge": self.badge(who), "second_pin": who.pin}

    def signed(self, who: Person, record_sha256: str, *, station: bool = True) -> dict[str, str]:
        """Fields with which this person signs a record, at a station or at a desk without one."""
        return {
            "signer": self.badge(who),
            "secret": who.pin if station else who.password,
            "record_sha256": record_sha256,
        }

    def signature(self, who: Person, record: str) -> dict[str, str]:
        """Fields with which this person signs this very text at a station."""
        return self.signed(who, hashlib.sha256(record.encode()).hexdigest())

    def read(self, query: Callable[..., Fact], *args: object) -> Fact:
        """Run a query."""
        with self.database.reading() as db:
            return query(db, *args)

    def sql(self, statement: str, **values: object) -> None:
        """Write behind the application's back, as a database administrator would."""
        from sqlalchemy import text

        with self.database.writer.begin() as db:
            db.execute(text(statement), values)

    def rows(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        """Read raw rows."""
        from sqlalchemy import text

        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(text(statement), values)]

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
    keyring = Keyring.load(settings.keys_dir)
    database = Database(settings, keyring.pepper)
    Recorder(keyring).attach(database.sessions)
    return World(settings, database, keyring, clock)


def found(settings: Settings, clock: TestClock) -> World:
    """Found the laboratory every test begins with: site, cast with rights and secrets, places, stations."""
    Keyring.create(settings.keys_dir)
    world = open_world(settings, clock)
    upgrade(world.database)
    with transaction(world.database, Job("init"), clock) as tx:
        make_site(
            tx,
            SiteRequest(
                code="D7M",
                name="Test laboratory",
                zone="Europe/Berlin",
                is_demo=True,
                laboratory_phone="ext. 5 5512",
            ),
        )
    _places(world)
    _people(world)
    return world


def _people(world: World) -> None:
    with transaction(world.database, Job("init"), world.clock) as tx:
        tx.action = "found_cast"
        for who in CAST:
            tx.session.add(User(user_name=who.name, full_name=who.full_name, is_active=True))
            tx.session.flush()
        identity.bootstrap_administrator(tx, world.user_id(ADA))
    for who in CAST:
        _secrets(world, who)
    qa = FirstQa(user_id=world.user_id(QUENTIN), qualified_until=TRAINED_UNTIL, reason="hired and trained for it")
    world.act(ADA, identity.appoint_first_qa, qa, station="QA desk")
    _accountable(world, QUENTIN)
    for who in CAST:
        if who not in {ADA, QUENTIN}:
            _rights(world, who)
            _accountable(world, who)


def _rights(world: World, who: Person) -> None:
    """What Quentin gives a person, under signature."""
    about, record = {"user_id": world.user_id(who), "reason": "hired and trained for it"}, identity_records.right_record
    if who.role is not None:
        text = record(world.user_id(who), who.full_name, who.role, (), ())
        asked = about | {"role": who.role, "qualified_until": TRAINED_UNTIL} | world.signature(QUENTIN, text)
        world.act(QUENTIN, identity.grant_role, GrantRole.model_validate(asked), station="QA desk")
    if who.role is not None and who.grant is not None:
        text = record(world.user_id(who), who.full_name, who.grant, (who.role,), ())
        asked = about | {"authority": who.grant} | world.signature(QUENTIN, text)
        world.act(QUENTIN, identity.grant_authority, GrantAuthority.model_validate(asked), station="QA desk")


def _accountable(world: World, who: Person) -> None:
    """Identity checked, accountability stated, a badge given."""
    proof = IdentityProof(user_id=world.user_id(who), checked_on=date(2026, 11, 2))
    world.act(ADA, identity.verify_identity, proof, station="QA desk")
    world.act(who, identity.accept_accountability, UserRef(), station="QA desk")
    world.act(ADA, identity.issue_badge, BadgeIssue(user_id=world.user_id(who)), station="QA desk")


def _secrets(world: World, who: Person) -> None:
    with transaction(world.database, Job("init"), world.clock) as tx:
        tx.action = "found_cast"
        code = identity.issue_one_time_code(tx, "set_secrets", world.user_id(who)).code
        identity.set_own_secrets(tx, OwnSecrets(one_time_code=code, password=who.password, pin=who.pin))


def _places(world: World) -> None:
    places = {
        "Biosafety cabinet 1": PlaceKind.BENCH,
        "Biosafety cabinet 2": PlaceKind.BENCH,
        "Cell store": PlaceKind.STORE,
        "10 East": PlaceKind.WARD,
        "Apheresis unit": PlaceKind.APHERESIS_UNIT,
        "Courier box 1": PlaceKind.TRANSPORT,
    }
    with transaction(world.database, Job("init"), world.clock) as tx:
        codes = {name: make_place(tx, PlaceRequest(name=name, kind=kind)).id for name, kind in places.items()}
        stations = {
            "Bench 1": (StationKind.BENCH, codes["Biosafety cabinet 1"]),
            "Bench 2": (StationKind.BENCH, codes["Biosafety cabinet 2"]),
            "QA desk": (StationKind.OFFICE, None),
            "Bed 4": (StationKind.BEDSIDE, codes["10 East"]),
            "Bed 7": (StationKind.BEDSIDE, codes["10 East"]),
        }
        for name, (kind, place) in stations.items():
            identity.found_station(tx, name, kind, place, token=f"station token of {name}")
