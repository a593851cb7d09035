"""The bedside before its verdict: the wristband first, then the bag. And where the station stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.db.models import Bag, Patient, Place, Station, WristbandScan
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.infusion import CHECK_HOLDS
from app.domain.labels.reader_check import is_reader_checked
from app.domain.states import BagState
from app.patients.queries.banner import Banner, banner_of_patient
from app.web import formats


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A bag that runs in now."""

    code: str
    shown: str
    name: str


@dataclass(frozen=True, slots=True)
class WaitPage:
    """Before the verdict. `patient` is None until the wristband was read."""

    where: str
    is_enrolled: bool
    is_reader_checked: bool
    patient: Banner | None
    wristband_scan_id: int | None
    seconds_left: int
    is_typing: bool
    under_way: tuple[UnderWay, ...]


def wait_page(
    db: Connection, actor: Actor, scan_id: int | None, now: datetime, zone: str, *, is_typing: bool = False
) -> WaitPage:
    """The two slots. With a scan, the wristband is read and the bag is due within what is left of 120 s."""
    patient, left = None, 0
    if scan_id is not None:
        code, at = _scan(db, scan_id)
        patient, left = banner_of_patient(db, code, now, zone), seconds_left(at, now)
    return WaitPage(
        where=where_is(db, actor.station_id),
        is_enrolled=actor.station_id is not None,
        is_reader_checked=actor.station_id is None or is_reader_checked(actor.reader_holds_until, now),
        patient=patient,
        wristband_scan_id=scan_id,
        seconds_left=left,
        is_typing=is_typing,
        under_way=_under_way(db),
    )


def where_is(db: Connection, station_id: int | None) -> str:
    """The strip's place: `Bedside check · 10 East, Bed 4`."""
    look = select(Station.name, Place.name.label("place")).join(Place, Place.id == Station.place_id, isouter=True)
    row = db.execute(look.where(Station.id == station_id)).one_or_none()
    parts = [] if row is None else [part for part in (row.place, row.name) if part]
    return " · ".join(["Bedside check", ", ".join(parts)] if parts else ["Bedside check"])


def seconds_left(since: datetime, now: datetime) -> int:
    return max(int((since + CHECK_HOLDS - now).total_seconds()), 0)


def _scan(db: Connection, scan_id: int) -> tuple[str, datetime]:
    look = (
        select(Patient.code, WristbandScan.at)
        .join(Patient, Patient.id == WristbandScan.patient_id)
        .where(WristbandScan.id == scan_id)
    )
    row = db.execute(look).one_or_none()
    if row is None:
        raise NotFound("not_on_file", "That wristband scan is not on file. Begin again at the wristband.")
    return row.code, row.at


def _under_way(db: Connection) -> tuple[UnderWay, ...]:
    """Bags that run in now (ix_bag_state_id)."""
    look = (
        select(Bag.code, Patient.family_name, Patient.given_name)
        .join(Patient, Patient.id == Bag.patient_id)
        .where(Bag.state == BagState.INFUSING)
        .order_by(Bag.id)
        .limit(20)
    )
    return tuple(
        UnderWay(row.code, display(row.code), formats.patient_name(row.family_name, row.given_name))
        for row in db.execute(look)
    )
