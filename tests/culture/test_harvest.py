"""The harvest: samples first, age and recovery, the free bench, the lot that comes of it; and the end by signature."""

from __future__ import annotations

import pytest

from app.culture import commands
from app.culture.records import culture_stop
from app.culture.schemas import DiscardVessel, StopCulture
from app.domain.vocabulary import EquipmentKind, MaterialRole, TestKind
from tests.culture.doors import by_api, by_page
from tests.line.assay import register, registered_tests
from tests.line.culture import (
    Batch,
    Shelf,
    harvest_request,
    harvested_culture,
    opened_culture,
    seeded_culture,
    shelf,
    start_request,
    started_culture,
    vessel_codes,
)
from tests.line.materials import equipment, released_lot
from tests.line.patients import INGRID, JAMES, allergic
from tests.people import IRIS, QUENTIN, SAM, TARA, THEO
from tests.world import World


def ripe(world: World, *, hours: float = 80) -> tuple[Shelf, Batch]:
    """A seeded culture of so many hours, its samples registered."""
    at = shelf(world)
    batch = seeded_culture(world, at)
    register(world, batch.culture)
    world.clock.forward(hours=hours)
    return at, batch


@pytest.mark.requirement("REQ-059")
def test_without_its_samples_nothing_is_harvested(world: World) -> None:
    at = shelf(world)
    batch = seeded_culture(world, at)
    world.clock.forward(hours=80)
    asked = harvest_request(world, batch, at)
    assert world.refused(TARA, commands.harvest_culture, asked).code == "sample_missing"
    registered_tests(world, batch.culture, (TestKind.STERILITY, TestKind.ENDOTOXIN))
    assert "mycoplasma" in world.refused(TARA, commands.harvest_culture, asked).sentence
    where = f"/batches/{batch.culture}/harvest"
    assert by_api(world, TARA, where, asked, **world.second(THEO)) == (409, "sample_missing")
    registered_tests(world, batch.culture, (TestKind.MYCOPLASMA,))
    done = world.act(TARA, commands.harvest_culture, asked)
    assert done.state == "in_process"
    assert world.rows("SELECT state, count(*) FROM vessel GROUP BY state") == [("harvested", 32)]
    assert world.rows("SELECT count(*) FROM deviation") == [(0,)]


WHY = "reason_required"
AGES = [(73, None, 0), (97, None, 1), (121, WHY, 1)]


@pytest.mark.parametrize(("hours", "refused", "deviations"), AGES)
def test_the_age_follows_the_recipe_or_says_why(
    sqlite_world: World, hours: int, refused: str | None, deviations: int
) -> None:
    world = sqlite_world
    at, batch = ripe(world, hours=hours)
    asked = harvest_request(world, batch, at)
    if refused is not None:
        assert world.refused(TARA, commands.harvest_culture, asked).code == refused
        asked = asked.model_copy(update={"reason": "the patient was moved to another day"})
    lot = world.act(TARA, commands.harvest_culture, asked).lot_code
    assert world.rows("SELECT about FROM deviation") == [(lot,)] * deviations


@pytest.mark.requirement("REQ-110")
@pytest.mark.requirement("REQ-126")
def test_130_percent_of_the_possible_cells_ask_why_and_open_a_deviation(sqlite_world: World) -> None:
    world = sqlite_world
    at, batch = ripe(world)
    asked = harvest_request(world, batch, at, viable_cells_1e9="61.776")
    refusal = world.refused(TARA, commands.harvest_culture, asked)
    assert refusal.code == "reason_required"
    assert "Recovery of the harvest is 130 % of seeded" in refusal.sentence
    told = asked.model_copy(update={"reason": "counted three times, the seeding count was low"})
    world.act(TARA, commands.harvest_culture, told)
    ((grade, what),) = world.rows("SELECT grade, what FROM deviation")
    assert (grade, "130 % of seeded" in str(what)) == ("major", True)


def test_the_balance_leaves_out_discarded_vessels(sqlite_world: World) -> None:
    world = sqlite_world
    at, batch = ripe(world)
    for code in vessel_codes(world, batch.culture)[:16]:
        leak = DiscardVessel(culture_code=batch.culture, vessel=code, reason="the rack fell in the incubator")
        world.act(TARA, commands.discard_vessel, leak)
    many = harvest_request(world, batch, at, viable_cells_1e9="29")
    assert "122" in world.refused(TARA, commands.harvest_culture, many).sentence
    world.act(TARA, commands.harvest_culture, harvest_request(world, batch, at, viable_cells_1e9="22"))


def test_a_culture_without_vessels_is_stopped_not_harvested(sqlite_world: World) -> None:
    world = sqlite_world
    at, batch = ripe(world)
    for code in vessel_codes(world, batch.culture):
        leak = DiscardVessel(culture_code=batch.culture, vessel=code, reason="the rack fell in the incubator")
        world.act(TARA, commands.discard_vessel, leak)
    assert world.refused(TARA, commands.harvest_culture, harvest_request(world, batch, at)).code == "no_vessel"


def test_what_the_pool_touches_is_checked(sqlite_world: World) -> None:
    world = sqlite_world
    at, batch = ripe(world)
    wash = released_lot(world, "Saline with heparin", MaterialRole.WASH, substances="heparin")
    spin = equipment(world, "Centrifuge 1", EquipmentKind.CENTRIFUGE)
    started_culture(world, at, JAMES)
    for changed, code in (
        ({"bench": world.place("Biosafety cabinet 1")}, "line_clearance"),
        ({"hood": at.incubator}, "wrong_equipment"),
        ({"centrifuge": at.hood}, "wrong_equipment"),
        ({"wash_lot": at.saline}, "wrong_material"),
        ({"viable_cells_1e9": "44000"}, "outside_limits"),
        ({"viability_percent": "79"}, "reason_required"),
        (world.second(TARA), "second_is_first"),
    ):
        asked = harvest_request(world, batch, at, **changed)
        assert world.refused(TARA, commands.harvest_culture, asked).code == code
    allergic(world, batch.patient.patient_code, "heparin")
    used = harvest_request(world, batch, at, wash_lot=wash, centrifuge=spin)
    assert world.refused(TARA, commands.harvest_culture, used).code == "allergy"
    world.act(TARA, commands.harvest_culture, used.model_copy(update={"wash_lot": None}))
    names = world.rows(
        "SELECT e.name FROM culture_equipment c JOIN equipment e ON e.id = c.equipment_id"
        " JOIN culture_step s ON s.id = c.culture_step_id WHERE s.kind = 'harvest' ORDER BY e.id"
    )
    assert names == [("Hood 1",), ("Centrifuge 1",)]


def test_the_bench_stays_taken_until_every_bag_has_its_label(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    harvested_culture(world, at, register)
    james = opened_culture(world, at, JAMES)
    taken = start_request(world, james, bench=world.place("Biosafety cabinet 1"))
    assert world.refused(TARA, commands.start_culture, taken).code == "line_clearance"


def stop_request(world: World, batch: Batch, **changed: object) -> StopCulture:
    """Sam's signature under the end of a culture."""
    ((version,),) = world.rows("SELECT row_version FROM culture WHERE code = :code", code=batch.culture)
    given: dict[str, object] = {
        "culture_code": batch.culture,
        "row_version": version,
        "reason": "every bottle is cloudy, seen by two",
        "physician_informed": True,
        **world.signed(SAM, world.read(culture_stop, batch.culture).sha256),
    }
    return StopCulture.model_validate(given | changed)


def test_a_stopped_culture_frees_its_bench(world: World) -> None:
    at = shelf(world)
    batch = started_culture(world, at)
    asked = stop_request(world, batch)
    assert world.refused(TARA, commands.stop_culture, asked).code == "not_permitted"
    where = f"/batches/{batch.culture}/stop"
    assert by_page(world, IRIS, where, asked, secret=SAM.pin)[0] == 403
    stale = stop_request(world, batch, record_sha256="0" * 64)
    assert world.refused(SAM, commands.stop_culture, stale).code == "record_changed"
    assert world.refused(QUENTIN, commands.stop_culture, asked).code == "signer_is_another"
    assert world.act(SAM, commands.stop_culture, asked).state == "stopped"
    assert world.rows("SELECT bench_id FROM culture") == [(None,)]
    again = stop_request(world, batch)
    assert world.refused(SAM, commands.stop_culture, again).code == "cannot_stop"
    ((said,),) = world.rows("SELECT statement FROM signature WHERE record_of LIKE 'culture:%'")
    assert INGRID.family_name.upper() in str(said)
