"""Stations as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.roles import Action
from app.identity import commands
from app.identity.commands import StationEnrolment, StationFact
from app.identity.queries.stations import StationPage, StationsPage, station_page, stations_page
from app.identity.schemas import NewStation, StationChange
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs, sees

routes = api_router(tags=["stations"])


@dataclass(frozen=True, slots=True)
class NewEnrolment:
    """A station and the one-time code of its device, which is shown this once; empty in a replayed answer."""

    station_code: str
    one_time_code: str


@routes.get("/stations")
@sees(Action.ENROL_STATION)
def get_stations(door: AnyDoor) -> StationsPage:
    """Every station of the house."""
    with door.reading() as db:
        return stations_page(db, door.viewer.actor, door.house.site.zone)


@routes.get("/stations/{code}")
@sees(Action.ENROL_STATION)
def get_station(door: AnyDoor, code: str) -> StationPage:
    """One station."""
    with door.reading() as db:
        return station_page(db, door.viewer.actor, door.house.site.zone, code)


@routes.post("/stations")
@needs(Action.ENROL_STATION)
def post_station(door: AnyDoor, asked: NewStation) -> NewEnrolment:
    """Register a station."""
    return _shown(door.write(commands.create_station, asked).fact)


@routes.post("/stations/device")
@needs(Action.ENROL_STATION)
def post_device(door: AnyDoor, asked: StationChange) -> NewEnrolment:
    """Another device takes the station's place."""
    return _shown(door.write(commands.renew_enrolment, asked).fact)


@routes.post("/stations/retire")
@needs(Action.ENROL_STATION)
def post_retire(door: AnyDoor, asked: StationChange) -> StationFact:
    """The station is not used any more."""
    return door.write(commands.retire_station, asked).fact


def _shown(fact: StationEnrolment) -> NewEnrolment:
    return NewEnrolment(fact.station_code, fact.one_time_code)
