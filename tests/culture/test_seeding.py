"""Separation and seeding: the published numbers, the lots and equipment, the allergies, the unit, the witness."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.culture import commands
from app.culture.schemas import SeparateCells
from app.domain.vocabulary import EquipmentKind, MaterialRole, SeparationMethod
from tests.culture.doors import by_api, by_page
from tests.line.culture import Batch, Shelf, of, opened_culture, seed_request, shelf, started_culture
from tests.line.materials import equipment, recall_lot, registered_lot, released_lot
from tests.line.patients import INGRID, allergic
from tests.people import NIA, TARA, THEO
from tests.world import World


def separate_request(world: World, batch: Batch, at: Shelf, **changed: object) -> SeparateCells:
    """Washing keeps 88 % of 54e9 cells (wash-only bags, 1986)."""
    given: dict[str, object] = {
        "method": SeparationMethod.WASH, "viable_cells_1e9": "47.52", "viability_percent": "96", "volume_ml": "400",
        "hood": at.hood,
    }  # fmt: skip
    return SeparateCells.model_validate(of(world, batch.culture) | given | changed)


def deviations(world: World) -> list[tuple[object, ...]]:
    return world.rows("SELECT about, grade FROM deviation ORDER BY id")


@pytest.mark.requirement("REQ-110")
def test_54e9_cells_become_32_bottles_at_9000_iu(world: World) -> None:
    at = shelf(world)
    batch = started_culture(world, at)
    world.act(TARA, commands.separate_cells, separate_request(world, batch, at))
    done = world.act(TARA, commands.seed_culture, seed_request(world, batch, at))
    assert done.vessels == 32
    group = (
        "SELECT vessel_count, volume_each_ul, viable_cells_each, il2_per_ml, il2_unit, il2_iu_per_ml FROM vessel_group"
    )
    ((vessels, volume, each, value, unit, iu),) = world.rows(group)
    assert (vessels, volume, each, Decimal(str(value)), unit, Decimal(str(iu))) == (
        32, 1_000_000, 1_500_000_000, 1500, "Cetus", 9000,
    )  # fmt: skip
    assert world.rows("SELECT count(*), min(member), max(member) FROM vessel") == [(32, 1, 32)]
    assert world.rows("SELECT state, bench_id FROM culture") == [("incubating", None)]
    assert deviations(world) == []


def test_a_group_may_have_134_vessels(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    asked = seed_request(
        world, batch, at, viable_cells_1e9="53.6", viable_cells_per_vessel_1e9="0.4", vessel_volume_ml="400"
    )
    assert world.act(TARA, commands.seed_culture, asked).vessels == 134


@pytest.mark.requirement("REQ-065")
def test_only_released_lots_in_date_and_calibrated_equipment_seed(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    quarantined = registered_lot(world, "Medium B", MaterialRole.MEDIUM)
    recalled = released_lot(world, "Medium C", MaterialRole.MEDIUM)
    recall_lot(world, recalled)
    tomorrow = world.clock.time.date() + timedelta(days=1)
    old = released_lot(world, "IL-2 old", MaterialRole.CYTOKINE, expires_on=tomorrow)
    overdue = equipment(world, "Incubator 9", EquipmentKind.INCUBATOR, calibration_due_on=tomorrow)
    world.clock.forward(days=3)

    def said(**changed: object) -> str:
        refusal = world.refused(TARA, commands.seed_culture, seed_request(world, batch, at, **changed))
        assert refusal.near_miss is not None
        return refusal.code

    assert said(medium_lot=quarantined) == "material_quarantined"
    assert said(medium_lot=recalled) == "material_recalled"
    assert said(il2_lot=old) == "material_expired"
    assert said(il2_lot=at.medium) == "wrong_material"
    assert said(serum_lot=at.il2) == "wrong_material"
    assert said(incubator=overdue) == "calibration_overdue"
    assert said(incubator=at.hood) == "wrong_equipment"
    assert said(hood=at.incubator) == "wrong_equipment"
    assert said(medium_lot="RGD7M269999990") in {"not_on_file", "bad_check"}
    assert world.rows("SELECT count(*) FROM vessel") == [(0,)]


def test_what_the_patient_is_allergic_to_touches_no_cell(world: World) -> None:
    at = shelf(world)
    batch = started_culture(world, at)
    allergic(world, batch.patient.patient_code, "Penicillin G")
    asked = seed_request(world, batch, at)
    refusal = world.refused(TARA, commands.seed_culture, asked)
    assert (refusal.code, refusal.near_miss.kind if refusal.near_miss else "") == ("allergy", "allergy")
    assert "penicillin" in refusal.sentence
    second = world.second(THEO)
    assert by_api(world, TARA, f"/batches/{batch.culture}/seed", asked, **second) == (409, "allergy")
    assert by_page(world, TARA, f"/batches/{batch.culture}/seed", asked, **second) == (409, "")
    plain = released_lot(world, "RPMI without antibiotics", MaterialRole.MEDIUM)
    world.act(TARA, commands.seed_culture, seed_request(world, batch, at, medium_lot=plain))


def test_the_witness_is_another_person_who_may(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    for who, code in ((TARA, "second_is_first"), (NIA, "not_permitted")):
        asked = seed_request(world, batch, at, **world.second(who))
        assert world.refused(TARA, commands.seed_culture, asked).code == code
        status = by_api(world, TARA, f"/batches/{batch.culture}/seed", asked, **world.second(who))
        assert status == ({"second_is_first": 409, "not_permitted": 403}[code], code)


NUMBERS = [
    ({"viable_cells_1e9": "54.1"}, "reason_required"),
    ({"viable_cells_1e9": "47520"}, "outside_limits"),
    ({"viable_cells_1e9": "0"}, "not_positive"),
    ({"viability_percent": "79"}, "reason_required"),
    ({"viability_percent": "101"}, "outside_limits"),
    ({"viable_cells_per_vessel_1e9": "0.0015"}, "outside_limits"),
    ({"vessel_volume_ml": "1"}, "outside_limits"),
    ({"il2_per_ml": "2001"}, "reason_required"),
    ({"il2_per_ml": "200000"}, "outside_limits"),
    ({"il2_unit": "BRMP"}, "unit_not_convertible"),
    ({"viable_cells_1e9": "47.5200000001"}, "too_fine"),
]


def test_a_slip_is_refused_or_asks_why(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    said = [
        world.refused(TARA, commands.seed_culture, seed_request(world, batch, at, **changed)).code
        for changed, _ in NUMBERS
    ]
    assert said == [code for _, code in NUMBERS]


def test_a_value_outside_the_recipe_opens_a_deviation(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    world.act(TARA, commands.seed_culture, seed_request(world, batch, at, il2_per_ml="900"))
    assert deviations(world) == [(batch.culture, "minor")]
    ((what,),) = world.rows("SELECT what FROM deviation")
    assert (
        "IL-2 in culture is 5,400 IU/mL; recipe LAK-ROLLER, version 1, step Seed asks for 6,000 to 9,000 IU/mL"
        in str(what)
    )


def test_a_separation_happens_once_and_is_judged_by_its_method(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    low = separate_request(world, batch, at, viable_cells_1e9="32", method="ficoll")
    world.act(TARA, commands.separate_cells, low)
    assert deviations(world) == []
    again = separate_request(world, batch, at)
    assert world.refused(TARA, commands.separate_cells, again).code == "separated_already"
    more = seed_request(world, batch, at, viable_cells_1e9="33")
    assert world.refused(TARA, commands.seed_culture, more).code == "reason_required"
    world.act(TARA, commands.seed_culture, seed_request(world, batch, at, viable_cells_1e9="32"))
    assert world.refused(TARA, commands.separate_cells, separate_request(world, batch, at)).code == "cannot_seed"


def test_a_culture_is_started_before_it_is_seeded(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = opened_culture(world, at, INGRID)
    assert world.refused(TARA, commands.seed_culture, seed_request(world, batch, at)).code == "cannot_seed"
    assert world.refused(TARA, commands.separate_cells, separate_request(world, batch, at)).code == "cannot_seed"
