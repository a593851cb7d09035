"""Every address says who may use it, and holds to it: without sign-in, locked, and for each role. Default is no."""

from __future__ import annotations

import hashlib
from uuid import uuid4

import pytest

from app.domain.roles import Action, Permission, decide, may_read
from app.web.needs import EVERYBODY, SIGNED_IN, Looking
from tests.people import ADA, CARL, IRIS, NIA, OMAR, QUENTIN, QUINN, SAM, TARA, Person
from tests.web.routes import Address, addresses
from tests.world import World

WATCHERS = (TARA, SAM, QUINN, QUENTIN, CARL, NIA, ADA, IRIS, OMAR)
NOT_ALLOWED = "You may not"


def shut(world: World) -> list[Address]:
    return [each for each in addresses(world.app) if each.demand != EVERYBODY]


def may(who: Person, demand: object) -> bool:
    """What the policy table says of this person and this address."""
    roles = set() if who.role is None else {who.role}
    grants = set() if who.grant is None else {who.grant}
    if isinstance(demand, Looking):
        return may_read(roles, demand.action)
    if isinstance(demand, Action):
        return isinstance(decide(roles, grants, demand), Permission)
    return demand == SIGNED_IN


@pytest.mark.requirement("REQ-004")
def test_every_address_says_who_may_use_it(sqlite_world: World) -> None:
    for address in addresses(sqlite_world.app):
        assert isinstance(address.demand, Action | Looking) or address.demand in {EVERYBODY, SIGNED_IN}, str(address)


@pytest.mark.requirement("REQ-004")
def test_what_is_open_to_all_is_the_front_door_and_the_service_pages(sqlite_world: World) -> None:
    open_ones = {each.path.removeprefix("/api/v1") for each in addresses(sqlite_world.app) if each.demand == EVERYBODY}
    doors = {"/sign-in", "/switch", "/lock", "/unlock", "/sign-out", "/welcome", "/enrol", "/first-run"}
    assert open_ones == doors | {"/health", "/ready", "/csp-report"}


@pytest.mark.requirement("REQ-004")
def test_nobody_gets_anywhere_without_signing_in(sqlite_world: World) -> None:
    stranger = sqlite_world.app_client("Bench 1")
    for address in shut(sqlite_world):
        answer = address.send(stranger)
        if address.is_api:
            assert (answer.status_code, answer.json()["status"]) == (401, 401), str(address)
        else:
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), str(address)


def test_a_made_up_or_ended_sign_in_opens_nothing(sqlite_world: World) -> None:
    forger = sqlite_world.app_client("Bench 1")
    forger.cookies.set("__Host-veinline", "x" * 43)
    for address in shut(sqlite_world):
        assert address.send(forger).status_code in {303, 401, 422}, str(address)
    assert not sqlite_world.rows("SELECT id FROM web_session")


@pytest.mark.requirement("REQ-114")
def test_a_locked_screen_shows_and_does_nothing(sqlite_world: World) -> None:
    tablet = sqlite_world.client(QUINN, "QA desk")
    tablet.post("/lock", data={"request_key": str(uuid4())})
    before = everything(sqlite_world)
    for address in shut(sqlite_world):
        answer = address.send(tablet)
        expected = (401, None) if address.is_api else (303, "/lock")
        if address.method == "GET":
            assert (answer.status_code, answer.headers.get("location")) == expected, str(address)
        else:
            assert answer.status_code in {401, 303, 422}, str(address)
    assert everything(sqlite_world) == before


@pytest.mark.requirement("REQ-008")
@pytest.mark.parametrize("who", WATCHERS, ids=lambda who: who.name)
def test_each_role_sees_what_the_policy_table_says_and_nothing_else(sqlite_world: World, who: Person) -> None:
    browser = sqlite_world.client(who, None)
    before = everything(sqlite_world)
    for address in shut(sqlite_world):
        if address.method == "GET":
            answer = address.send(browser)
            is_refused = answer.status_code == 403 and NOT_ALLOWED in answer.text
            assert is_refused is not may(who, address.demand), f"{address} for {who.name}: {answer.status_code}"
            assert answer.status_code < 500, f"{address} for {who.name}"
    assert everything(sqlite_world) == before, "looking changed something"


@pytest.mark.requirement("REQ-008")
@pytest.mark.parametrize("who", WATCHERS, ids=lambda who: who.name)
def test_no_role_does_what_the_policy_table_denies_it(sqlite_world: World, who: Person) -> None:
    browser = sqlite_world.client(who, None)
    before = everything(sqlite_world)
    denied = [each for each in shut(sqlite_world) if each.method != "GET" and not may(who, each.demand)]
    refused = {str(address): address.send(browser) for address in denied}
    malformed = {where for where, answer in refused.items() if answer.status_code == 422}
    for where, answer in refused.items():
        is_denied = answer.status_code == 403 and NOT_ALLOWED in answer.text
        assert is_denied or where in malformed, f"{where}: {answer.status_code}"
    assert len(malformed) <= len(denied) // 10, (
        f"bodies these addresses take must be made in tests/web/routes.py: {malformed}"
    )
    assert everything(sqlite_world) == before


def test_the_right_to_look_is_no_right_to_change_anything(sqlite_world: World) -> None:
    inspector = sqlite_world.client(IRIS, None)
    before = everything(sqlite_world)
    for address in shut(sqlite_world):
        if address.demand != SIGNED_IN and not str(address).endswith("/scan"):  # a refused scan is always a near miss
            assert address.send(inspector).status_code < 500, str(address)
    assert everything(sqlite_world) == before


def everything(world: World, but: tuple[str, ...] = ()) -> str:
    """A hash of all rows of all tables but the sign-ins themselves, and those whose names begin with `but`."""
    names = world.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'web_session' ORDER BY name")
    digest = hashlib.sha256()
    for name in (str(name) for (name,) in names if not str(name).startswith(but)):
        digest.update(repr(world.rows(f"SELECT * FROM {name} ORDER BY 1")).encode())
    return digest.hexdigest()
