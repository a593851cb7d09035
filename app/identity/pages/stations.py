"""The pages of stations: registering one, enrolling its device, changing the device, retiring it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.identity import commands
from app.identity.queries.stations import station_page, stations_page
from app.identity.schemas import NewStation, StationChange
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs, sees

routes = APIRouter()


@routes.get("/stations")
@sees(Action.ENROL_STATION)
def get_stations(door: AnyDoor) -> Response:
    """Every station of the house."""
    with door.reading() as db:
        page = stations_page(db, door.viewer.actor, door.house.site.zone)
    return door.page("identity/stations.html", page, here="stations")


@routes.post("/stations")
@needs(Action.ENROL_STATION)
def post_station(door: AnyDoor, form: Annotated[NewStation, page_form(NewStation)]) -> Response:
    """Register a station; the one-time code for its device is shown this once."""
    done = door.write(commands.create_station, form)
    return door.page("identity/station_code.html", done.fact, here="stations")


@routes.get("/stations/{code}")
@sees(Action.ENROL_STATION)
def get_station(door: AnyDoor, code: str) -> Response:
    """One station."""
    with door.reading() as db:
        page = station_page(db, door.viewer.actor, door.house.site.zone, code)
    return door.page("identity/station.html", page, here="stations")


@routes.post("/stations/{code}/device")
@needs(Action.ENROL_STATION)
def post_device(door: AnyDoor, code: str, form: Annotated[StationChange, page_form(StationChange)]) -> Response:
    """Another device takes the station's place; its one-time code is shown this once."""
    same(code, form.station_code)
    done = door.write(commands.renew_enrolment, form)
    return door.page("identity/station_code.html", done.fact, here="stations")


@routes.post("/stations/{code}/retire")
@needs(Action.ENROL_STATION)
def post_retire(door: AnyDoor, code: str, form: Annotated[StationChange, page_form(StationChange)]) -> Response:
    """The station is not used any more."""
    same(code, form.station_code)
    done = door.write(commands.retire_station, form)
    return door.see(f"/stations/{code}", is_replay=done.is_replay)
