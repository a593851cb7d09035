"""Scans of the last 30 days and the site's settings of them, as JSON."""

from __future__ import annotations

from app.domain.roles import Action
from app.identity import commands
from app.identity.commands.scanning import ScanningSet
from app.identity.queries.scan_share import ScanningPage, scanning_page
from app.identity.schemas import ChangeScanning
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs, signed_in

routes = api_router(tags=["stations"])


@routes.get("/scanning")
@signed_in
def get_scanning(door: AnyDoor) -> ScanningPage:
    """Typed codes by station, readers, settings."""
    with door.reading() as db:
        return scanning_page(db, door.viewer.actor, door.now, door.house.site.zone)


@routes.post("/scanning")
@needs(Action.PROPOSE_SETTING)
def post_scanning(door: AnyDoor, asked: ChangeScanning) -> ScanningSet:
    """Set what the site asks of scans."""
    return door.write(commands.change_scanning, asked).fact
