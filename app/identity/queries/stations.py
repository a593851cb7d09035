"""What the pages of stations show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from app.db.models import Place, Station, User, WebSession
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action, Permission, decide
from app.domain.vocabulary import StationKind
from app.web import formats

KIND_WORDS = {StationKind.BENCH: "bench", StationKind.OFFICE: "office", StationKind.BEDSIDE: "bedside"}


@dataclass(frozen=True, slots=True)
class StationLine:
    """One station; `state` is a chip (kind, icon, word)."""

    code: str
    shown_code: str
    name: str
    kind: str
    place: str
    state: tuple[str, str, str]
    who: str
    enrolled: str


@dataclass(frozen=True, slots=True)
class StationsPage:
    """All stations by name, and what a new one can be."""

    stations: tuple[StationLine, ...]
    kinds: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    may_enrol: bool


@dataclass(frozen=True, slots=True)
class StationPage:
    """One station, and whether the reader may change it."""

    station: StationLine
    facts: tuple[tuple[str, str], ...]
    may_enrol: bool


def stations_page(db: Connection, actor: Actor, zone: str) -> StationsPage:
    """All stations: as many as the house has devices. Two statements."""
    stations = tuple(_line(each, zone) for each in _stations(db))
    places = db.execute(select(Place.code, Place.name).order_by(Place.name)).all()
    return StationsPage(
        stations,
        tuple((kind.value, word) for kind, word in KIND_WORDS.items()),
        tuple((code, name) for code, name in places),
        _may_enrol(actor),
    )


def station_page(db: Connection, actor: Actor, zone: str, code: str) -> StationPage:
    """One station by its code."""
    found = [_line(each, zone) for each in _stations(db) if each.code == code]
    if not found:
        raise NotFound("not_on_file", f"No station is on file under {display(code)}.")
    line = found[0]
    facts = (
        ("Kind", line.kind),
        ("Place", line.place),
        ("Enrolled", line.enrolled),
        ("Signed in", line.who or "nobody"),
    )
    return StationPage(line, facts, _may_enrol(actor) and line.state[2] != "Retired")


@dataclass(frozen=True, slots=True)
class _Station:
    code: str
    name: str
    kind: StationKind
    is_active: bool
    token_hash: str | None
    enrolled_at: datetime | None
    place: str | None
    who: str | None

    def state(self) -> tuple[str, str, str]:
        if not self.is_active:
            return ("none", "ban", "Retired")
        return (
            ("info", "hourglass", "Waits for its code")
            if self.token_hash is None
            else ("ok", "circle-check", "Enrolled")
        )


def _stations(db: Connection) -> list[_Station]:
    here = and_(WebSession.station_id == Station.id, WebSession.ended_at.is_(None))
    look = (
        select(
            Station.code,
            Station.name,
            Station.kind,
            Station.is_active,
            Station.token_hash,
            Station.enrolled_at,
            Place.name,
            User.full_name,
        )
        .join(Place, Place.id == Station.place_id, isouter=True)
        .join(WebSession, here, isouter=True)  # ix_web_session_open_station_id: at most one each
        .join(User, User.id == WebSession.user_id, isouter=True)
        .order_by(Station.name)
    )
    return [_Station(*row) for row in db.execute(look)]


def _line(station: _Station, zone: str) -> StationLine:
    enrolled = station.enrolled_at
    return StationLine(
        station.code,
        display(station.code),
        station.name,
        KIND_WORDS[station.kind],
        station.place or "none",
        station.state(),
        station.who or "",
        "not yet" if enrolled is None else formats.day_of(enrolled, zone),
    )


def _may_enrol(actor: Actor) -> bool:
    return isinstance(decide(actor.roles, actor.grants, Action.ENROL_STATION), Permission)
