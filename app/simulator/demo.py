"""The demo laboratory: three invented patients on different treatment days, made by driving the real commands.

Everything in it is synthetic and says DEMO. Its secrets are random and shown once, when it is founded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.db.models import Station
from app.db.transaction import transaction
from app.domain.actor import Job
from app.domain.vocabulary import Sex
from app.identity.commands import issue_one_time_code
from app.ledger.keyring import Keyring
from app.settings import Settings
from app.simulator import founding
from app.simulator.laboratory import Laboratory, SetClock, new_secrets
from app.simulator.line.assay import register
from app.simulator.line.culture import count, fill, harvest, seeded_culture, shelf
from app.simulator.line.patients import INGRID, Someone
from app.simulator.line.release import finished_lot, release_conditionally
from app.simulator.people import ADA, CAST

JAMES = Someone(
    "Okonkwo", "James", "Mr", date(1958, 5, 30), Sex.MALE, "44169027", "melanoma, synthetic", Decimal("81.5")
)
THEODORE = Someone(
    "Vance", "Theodore", "Mr", date(1964, 8, 2), Sex.MALE, "44171183", "melanoma, synthetic", Decimal("72.5")
)
WALKS = timedelta(days=9)
"""How long before the demo opens its laboratory was founded."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one role of the demo signs in; shown once on the terminal."""

    role: str
    user_name: str
    password: str
    badge: str
    pin: str


def found_demo(settings: Settings, now: datetime) -> Laboratory:
    """Found the demo and walk its patients up to the present moment."""
    Keyring.create(settings.keys_dir)
    database, keyring = founding.open_database(settings)
    lab = Laboratory(settings, database, keyring, SetClock(now - WALKS), new_secrets())
    founding.found(lab, "Demo laboratory", lambda _station: None)
    walk(lab, now)
    return lab


def walk(lab: Laboratory, now: datetime) -> None:
    """Ingrid's bags are released and wait for a dose, Theodore's lot waits for QA, James's bottles grow on day 2.

    Each patient's steps run on one clock that ends before `now`, with an hour to spare.
    """
    at = shelf(lab)
    until(lab, now, days=4, hours=7)
    ingrid = seeded_culture(lab, at, INGRID)
    theodore = seeded_culture(lab, at, THEODORE)
    until(lab, now, days=2, hours=6)
    james = seeded_culture(lab, at, JAMES)
    for batch in (ingrid, theodore):
        count(lab, batch)
        register(lab, batch.culture)
    until(lab, now, hours=6)
    count(lab, james, vessels=5)
    lots = []
    for batch in (ingrid, theodore):
        harvest(lab, batch, at)
        lots.append(finished_lot(lab, batch, fill(lab, batch, at)))
    release_conditionally(lab, lots[0])
    assert lab.clock.time < now, "the demo walks into the future"


def until(lab: Laboratory, now: datetime, *, days: int = 0, hours: int = 0) -> None:
    """Let time pass until so long before `now`; never back."""
    goal = now - timedelta(days=days, hours=hours)
    lab.clock.time = max(lab.clock.time, goal)


def enrolment_codes(lab: Laboratory, stations: tuple[str, ...]) -> dict[str, str]:
    """A one-time code for each of these stations, to be typed at /enrol in the browser that becomes it."""
    codes = {}
    with transaction(lab.database, Job("demo"), lab.clock) as tx:
        tx.action = "issue_enrolment_codes"
        for name in stations:
            station = tx.session.execute(select(Station.id).where(Station.name == name)).scalar_one()
            codes[name] = issue_one_time_code(tx, f"station:{station}", None).code
    return codes


def sign_ins(lab: Laboratory) -> tuple[SignIn, ...]:
    """One sign-in for each role."""
    shown: dict[str, SignIn] = {}
    for who in CAST:
        if who.role is None:
            continue
        words = who.role.value if who.grant is None else f"{who.role.value}, {who.grant.value.replace('_', ' ')}"
        badge = "" if who is ADA else lab.badge(who)
        known = lab.secrets[who.name]
        shown.setdefault(words, SignIn(words, who.name, known.password, badge, known.pin))
    return tuple(shown.values())
