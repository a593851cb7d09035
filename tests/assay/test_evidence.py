"""What the tests of a lot say for its release: every run, its last version, its person, in four statements."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from app.assay import commands
from app.assay.queries import lot_evidence
from app.domain.errors import NotFound
from app.domain.release import EvidenceStatus
from app.domain.vocabulary import TestKind
from tests.line.assay import (
    approved_result,
    approved_results,
    interim,
    plate_cells,
    plate_request,
    register,
    running,
    runs_on,
)
from tests.line.culture import harvested_culture, shelf
from tests.people import TARA
from tests.world import World


@pytest.fixture
def lot(lab: World) -> tuple[str, str]:
    """A harvested culture with every test running, and its lot."""
    batch = harvested_culture(lab, shelf(lab), register)
    ((code,),) = lab.rows("SELECT code FROM product_lot")
    return batch.culture, str(code)


def test_a_running_test_is_evidence_to_come(lab: World, lot: tuple[str, str]):
    culture, code = lot
    interim(lab, next(run for run in runs_on(lab, culture) if run.kind is TestKind.STERILITY))
    evidence = lab.read(lot_evidence, code)
    assert {item.status for item in evidence} == {EvidenceStatus.RUNNING}
    (sterility,) = (item for item in evidence if item.test is TestKind.STERILITY)
    assert (sterility.finding, sterility.due_at is not None) == ("no_growth", True)
    analytes = {item.analyte for item in evidence}
    assert {"viability", "endotoxin_worst_hour", "bag_integrity", "lysis_daudi_20", "lu30_daudi"} <= analytes


def test_only_an_approved_result_is_final(lab: World, lot: tuple[str, str]):
    culture, code = lot
    approved_results(lab, culture)
    evidence = {item.analyte: item for item in lab.read(lot_evidence, code)}
    assert evidence["gram_stain"].status is EvidenceStatus.FINAL
    assert evidence["sterility"].status is EvidenceStatus.RUNNING
    assert (f"{evidence['lu30_daudi'].value:.1f}", evidence["lu30_daudi"].unit) == ("389.2", "LU/1e7 cells")
    assert evidence["gram_stain"].person == "Sam Ferreira"
    assert evidence["lu30_daudi"].reference.startswith("PL")
    assert evidence["gram_stain"].reference.startswith("SM")


@pytest.mark.requirement("REQ-043")
def test_a_failed_run_and_its_repeat_are_both_evidence(lab: World, lot: tuple[str, str]):
    culture, code = lot
    failed = next(run for run in runs_on(lab, culture) if run.kind is TestKind.CYTOTOXICITY_51CR)
    cells = ["4000" if at < 6 else cell for at, cell in enumerate(plate_cells())]
    lab.act(TARA, commands.enter_plate, plate_request(failed, cells=cells, targets=("Daudi",)))
    repeat = running(
        lab, failed.sample, TestKind.CYTOTOXICITY_51CR, repeats_number=failed.number, reason="controls had failed"
    )
    approved_result(lab, repeat)
    lysis = [item for item in lab.read(lot_evidence, code) if item.analyte == "lysis_daudi_20"]
    assert [item.status for item in lysis] == [EvidenceStatus.CONTROL_FAILED, EvidenceStatus.FINAL]
    assert lysis[0].note is not None
    assert "of maximum release" in lysis[0].note


def test_the_statements_do_not_grow_with_the_tests(lab: World, lot: tuple[str, str]):
    _, code = lot
    with lab.database.reading() as db:
        asked: list[str] = []
        event.listen(db, "before_cursor_execute", lambda *args: asked.append(args[2]))
        lot_evidence(db, code)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 4


def test_a_lot_that_is_not_on_file_is_refused(sqlite_world: World):
    with pytest.raises(NotFound):
        sqlite_world.read(lot_evidence, "PDD7M26000001X")
