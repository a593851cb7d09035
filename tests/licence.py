"""Opens the licence gate of ISBT 128 in a world. Omar becomes its second administrator: Ada may sign nothing yet."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from sqlalchemy import Connection

from app.domain.roles import Role
from app.identity import commands
from app.identity.queries.licence import LicencePage, licence_page, licence_review
from app.identity.records import right_record
from app.identity.schemas import GrantRole, Licence, StateLicence, SwitchIsbtOff
from tests.people import OMAR, QUENTIN, Person
from tests.world import World

LICENCE = Licence(
    facility_number="A9999", licence_number="TRIAL-7", licence_date=date(2026, 11, 2), local_flags="21 washed"
)
WHY = "the licence was given back"


def signature(who: Person, record: str) -> dict[str, str]:
    """At a desk without a station: user name and password."""
    sha256 = hashlib.sha256(record.encode()).hexdigest()
    return {"signer": who.name, "secret": who.password, "record_sha256": sha256}


def make_administrator(world: World) -> None:
    """Quentin gives Omar the role, with the training for it."""
    record = right_record(world.user_id(OMAR), OMAR.full_name, Role.ADMINISTRATOR, (), ())
    given = {
        "user_id": world.user_id(OMAR),
        "role": Role.ADMINISTRATOR,
        "qualified_until": world.clock().date() + timedelta(days=400),
        "reason": "the second administrator, trained 2026-11",
    }
    asked = GrantRole.model_validate(given | world.signature(QUENTIN, record))
    world.act(QUENTIN, commands.grant_role, asked, station="QA desk")


def stated(world: World, given: Licence = LICENCE, by: Person = OMAR, **changed: object) -> StateLicence:
    """The signed request of a licence."""
    record = world.read(licence_review, given).record
    return StateLicence.model_validate(given.model_dump() | signature(by, record) | changed)


def seen(db: Connection, world: World, who: Person) -> LicencePage:
    """The page of the gate as this person sees it."""
    return licence_page(db, world.actor(db, who, None), "UTC")


def off(world: World, by: Person = OMAR) -> SwitchIsbtOff:
    """The signed request to switch off."""
    record = world.read(seen, world, by).off.record
    return SwitchIsbtOff.model_validate({"reason": WHY} | signature(by, record))


def open_gate(world: World) -> None:
    """From nothing to ISBT 128 being on, for facility A9999."""
    make_administrator(world)
    world.act(OMAR, commands.state_licence, stated(world), station=None)
