"""Today, More, near misses and the ledger as pages."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action, may_read
from app.ledger.keyring import Keyring
from app.ledger.verify import verify
from app.today.queries.board import today_page
from app.today.queries.house import ledger_page, more_page, near_miss_page
from app.web.door import AnyDoor
from app.web.needs import needs, sees, signed_in

routes = APIRouter()


@routes.get("/")
@signed_in
def get_today(door: AnyDoor, *, whole: bool = False) -> Response:
    """What is due. Who may not know patients begins at More."""
    with door.reading() as db:
        if not may_read(door.viewer.actor.roles, Action.SEE_PATIENT_IDENTITY):
            return door.see("/more")
        page = today_page(db, door.viewer.actor, door.now, door.house.site.zone, is_whole=whole)
    return door.page("today/today.html", page, here="today")


@routes.get("/today/board")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_board(door: AnyDoor, *, whole: bool = False) -> Response:
    """The changing part of Today, asked for by the page itself: nobody's presence."""
    with door.reading(is_present=False) as db:
        page = today_page(db, door.viewer.actor, door.now, door.house.site.zone, is_whole=whole)
    return door.page("today/board.html", page, here="today")


@routes.get("/more")
@signed_in
def get_more(door: AnyDoor) -> Response:
    """Where else one can go."""
    with door.reading():
        page = more_page(door.viewer.actor)
    return door.page("today/more.html", page, here="more")


@routes.get("/near-misses")
@sees(Action.INVESTIGATE_DEVIATION)
def get_near_misses(door: AnyDoor, before: int | None = None) -> Response:
    """What the checks caught."""
    with door.reading() as db:
        page = near_miss_page(db, door.house.site.zone, door.now, before)
    return door.page("today/near_misses.html", page, here="more")


@routes.get("/ledger")
@sees(Action.VERIFY_LEDGER)
def get_ledger(door: AnyDoor) -> Response:
    """The ledger's page."""
    with door.reading() as db:
        page = ledger_page(db, door.house.site.zone, door.now)
    return door.page("today/ledger.html", page, here="more")


@routes.post("/ledger/verify")
@needs(Action.VERIFY_LEDGER)
def post_verify(door: AnyDoor) -> Response:
    """Walk every chain and every row; changes nothing."""
    with door.reading() as db:
        verified = verify(db, Keyring.load(door.house.settings.keys_dir))
        page = ledger_page(db, door.house.site.zone, door.now, verified)
    return door.page("today/ledger.html", page, here="more")
