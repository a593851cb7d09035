"""Deviations and holds as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from app.deviations import commands
from app.deviations.commands import DeviationMoved, HoldMoved
from app.deviations.queries.lists import DeviationList, deviation_list
from app.deviations.records import closing_record, lifting_record
from app.deviations.schemas import CloseDeviation, ClosingWords, LiftHold, PlaceHold, RaiseDeviation
from app.domain.roles import Action
from app.patients.records import ToSign, to_sign
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs

routes = api_router()


@routes.get("/deviations")
@needs(Action.SEE_PATIENT_IDENTITY)
def deviations(door: AnyDoor, before: str | None = None) -> DeviationList:
    """What is open, and what was closed."""
    with door.reading() as db:
        return deviation_list(db, door.now, door.house.site.zone, door.viewer.actor, before)


@routes.post("/deviations")
@needs(Action.RAISE_DEVIATION)
def raise_deviation(door: AnyDoor, asked: RaiseDeviation) -> DeviationMoved:
    """Raise a deviation."""
    return door.write(commands.raise_deviation, asked).fact


@routes.post("/deviations/close/record")
@needs(Action.CLOSE_DEVIATION)
def closing(door: AnyDoor, asked: ClosingWords) -> ToSign:
    """What the signature of a closing with these words binds."""
    with door.reading() as db:
        return to_sign(closing_record(db, asked))


@routes.post("/deviations/close")
@needs(Action.CLOSE_DEVIATION)
def close_deviation(door: AnyDoor, asked: CloseDeviation) -> DeviationMoved:
    """Close a deviation, by signature."""
    return door.write(commands.close_deviation, asked).fact


@routes.post("/holds")
@needs(Action.PLACE_HOLD)
def place_hold(door: AnyDoor, asked: PlaceHold) -> HoldMoved:
    """Place a hold."""
    return door.write(commands.place_hold, asked).fact


@routes.get("/holds/{hold_id}/lift/record")
@needs(Action.LIFT_HOLD)
def lifting(door: AnyDoor, hold_id: int) -> ToSign:
    """What the signature that lifts a hold binds."""
    with door.reading() as db:
        return to_sign(lifting_record(db, hold_id))


@routes.post("/holds/lift")
@needs(Action.LIFT_HOLD)
def lift_hold(door: AnyDoor, asked: LiftHold) -> HoldMoved:
    """Lift a hold, by signature."""
    return door.write(commands.lift_hold, asked).fact
