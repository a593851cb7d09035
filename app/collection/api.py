"""Collections as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from app.collection import commands
from app.collection.queries.numbers import NumbersPage, numbers_page
from app.collection.records import quarantine_acceptance, rejection
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
from app.patients.records import ToSign, to_sign
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs

routes = api_router(tags=["collections"])


@routes.post("/collections")
@needs(Action.PLAN_COLLECTION)
def plan(door: AnyDoor, asked: PlanCollection) -> commands.CollectionPlanned:
    """Plan the next collection of a course."""
    return door.write(commands.plan_collection, asked).fact


@routes.post("/collections/{code}/start")
@needs(Action.PERFORM_COLLECTION)
def start(door: AnyDoor, code: str, asked: StartCollection) -> commands.CollectionFact:
    """Start the run: wristband, separator, kit, blood counts."""
    same(code, asked.collection_code)
    return door.write(commands.start_collection, asked).fact


@routes.post("/collections/{code}/yield")
@needs(Action.PERFORM_COLLECTION)
def enter_yield(door: AnyDoor, code: str, asked: RecordCollectionYield) -> commands.CollectionFact:
    """Enter the end of the run and what it gave."""
    same(code, asked.collection_code)
    return door.write(commands.record_collection_yield, asked).fact


@routes.post("/collections/{code}/finish")
@needs(Action.PERFORM_COLLECTION)
def finish(door: AnyDoor, code: str, asked: FinishCollection) -> commands.CollectionFact:
    """Finish the run, checked by a second person."""
    same(code, asked.collection_code)
    return door.write(commands.finish_collection, asked).fact


@routes.post("/collections/{code}/cancel")
@needs(Action.PLAN_COLLECTION)
def cancel(door: AnyDoor, code: str, asked: StopCollection) -> commands.CollectionFact:
    """Cancel a planned collection."""
    same(code, asked.collection_code)
    return door.write(commands.cancel_collection, asked).fact


@routes.post("/collections/{code}/abandon")
@needs(Action.PERFORM_COLLECTION)
def abandon(door: AnyDoor, code: str, asked: StopCollection) -> commands.CollectionFact:
    """Break off a running collection."""
    same(code, asked.collection_code)
    return door.write(commands.abandon_collection, asked).fact


@routes.post("/collections/{code}/receive")
@needs(Action.RECEIVE_COLLECTION)
def receive(door: AnyDoor, code: str, asked: ReceiveCollection) -> commands.CollectionReceived:
    """Take a collection over, with its inspection."""
    same(code, asked.collection_code)
    return door.write(commands.receive_collection, asked).fact


@routes.post("/collections/{code}/accept")
@needs(Action.ACCEPT_COLLECTION)
def accept(door: AnyDoor, code: str, asked: AcceptCollection) -> commands.CollectionFact:
    """Accept a collection for culture."""
    same(code, asked.collection_code)
    return door.write(commands.accept_collection, asked).fact


@routes.get("/collections/{code}/accept-quarantined/record")
@needs(Action.ACCEPT_COLLECTION)
def acceptance_to_sign(door: AnyDoor, code: str) -> ToSign:
    """The record QA signs to accept a collection out of quarantine, with its hash."""
    with door.reading() as db:
        return to_sign(quarantine_acceptance(db, code))


@routes.post("/collections/{code}/accept-quarantined")
@needs(Action.ACCEPT_COLLECTION)
def accept_quarantined(door: AnyDoor, code: str, asked: AcceptQuarantinedCollection) -> commands.CollectionFact:
    """Accept a collection out of quarantine, by signature."""
    same(code, asked.collection_code)
    return door.write(commands.accept_quarantined_collection, asked).fact


@routes.post("/collections/{code}/quarantine")
@needs(Action.QUARANTINE_COLLECTION)
def quarantine(door: AnyDoor, code: str, asked: StopCollection) -> commands.CollectionFact:
    """Quarantine a received collection."""
    same(code, asked.collection_code)
    return door.write(commands.quarantine_collection, asked).fact


@routes.get("/collections/{code}/reject/record")
@needs(Action.REJECT_COLLECTION)
def rejection_to_sign(door: AnyDoor, code: str) -> ToSign:
    """The record that is signed to reject a collection, with its hash."""
    with door.reading() as db:
        return to_sign(rejection(db, code))


@routes.post("/collections/{code}/reject")
@needs(Action.REJECT_COLLECTION)
def reject(door: AnyDoor, code: str, asked: RejectCollection) -> commands.CollectionFact:
    """Reject a collection, by signature."""
    same(code, asked.collection_code)
    return door.write(commands.reject_collection, asked).fact


@routes.get("/collections/{code}/numbers")
@needs(Action.SEE_PATIENT_IDENTITY)
def numbers(door: AnyDoor, code: str) -> NumbersPage:
    """The ISBT 128 numbers of a collection."""
    with door.reading() as db:
        return numbers_page(db, code, door.now, door.house.site.zone)


@routes.post("/collections/{code}/numbers")
@needs(Action.RECEIVE_COLLECTION)
def record_number(door: AnyDoor, code: str, asked: RecordIsbtNumber) -> commands.NumbersRecorded:
    """Put the numbers on a container on record."""
    same(code, asked.collection_code)
    return door.write(commands.record_isbt_number, asked).fact
