"""Founding the synthetic laboratory: site, cast with rights and secrets, places, stations. All of it is marked DEMO."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from app.db.database import Database
from app.db.migrate import upgrade
from app.db.models import User
from app.db.transaction import transaction
from app.domain.actor import Job
from app.domain.labels.reader_check import TEST_TEXT
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
    ReadBack,
    UserRef,
)
from app.label_rules.commands import lay_down_shipped_rules
from app.ledger.keyring import Keyring
from app.ledger.recorder import Recorder
from app.settings import Settings
from app.setup import PlaceRequest, SiteRequest, make_place, make_site
from app.simulator.laboratory import Laboratory
from app.simulator.line.label_rules import adopted_rules
from app.simulator.people import ADA, CAST, QUENTIN, Person

PLACES = {
    "Biosafety cabinet 1": PlaceKind.BENCH,
    "Biosafety cabinet 2": PlaceKind.BENCH,
    "Cell store": PlaceKind.STORE,
    "10 East": PlaceKind.WARD,
    "Apheresis unit": PlaceKind.APHERESIS_UNIT,
    "Courier box 1": PlaceKind.TRANSPORT,
}
STATIONS = {
    "Bench 1": (StationKind.BENCH, "Biosafety cabinet 1"),
    "Bench 2": (StationKind.BENCH, "Biosafety cabinet 2"),
    "QA desk": (StationKind.OFFICE, None),
    "Bed 4": (StationKind.BEDSIDE, "10 East"),
    "Bed 7": (StationKind.BEDSIDE, "10 East"),
}
HIRED = "hired and trained for it"


def open_database(settings: Settings) -> tuple[Database, Keyring]:
    """The database of a laboratory with keys, recording from the first write."""
    keyring = Keyring.load(settings.keys_dir)
    database = Database(settings, keyring.pepper)
    Recorder(keyring).attach(database.sessions)
    return database, keyring


def found(laboratory: Laboratory, name: str, token: Callable[[str], str | None]) -> None:
    """Found a laboratory in an empty database: site, places, stations, people, approved label rules.

    `token` gives the token a station's device holds, or None for a station that is enrolled later.
    """
    upgrade(laboratory.database)
    with transaction(laboratory.database, Job("init"), laboratory.clock) as tx:
        make_site(tx, SiteRequest("D7M", name, "Europe/Berlin", is_demo=True, laboratory_phone="ext. 5 5512"))
        lay_down_shipped_rules(tx)
    _places(laboratory, token)
    _people(laboratory)
    adopted_rules(laboratory)


def _places(laboratory: Laboratory, token: Callable[[str], str | None]) -> None:
    with transaction(laboratory.database, Job("init"), laboratory.clock) as tx:
        codes = {name: make_place(tx, PlaceRequest(name, kind)).id for name, kind in PLACES.items()}
        for name, (kind, place) in STATIONS.items():
            place_id = None if place is None else codes[place]
            identity.found_station(tx, name, kind, place_id, token=token(name))


def _people(laboratory: Laboratory) -> None:
    with transaction(laboratory.database, Job("init"), laboratory.clock) as tx:
        tx.action = "found_cast"
        for who in CAST:
            tx.session.add(User(user_name=who.name, full_name=who.full_name, is_active=True))
            tx.session.flush()
        identity.bootstrap_administrator(tx, laboratory.user_id(ADA))
    for who in CAST:
        _secrets(laboratory, who)
    until = laboratory.clock().date() + timedelta(days=400)
    qa = FirstQa(user_id=laboratory.user_id(QUENTIN), qualified_until=until, reason=HIRED)
    laboratory.act(ADA, identity.appoint_first_qa, qa, station="QA desk")
    _accountable(laboratory, QUENTIN)
    for who in CAST:
        if who not in {ADA, QUENTIN}:
            _rights(laboratory, who)
            _accountable(laboratory, who)
    for station in STATIONS:
        laboratory.act(ADA, identity.check_reader, ReadBack(scanned=f"]d1{TEST_TEXT}"), station=station)


def _rights(laboratory: Laboratory, who: Person) -> None:
    """What Quentin gives a person, under signature."""
    if who.role is None:
        return
    user_id = laboratory.user_id(who)
    about = {"user_id": user_id, "reason": HIRED}
    record = identity_records.right_record(user_id, who.full_name, who.role, (), ())
    until = laboratory.clock().date() + timedelta(days=400)
    role = about | {"role": who.role, "qualified_until": until} | laboratory.signature(QUENTIN, record)
    laboratory.act(QUENTIN, identity.grant_role, GrantRole.model_validate(role), station="QA desk")
    if who.grant is not None:
        record = identity_records.right_record(user_id, who.full_name, who.grant, (who.role,), ())
        authority = about | {"authority": who.grant} | laboratory.signature(QUENTIN, record)
        laboratory.act(QUENTIN, identity.grant_authority, GrantAuthority.model_validate(authority), station="QA desk")


def _accountable(laboratory: Laboratory, who: Person) -> None:
    """Identity checked, accountability stated, a badge given."""
    user_id = laboratory.user_id(who)
    proof = IdentityProof(user_id=user_id, checked_on=laboratory.clock().date() - timedelta(days=7))
    laboratory.act(ADA, identity.verify_identity, proof, station="QA desk")
    laboratory.act(who, identity.accept_accountability, UserRef(), station="QA desk")
    laboratory.act(ADA, identity.issue_badge, BadgeIssue(user_id=user_id), station="QA desk")


def _secrets(laboratory: Laboratory, who: Person) -> None:
    known = laboratory.secrets[who.name]
    with transaction(laboratory.database, Job("init"), laboratory.clock) as tx:
        tx.action = "found_cast"
        code = identity.issue_one_time_code(tx, "set_secrets", laboratory.user_id(who)).code
        identity.set_own_secrets(tx, OwnSecrets(one_time_code=code, password=known.password, pin=known.pin))
