"""The licence gate of ISBT 128: closed until an administrator states the licence, signed; every statement stays."""

from __future__ import annotations

import re
from datetime import date
from uuid import uuid4

import pytest

from app.domain.errors import Invalid, NotAllowed, Stale, WrongState
from app.identity import commands
from app.identity.queries.scanning import scan_settings
from app.identity.schemas import StateLicence
from tests.licence import LICENCE, WHY, make_administrator, off, seen, signature, stated
from tests.people import CHLOE, IRIS, OMAR, QUENTIN, SAM, TARA, Person
from tests.world import World


@pytest.fixture(autouse=True)
def _administrator(request: pytest.FixtureRequest) -> None:
    name = "world" if "world" in request.fixturenames else "sqlite_world"
    make_administrator(request.getfixturevalue(name))


def test_the_gate_is_closed_until_a_licence_is_stated(world: World) -> None:
    assert world.read(scan_settings).isbt128 is None
    world.act(OMAR, commands.state_licence, stated(world), station=None)
    adapter = world.read(scan_settings).isbt128
    assert adapter is not None
    assert (adapter.own_facility, adapter.local_flags, adapter.is_demo) == ("A9999", frozenset({"21"}), True)


def test_what_was_stated_is_signed_and_in_the_ledger(world: World) -> None:
    world.act(OMAR, commands.state_licence, stated(world), station=None)
    (row,) = world.rows(
        "SELECT g.meaning, g.role, g.statement, s.licence_number FROM isbt_statement s"
        " JOIN signature g ON g.id = s.signature_id"
    )
    assert row[:2] == ("acknowledged", "administrator")
    assert "I hold an ICCBBA licence; my facility number is A9999." in str(row[2])
    assert "TRIAL-7 and is dated 2026-11-02. I acknowledge its terms." in str(row[2])
    (event,) = world.rows("SELECT canon FROM ledger_event WHERE stream = 'system' ORDER BY version DESC LIMIT 1")
    assert "state_licence" in str(event[0])
    assert "TRIAL-7" in str(event[0])
    assert "washed" not in str(event[0])


def test_a_new_statement_replaces_the_one_before_and_off_is_a_statement_too(world: World) -> None:
    world.act(OMAR, commands.state_licence, stated(world), station=None)
    other = LICENCE.model_copy(update={"facility_number": "A9998", "coi_check_without_prefix": True})
    world.act(OMAR, commands.state_licence, stated(world, other), station=None)
    adapter = world.read(scan_settings).isbt128
    assert adapter is not None
    assert (adapter.own_facility, adapter.coi_check_with_prefix) == ("A9998", False)
    world.act(OMAR, commands.switch_isbt_off, off(world), station=None)
    assert world.read(scan_settings).isbt128 is None
    page = world.read(seen, world, OMAR)
    assert [line.what[:3].rstrip(",") for line in page.history] == ["off", "on", "on"]
    assert world.refused(OMAR, commands.switch_isbt_off, off(world), station=None).code == "isbt_is_off"


def test_no_statement_is_ever_changed_or_removed_not_even_by_raw_sql(world: World) -> None:
    world.act(OMAR, commands.state_licence, stated(world), station=None)
    with pytest.raises(Exception, match="append_only"):
        world.sql("UPDATE isbt_statement SET facility_number = 'A9998'")
    with pytest.raises(Exception, match="nothing_is_deleted"):
        world.sql("DELETE FROM isbt_statement")


INSERT = (
    "INSERT INTO isbt_statement (id, is_on, facility_number, licence_number, licence_date, local_flags,"
    " coi_check_with_prefix, stated_by_id, signature_id, stated_at) SELECT 99, {on}, {facility}, 'TRIAL-7',"
    " '2026-11-02', '', {on}, {by}, id, {at} FROM signature WHERE id = (SELECT max(id) FROM signature WHERE {whose})"
)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"facility": "'G1234'"}, "not_validation_fin"),
        ({"whose": "record_of <> 'isbt128'"}, "isbt_statement_not_signed"),
        ({"by": "user_id + 1"}, "isbt_statement_not_signed"),
    ],
    ids=["a facility number of somebody else", "another signature", "another person"],
)
def test_the_database_takes_no_statement_that_is_not_signed_or_not_for_a_demonstration(
    world: World, changed: dict[str, str], why: str
) -> None:
    world.act(OMAR, commands.state_licence, stated(world), station=None)
    on = "1" if world.is_sqlite else "true"
    parts = {"on": on, "facility": "'A9999'", "by": "user_id", "at": "signed_at", "whose": "record_of = 'isbt128'"}
    with pytest.raises(Exception, match=why):
        world.sql(INSERT.format_map(parts | changed))


@pytest.mark.parametrize("who", [TARA, SAM, QUENTIN, CHLOE, IRIS], ids=lambda who: who.name)
def test_nobody_but_an_administrator_opens_the_gate(sqlite_world: World, who: Person) -> None:
    asked = stated(sqlite_world, by=who)
    assert isinstance(sqlite_world.refused(who, commands.state_licence, asked, station=None), NotAllowed)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"facility_number": "A99999"}, "facility_number"),
        ({"facility_number": "O9999"}, "facility_number"),
        ({"facility_number": "a9999"}, "facility_number"),
        ({"facility_number": "G1234"}, "not_validation_fin"),
        ({"licence_date": date(2027, 1, 1)}, "licence_date"),
        ({"local_flags": "60 a check"}, "local_flag"),
    ],
)
def test_a_licence_that_cannot_be_is_refused(sqlite_world: World, changed: dict[str, object], code: str) -> None:
    given = LICENCE.model_copy(update=changed)
    asked = StateLicence.model_validate(given.model_dump() | signature(OMAR, "anything"))
    refusal = sqlite_world.refused(OMAR, commands.state_licence, asked, station=None)
    assert isinstance(refusal, Invalid)
    assert refusal.code == code
    assert not sqlite_world.rows("SELECT id FROM isbt_statement")


def test_a_licence_is_signed_as_it_stands_now_and_with_the_right_secret(sqlite_world: World) -> None:
    as_shown = stated(sqlite_world)
    wrong = stated(sqlite_world, secret="000001")
    assert sqlite_world.refused(OMAR, commands.state_licence, wrong, station=None).code == "wrong_secret"
    sqlite_world.act(OMAR, commands.state_licence, stated(sqlite_world), station=None)
    assert isinstance(sqlite_world.refused(OMAR, commands.state_licence, as_shown, station=None), Stale)


def test_off_before_it_was_ever_on_is_refused(sqlite_world: World) -> None:
    assert isinstance(sqlite_world.refused(OMAR, commands.switch_isbt_off, off(sqlite_world), station=None), WrongState)


def form(answer: str, **fields: str) -> dict[str, str]:
    """What a browser sends back of the hidden fields of a page's first form that has a record to sign."""
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)">', answer))
    return hidden | fields | {"request_key": str(uuid4())}


def test_the_pages_walk_from_the_licence_to_its_end(world: World) -> None:
    omar = world.client(OMAR, None)
    assert "reads and prints no ISBT 128 code" in omar.get("/isbt-128").text
    given = {"facility_number": "A9999", "licence_number": "TRIAL-7", "licence_date": "2026-11-02", "local_flags": ""}
    review = omar.post("/isbt-128/review", data=given | {"request_key": str(uuid4())})
    assert "I hold an ICCBBA licence; my facility number is A9999." in review.text
    signed = form(review.text, signer=OMAR.name, secret=OMAR.password)
    assert omar.post("/isbt-128", data=signed).headers["location"] == "/isbt-128"
    on = omar.get("/isbt-128").text
    assert "TRIAL-7" in on
    ending = form(on[on.index('id="off"') :], signer=OMAR.name, secret=OMAR.password, reason=WHY)
    assert omar.post("/isbt-128/off", data=ending).headers["location"] == "/isbt-128"
    assert "reads and prints no ISBT 128 code" in omar.get("/isbt-128").text


def test_the_api_walks_the_same_way(world: World) -> None:
    omar = world.client(OMAR, None)
    given = {"facility_number": "A9999", "licence_number": "TRIAL-7", "licence_date": "2026-11-02"}
    shown = omar.post("/api/v1/isbt-128/record", json=given, headers={"Idempotency-Key": str(uuid4())}).json()
    signature = {"signer": OMAR.name, "secret": OMAR.password, "record_sha256": shown["record_sha256"]}
    done = omar.post("/api/v1/isbt-128", json=given | signature, headers={"Idempotency-Key": str(uuid4())})
    assert done.json() == {"is_on": True, "facility_number": "A9999"}
    state = omar.get("/api/v1/isbt-128").json()
    assert state["is_on"] is True
    ending = signature | {"record_sha256": state["off_sha256"], "reason": WHY}
    done = omar.post("/api/v1/isbt-128/off", json=ending, headers={"Idempotency-Key": str(uuid4())})
    assert done.json() == {"is_on": False, "facility_number": None}


def test_an_inspector_sees_the_gate_and_cannot_move_it(sqlite_world: World) -> None:
    page = sqlite_world.client(IRIS, None).get("/isbt-128")
    assert page.status_code == 200
    assert "State the licence" not in page.text
