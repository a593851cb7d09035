"""Today, near misses and the ledger as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.roles import Action
from app.ledger.keyring import Keyring
from app.ledger.verify import verify
from app.today.queries.board import TodayPage, today_page
from app.today.queries.house import CaughtPage, near_miss_page
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs, sees

routes = api_router(tags=["today"])


@dataclass(frozen=True, slots=True)
class LedgerVerified:
    """What a verification walked, and the first thing that lies, if any."""

    events: int
    streams: int
    rows: int
    finding: str | None


@routes.get("/today")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_today(door: AnyDoor) -> TodayPage:
    """Everything due today."""
    with door.reading() as db:
        return today_page(db, door.viewer.actor, door.now, door.house.site.zone, is_whole=True)


@routes.get("/near-misses")
@sees(Action.INVESTIGATE_DEVIATION)
def get_near_misses(door: AnyDoor, before: int | None = None) -> CaughtPage:
    """What the checks caught, newest first."""
    with door.reading() as db:
        return near_miss_page(db, door.house.site.zone, door.now, before)


@routes.post("/ledger/verify")
@needs(Action.VERIFY_LEDGER)
def post_verify(door: AnyDoor) -> LedgerVerified:
    """Walk every chain and every row; changes nothing."""
    with door.reading() as db:
        found = verify(db, Keyring.load(door.house.settings.keys_dir))
    finding = None if found.finding is None else str(found.finding)
    return LedgerVerified(found.events, found.streams, found.rows, finding)
