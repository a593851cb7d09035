"""The pages of samples and their tests. What they show is read in `queries`; what they do is done in `commands`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.assay import commands
from app.assay.queries.lists import sample_page, tests_page
from app.assay.queries.run_page import run_page
from app.assay.schemas import (
    ApproveTest,
    EnterCount,
    EnterEndotoxin,
    EnterFinding,
    OfRun,
    RecordInterim,
    RequestTest,
    StartTest,
    TakeSample,
    VerifyTest,
)
from app.domain.roles import Action
from app.web.door import AnyDoor, Door
from app.web.forms import page_form, same
from app.web.needs import needs

routes = APIRouter()


@routes.get("/batches/{code}/tests")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_tests(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = tests_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("assay/tests.html", page, here="batches")


@routes.post("/batches/{code}/samples")
@needs(Action.TAKE_SAMPLE)
def post_sample(door: AnyDoor, code: str, form: Annotated[TakeSample, page_form(TakeSample)]) -> Response:
    same(code, form.culture_code)
    done = door.write(commands.take_sample, form)
    return door.see(f"/samples/{done.fact.sample_code}", is_replay=done.is_replay)


@routes.get("/samples/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_sample(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = sample_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("assay/sample.html", page, here="batches")


@routes.post("/samples/{code}/tests")
@needs(Action.TAKE_SAMPLE)
def post_test(door: AnyDoor, code: str, form: Annotated[RequestTest, page_form(RequestTest)]) -> Response:
    same(code, form.sample_code)
    done = door.write(commands.request_test, form)
    return door.see(f"/samples/{code}/tests/{done.fact.number}", is_replay=done.is_replay)


@routes.get("/samples/{code}/tests/{number}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_test(door: AnyDoor, code: str, number: int) -> Response:
    with door.reading() as db:
        page = run_page(db, code, number, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("assay/run.html", page, here="batches")


@routes.post("/samples/{code}/tests/{number}/start")
@needs(Action.ENTER_RESULTS)
def post_start(door: AnyDoor, code: str, number: int, form: Annotated[StartTest, page_form(StartTest)]) -> Response:
    _same(code, number, form)
    return _back(door, form, is_replay=door.write(commands.start_test, form).is_replay)


@routes.post("/samples/{code}/tests/{number}/interim")
@needs(Action.ENTER_RESULTS)
def post_interim(
    door: AnyDoor, code: str, number: int, form: Annotated[RecordInterim, page_form(RecordInterim)]
) -> Response:
    _same(code, number, form)
    return _back(door, form, is_replay=door.write(commands.record_interim, form).is_replay)


@routes.post("/samples/{code}/tests/{number}/count")
@needs(Action.ENTER_RESULTS)
def post_count(door: AnyDoor, code: str, number: int, form: Annotated[EnterCount, page_form(EnterCount)]) -> Response:
    _same(code, number, form)
    return _back(door, form, is_replay=door.write(commands.enter_count_viability, form).is_replay)


@routes.post("/samples/{code}/tests/{number}/finding")
@needs(Action.ENTER_RESULTS)
def post_finding(
    door: AnyDoor, code: str, number: int, form: Annotated[EnterFinding, page_form(EnterFinding)]
) -> Response:
    _same(code, number, form)
    return _back(door, form, is_replay=door.write(commands.enter_finding, form).is_replay)


@routes.post("/samples/{code}/tests/{number}/endotoxin")
@needs(Action.ENTER_RESULTS)
def post_endotoxin(
    door: AnyDoor, code: str, number: int, form: Annotated[EnterEndotoxin, page_form(EnterEndotoxin)]
) -> Response:
    _same(code, number, form)
    return _back(door, form, is_replay=door.write(commands.enter_endotoxin, form).is_replay)


@routes.post("/samples/{code}/tests/{number}/verify")
@needs(Action.VERIFY_RESULTS)
def post_verify(door: AnyDoor, code: str, number: int, form: Annotated[VerifyTest, page_form(VerifyTest)]) -> Response:
    _same(code, number, form)
    return _back(door, form, is_replay=door.write(commands.verify_test, form).is_replay)


@routes.post("/samples/{code}/tests/{number}/approve")
@needs(Action.APPROVE_RESULTS)
def post_approve(
    door: AnyDoor, code: str, number: int, form: Annotated[ApproveTest, page_form(ApproveTest)]
) -> Response:
    _same(code, number, form)
    return _back(door, form, is_replay=door.write(commands.approve_test, form).is_replay)


def _same(code: str, number: int, form: OfRun) -> None:
    same(f"{code}/{number}", f"{form.sample_code}/{form.number}")


def _back(door: Door, form: OfRun, *, is_replay: bool) -> Response:
    return door.see(f"/samples/{form.sample_code}/tests/{form.number}", is_replay=is_replay)
