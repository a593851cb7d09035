"""Equipment with the day its calibration ends, and places people tell by their names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.culture.commands import seed_culture
from app.domain.vocabulary import EquipmentKind
from app.materials import commands
from app.materials.schemas import ChangeService, RecordCalibration, RegisterEquipment, RegisterPlace
from app.simulator.line.culture import seed_request, seeded_culture, shelf, started_culture
from tests.culture.doors import by_api, by_page
from tests.line.materials import equipment
from tests.people import IRIS, NIA, TARA, Person
from tests.world import World


def hood(world: World, **changed: object) -> RegisterEquipment:
    due = world.clock().date() + timedelta(days=90)
    return RegisterEquipment.model_validate({"name": "Hood 2", "kind": "hood", "calibration_due_on": due} | changed)


def calibrated(world: World, code: str, days: int = 200, version: int = 1) -> RecordCalibration:
    due = world.clock().date() + timedelta(days=days)
    return RecordCalibration(equipment_code=code, row_version=version, calibration_due_on=due)


def test_equipment_stands_where_it_was_put(world: World) -> None:
    asked = hood(world, place_code=world.place("Biosafety cabinet 1"))
    status, where = by_page(world, TARA, "/equipment", asked)
    assert status == 303
    page = world.client(TARA).get(where).text
    assert "Hood 2" in page
    assert "Biosafety cabinet 1" in page
    assert "Hood 2" in world.client(TARA).get("/equipment").text


def test_a_calibration_moves_the_day_it_is_due(world: World) -> None:
    code = equipment(world, "Hood 2", EquipmentKind.HOOD)
    before = world.rows("SELECT calibration_due_at FROM equipment")
    assert by_api(world, TARA, f"/equipment/{code}/calibration", calibrated(world, code))[0] == 200
    assert world.rows("SELECT calibration_due_at FROM equipment") != before
    stale = calibrated(world, code)
    assert by_api(world, TARA, f"/equipment/{code}/calibration", stale) == (409, "record_changed")
    assert by_page(world, TARA, f"/equipment/{code}/calibration", calibrated(world, code, version=2))[0] == 303


@pytest.mark.parametrize("days", [-1, 3700])
def test_a_calibration_is_due_ahead_within_ten_years(sqlite_world: World, days: int) -> None:
    code = equipment(sqlite_world, "Hood 2", EquipmentKind.HOOD)
    refusal = sqlite_world.refused(TARA, commands.record_calibration, calibrated(sqlite_world, code, days))
    assert (refusal.code, refusal.field) == ("date_not_ahead", "calibration_due_on")


def test_equipment_cannot_stand_at_a_place_nobody_knows(sqlite_world: World) -> None:
    asked = hood(sqlite_world, place_code="PLD7M26999999A")
    assert by_api(sqlite_world, TARA, "/equipment", asked)[0] == 404
    assert sqlite_world.rows("SELECT count(*) FROM equipment") == [(0,)]


def test_two_places_never_have_one_name(world: World) -> None:
    asked = RegisterPlace.model_validate({"name": "Cell store 2", "kind": "store"})
    assert by_page(world, TARA, "/places", asked) == (303, "/places")
    assert by_api(world, TARA, "/places", asked) == (409, "place_on_file")
    assert world.rows("SELECT count(*) FROM place WHERE name = 'Cell store 2'") == [(1,)]
    assert "Cell store 2" in world.client(TARA).get("/places").text


@pytest.mark.parametrize("who", [NIA, IRIS], ids=lambda who: who.name)
def test_only_the_laboratory_changes_what_stands_in_it(sqlite_world: World, who: Person) -> None:
    code = equipment(sqlite_world, "Hood 2", EquipmentKind.HOOD)
    place = RegisterPlace.model_validate({"name": "Cell store 2", "kind": "store"})
    assert by_page(sqlite_world, who, "/equipment", hood(sqlite_world))[0] == 403
    assert by_page(sqlite_world, who, f"/equipment/{code}/calibration", calibrated(sqlite_world, code))[0] == 403
    assert by_page(sqlite_world, who, "/places", place)[0] == 403


@pytest.mark.requirement("REQ-085")
def test_what_equipment_touched_between_two_days_and_nothing_outside(sqlite_world: World) -> None:
    """Aspergillus: the incubator holds from seeding to harvest, the hood touches at the step."""
    world = sqlite_world
    at = shelf(world)
    culture = seeded_culture(world, at).culture
    seeded = world.clock().date()
    world.clock.forward(days=3)
    tara = world.client(TARA)

    def touched(code: str, first: int, last: int) -> bool:
        days = {"since": f"{seeded + timedelta(days=first)}", "until": f"{seeded + timedelta(days=last)}"}
        page = tara.get(f"/equipment/{code}", params=days)
        assert page.status_code == 200
        return f"/batches/{culture}" in page.text

    assert [touched(at.incubator, *days) for days in ((-5, -1), (0, 0), (2, 3))] == [False, True, True]
    assert [touched(at.hood, *days) for days in ((-5, -1), (0, 0), (2, 3))] == [False, True, False]
    for since, until in (("2026-11-23", ""), ("yesterday", "2026-11-23"), ("2026-11-24", "2026-11-23")):
        refusal = tara.get(f"/api/v1/equipment/{at.hood}", params={"since": since, "until": until})
        assert refusal.status_code == 422
        assert refusal.json()["detail"].endswith(".")


def test_equipment_out_of_service_takes_part_in_nothing_until_it_is_put_back(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    given = {"equipment_code": at.hood, "row_version": 1, "reason": "the airflow alarm rang twice"}
    out = ChangeService.model_validate(given | {"state": "out_of_service"})
    assert by_page(world, TARA, f"/equipment/{at.hood}/service", out)[0] == 303
    assert world.refused(TARA, seed_culture, seed_request(world, batch, at)).code == "equipment_out_of_service"
    again = ChangeService.model_validate(given | {"state": "in_service", "row_version": 2})
    assert by_api(world, NIA, f"/equipment/{at.hood}/service", again)[0] == 403
    assert by_api(world, TARA, f"/equipment/{at.hood}/service", again)[0] == 200
    world.act(TARA, seed_culture, seed_request(world, batch, at))
