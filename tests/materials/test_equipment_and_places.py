"""Equipment with the day its calibration ends, and places people tell by their names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.vocabulary import EquipmentKind
from app.materials import commands
from app.materials.schemas import RecordCalibration, RegisterEquipment, RegisterPlace
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
