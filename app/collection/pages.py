"""The pages of a collection: its plan, its page with the next act, its receipt."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.collection import commands
from app.collection.queries.numbers import numbers_page
from app.collection.queries.page import collection_page
from app.collection.queries.receipt import receipt_form
from app.collection.schemas import (
    AcceptCollection,
    AcceptQuarantinedCollection,
    FinishCollection,
    PlanCollection,
    ReceiveCollection,
    RecordCollectionYield,
    RecordIsbtNumber,
    RejectCollection,
    StartCollection,
    StopCollection,
)
from app.domain.roles import Action
from app.patients.queries.course import course_form
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs

routes = APIRouter()


@routes.get("/courses/{code}/collection")
@needs(Action.PLAN_COLLECTION)
def get_plan(door: AnyDoor, code: str) -> Response:
    """The form that plans a collection."""
    with door.reading() as db:
        page = course_form(db, code, door.now, door.house.site.zone)
    return door.page("collection/plan.html", page, here="patients")


@routes.post("/courses/{code}/collection")
@needs(Action.PLAN_COLLECTION)
def post_plan(door: AnyDoor, code: str, form: Annotated[PlanCollection, page_form(PlanCollection)]) -> Response:
    """Plan a collection."""
    same(code, form.course_code)
    done = door.write(commands.plan_collection, form)
    return door.see(f"/collections/{done.fact.collection_code}", is_replay=done.is_replay)


@routes.get("/collections/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_collection(door: AnyDoor, code: str) -> Response:
    """One collection with its next act."""
    with door.reading() as db:
        page = collection_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("collection/page.html", page, here="patients")


@routes.post("/collections/{code}/start")
@needs(Action.PERFORM_COLLECTION)
def post_start(door: AnyDoor, code: str, form: Annotated[StartCollection, page_form(StartCollection)]) -> Response:
    """Start the run."""
    same(code, form.collection_code)
    done = door.write(commands.start_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.post("/collections/{code}/yield")
@needs(Action.PERFORM_COLLECTION)
def post_yield(
    door: AnyDoor, code: str, form: Annotated[RecordCollectionYield, page_form(RecordCollectionYield)]
) -> Response:
    """Enter what the run gave."""
    same(code, form.collection_code)
    done = door.write(commands.record_collection_yield, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.post("/collections/{code}/finish")
@needs(Action.PERFORM_COLLECTION)
def post_finish(door: AnyDoor, code: str, form: Annotated[FinishCollection, page_form(FinishCollection)]) -> Response:
    """Finish the run, checked by a second person."""
    same(code, form.collection_code)
    done = door.write(commands.finish_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.post("/collections/{code}/cancel")
@needs(Action.PLAN_COLLECTION)
def post_cancel(door: AnyDoor, code: str, form: Annotated[StopCollection, page_form(StopCollection)]) -> Response:
    """Cancel a planned collection."""
    same(code, form.collection_code)
    done = door.write(commands.cancel_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.post("/collections/{code}/abandon")
@needs(Action.PERFORM_COLLECTION)
def post_abandon(door: AnyDoor, code: str, form: Annotated[StopCollection, page_form(StopCollection)]) -> Response:
    """Break off a running collection."""
    same(code, form.collection_code)
    done = door.write(commands.abandon_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.get("/collections/{code}/receive")
@needs(Action.RECEIVE_COLLECTION)
def get_receipt(door: AnyDoor, code: str) -> Response:
    """The receipt: who brings it, its label, its inspection."""
    with door.reading() as db:
        page = receipt_form(db, code, door.now, door.house.site.zone)
    return door.page("collection/receive.html", page, here="patients")


@routes.post("/collections/{code}/receive")
@needs(Action.RECEIVE_COLLECTION)
def post_receipt(
    door: AnyDoor, code: str, form: Annotated[ReceiveCollection, page_form(ReceiveCollection)]
) -> Response:
    """Take a collection over."""
    same(code, form.collection_code)
    done = door.write(commands.receive_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.post("/collections/{code}/accept")
@needs(Action.ACCEPT_COLLECTION)
def post_accept(door: AnyDoor, code: str, form: Annotated[AcceptCollection, page_form(AcceptCollection)]) -> Response:
    """Accept a collection for culture."""
    same(code, form.collection_code)
    done = door.write(commands.accept_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.post("/collections/{code}/accept-quarantined")
@needs(Action.ACCEPT_COLLECTION)
def post_accept_quarantined(
    door: AnyDoor, code: str, form: Annotated[AcceptQuarantinedCollection, page_form(AcceptQuarantinedCollection)]
) -> Response:
    """Accept a collection out of quarantine."""
    same(code, form.collection_code)
    done = door.write(commands.accept_quarantined_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.post("/collections/{code}/quarantine")
@needs(Action.QUARANTINE_COLLECTION)
def post_quarantine(door: AnyDoor, code: str, form: Annotated[StopCollection, page_form(StopCollection)]) -> Response:
    """Quarantine a received collection."""
    same(code, form.collection_code)
    done = door.write(commands.quarantine_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.post("/collections/{code}/reject")
@needs(Action.REJECT_COLLECTION)
def post_reject(door: AnyDoor, code: str, form: Annotated[RejectCollection, page_form(RejectCollection)]) -> Response:
    """Reject a collection."""
    same(code, form.collection_code)
    done = door.write(commands.reject_collection, form)
    return door.see(f"/collections/{code}", is_replay=done.is_replay)


@routes.get("/collections/{code}/numbers")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_numbers(door: AnyDoor, code: str) -> Response:
    """The ISBT 128 numbers of a collection."""
    with door.reading() as db:
        page = numbers_page(db, code, door.now, door.house.site.zone)
    return door.page("collection/numbers.html", page, here="patients")


@routes.post("/collections/{code}/numbers")
@needs(Action.RECEIVE_COLLECTION)
def post_number(door: AnyDoor, code: str, form: Annotated[RecordIsbtNumber, page_form(RecordIsbtNumber)]) -> Response:
    """Put the numbers on a container on record."""
    same(code, form.collection_code)
    done = door.write(commands.record_isbt_number, form)
    return door.see(f"/collections/{code}/numbers", is_replay=done.is_replay)
