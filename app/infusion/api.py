"""The JSON twin of every command of doses, bedside and infusion. A STOP is a problem with 409."""

from __future__ import annotations

from fastapi.responses import JSONResponse, Response

from app.domain.infusion import stop_of
from app.domain.roles import Action
from app.infusion import commands
from app.infusion.commands import (
    CheckLeft,
    DoseConfirmed,
    DoseOrdered,
    InfusionMoved,
    ObservationRecorded,
    OrderCancelled,
    WristbandRead,
)
from app.infusion.schemas import (
    CancelOrder,
    ConfirmDose,
    ConfirmMatch,
    FinishInfusion,
    LeaveCheck,
    OrderDose,
    RecordObservation,
    ScanBag,
    ScanWristband,
    StartInfusion,
    StopInfusion,
)
from app.infusion.verdict import BedsideVerdict
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs

routes = api_router()


@routes.post("/orders")
@needs(Action.ORDER_DOSE)
def order_dose(door: AnyDoor, asked: OrderDose) -> DoseOrdered:
    """Order a dose."""
    return door.write(commands.order_dose, asked).fact


@routes.post("/orders/confirm")
@needs(Action.CONFIRM_DOSE)
def confirm_dose(door: AnyDoor, asked: ConfirmDose) -> DoseConfirmed:
    """Confirm bags as the dose of an order."""
    return door.write(commands.confirm_dose, asked).fact


@routes.post("/orders/cancel")
@needs(Action.CANCEL_ORDER)
def cancel_order(door: AnyDoor, asked: CancelOrder) -> OrderCancelled:
    """Cancel an order."""
    return door.write(commands.cancel_order, asked).fact


@routes.post("/bedside/wristband")
@needs(Action.BEDSIDE_CHECK)
def scan_wristband(door: AnyDoor, asked: ScanWristband) -> WristbandRead:
    """Begin a check at the wristband."""
    return door.write(commands.scan_wristband, asked).fact


@routes.post("/bedside/bag", response_model=BedsideVerdict)
@needs(Action.BEDSIDE_CHECK)
def scan_bag(door: AnyDoor, asked: ScanBag) -> BedsideVerdict | Response:
    """Judge the bag."""
    return _told(door.write(commands.scan_bag_at_bedside, asked).fact)


@routes.post("/bedside/second", response_model=BedsideVerdict)
@needs(Action.BEDSIDE_CHECK)
def confirm_match(door: AnyDoor, asked: ConfirmMatch) -> BedsideVerdict | Response:
    """The second person confirms."""
    return _told(door.write(commands.confirm_match, asked).fact)


@routes.post("/bedside/leave")
@needs(Action.BEDSIDE_CHECK)
def leave_check(door: AnyDoor, asked: LeaveCheck) -> CheckLeft:
    """Give a check up."""
    return door.write(commands.leave_check, asked).fact


@routes.post("/bedside/start", response_model=BedsideVerdict)
@needs(Action.START_INFUSION)
def start_infusion(door: AnyDoor, asked: StartInfusion) -> BedsideVerdict | Response:
    """Start a bag."""
    return _told(door.write(commands.start_infusion, asked).fact)


@routes.post("/infusions/observations")
@needs(Action.RECORD_INFUSION)
def record_observation(door: AnyDoor, asked: RecordObservation) -> ObservationRecorded:
    """Record signs or a reaction."""
    return door.write(commands.record_observation, asked).fact


@routes.post("/infusions/finish")
@needs(Action.RECORD_INFUSION)
def finish_infusion(door: AnyDoor, asked: FinishInfusion) -> InfusionMoved:
    """Record the end of an infusion."""
    return door.write(commands.finish_infusion, asked).fact


@routes.post("/infusions/stop")
@needs(Action.RECORD_INFUSION)
def stop_infusion(door: AnyDoor, asked: StopInfusion) -> InfusionMoved:
    """Record that an infusion was stopped."""
    return door.write(commands.stop_infusion, asked).fact


def _told(verdict: BedsideVerdict) -> BedsideVerdict | Response:
    if verdict.stop is None:
        return verdict
    body = {
        "type": f"urn:veinline:{verdict.stop}",
        "title": "STOP",
        "status": 409,
        "detail": stop_of(verdict.stop).sentence,
        "near_miss": verdict.near_miss,
    }
    return JSONResponse(body, 409, media_type="application/problem+json")
