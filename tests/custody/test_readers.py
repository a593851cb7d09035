"""A station reads patients, vessels and bags only with a reader that passed its check; what was typed is counted."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.domain.errors import NotAllowed
from app.domain.identifiers import display
from app.domain.labels.reader_check import TEST_TEXT
from app.identity import commands as identity
from app.identity.schemas import ChangeScanning, ReadBack, StationChange
from app.infusion import commands
from app.infusion.schemas import ScanWristband
from tests.line.infusion import BED, Ward
from tests.people import ADA, NIA, QUINN, SAM, TARA
from tests.world import World

pytestmark = pytest.mark.requirement("REQ-026")
Ready = tuple[World, Ward]
WHY = "The label of this bag is torn."


def store(world: World, ward: Ward, place: str = "Biosafety cabinet 1", **told: str) -> int:
    """Put the bag away at Bench 1, as the page sends it."""
    given = {"bag": f"{ward.bag}01", "place": world.place(place), "request_key": str(uuid4())}
    return world.client(TARA).post(f"/bags/{ward.bag}/store", data=given | told).status_code


def source(world: World) -> object:
    ((came,),) = world.rows("SELECT code_source FROM custody_event ORDER BY id DESC LIMIT 1")
    return came


def check(world: World, text: str, **told: str) -> int:
    form = {"scanned": text, "request_key": str(uuid4())} | told
    return world.client(TARA).post("/scanner-check", data=form).status_code


def test_without_a_passed_check_the_reader_reads_no_bag_until_it_passes(ready: Ready) -> None:
    world, ward = ready
    assert check(world, TEST_TEXT.swapcase()) == 200
    refused = world.client(TARA).post(
        f"/bags/{ward.bag}/store",
        data={"bag": f"{ward.bag}01", "place": world.place("Biosafety cabinet 1"), "request_key": str(uuid4())},
    )
    assert refused.status_code == 403
    assert 'href="/scanner-check"' in refused.text
    assert store(world, ward, camera="bag") == 303
    assert source(world) == "camera"
    assert check(world, TEST_TEXT, typed="scanned", why_typed=WHY) == 403
    assert check(world, TEST_TEXT, camera="scanned") == 403
    assert store(world, ward, "Cell store") == 403
    assert check(world, f"]d1{TEST_TEXT}") == 200
    assert store(world, ward, "Cell store", read="bag,place") == 303
    assert source(world) == "reader"


def test_at_the_bed_nothing_begins_with_a_check_that_is_over(ready: Ready) -> None:
    world, ward = ready
    world.clock.forward(days=91)
    refusal = world.refused(NIA, commands.scan_wristband, ScanWristband(wristband=ward.band), station=BED)
    assert (type(refusal), refusal.code) == (NotAllowed, "reader_not_checked")
    page = world.client(NIA, BED).get("/bedside").text
    assert "Do not use the reader of this station" in page
    assert world.rows("SELECT count(*) FROM wristband_scan") == [(0,)]
    world.act(NIA, identity.check_reader, ReadBack(scanned=TEST_TEXT), station=BED)
    assert world.act(NIA, commands.scan_wristband, ScanWristband(wristband=ward.band), station=BED)


def test_another_device_has_to_pass_anew(ready: Ready) -> None:
    world, _ = ready
    ((code,),) = world.rows("SELECT code FROM station WHERE name = 'Bed 7'")
    asked = StationChange(station_code=str(code), reason="The tablet of this bed broke.")
    world.act(ADA, identity.renew_enrolment, asked, station=None)
    assert world.rows("SELECT reader_checked_at FROM station WHERE name = 'Bed 7'") == [(None,)]


@pytest.mark.requirement("REQ-129")
def test_what_was_typed_is_counted_by_station_and_told_above_the_limit(ready: Ready) -> None:
    world, ward = ready
    assert store(world, ward, read="bag,place") == 303
    assert "Too many codes are typed" not in world.client(SAM).get("/").text
    typed = {"bag": display(ward.bag), "typed": "bag", "why_typed": WHY, "read": "place"}
    assert store(world, ward, "Cell store", **typed) == 303
    told = world.client(SAM, "Bench 2").get("/api/v1/scanning").json()
    assert told["whole"] == "typed 1 of 4 scans"
    assert [(row["station"], row["share"]) for row in told["stations"]][:2] == [
        ("Bed 4", "typed 0 of 0 scans"),
        ("Bed 7", "typed 0 of 0 scans"),
    ]
    page = world.client(SAM, "Bench 2").get("/scanning").text
    assert "more than 2 %" in page
    assert "Too many codes are typed" in world.client(SAM, "Bench 2").get("/").text
    assert "Too many codes are typed" not in world.client(TARA).get("/").text
    world.clock.forward(days=31)
    assert world.client(SAM, "Bench 2").get("/api/v1/scanning").json()["whole"] == "typed 0 of 0 scans"


def test_a_program_cannot_say_that_a_reader_sent_it(ready: Ready) -> None:
    world, ward = ready
    headers = {"Idempotency-Key": str(uuid4()), "Read-Fields": "bag"}
    body = {"bag": f"{ward.bag}01", "place": world.place("Biosafety cabinet 1")}
    assert world.client(TARA).post("/api/v1/bags/store", json=body, headers=headers).status_code == 200
    assert source(world) == "api"


def test_the_settings_of_scanning_take_two_persons_and_reach_the_page(sqlite_world: World) -> None:
    world = sqlite_world
    given = {"row_version": 1, "wedge_gap_ms": 40, "reader_check_days": 30, "most_typed_percent": 5}
    given |= {"reason": "Our readers are fast ones."}
    asked = ChangeScanning(**given, **world.second(SAM))
    assert isinstance(world.refused(ADA, identity.change_scanning, asked), NotAllowed)
    asked = ChangeScanning(**given, **world.second(QUINN))
    assert isinstance(world.refused(TARA, identity.change_scanning, asked), NotAllowed)
    world.act(ADA, identity.change_scanning, asked)
    assert 'data-wedge-gap="40"' in world.client(TARA).get("/").text
