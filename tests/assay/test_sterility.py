"""The sterility test over its fourteen days, and what growth sets in motion when a lot has been released."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app.assay import commands
from app.assay.queries import lot_evidence, run_record
from app.assay.schemas import EnterFinding, RecordInterim
from app.domain.errors import Refusal
from app.domain.release import Verdict
from app.domain.vocabulary import Finding, TestKind
from tests.line.assay import Run, approve, interim, running, runs_on, sampled, state_of, verify
from tests.line.culture import Batch, shelf
from tests.line.patients import INGRID
from tests.line.release import case, conditionally_released, quarantined_lot
from tests.people import TARA
from tests.world import World

DAY = timedelta(days=1)


def final(run: Run, finding: Finding = Finding.NO_GROWTH) -> EnterFinding:
    return EnterFinding(**run.fields, finding=finding)


def sterility_of(world: World, culture: str) -> Run:
    return next(run for run in runs_on(world, culture) if run.kind is TestKind.STERILITY)


@pytest.mark.requirement("REQ-059")
def test_interim_readings_are_appended_with_their_day(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.STERILITY)
    days = [interim(lab, run).day]
    lab.clock.forward(days=3)
    days.append(interim(lab, run).day)
    assert days == [0, 3]
    assert [seen.day for seen in lab.read(run_record, run.sample, 1).interims] == days
    assert state_of(lab, run) == "running"


def test_a_reading_from_before_the_sample_is_refused(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.STERILITY)
    asked = RecordInterim(
        **run.fields, finding=Finding.NO_GROWTH, read_at=lab.clock() - DAY, reason="entered from the paper form"
    )
    assert lab.refused(TARA, commands.record_interim, asked).code == "read_before_sample"


def test_no_growth_on_day_13_is_still_pending_and_on_day_14_final(world: World, batch: Batch):
    run = running(world, sampled(world, batch.culture), TestKind.STERILITY)
    due = world.read(run_record, run.sample, 1).run.due_at
    assert due is not None
    world.clock.time = due - timedelta(seconds=2)
    assert world.refused(TARA, commands.enter_finding, final(run)).code == "interim_reading_as_final"
    assert world.rows("SELECT count(*) FROM test_result") == [(0,)]
    world.clock.time = due
    world.act(TARA, commands.enter_finding, final(run))
    assert state_of(world, run) == "entered"


def test_no_growth_cannot_be_dated_back_nor_written_early_behind_the_application(world: World, batch: Batch):
    run = running(world, sampled(world, batch.culture), TestKind.STERILITY)
    client = world.client(TARA)
    answer = client.post(
        f"/api/v1/samples/{run.sample}/tests/1/finding",
        json=final(run).model_dump(mode="json"),
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:veinline:interim_reading_as_final")
    columns = "course_id, patient_id, culture_id"
    with pytest.raises(DBAPIError, match="no_growth_too_early"):
        world.sql(
            f"INSERT INTO test_result ({columns}, test_run_id, version, analyte, finding, measured_at, recorded_at,"
            f" entered_by_id) SELECT {columns}, id, 1, 'sterility', 'no_growth', requested_at, requested_at, 1"
            " FROM test_run"
        )


def test_growth_once_seen_is_not_undone_by_a_later_reading(world: World, batch: Batch):
    run = running(world, sampled(world, batch.culture), TestKind.STERILITY)
    interim(world, run, Finding.GROWTH)
    world.clock.forward(days=15)
    assert world.refused(TARA, commands.enter_finding, final(run)).code == "growth_was_seen"
    with pytest.raises(DBAPIError, match="no_growth_too_early"):
        world.sql(
            "INSERT INTO test_result (course_id, patient_id, culture_id, test_run_id, version, analyte, finding,"
            " measured_at, recorded_at, entered_by_id) SELECT course_id, patient_id, culture_id, id, 1, 'sterility',"
            " 'no_growth', due_at, due_at, 1 FROM test_run"
        )
    world.act(TARA, commands.enter_finding, final(run, Finding.GROWTH))


def test_growth_before_release_fails_the_evidence_by_itself(lab: World):
    product = quarantined_lot(lab, shelf(lab))
    run = sterility_of(lab, product.batch.culture)
    assert interim(lab, run, Finding.GROWTH).deviation_number is None
    (item,) = (item for item in lab.read(lot_evidence, product.lot) if item.test is TestKind.STERILITY)
    assert item.finding == "growth"
    (line,) = (line for line in case(lab, product.lot).evaluation.lines if line.title == "Final sterility")
    assert line.verdict is Verdict.FAIL
    interim(lab, run)
    (line,) = (line for line in case(lab, product.lot).evaluation.lines if line.title == "Final sterility")
    assert line.verdict is Verdict.FAIL
    assert lab.rows("SELECT count(*) FROM hold") == [(0,)]


@pytest.mark.requirement("REQ-123")
def test_growth_after_release_holds_the_lot_and_opens_a_critical_deviation(world: World):
    product = conditionally_released(world, shelf(world), INGRID)
    run = sterility_of(world, product.batch.culture)
    number = interim(world, run, Finding.GROWTH).deviation_number
    look = "SELECT d.number, d.grade, d.state, p.code FROM deviation d JOIN product_lot p ON p.id = d.product_lot_id"
    assert world.rows(look) == [(number, "critical", "open", product.lot)]
    held = "SELECT p.code, h.lifted_at FROM hold h JOIN product_lot p ON p.id = h.product_lot_id"
    assert world.rows(held) == [(product.lot, None)]
    with pytest.raises(DBAPIError, match="veinline:"):
        world.sql("UPDATE bag SET state = 'issued' WHERE code = :code", code=product.bags[0])


def test_a_bad_mycoplasma_result_after_release_sounds_the_same_alarm(lab: World):
    product = conditionally_released(lab, shelf(lab))
    run = next(run for run in runs_on(lab, product.batch.culture) if run.kind is TestKind.MYCOPLASMA)
    done = lab.act(TARA, commands.enter_finding, final(run, Finding.DETECTED))
    assert done.deviation_number is not None
    assert lab.rows("SELECT count(*) FROM hold") == [(1,)]


def test_a_good_final_reading_after_release_holds_nothing(lab: World):
    product = conditionally_released(lab, shelf(lab))
    run = sterility_of(lab, product.batch.culture)
    lab.clock.forward(days=15)
    lab.act(TARA, commands.enter_finding, final(run))
    verify(lab, run)
    approve(lab, run)
    assert lab.rows("SELECT count(*) FROM hold") == [(0,)]
    (item,) = (item for item in lab.read(lot_evidence, product.lot) if item.test is TestKind.STERILITY)
    assert (item.status, item.finding) == ("final", "no_growth")


def test_a_refusal_leaves_no_interim_behind(lab: World, culture: str):
    run = running(lab, sampled(lab, culture), TestKind.STERILITY)
    with pytest.raises(Refusal):
        lab.act(TARA, commands.record_interim, RecordInterim(**run.fields, finding=Finding.DETECTED))
    assert lab.rows("SELECT count(*) FROM interim_finding") == [(0,)]
