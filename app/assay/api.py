"""Samples, tests and plates as JSON: the same requests and commands as the pages.

What an instrument sends here is preliminary until a person has verified it: the run's state says so.
"""

from __future__ import annotations

from app.assay import commands
from app.assay.queries.plate_numbers import PlateNumbers, plate_numbers
from app.assay.queries.runs import RunRecord, run_record
from app.assay.records import approval
from app.assay.schemas import (
    ApproveTest,
    EnterCount,
    EnterEndotoxin,
    EnterFinding,
    EnterPlate,
    ImportPlate,
    JudgeWell,
    OfRun,
    RecordInterim,
    RequestTest,
    StartTest,
    TakeSample,
    VerifyTest,
)
from app.domain.roles import Action
from app.patients.records import ToSign, to_sign
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs

routes = api_router(tags=["assays"])


@routes.post("/samples")
@needs(Action.TAKE_SAMPLE)
def take_sample(door: AnyDoor, asked: TakeSample) -> commands.SampleTaken:
    """Record a sample of a culture or of its product."""
    return door.write(commands.take_sample, asked).fact


@routes.post("/samples/{code}/tests")
@needs(Action.TAKE_SAMPLE)
def request_test(door: AnyDoor, code: str, asked: RequestTest) -> commands.TestRequested:
    """Ask for a test of a sample, or for a repeat with its reason."""
    same(code, asked.sample_code)
    return door.write(commands.request_test, asked).fact


@routes.get("/samples/{code}/tests/{number}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_test(door: AnyDoor, code: str, number: int) -> RunRecord:
    """A run with its results and interim readings."""
    with door.reading() as db:
        return run_record(db, code, number)


@routes.post("/samples/{code}/tests/{number}/start")
@needs(Action.ENTER_RESULTS)
def start_test(door: AnyDoor, code: str, number: int, asked: StartTest) -> commands.TestMoved:
    """Start a test with the sample scanned."""
    _same(code, number, asked)
    return door.write(commands.start_test, asked).fact


@routes.post("/samples/{code}/tests/{number}/interim")
@needs(Action.ENTER_RESULTS)
def record_interim(door: AnyDoor, code: str, number: int, asked: RecordInterim) -> commands.InterimRecorded:
    """Append an interim reading; growth sounds the alarm."""
    _same(code, number, asked)
    return door.write(commands.record_interim, asked).fact


@routes.post("/samples/{code}/tests/{number}/count")
@needs(Action.ENTER_RESULTS)
def enter_count(door: AnyDoor, code: str, number: int, asked: EnterCount) -> commands.ResultEntered:
    """Enter a count and viability."""
    _same(code, number, asked)
    return door.write(commands.enter_count_viability, asked).fact


@routes.post("/samples/{code}/tests/{number}/finding")
@needs(Action.ENTER_RESULTS)
def enter_finding(door: AnyDoor, code: str, number: int, asked: EnterFinding) -> commands.ResultEntered:
    """Enter a result in words."""
    _same(code, number, asked)
    return door.write(commands.enter_finding, asked).fact


@routes.post("/samples/{code}/tests/{number}/endotoxin")
@needs(Action.ENTER_RESULTS)
def enter_endotoxin(door: AnyDoor, code: str, number: int, asked: EnterEndotoxin) -> commands.ResultEntered:
    """Enter endotoxin per mL."""
    _same(code, number, asked)
    return door.write(commands.enter_endotoxin, asked).fact


@routes.post("/samples/{code}/tests/{number}/plate")
@needs(Action.ENTER_RESULTS)
def enter_plate(door: AnyDoor, code: str, number: int, asked: EnterPlate) -> commands.PlateEntered:
    """Enter a plate by its 96 cells."""
    _same(code, number, asked)
    return door.write(commands.enter_plate, asked).fact


@routes.post("/samples/{code}/tests/{number}/import")
@needs(Action.IMPORT_RESULTS)
def import_plate(door: AnyDoor, code: str, number: int, asked: ImportPlate) -> commands.PlateEntered:
    """Import a plate from an instrument file in base64; the same file again makes nothing new."""
    _same(code, number, asked)
    return door.write(commands.import_plate, asked).fact


@routes.post("/samples/{code}/tests/{number}/verify")
@needs(Action.VERIFY_RESULTS)
def verify_test(door: AnyDoor, code: str, number: int, asked: VerifyTest) -> commands.TestMoved:
    """Confirm a result somebody else entered."""
    _same(code, number, asked)
    return door.write(commands.verify_test, asked).fact


@routes.get("/samples/{code}/tests/{number}/approval")
@needs(Action.APPROVE_RESULTS)
def get_approval(door: AnyDoor, code: str, number: int) -> ToSign:
    """What is signed to approve the run."""
    with door.reading() as db:
        return to_sign(approval(db, code, number))


@routes.post("/samples/{code}/tests/{number}/approve")
@needs(Action.APPROVE_RESULTS)
def approve_test(door: AnyDoor, code: str, number: int, asked: ApproveTest) -> commands.TestMoved:
    """Approve a verified result by signature."""
    _same(code, number, asked)
    return door.write(commands.approve_test, asked).fact


@routes.get("/assays/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_plate(door: AnyDoor, code: str) -> PlateNumbers:
    """The stored numbers of a plate."""
    with door.reading() as db:
        return plate_numbers(db, code)


@routes.post("/assays/{code}/wells")
@needs(Action.ENTER_RESULTS)
def judge_well(door: AnyDoor, code: str, asked: JudgeWell) -> commands.WellDecided:
    """Keep or exclude a well, with a reason."""
    same(code, asked.plate_code)
    return door.write(commands.judge_well, asked).fact


def _same(code: str, number: int, asked: OfRun) -> None:
    same(f"{code}/{number}", f"{asked.sample_code}/{asked.number}")
