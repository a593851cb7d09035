"""Lots made of lots: what a preparation inherits, and that a recall looks through it, forward and back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.vocabulary import MaterialRole
from app.materials import commands
from app.materials.schemas import PrepareMaterial
from app.simulator.line.culture import Shelf, seeded_culture, shelf
from app.simulator.line.infusion import confirmed, started
from app.simulator.line.patients import INGRID, JAMES, MARTA, allergic
from app.simulator.line.release import conditionally_released
from app.web import formats
from tests.culture.doors import by_page
from tests.hostile import refused_by_the_database
from tests.line.infusion import Ward, brought
from tests.line.materials import in_catalogue, prepared_lot, recall_lot, registered_lot, release_lot, released_lot
from tests.people import TARA
from tests.world import World

ONE = Decimal(10)
MEDIUM = "Complete medium"
PREPARATIONS = ("Medium with serum X", "Medium with serum X and IL-2", "Medium with serum A")


def preparable(world: World, shelf_life_h: int = 720, name: str = MEDIUM) -> None:
    in_catalogue(world, name, MaterialRole.MEDIUM, shelf_life_h=shelf_life_h)


def prepared(world: World, *parts: str, released: bool = True, name: str = MEDIUM) -> str:
    code = prepared_lot(world, name, dict.fromkeys(parts, ONE))
    if released:
        release_lot(world, code)
    return code


def states(world: World) -> dict[object, object]:
    return dict(world.rows("SELECT code, state FROM material_lot"))


@pytest.mark.requirement("REQ-045")
@pytest.mark.requirement("REQ-085")
def test_a_bad_serum_in_a_preparation_finds_exactly_who_got_it(world: World) -> None:
    """Hepatitis A, 1986: the pooled serum stood in the medium, and the medium in the cells."""
    at = shelf(world)
    for name in PREPARATIONS:
        preparable(world, name=name)
    bad, good = (released_lot(world, f"AB serum pool {pool}", MaterialRole.SERUM) for pool in ("X", "A"))
    first = prepared(world, at.medium, bad, name=PREPARATIONS[0])
    second = prepared(world, first, name=PREPARATIONS[1])
    clean = prepared(world, at.medium, good, name=PREPARATIONS[2])
    given = conditionally_released(world, with_medium(at, first), INGRID)
    not_given = seeded_culture(world, with_medium(at, second), MARTA)
    spared = seeded_culture(world, with_medium(at, clean), JAMES)
    confirmed(world, given.batch.patient, given.bags[:1])
    brought(world, given.bags[0])
    ward = Ward(given.batch.patient, given.bags[:1])
    started(world, ward)

    tara = world.client(TARA)
    found = tara.get(f"/api/v1/materials/{bad}/touched").json()
    said = str(found["sentence"]).replace(formats.NBSP, " ")
    assert said == f"2 patients, {len(given.bags)} bags: 1 given, {len(given.bags) - 1} not given."
    touched = {row["patient_code"] for row in found["rows"]}
    assert touched == {given.batch.patient.patient_code, not_given.patient.patient_code}
    assert spared.patient.patient_code not in touched
    back = tara.get(f"/api/v1/bags/{given.bags[0]}/line").json()["materials"]
    assert {bad, first, at.medium, at.serum} <= {material["code"] for material in back}
    assert not {good, clean, second} & {material["code"] for material in back}

    recall_lot(world, bad)
    after = states(world)
    assert {code for code, state in after.items() if state == "recalled"} == {bad, first, second}
    assert after[clean] == "released"


@pytest.mark.requirement("REQ-112")
def test_a_preparation_has_the_shortest_life_and_all_substances_of_its_parts(sqlite_world: World) -> None:
    world = sqlite_world
    preparable(world, shelf_life_h=48)
    medium = released_lot(world, "RPMI 1640", MaterialRole.MEDIUM, substances="penicillin")
    soon = released_lot(
        world, "AB serum pool 07", MaterialRole.SERUM, substances="plasma", expires_on=world.clock().date()
    )
    short = prepared(world, medium, soon)
    long = prepared(world, medium)
    rows = world.rows("SELECT code, expires_at, substances, maker_lot FROM material_lot")
    of = {str(code): tuple(map(str, rest)) for code, *rest in rows}
    assert of[short][0] == of[soon][0]
    assert of[medium][0] > of[long][0] > of[short][0]
    assert of[short][1:] == ("penicillin plasma", short)
    left = "SELECT sum(amount_milli) FROM material_movement w JOIN material_lot m ON m.id = w.material_lot_id"
    assert world.rows(f"{left} WHERE m.code = :code", code=medium) == [(100_000_000 - 20_000,)]
    page = world.client(TARA).get(f"/materials/{short}").text
    for said in ("Made of", "RPMI 1640", "AB serum pool 07", "10 mL"):
        assert said in page
    assert "Prepared from it" in world.client(TARA).get(f"/materials/{soon}").text


def test_an_allergy_meets_a_substance_inside_a_preparation(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    preparable(world)
    medium = prepared(world, at.medium)
    culture = seeded_culture(world, at, JAMES)
    allergic(world, culture.patient.patient_code, "penicillin")
    statement = (
        "INSERT INTO culture_material (course_id, patient_id, culture_id, culture_step_id, material_lot_id,"
        " code_source) SELECT course_id, patient_id, culture_id, id, (SELECT id FROM material_lot WHERE code = :code),"
        " 'reader' FROM culture_step WHERE kind = 'start'"
    )
    refused_by_the_database(world, statement, "material_not_usable", code=prepared(world, at.medium, released=False))
    refused_by_the_database(world, statement, "allergy", code=medium)


def test_what_cannot_be_prepared_is_refused_in_words(sqlite_world: World) -> None:
    world = sqlite_world
    preparable(world)
    medium = released_lot(world, "RPMI 1640", MaterialRole.MEDIUM, amount=Decimal(5))
    waiting = registered_lot(world, "AB serum pool 07", MaterialRole.SERUM)
    for parts, amounts, because in (
        ([waiting], [1], "material_quarantined"),
        ([medium], [6], "not_enough_left"),
        ([medium, medium], [1, 1], "part_twice"),
        ([medium], [1, 1], "part_without_amount"),
    ):
        given = {"material": MEDIUM, "amount": 10, "parts": parts, "amounts": amounts}
        refusal = world.refused(TARA, commands.prepare_material, PrepareMaterial.model_validate(given))
        assert refusal.code == because
        assert refusal.sentence.endswith(".")
    bought = PrepareMaterial.model_validate({"material": "RPMI 1640", "amount": 1, "parts": [medium], "amounts": [1]})
    assert by_page(world, TARA, "/materials/prepare", bought)[0] == 422
    assert world.rows("SELECT count(*) FROM material_part") == [(0,)]


def test_the_database_lets_no_preparation_be_longer_lived_or_less_allergenic_than_its_parts(world: World) -> None:
    preparable(world)
    medium = released_lot(world, "RPMI 1640", MaterialRole.MEDIUM, substances="penicillin")
    other = released_lot(world, "Serum-free", MaterialRole.MEDIUM, substances="penicillin gentamicin")
    code = prepared(world, medium, released=False)
    part = (
        "INSERT INTO material_part (material_lot_id, part_id, amount_milli) SELECT made.id, m.id, 1000"
        " FROM material_lot made, material_lot m WHERE made.code = :made AND m.code = :part"
    )
    refused_by_the_database(world, part, "part_not_usable", made=code, part=other)
    refused_by_the_database(world, part, "part_not_usable", made=medium, part=code)
    release_lot(world, code)
    refused_by_the_database(
        world, "UPDATE material_lot SET state = 'recalled' WHERE code = :code", "preparation_not_recalled", code=medium
    )
    longer = "UPDATE material_lot SET expires_at = (SELECT max(expires_at) FROM material_lot) WHERE code = :code"
    refused_by_the_database(world, longer, "fixed", code=code)


def with_medium(at: Shelf, medium: str) -> Shelf:
    return replace(at, medium=medium)
