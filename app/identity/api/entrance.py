"""Signing in and out as JSON. The answer carries its cookie as the page does; tokens never stand in a body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fastapi.responses import Response

from app.identity import commands
from app.identity.commands import UserFact
from app.identity.schemas import (
    EnrolStation,
    FirstAdministrator,
    OwnSecrets,
    SessionRef,
    SignIn,
    SwitchUser,
    Unlock,
    UserRef,
)
from app.web.addresses import api_router
from app.web.cookies import forget_sign_in, sign_in_cookie, station_cookie
from app.web.door import AnyDoor, Door
from app.web.needs import open_to_all, signed_in

routes = api_router(tags=["sign-in"])


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in here."""

    user_id: int
    roles: tuple[str, ...]
    authorities: tuple[str, ...]
    station_code: str | None


@routes.get("/me")
@signed_in
def get_me(door: AnyDoor) -> Me:
    """Who this sign-in belongs to."""
    with door.reading():
        actor = door.viewer.actor
    return Me(actor.user_id, tuple(sorted(actor.roles)), tuple(sorted(actor.grants)), actor.station_code)


@routes.post("/sign-in", status_code=204)
@open_to_all
def post_sign_in(door: AnyDoor, asked: SignIn) -> Response:
    """Name and password."""
    token = door.enter(lambda tx: commands.sign_in(tx, asked, door.cookies, _lives(door)))
    return sign_in_cookie(Response(status_code=204), token, _lives(door))


@routes.post("/switch", status_code=204)
@open_to_all
def post_switch(door: AnyDoor, asked: SwitchUser) -> Response:
    """Badge and PIN on an enrolled station."""
    token = door.enter(lambda tx: commands.switch_user(tx, asked, door.cookies, _lives(door)))
    return sign_in_cookie(Response(status_code=204), token, _lives(door))


@routes.post("/lock", status_code=204)
@open_to_all
def post_lock(door: AnyDoor) -> Response:
    """Lock this sign-in."""
    door.enter(lambda tx: commands.lock(tx, door.cookies))
    return Response(status_code=204)


@routes.post("/unlock", status_code=204)
@open_to_all
def post_unlock(door: AnyDoor, asked: Unlock) -> Response:
    """The same person comes back, or another takes over."""
    token = door.enter(lambda tx: commands.unlock(tx, asked, door.cookies, _lives(door)))
    return sign_in_cookie(Response(status_code=204), token, _lives(door))


@routes.post("/sign-out", status_code=204)
@open_to_all
def post_sign_out(door: AnyDoor) -> Response:
    """End this sign-in."""
    door.enter(lambda tx: commands.sign_out(tx, door.cookies))
    return forget_sign_in(Response(status_code=204))


@routes.post("/welcome")
@open_to_all
def post_welcome(door: AnyDoor, asked: OwnSecrets) -> UserFact:
    """The owner of a one-time code chooses password and PIN."""
    return door.enter(lambda tx: commands.set_own_secrets(tx, asked))


@routes.post("/enrol", status_code=204)
@open_to_all
def post_enrol(door: AnyDoor, asked: EnrolStation) -> Response:
    """This device becomes the station of the one-time code."""
    token = door.enter(lambda tx: commands.enrol_station(tx, asked))
    return station_cookie(Response(status_code=204), token)


@routes.post("/first-run")
@open_to_all
def post_first_run(door: AnyDoor, asked: FirstAdministrator) -> UserFact:
    """The code of `veinline init` makes the first administrator."""
    return door.enter(lambda tx: commands.make_first_administrator(tx, asked))


@routes.post("/accountability")
@signed_in
def post_accountability(door: AnyDoor, asked: UserRef) -> UserFact:
    """State that one's electronic signature binds."""
    return door.write(commands.accept_accountability, asked).fact


@routes.post("/end-sign-in")
@signed_in
def post_end_sign_in(door: AnyDoor, asked: SessionRef) -> UserFact:
    """End one sign-in: one's own, or as administrator anybody's."""
    return door.write(commands.end_session, asked).fact


def _lives(door: Door) -> timedelta:
    return timedelta(hours=door.house.settings.session_hours)
