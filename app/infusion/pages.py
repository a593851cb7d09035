"""Dose orders, the bedside in focus mode, and the infusion of one bag."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.domain.roles import Action
from app.infusion import commands
from app.infusion.dosing import order_sheet
from app.infusion.queries.matching import match_page
from app.infusion.queries.orders import new_order_page, order_page, review_page
from app.infusion.queries.running import infusion_page
from app.infusion.queries.stopping import stop_page
from app.infusion.queries.waiting import wait_page
from app.infusion.schemas import (
    CancelOrder,
    ConfirmDose,
    ConfirmMatch,
    DosePlan,
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
from app.web.door import AnyDoor, Door
from app.web.forms import page_form, same
from app.web.needs import needs, sees

routes = APIRouter()


@routes.get("/orders/{code}/new")
@needs(Action.ORDER_DOSE)
def get_new_order(door: AnyDoor, code: str) -> Response:
    """The form of a dose order."""
    with door.reading() as db:
        page = new_order_page(db, code, door.now, door.house.site.zone)
    return door.page("infusion/order_new.html", page, here="patients")


@routes.post("/orders/{code}/review")
@needs(Action.ORDER_DOSE)
def post_review(door: AnyDoor, code: str, form: Annotated[DosePlan, page_form(DosePlan)]) -> Response:
    """The order in figures and words, to be signed; nothing is saved yet."""
    same(code, form.course_code)
    with door.reading() as db:
        page = review_page(db, order_sheet(db, form, door.now), form, door.now, door.house.site.zone)
    return door.page("infusion/order_review.html", page, here="patients")


@routes.post("/orders/{code}")
@needs(Action.ORDER_DOSE)
def post_order(door: AnyDoor, code: str, form: Annotated[OrderDose, page_form(OrderDose)]) -> Response:
    """Sign a dose order."""
    same(code, form.course_code)
    done = door.write(commands.order_dose, form)
    return door.see(f"/orders/{code}/{done.fact.number}", is_replay=done.is_replay)


@routes.get("/orders/{code}/{number}")
@sees(Action.CONFIRM_DOSE)
def get_order(door: AnyDoor, code: str, number: int, bag: Annotated[tuple[str, ...], Query()] = ()) -> Response:
    """One order, and the dose its bags would be."""
    with door.reading() as db:
        page = order_page(db, code, number, bag, door.viewer.actor, door.now, door.house.site.zone)
    return door.page("infusion/order.html", page, here="patients")


@routes.post("/orders/{code}/{number}/confirm")
@needs(Action.CONFIRM_DOSE)
def post_confirm(
    door: AnyDoor, code: str, number: int, form: Annotated[ConfirmDose, page_form(ConfirmDose)]
) -> Response:
    """Confirm the bags that are the dose."""
    same(f"{code}/{number}", f"{form.course_code}/{form.number}")
    done = door.write(commands.confirm_dose, form)
    return door.see(f"/orders/{code}/{number}", is_replay=done.is_replay)


@routes.post("/orders/{code}/{number}/cancel")
@needs(Action.CANCEL_ORDER)
def post_cancel(
    door: AnyDoor, code: str, number: int, form: Annotated[CancelOrder, page_form(CancelOrder)]
) -> Response:
    """Cancel an order."""
    same(f"{code}/{number}", f"{form.course_code}/{form.number}")
    done = door.write(commands.cancel_order, form)
    return door.see(f"/orders/{code}/{number}", is_replay=done.is_replay)


@routes.get("/bedside")
@needs(Action.BEDSIDE_CHECK)
def get_bedside(door: AnyDoor) -> Response:
    """Wait for the wristband."""
    return _wait(door, None)


@routes.get("/bedside/wristbands/{scan_id}")
@needs(Action.BEDSIDE_CHECK)
def get_wristband(door: AnyDoor, scan_id: int) -> Response:
    """Wait for the bag."""
    return _wait(door, scan_id)


@routes.get("/bedside/typing")
@needs(Action.BEDSIDE_CHECK)
def get_typing(door: AnyDoor, wristband_scan_id: int | None = None) -> Response:
    """What to do when a barcode will not scan."""
    return _wait(door, wristband_scan_id, is_typing=True)


@routes.post("/bedside/wristband")
@needs(Action.BEDSIDE_CHECK)
def post_wristband(door: AnyDoor, form: Annotated[ScanWristband, page_form(ScanWristband)]) -> Response:
    """The wristband was scanned."""
    done = door.write(commands.scan_wristband, form)
    return door.see(f"/bedside/wristbands/{done.fact.wristband_scan_id}", is_replay=done.is_replay)


@routes.post("/bedside/bag")
@needs(Action.BEDSIDE_CHECK)
def post_bag(door: AnyDoor, form: Annotated[ScanBag, page_form(ScanBag)]) -> Response:
    """The bag was scanned: MATCH or STOP."""
    verdict = door.write(commands.scan_bag_at_bedside, form).fact
    return _told(door, verdict, f"/bedside/checks/{verdict.check_id}")


@routes.get("/bedside/checks/{check_id}")
@needs(Action.BEDSIDE_CHECK)
def get_check(door: AnyDoor, check_id: int) -> Response:
    """A MATCH, waiting for the second person or for the start."""
    with door.reading() as db:
        page = match_page(db, door.viewer.actor.station_id, check_id, door.now, door.house.site.zone)
    return door.page("infusion/match.html", page, here="bedside")


@routes.post("/bedside/second")
@needs(Action.BEDSIDE_CHECK)
def post_second(door: AnyDoor, form: Annotated[ConfirmMatch, page_form(ConfirmMatch)]) -> Response:
    """The second person confirmed."""
    verdict = door.write(commands.confirm_match, form).fact
    return _told(door, verdict, f"/bedside/checks/{verdict.check_id}")


@routes.post("/bedside/leave")
@needs(Action.BEDSIDE_CHECK)
def post_leave(door: AnyDoor, form: Annotated[LeaveCheck, page_form(LeaveCheck)]) -> Response:
    """Give the check up."""
    done = door.write(commands.leave_check, form)
    return door.see("/bedside", is_replay=done.is_replay)


@routes.post("/bedside/start")
@needs(Action.START_INFUSION)
def post_start(door: AnyDoor, form: Annotated[StartInfusion, page_form(StartInfusion)]) -> Response:
    """Start the bag."""
    verdict = door.write(commands.start_infusion, form).fact
    return _told(door, verdict, f"/infusions/{verdict.bag_code}")


@routes.get("/infusions/{code}")
@sees(Action.RECORD_INFUSION)
def get_infusion(door: AnyDoor, code: str) -> Response:
    """One infusion while it runs and after."""
    with door.reading() as db:
        page = infusion_page(db, door.viewer.actor.station_id, code, door.now, door.house.site.zone)
    return door.page("infusion/running.html", page, here="bedside")


@routes.post("/infusions/{code}/observations")
@needs(Action.RECORD_INFUSION)
def post_observation(
    door: AnyDoor, code: str, form: Annotated[RecordObservation, page_form(RecordObservation)]
) -> Response:
    """Record signs."""
    same(code, form.bag_code)
    done = door.write(commands.record_observation, form)
    return door.see(f"/infusions/{code}", is_replay=done.is_replay)


@routes.post("/infusions/{code}/finish")
@needs(Action.RECORD_INFUSION)
def post_finish(door: AnyDoor, code: str, form: Annotated[FinishInfusion, page_form(FinishInfusion)]) -> Response:
    """The bag is empty."""
    same(code, form.bag_code)
    done = door.write(commands.finish_infusion, form)
    return door.see(f"/infusions/{code}", is_replay=done.is_replay)


@routes.post("/infusions/{code}/stop")
@needs(Action.RECORD_INFUSION)
def post_stop(door: AnyDoor, code: str, form: Annotated[StopInfusion, page_form(StopInfusion)]) -> Response:
    """The infusion was stopped."""
    same(code, form.bag_code)
    done = door.write(commands.stop_infusion, form)
    return door.see(f"/infusions/{code}", is_replay=done.is_replay)


def _wait(door: Door, scan_id: int | None, *, is_typing: bool = False) -> Response:
    with door.reading() as db:
        page = wait_page(db, door.viewer.actor, scan_id, door.now, door.house.site.zone, is_typing=is_typing)
    return door.page("infusion/wait.html", page, here="bedside")


def _told(door: Door, verdict: BedsideVerdict, path: str) -> Response:
    """Go on after a MATCH; a STOP is the answer itself, with 409."""
    if verdict.stop is None:
        return door.see(path)
    with door.reading() as db:
        actor = door.viewer.actor
        page = stop_page(db, actor.station_id, actor.full_name, verdict, door.now, door.house.site.zone)
    return door.page("infusion/stop.html", page, here="bedside", status=409)
