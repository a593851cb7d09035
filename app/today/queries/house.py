"""What the pages about the house itself show: where to go from More, near misses, the state of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Course, LedgerEvent, NearMissRecord, Station
from app.domain.actor import Actor
from app.domain.identifiers import display
from app.domain.roles import Action, may_read
from app.ledger.verify import Verified
from app.today.queries.glance import words
from app.web import formats

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A page one can go to."""

    word: str
    fact: str
    href: str


@dataclass(frozen=True, slots=True)
class MorePage:
    """The pages this person may look at."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class CaughtRow:
    """A near miss as a row."""

    number: str
    what: str
    step: str
    about: str
    where: str
    at: str


@dataclass(frozen=True, slots=True)
class CaughtPage:
    """Near misses, newest first; `older` is the key of the next page, or empty."""

    rows: tuple[CaughtRow, ...]
    older: str


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The ledger and, after a verification, what it found. `verdict` is (kind, words)."""

    last: str
    verdict: tuple[str, str] | None


def more_page(actor: Actor) -> MorePage:
    """Only what this person may look at; the rights are decided again at each page."""
    return MorePage(tuple(place for place, action in _PLACES if action is None or may_read(actor.roles, action)))


def near_miss_page(db: Connection, zone: str, now: datetime, before: int | None) -> CaughtPage:
    """Fifty at a time by descending key; primary key."""
    look = (
        select(
            NearMissRecord.id,
            NearMissRecord.number,
            NearMissRecord.kind,
            NearMissRecord.step,
            NearMissRecord.scanned,
            NearMissRecord.bag_code,
            Course.code,
            Station.name,
            NearMissRecord.at,
        )
        .join(Station, Station.id == NearMissRecord.station_id, isouter=True)
        .join(Course, Course.id == NearMissRecord.course_id, isouter=True)
        .order_by(NearMissRecord.id.desc())
        .limit(PAGE + 1)
    )
    found = db.execute(look if before is None else look.where(NearMissRecord.id < before)).all()
    rows = tuple(
        CaughtRow(
            row.number,
            words(row.kind),
            row.step,
            display(row.bag_code or row.scanned or row.code or ""),
            row.name or "no station",
            formats.moment(row.at, zone, now),
        )
        for row in found[:PAGE]
    )
    return CaughtPage(rows, str(found[PAGE - 1].id) if len(found) > PAGE else "")


def ledger_page(db: Connection, zone: str, now: datetime, verified: Verified | None = None) -> LedgerPage:
    """When the ledger was last written to, and what a verification just found."""
    last = db.execute(select(LedgerEvent.at).order_by(LedgerEvent.id.desc()).limit(1)).scalar_one_or_none()
    return LedgerPage("never" if last is None else formats.moment(last, zone, now), _verdict(verified))


def _verdict(verified: Verified | None) -> tuple[str, str] | None:
    if verified is None:
        return None
    if verified.finding is not None:
        return ("stop", f"The record does not hold. {verified.finding}")
    counted = f"{verified.events:,} events in {verified.streams:,} streams and {verified.rows:,} rows"
    return ("ok", f"{counted} agree. Nothing was altered.")


_PLACES: Final = (
    (Place("My account", "Rights, accountability, sign-ins, light or dark", "/account"), None),
    (Place("Users", "Accounts, roles, authorities, badges", "/users"), Action.MANAGE_USERS),
    (Place("Stations", "Benches, beds and desks, and their devices", "/stations"), Action.ENROL_STATION),
    (Place("Printers", "Label printers, test labels, checks", "/printers"), None),
    (Place("Print jobs", "What was sent, and what is not accounted for", "/print-jobs"), Action.SEE_PATIENT_IDENTITY),
    (Place("Scanner check", "Does the reader bring every character through", "/scanner-check"), None),
    (Place("Scanning", "Typed codes, readers, what the site asks of scans", "/scanning"), None),
    (Place("ISBT 128", "Licence of the facility, on or off", "/isbt-128"), Action.OPEN_LICENCE_GATE),
    (Place("First steps", "What a new site needs", "/checklist"), Action.MANAGE_USERS),
    (Place("Recipes", "Recipes and release specifications, approval", "/recipes"), Action.WRITE_RECIPE),
    (
        Place("Label rules", "What labels must carry, approval", "/label-rules"),
        Action.WRITE_LABEL_TEMPLATE,
    ),
    (Place("Materials", "Lots, expiry, release", "/materials"), Action.REGISTER_MATERIAL),
    (Place("Equipment", "Calibration and service", "/equipment"), Action.REGISTER_EQUIPMENT),
    (Place("Deviations", "What was not as it should be, and holds", "/deviations"), Action.SEE_PATIENT_IDENTITY),
    (Place("Open bags", "Every bag that has not ended yet", "/open-bags"), Action.SEE_PATIENT_IDENTITY),
    (Place("Near misses", "What the checks caught", "/near-misses"), Action.INVESTIGATE_DEVIATION),
    (Place("Ledger", "Verify that nothing was altered", "/ledger"), Action.VERIFY_LEDGER),
)
