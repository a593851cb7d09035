"""Stations: registered by an administrator, proved by their own cookie alone, shut out at once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from app.domain.errors import NotAllowed
from app.domain.vocabulary import StationKind
from app.identity import commands
from app.identity.schemas import NewStation, StationChange
from app.web.door import STATION_COOKIE
from tests.people import ADA, IRIS, QUINN, SAM, TARA, Person
from tests.world import World

WHY = "the tablet fell into the sink"
NEW = NewStation(name="Bench 3", kind=StationKind.BENCH)


def enrol(browser: TestClient, code: str) -> int:
    """Type a station's one-time code on a device."""
    return browser.post("/enrol", data={"one_time_code": code, "request_key": str(uuid4())}).status_code


def switch(browser: TestClient, world: World, who: Person = TARA) -> int:
    form = {"badge": world.badge(who), "pin": who.pin, "request_key": str(uuid4())}
    return browser.post("/switch", data=form).status_code


def code_of(world: World, name: str) -> str:
    return str(world.rows("SELECT code FROM station WHERE name = :name", name=name)[0][0])


def test_a_device_becomes_a_station_by_typing_its_one_time_code(world: World) -> None:
    made = world.act(ADA, commands.create_station, NEW, station=None)
    device = world.app_client()
    assert switch(device, world) == 403
    assert enrol(device, made.one_time_code) == 303
    assert switch(device, world) == 303
    assert device.get("/api/v1/me").json()["station_code"] == made.station_code
    assert enrol(world.app_client(), made.one_time_code) == 403


def test_the_station_cookie_is_as_shut_as_the_other_and_only_its_hash_is_kept(sqlite_world: World) -> None:
    made = sqlite_world.act(ADA, commands.create_station, NEW, station=None)
    form = {"one_time_code": made.one_time_code, "request_key": str(uuid4())}
    device = sqlite_world.app_client()
    line = device.post("/enrol", data=form).headers["set-cookie"]
    for part in ("__Host-veinline-station=", "HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert part in line
    assert "Domain" not in line
    assert device.cookies[STATION_COOKIE] not in str(sqlite_world.rows("SELECT * FROM station"))


def test_another_device_takes_the_place_and_the_old_one_is_out_at_once(world: World) -> None:
    old = world.client(TARA, "Bench 1")
    about = StationChange(station_code=code_of(world, "Bench 1"), reason=WHY)
    renewed = world.act(ADA, commands.renew_enrolment, about, station=None)
    assert old.get("/api/v1/me").status_code == 401
    assert switch(old, world) == 403
    new = world.app_client()
    assert enrol(new, renewed.one_time_code) == 303
    assert switch(new, world) == 303


def test_a_retired_station_is_no_station(world: World) -> None:
    tablet = world.client(TARA, "Bench 1")
    about = StationChange(station_code=code_of(world, "Bench 1"), reason=WHY)
    world.act(ADA, commands.retire_station, about, station=None)
    assert tablet.get("/api/v1/me").status_code == 401
    assert switch(tablet, world) == 403


def test_a_code_for_a_person_enrols_no_device_and_a_stations_code_opens_no_account(sqlite_world: World) -> None:
    made = sqlite_world.act(ADA, commands.create_station, NEW, station=None)
    form = {"one_time_code": made.one_time_code, "password": "copper kettle field 7", "pin": "730518"}
    answer = sqlite_world.app_client().post("/welcome", data=form | {"request_key": str(uuid4())})
    assert answer.status_code == 403
    assert enrol(sqlite_world.app_client(), made.one_time_code) == 303


@pytest.mark.parametrize("who", [TARA, SAM, QUINN, IRIS], ids=lambda who: who.name)
def test_only_an_administrator_registers_stations(sqlite_world: World, who: Person) -> None:
    assert isinstance(sqlite_world.refused(who, commands.create_station, NEW), NotAllowed)


def test_the_pages_walk_from_registering_to_retiring(sqlite_world: World) -> None:
    ada = sqlite_world.client(ADA, None)
    form = {
        "name": "Bed 9",
        "kind": "bedside",
        "place_code": sqlite_world.place("10 East"),
        "request_key": str(uuid4()),
    }
    assert "Station code" in ada.post("/stations", data=form).text
    code = code_of(sqlite_world, "Bed 9")
    assert "Waits for its code" in ada.get(f"/stations/{code}").text
    about = {"station_code": code, "reason": WHY, "request_key": str(uuid4())}
    assert ada.post(f"/stations/{code}/retire", data=about).headers["location"] == f"/stations/{code}"
    assert "Retired" in ada.get("/stations").text
    other = {"station_code": code_of(sqlite_world, "Bench 1"), "reason": WHY, "request_key": str(uuid4())}
    assert ada.post(f"/stations/{code}/retire", data=other).status_code == 422
