"""Nobody verifies or approves an own entry, nor an unexplained well: not by command, API or raw SQL."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from app.assay import commands
from app.assay.records import approval
from app.assay.schemas import VerifyTest
from app.domain.vocabulary import TestKind, WellJudgement
from tests.line.assay import (
    Run,
    approve,
    approve_request,
    approved_result,
    enter_good_result,
    judge,
    plate_cells,
    plate_request,
    running,
    sampled,
    state_of,
    verify,
    version_of,
)
from tests.line.culture import Batch
from tests.people import QUENTIN, QUINN, SAM, TARA, THEO, Person
from tests.world import World


def entered(world: World, culture: str, kind: TestKind = TestKind.GRAM_STAIN, who: Person = TARA) -> Run:
    run = running(world, sampled(world, culture), kind)
    enter_good_result(world, run, who)
    return run


def flagged_plate(world: World, culture: str) -> tuple[Run, str]:
    """A plate whose well C2 reads far from its replicates."""
    run = running(world, sampled(world, culture), TestKind.CYTOTOXICITY_51CR)
    cells = ["900" if cell == "2811" else cell for cell in plate_cells()]
    return run, world.act(TARA, commands.enter_plate, plate_request(run, cells=cells)).plate_code


def post(world: World, who: Person, address: str, body: dict[str, object]) -> tuple[int, str]:
    answer = world.client(who).post(f"/api/v1{address}", json=body, headers={"Idempotency-Key": str(uuid4())})
    return answer.status_code, answer.json().get("type", "")


@pytest.mark.requirement("REQ-141")
def test_who_entered_a_result_cannot_verify_it(world: World, batch: Batch):
    run = entered(world, batch.culture)
    asked = VerifyTest(**run.fields, row_version=version_of(world, run))
    refused = world.refused(TARA, commands.verify_test, asked)
    assert refused.code == "verifies_own_entry"
    assert refused.near_miss is not None
    body = asked.model_dump(mode="json")
    assert post(world, TARA, f"/samples/{run.sample}/tests/1/verify", body) == (409, "urn:veinline:verifies_own_entry")
    for statement in (
        "UPDATE test_run SET state = 'verified', verified_by_id = entered_by_id",
        "UPDATE test_run SET state = 'verified'",
        "UPDATE test_run SET entered_by_id = 2",
    ):
        with pytest.raises(DBAPIError):
            world.sql(statement)
    assert state_of(world, run) == "entered"
    assert world.rows("SELECT kind FROM near_miss") == [("verifies_own_entry",)]


@pytest.mark.requirement("REQ-111")
def test_a_flagged_well_locks_verification_until_it_is_explained(world: World, batch: Batch):
    run, plate = flagged_plate(world, batch.culture)
    asked = VerifyTest(**run.fields, row_version=version_of(world, run))
    assert world.refused(THEO, commands.verify_test, asked).code == "wells_not_explained"
    body = asked.model_dump(mode="json")
    assert post(world, THEO, f"/samples/{run.sample}/tests/1/verify", body)[0] == 409
    with pytest.raises(DBAPIError, match="wells_not_explained"):
        world.sql("UPDATE test_run SET state = 'verified', verified_by_id = :theo", theo=world.user_id(THEO))
    judge(world, plate, "C2", WellJudgement.EXCLUDE)
    verify(world, run)
    assert state_of(world, run) == "verified"


def test_who_judged_a_well_cannot_verify_the_plate(world: World, batch: Batch):
    run, plate = flagged_plate(world, batch.culture)
    judge(world, plate, "C2", WellJudgement.KEEP, THEO)
    asked = VerifyTest(**run.fields, row_version=version_of(world, run))
    assert world.refused(THEO, commands.verify_test, asked).code == "verifies_own_entry"
    with pytest.raises(DBAPIError, match="verifier_judged_wells"):
        world.sql("UPDATE test_run SET state = 'verified', verified_by_id = :theo", theo=world.user_id(THEO))


def test_a_well_is_settled_once_the_plate_is_verified(lab: World, culture: str):
    run, plate = flagged_plate(lab, culture)
    judge(lab, plate, "C2", WellJudgement.KEEP)
    verify(lab, run)
    body = {"plate_code": plate, "position": "C2", "judgement": "exclude", "reason": "changed my mind about it"}
    assert post(lab, TARA, f"/assays/{plate}/wells", body) == (409, "urn:veinline:wells_are_settled")


def test_a_page_that_is_out_of_date_verifies_nothing(lab: World, culture: str):
    run, plate = flagged_plate(lab, culture)
    judge(lab, plate, "C2", WellJudgement.KEEP)
    stale = VerifyTest(**run.fields, row_version=version_of(lab, run) - 1)
    assert lab.refused(THEO, commands.verify_test, stale).code == "record_changed"


@pytest.mark.requirement("REQ-141")
def test_nobody_who_took_part_in_the_run_approves_it(world: World, batch: Batch):
    run = running(world, sampled(world, batch.culture), TestKind.GRAM_STAIN)
    enter_good_result(world, run, SAM)
    verify(world, run, THEO)
    asked = approve_request(world, run, SAM)
    assert world.refused(SAM, commands.approve_test, asked).code == "took_part"
    shown = world.read(approval, run.sample, run.number)
    body = run.fields | world.signed(SAM, shown.sha256)
    status, kind = post(world, SAM, f"/samples/{run.sample}/tests/1/approve", body)
    assert (status, kind) == (409, "urn:veinline:took_part")
    approve(world, run, QUENTIN)
    assert state_of(world, run) == "approved"


@pytest.mark.requirement("REQ-141")
def test_who_entered_the_first_run_cannot_approve_its_repeat(world: World, batch: Batch):
    first = running(world, sampled(world, batch.culture), TestKind.GRAM_STAIN)
    enter_good_result(world, first, SAM)
    repeat = running(
        world, first.sample, TestKind.GRAM_STAIN, repeats_number=1, reason="the stain was too pale to read"
    )
    enter_good_result(world, repeat)
    verify(world, repeat, THEO)
    assert world.refused(SAM, commands.approve_test, approve_request(world, repeat, SAM)).code == "took_part"
    with pytest.raises(DBAPIError, match="veinline:appro"):
        world.sql(
            "UPDATE test_run SET state = 'approved', approved_by_id = :sam,"
            " approval_signature_id = (SELECT min(id) FROM signature) WHERE number = 2",
            sam=world.user_id(SAM),
        )


def test_an_approval_needs_the_approvers_own_signature(world: World, batch: Batch):
    run = entered(world, batch.culture)
    verify(world, run)
    with pytest.raises(DBAPIError):
        world.sql("UPDATE test_run SET state = 'approved', approved_by_id = :sam", sam=world.user_id(SAM))
    with pytest.raises(DBAPIError, match="approval_not_signed"):
        world.sql(
            "UPDATE test_run SET state = 'approved', approved_by_id = :sam,"
            " approval_signature_id = (SELECT min(id) FROM signature)",
            sam=world.user_id(SAM),
        )
    wrong = approve_request(world, run).model_copy(update={"record_sha256": "0" * 64})
    assert world.refused(SAM, commands.approve_test, wrong).code == "record_changed"
    secret = approve_request(world, run).model_copy(update={"secret": "000000"})
    assert world.refused(SAM, commands.approve_test, secret).code == "wrong_secret"
    assert state_of(world, run) == "verified"


def test_a_signature_binds_what_was_read_and_by_whom(world: World, batch: Batch):
    run = entered(world, batch.culture)
    verify(world, run)
    shown = world.read(approval, run.sample, run.number)
    approve(world, run)
    ((record, meaning, statement),) = world.rows(
        "SELECT g.record, g.meaning, g.statement FROM signature g JOIN test_run r ON r.approval_signature_id = g.id"
    )
    assert (record, meaning) == (shown.record, "approved")
    assert "HALVORSEN, Ingrid" in str(statement)
    for words in ('"entered_by":"Tara Adeyemi"', '"verified_by":"Theo Brandt"', '"finding":"no_organism"'):
        assert words in str(record)


def test_a_result_is_not_approved_before_it_is_verified(lab: World, culture: str):
    run = entered(lab, culture)
    assert lab.refused(SAM, commands.approve_test, approve_request(lab, run)).code == "cannot_approve"


def test_technicians_do_not_approve_and_qa_does_not_verify(lab: World, culture: str):
    run = entered(lab, culture)
    asked = VerifyTest(**run.fields, row_version=version_of(lab, run))
    assert lab.refused(QUINN, commands.verify_test, asked).code == "not_permitted"
    verify(lab, run)
    assert lab.refused(THEO, commands.approve_test, approve_request(lab, run, THEO)).code == "not_permitted"


def test_an_approved_run_takes_no_more_results_and_keeps_its_people(world: World, batch: Batch):
    run = running(world, sampled(world, batch.culture), TestKind.GRAM_STAIN)
    approved_result(world, run)
    insert = (
        "INSERT INTO test_result (course_id, patient_id, culture_id, test_run_id, version, analyte, finding,"
        " measured_at, recorded_at, entered_by_id) SELECT course_id, patient_id, culture_id, test_run_id, 2, analyte,"
        " finding, measured_at, recorded_at, entered_by_id FROM test_result"
    )
    with pytest.raises(DBAPIError, match="run_is_closed"):
        world.sql(insert)
    for statement in (
        "UPDATE test_result SET finding = 'organism_seen'",
        "DELETE FROM test_result",
        "UPDATE test_run SET verified_by_id = 5",
        "UPDATE test_run SET state = 'running'",
        "UPDATE test_run SET due_at = requested_at",
    ):
        with pytest.raises(DBAPIError):
            world.sql(statement)
