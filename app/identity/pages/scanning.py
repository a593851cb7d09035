"""The page of scans: what was typed, which readers were checked, and what the site asks of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.identity import commands
from app.identity.queries.scan_share import scanning_page
from app.identity.schemas import ChangeScanning
from app.web.door import AnyDoor
from app.web.forms import page_form
from app.web.needs import needs, signed_in

routes = APIRouter()


@routes.get("/scanning")
@signed_in
def get_scanning(door: AnyDoor) -> Response:
    """Typed codes of 30 days by station, and the readers. It names stations and who checked, no patient."""
    with door.reading() as db:
        page = scanning_page(db, door.viewer.actor, door.now, door.house.site.zone)
    return door.page("identity/scanning.html", page, here="more")


@routes.post("/scanning")
@needs(Action.PROPOSE_SETTING)
def post_scanning(door: AnyDoor, form: Annotated[ChangeScanning, page_form(ChangeScanning)]) -> Response:
    """Set what the site asks of scans."""
    return door.see("/scanning", is_replay=door.write(commands.change_scanning, form).is_replay)
