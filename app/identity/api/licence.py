"""The licence gate of ISBT 128 as JSON: the same commands and requests as its page."""

from __future__ import annotations

from app.domain.roles import Action
from app.identity import commands
from app.identity.commands import IsbtSwitched
from app.identity.queries.licence import LicencePage, LicenceToSign, licence_page, licence_review
from app.identity.schemas import Licence, StateLicence, SwitchIsbtOff
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs, sees

routes = api_router(tags=["isbt-128"])


@routes.get("/isbt-128")
@sees(Action.OPEN_LICENCE_GATE)
def get_licence(door: AnyDoor) -> LicencePage:
    """Whether ISBT 128 is on, who stated what, and what switching off signs."""
    with door.reading() as db:
        return licence_page(db, door.viewer.actor, door.house.site.zone)


@routes.post("/isbt-128/record")
@needs(Action.OPEN_LICENCE_GATE)
def post_record(door: AnyDoor, asked: Licence) -> LicenceToSign:
    """What the signature of this licence binds."""
    with door.reading() as db:
        return licence_review(db, asked)


@routes.post("/isbt-128")
@needs(Action.OPEN_LICENCE_GATE)
def post_licence(door: AnyDoor, asked: StateLicence) -> IsbtSwitched:
    """State the licence, signed; ISBT 128 is on."""
    return door.write(commands.state_licence, asked).fact


@routes.post("/isbt-128/off")
@needs(Action.OPEN_LICENCE_GATE)
def post_off(door: AnyDoor, asked: SwitchIsbtOff) -> IsbtSwitched:
    """Switch ISBT 128 off, signed."""
    return door.write(commands.switch_isbt_off, asked).fact
