"""Stations: registering a tablet, bench or cart, and enrolling the device that stands there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from app.db.codes import next_code
from app.db.finding import load
from app.db.models import Place, Station
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.identifiers import Kind
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.vocabulary import StationKind
from app.identity.commands.codes import issue_one_time_code, take_one_time_code
from app.identity.schemas import EnrolStation, NewStation, StationChange
from app.identity.secrets import new_token, token_hash
from app.identity.sessions import end_sessions_at


@dataclass(frozen=True, slots=True)
class StationFact:
    """The station a command changed."""

    station_code: str


@dataclass(frozen=True, slots=True)
class StationEnrolment:
    """A station and the one-time code to type on its device; a replayed answer has no code."""

    station_code: str
    one_time_code: Annotated[str, Field(exclude=True)] = ""


@command
def create_station(tx: Transaction, actor: Actor, asked: NewStation) -> StationEnrolment:
    """Register a station and answer the one-time code to enrol its device with."""
    tx.permit(actor, Action.ENROL_STATION)
    place = None if asked.place_code is None else load(tx, Place, asked.place_code)
    station = found_station(tx, asked.name, asked.kind, None if place is None else place.id, token=None)
    return _enrolment(tx, station)


@command
def found_station(tx: Transaction, name: str, kind: StationKind, place_id: int | None, *, token: str | None) -> Station:
    """A new station; with a token it is enrolled at once, for the device that holds this token."""
    station = Station(
        code=next_code(tx, Kind.STATION),
        name=name,
        kind=kind,
        place_id=place_id,
        token_hash=None if token is None else token_hash(token),
        enrolled_at=None if token is None else tx.now,
        is_active=True,
    )
    tx.session.add(station)
    tx.session.flush()
    return station


@command
def renew_enrolment(tx: Transaction, actor: Actor, asked: StationChange) -> StationEnrolment:
    """Another device takes the station's place: the old one is out at once, the new one gets a one-time code."""
    tx.permit(actor, Action.ENROL_STATION)
    station = _shut(tx, asked)
    return _enrolment(tx, station)


@command
def retire_station(tx: Transaction, actor: Actor, asked: StationChange) -> StationFact:
    """A station is not used any more; whoever is signed in on it is out at once."""
    tx.permit(actor, Action.ENROL_STATION)
    station = _shut(tx, asked)
    station.is_active = False
    return StationFact(station.code)


@command
def enrol_station(tx: Transaction, asked: EnrolStation) -> str:
    """The device on which the one-time code was typed becomes the station. Answers the device's new token."""
    code = take_one_time_code(tx, asked.one_time_code, "station:")
    station = tx.session.get_one(Station, int(code.purpose.removeprefix("station:")))
    token = new_token()
    station.token_hash, station.enrolled_at = token_hash(token), tx.now
    return token


def _shut(tx: Transaction, asked: StationChange) -> Station:
    station = load(tx, Station, asked.station_code)
    tx.because("station_changed", require_reason(asked.reason, "The device of this station is shut out."))
    station.token_hash = None
    station.reader_checked_at = station.reader_checked_by_id = None  # another device has another keyboard
    end_sessions_at(tx, station.id)
    return station


def _enrolment(tx: Transaction, station: Station) -> StationEnrolment:
    return StationEnrolment(station.code, issue_one_time_code(tx, f"station:{station.id}", None).code)
