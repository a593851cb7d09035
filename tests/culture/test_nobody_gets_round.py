"""Culture, lot and bags in raw SQL: what no command permits, the database does not permit either, on both."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.exc import DBAPIError

from app.domain.vocabulary import MaterialRole
from tests.line.assay import register
from tests.line.culture import count, filled_bags, opened_culture, seeded_culture, shelf, started_culture
from tests.line.materials import registered_lot
from tests.line.patients import INGRID, JAMES, allergic
from tests.world import World


def refused(world: World, statement: str, **values: object) -> str:
    """Write behind the application's back; answers what the database said: a rule of ours, never a fault of the SQL."""
    with pytest.raises(DBAPIError) as error:
        world.sql(statement, **values)
    said = str(error.value.orig)
    assert any(word in said for word in ("veinline:", "constraint", "violates")), said
    return said


def copied(table: str, columns: str, **changed: str) -> str:
    """Another row like the first of a table, with some columns changed."""
    names = columns.split()
    values = [changed.get(name, name) for name in names]
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} WHERE id = 1"


INPUT = "course_id patient_id culture_id collection_id"
STEP = "course_id patient_id culture_id kind performed_at recorded_at performed_by_id checked_by_id"
MATERIAL = "course_id patient_id culture_id culture_step_id material_lot_id code_source"
READING = (
    "course_id patient_id culture_id vessel_id culture_day taken_at recorded_at viable_cells_per_ml viability_percent"
    " volume_ul entered_by_id verified_by_id row_version"
)
LOT = (
    "course_id patient_id code culture_id specification_id state harvested_at harvested_viable_cells viability_percent"
    " row_version"
)
BAG = (
    "course_id patient_id code product_lot_id division volume_ul viable_cells viability_percent filled_at expires_at"
    " state holder_id place_id row_version"
)


@pytest.mark.requirement("REQ-101")
def test_cells_of_another_patient_never_go_in(world: World) -> None:
    at = shelf(world)
    opened_culture(world, at, INGRID)
    opened_culture(world, at, JAMES)
    own = {"course_id": "1", "patient_id": "1"}
    assert refused(world, copied("culture_input", INPUT, **own, collection_id="2"))
    assert refused(world, copied("culture_input", INPUT, course_id="2", patient_id="2", collection_id="2"))
    assert refused(world, "UPDATE culture_input SET collection_id = 2 WHERE id = 1")
    for column in ("course_id", "patient_id", "recipe_id", "code"):
        assert refused(world, f"UPDATE culture SET {column} = 2 WHERE id = 1")


@pytest.mark.requirement("REQ-101")
def test_sqlite_keeps_patients_apart_without_foreign_keys(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    opened_culture(world, at, INGRID)
    opened_culture(world, at, JAMES)
    foreign = copied("culture_input", INPUT, course_id="1", patient_id="1", collection_id="2")
    with closing(sqlite3.connect(world.database.url.removeprefix("sqlite:///"))) as db:
        assert db.execute("PRAGMA foreign_keys").fetchone() == (0,)
        with pytest.raises(sqlite3.IntegrityError, match="wrong_line"):
            db.execute(foreign)


def test_a_culture_takes_no_step_the_rules_do_not_know(world: World) -> None:
    at = shelf(world)
    opened_culture(world, at, INGRID)
    assert refused(world, "UPDATE culture SET state = 'harvested', bench_id = 1 WHERE id = 1")
    assert refused(world, "UPDATE culture SET state = 'formulated' WHERE id = 1")
    assert "bench_not_scanned" in refused(world, "UPDATE culture SET state = 'in_process' WHERE id = 1")
    started_culture(world, at, JAMES)
    taken = (
        "UPDATE culture SET state = 'in_process', bench_id = (SELECT bench_id FROM culture WHERE id = 2) WHERE id = 1"
    )
    assert refused(world, taken)
    assert "not_seeded" in refused(world, "UPDATE culture SET state = 'incubating', seeded_at = opened_at WHERE id = 2")
    alone = copied("culture_step", STEP, checked_by_id="performed_by_id")
    assert "checked_by_another" in refused(world, alone)
    assert "checked_by_someone" in refused(world, copied("culture_step", STEP, checked_by_id="NULL"))
    world.sql("UPDATE consent SET withdrawn_at = given_at, row_version = row_version + 1 WHERE id = 1")
    course = "UPDATE culture SET state = 'in_process', bench_id = 2 WHERE id = 1"
    assert "course_not_going_on" in refused(world, course)


def test_documents_stay_as_they_were_approved(world: World) -> None:
    at = shelf(world)
    opened_culture(world, at)
    for change in (
        "UPDATE recipe SET harvest_until_h = 1000 WHERE id = 1",
        "UPDATE recipe SET document = replace(document, '9000', '90000') WHERE id = 1",
        "UPDATE recipe SET state = 'draft' WHERE id = 1",
        "UPDATE specification SET is_example = (1 = 0) WHERE id = 1",
        "UPDATE specification SET state = 'draft' WHERE id = 1",
        "UPDATE specification_criterion SET limit_value = 1 WHERE id = 1",
        "DELETE FROM specification_criterion WHERE id = 1",
    ):
        assert refused(world, change)
    criterion = (
        "specification_id position key label test analyte comparator limit_value unit timing severity statistic source"
    )
    assert "specification_is_closed" in refused(
        world, copied("specification_criterion", criterion, position="99", key="'another'")
    )
    culture = (
        "course_id patient_id code number treatment_order_id recipe_id specification_id state opened_at row_version"
    )
    world.sql("UPDATE recipe SET state = 'retired', row_version = row_version + 1 WHERE id = 1")
    assert "documents_not_approved" in refused(
        world, copied("culture", culture, code="'BAD7M26999999X'", number="9", state="'planned'")
    )


def test_vessels_and_counts_stay_with_their_culture(world: World) -> None:
    at = shelf(world)
    batch = seeded_culture(world, at)
    world.clock.forward(hours=60)
    count(world, batch)
    assert "vessel_not_countable" in refused(world, copied("vessel_reading", READING, verified_by_id="2"))
    early = copied("vessel_reading", READING, verified_by_id="NULL", taken_at="(SELECT opened_at FROM culture)")
    assert "vessel_not_countable" in refused(world, early)
    own = "UPDATE vessel_reading SET verified_by_id = entered_by_id WHERE id = 1"
    assert "verified_by_another" in refused(world, own)
    assert "fixed" in refused(world, "UPDATE vessel_reading SET viable_cells_per_ml = 9000000 WHERE id = 1")
    world.sql("UPDATE vessel SET state = 'discarded', row_version = row_version + 1 WHERE id = 1")
    assert "vessel_not_countable" in refused(world, copied("vessel_reading", READING, verified_by_id="NULL"))
    assert "vessel_state" in refused(world, "UPDATE vessel SET state = 'active' WHERE id = 1")
    seeded_culture(world, at, JAMES)
    foreign = copied("vessel_reading", READING, verified_by_id="NULL", vessel_id="(SELECT max(id) FROM vessel)")
    assert refused(world, foreign)


@pytest.mark.requirement("REQ-065")
def test_a_step_takes_no_unfit_material(world: World) -> None:
    at = shelf(world)
    seeded_culture(world, at)
    registered_lot(world, "Medium B", MaterialRole.MEDIUM)
    unreleased = copied("culture_material", MATERIAL, material_lot_id="(SELECT max(id) FROM material_lot)")
    assert "material_not_usable" in refused(world, unreleased)
    other_culture = seeded_culture(world, at, JAMES)
    allergic(world, other_culture.patient.patient_code, "penicillin")
    holds = (
        "INSERT INTO culture_material (course_id, patient_id, culture_id, culture_step_id, material_lot_id,"
        " code_source)"
        " SELECT course_id, patient_id, culture_id, id,"
        " (SELECT id FROM material_lot WHERE substances LIKE '%penicillin%'),"
        " 'reader' FROM culture_step WHERE culture_id = 2 AND kind = 'start'"
    )
    assert "allergy" in refused(world, holds)


@pytest.mark.requirement("REQ-059")
def test_nothing_is_harvested_or_filled_beyond_the_rules(world: World) -> None:
    at = shelf(world)
    seeded_culture(world, at, JAMES)
    bare = "UPDATE culture SET state = 'harvested', harvested_at = :at, bench_id = 1 WHERE id = 1"
    assert "samples_missing" in refused(world, bare, at=world.clock.time.isoformat(timespec="microseconds"))
    filled_bags(world, at, register, INGRID)
    assert "bags_not_labelled" in refused(world, "UPDATE product_lot SET state = 'quarantine' WHERE id = 1")
    more = copied("bag", BAG, code="'BGD7M26999999X'", division="3")
    assert "more_than_harvested" in refused(world, more)
    assert refused(world, copied("bag", BAG, code="'BGD7M26999999X'", division="3", patient_id="1", course_id="1"))
    spec = copied("product_lot", LOT, code="'PDD7M26999999X'", culture_id="1", state="'in_process'")
    assert refused(world, spec)
    assert "label_not_applied" in refused(world, "UPDATE bag SET state = 'labelled' WHERE id = 1")
    for change in ("viable_cells = 1", "expires_at = filled_at", "product_lot_id = 2", "patient_id = 1"):
        assert refused(world, f"UPDATE bag SET {change} WHERE id = 1")
