"""The page of the licence gate of ISBT 128: its state, a licence to sign, switching off."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.identity import commands
from app.identity.queries.licence import licence_page, licence_review
from app.identity.schemas import Licence, StateLicence, SwitchIsbtOff
from app.web.door import AnyDoor
from app.web.forms import page_form
from app.web.needs import needs, sees

routes = APIRouter()


@routes.get("/isbt-128")
@sees(Action.OPEN_LICENCE_GATE)
def get_licence(door: AnyDoor) -> Response:
    """Whether ISBT 128 is on, and who stated what."""
    with door.reading() as db:
        page = licence_page(db, door.viewer.actor, door.house.site.zone)
    return door.page("identity/licence.html", page, here="more")


@routes.post("/isbt-128/review")
@needs(Action.OPEN_LICENCE_GATE)
def post_licence_review(door: AnyDoor, form: Annotated[Licence, page_form(Licence)]) -> Response:
    """The licence with what will be signed; nothing is saved yet."""
    with door.reading() as db:
        page = licence_review(db, form)
    return door.page("identity/licence_sign.html", page, here="more")


@routes.post("/isbt-128")
@needs(Action.OPEN_LICENCE_GATE)
def post_licence(door: AnyDoor, form: Annotated[StateLicence, page_form(StateLicence)]) -> Response:
    """State the licence, signed; ISBT 128 is on."""
    return door.see("/isbt-128", is_replay=door.write(commands.state_licence, form).is_replay)


@routes.post("/isbt-128/off")
@needs(Action.OPEN_LICENCE_GATE)
def post_off(door: AnyDoor, form: Annotated[SwitchIsbtOff, page_form(SwitchIsbtOff)]) -> Response:
    """Switch ISBT 128 off, signed."""
    return door.see("/isbt-128", is_replay=door.write(commands.switch_isbt_off, form).is_replay)
