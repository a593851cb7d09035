"""Deviations and holds as pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.deviations import commands
from app.deviations.queries.lists import deviation_list, new_page
from app.deviations.queries.page import closing_page, deviation_page, hold_page
from app.deviations.schemas import CloseDeviation, ClosingWords, LiftHold, PlaceHold, RaiseDeviation
from app.domain.roles import Action, may_read
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs

routes = APIRouter()


@routes.get("/deviations")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_deviations(door: AnyDoor, before: str | None = None) -> Response:
    """What is open, and what was closed."""
    with door.reading() as db:
        page = deviation_list(db, door.now, door.house.site.zone, door.viewer.actor, before)
    return door.page("deviations/list.html", page, here="deviations")


@routes.get("/deviations/new")
@needs(Action.RAISE_DEVIATION)
def get_new(door: AnyDoor, about: str = "") -> Response:
    """The form that raises one."""
    with door.reading():
        page = new_page(about)
    return door.page("deviations/new.html", page, here="deviations")


@routes.post("/deviations")
@needs(Action.RAISE_DEVIATION)
def post_deviation(door: AnyDoor, form: Annotated[RaiseDeviation, page_form(RaiseDeviation)]) -> Response:
    """Raise a deviation. Who may not know patients goes back to More."""
    done = door.write(commands.raise_deviation, form)
    may_look = may_read(door.viewer.actor.roles, Action.SEE_PATIENT_IDENTITY)
    return door.see(f"/deviations/{done.fact.number}" if may_look else "/more", is_replay=done.is_replay)


@routes.get("/deviations/{number}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_deviation(door: AnyDoor, number: str) -> Response:
    """One deviation."""
    with door.reading() as db:
        page = deviation_page(db, number, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("deviations/page.html", page, here="deviations")


@routes.post("/deviations/review")
@needs(Action.CLOSE_DEVIATION)
def post_review(door: AnyDoor, form: Annotated[ClosingWords, page_form(ClosingWords)]) -> Response:
    """The words of a closing, to be signed; nothing is saved yet."""
    with door.reading() as db:
        page = closing_page(db, form, door.now, door.house.site.zone)
    return door.page("deviations/close.html", page, here="deviations")


@routes.post("/deviations/close")
@needs(Action.CLOSE_DEVIATION)
def post_close(door: AnyDoor, form: Annotated[CloseDeviation, page_form(CloseDeviation)]) -> Response:
    """Close a deviation, by signature."""
    done = door.write(commands.close_deviation, form)
    return door.see(f"/deviations/{done.fact.number}", is_replay=done.is_replay)


@routes.get("/holds/new")
@needs(Action.PLACE_HOLD)
def get_new_hold(door: AnyDoor, about: str = "") -> Response:
    """The form that places a hold."""
    with door.reading():
        page = new_page(about)
    return door.page("deviations/new_hold.html", page, here="deviations")


@routes.post("/holds")
@needs(Action.PLACE_HOLD)
def post_hold(door: AnyDoor, form: Annotated[PlaceHold, page_form(PlaceHold)]) -> Response:
    """Place a hold."""
    done = door.write(commands.place_hold, form)
    return door.see(f"/holds/{done.fact.hold_id}", is_replay=done.is_replay)


@routes.get("/holds/{hold_id}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_hold(door: AnyDoor, hold_id: int) -> Response:
    """One hold."""
    with door.reading() as db:
        page = hold_page(db, hold_id, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("deviations/hold.html", page, here="deviations")


@routes.post("/holds/{hold_id}/lift")
@needs(Action.LIFT_HOLD)
def post_lift(door: AnyDoor, hold_id: int, form: Annotated[LiftHold, page_form(LiftHold)]) -> Response:
    """Lift a hold, by signature."""
    same(str(hold_id), str(form.hold_id))
    done = door.write(commands.lift_hold, form)
    return door.see(f"/holds/{hold_id}", is_replay=done.is_replay)
