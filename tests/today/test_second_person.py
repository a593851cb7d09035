"""What waits for a second person stands on the board of everybody who may be it, and not of who entered it."""

from __future__ import annotations

from decimal import Decimal

from app.culture import commands as cultures
from app.culture.schemas import VerifyReadings
from app.domain.identifiers import display
from app.patients import commands as patients
from app.patients.schemas import RecordWeight, VerifyWeight
from tests.line.collection import accepted_collection
from tests.line.culture import opened_culture, reading_request, seeded_culture, shelf, vessel_codes
from tests.line.patients import enrol, ordered_patient
from tests.people import CHLOE, NIA, TARA, THEO, Person
from tests.world import World


def due(world: World, who: Person) -> dict[str, str]:
    """Code of what is due -> what."""
    rows = world.client(who, "QA desk").get("/api/v1/today").json()["rows"]
    return {row["code"]: row["what"] for row in rows}


def test_a_weight_waits_on_the_ward_for_somebody_else(sqlite_world: World) -> None:
    world, course = sqlite_world, enrol(sqlite_world).course_code
    kg = Decimal("68.0")
    weight_id = world.act(CHLOE, patients.record_weight, RecordWeight(course_code=course, weight_kg=kg)).weight_id
    assert due(world, NIA)[display(course)] == "Verify weight"
    assert display(course) not in due(world, CHLOE)
    assert display(course) not in due(world, TARA)
    world.act(NIA, patients.verify_weight, VerifyWeight(course_code=course, weight_id=weight_id, weight_kg=kg))
    assert display(course) not in due(world, NIA)


def test_only_the_newest_weight_waits(sqlite_world: World) -> None:
    world, course = sqlite_world, enrol(sqlite_world).course_code
    for kg in ("68.0", "67.5"):
        world.clock.forward(minutes=1)
        world.act(CHLOE, patients.record_weight, RecordWeight(course_code=course, weight_kg=Decimal(kg)))
    rows = world.client(NIA, "QA desk").get("/api/v1/today").json()["rows"]
    assert [row["what"] for row in rows] == ["Verify weight"]


def test_counts_wait_in_the_laboratory_for_somebody_else(sqlite_world: World) -> None:
    world = sqlite_world
    culture = seeded_culture(world, shelf(world)).culture
    for vessel in vessel_codes(world, culture)[:2]:
        last = world.act(TARA, cultures.record_reading, reading_request(culture, vessel)).reading_id
    assert "Verify 2 counts" in seen_of(world, THEO, culture)
    assert "Verify 2 counts" not in seen_of(world, TARA, culture)
    world.act(THEO, cultures.verify_readings, VerifyReadings(culture_code=culture, last_reading_id=last))
    assert "Verify 2 counts" not in seen_of(world, THEO, culture)


def seen_of(world: World, who: Person, code: str) -> list[str]:
    """What is due about one thing."""
    rows = world.client(who, "QA desk").get("/api/v1/today?whole=true").json()["rows"]
    return [row["what"] for row in rows if row["code"] == display(code)]


def test_an_accepted_collection_waits_for_its_culture(sqlite_world: World) -> None:
    world = sqlite_world
    collection = accepted_collection(world, ordered_patient(world))
    assert due(world, TARA)[display(collection)] == "Open culture"
    page = world.client(TARA, "QA desk").get(f"/collections/{collection}").text
    assert ">Open culture</a>" in page


def test_a_collection_in_culture_waits_no_more(sqlite_world: World) -> None:
    world = sqlite_world
    batch = opened_culture(world, shelf(world))
    assert display(batch.collection) not in due(world, TARA)
    page = world.client(TARA, "QA desk").get(f"/collections/{batch.collection}").text
    assert f'href="/batches/{batch.culture}">Open its culture</a>' in page
