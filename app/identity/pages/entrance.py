"""The pages in front of the door: sign-in, lock, one-time codes, enrolling a device, first run."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.identity import commands
from app.identity.queries.entrance import checklist_page, entrance_page, is_new_site, lock_page
from app.identity.schemas import EnrolStation, FirstAdministrator, OwnSecrets, SignIn, SwitchUser, Unlock
from app.web.cookies import forget_sign_in, sign_in_cookie, station_cookie
from app.web.door import AnyDoor, Door
from app.web.forms import page_form
from app.web.needs import open_to_all, sees

routes = APIRouter()


@routes.get("/sign-in")
@open_to_all
def get_sign_in(door: AnyDoor) -> Response:
    """Name and password; on an enrolled station badge and PIN."""
    with door.house.database.reading() as db:
        host = door.request.headers.get("host", "")
        page = entrance_page(db, door.cookies, door.house.settings.origin, host)
    return door.bare_page("identity/sign_in.html", page)


@routes.post("/sign-in")
@open_to_all
def post_sign_in(door: AnyDoor, form: Annotated[SignIn, page_form(SignIn)]) -> Response:
    """Let in by name and password."""
    token = door.enter(lambda tx: commands.sign_in(tx, form, door.cookies, _lives(door)))
    return sign_in_cookie(door.see("/"), token, _lives(door))


@routes.post("/switch")
@open_to_all
def post_switch(door: AnyDoor, form: Annotated[SwitchUser, page_form(SwitchUser)]) -> Response:
    """Let in by badge and PIN on a station; who was there before is out."""
    token = door.enter(lambda tx: commands.switch_user(tx, form, door.cookies, _lives(door)))
    return sign_in_cookie(door.see("/"), token, _lives(door))


@routes.get("/lock")
@open_to_all
def get_lock(door: AnyDoor) -> Response:
    """The locked screen. Asking for it locks nothing: that is the form's business."""
    with door.house.database.reading() as db:
        page = lock_page(db, door.cookies)
    return door.see("/sign-in") if page is None else door.bare_page("identity/lock.html", page)


@routes.post("/lock")
@open_to_all
def post_lock(door: AnyDoor) -> Response:
    """Hide everything; sent by the lock in the navigation and by the idle timer."""
    door.enter(lambda tx: commands.lock(tx, door.cookies))
    return door.see("/lock")


@routes.post("/unlock")
@open_to_all
def post_unlock(door: AnyDoor, form: Annotated[Unlock, page_form(Unlock)]) -> Response:
    """The same person comes back to the page they left, or another takes over with badge and PIN."""
    token = door.enter(lambda tx: commands.unlock(tx, form, door.cookies, _lives(door)))
    return sign_in_cookie(door.see(form.back if form.badge is None else "/"), token, _lives(door))


@routes.post("/sign-out")
@open_to_all
def post_sign_out(door: AnyDoor) -> Response:
    """End this browser's sign-in, and let it forget every page."""
    door.enter(lambda tx: commands.sign_out(tx, door.cookies))
    return forget_sign_in(door.see("/sign-in"))


@routes.get("/welcome")
@open_to_all
def get_welcome(door: AnyDoor) -> Response:
    """The owner of a one-time code chooses password and PIN."""
    return door.bare_page("identity/welcome.html", None)


@routes.post("/welcome")
@open_to_all
def post_welcome(door: AnyDoor, form: Annotated[OwnSecrets, page_form(OwnSecrets)]) -> Response:
    """Keep the new secrets; then they sign in with them."""
    door.enter(lambda tx: commands.set_own_secrets(tx, form))
    return door.see("/sign-in")


@routes.get("/enrol")
@open_to_all
def get_enrol(door: AnyDoor) -> Response:
    """The device on which a station's one-time code is typed becomes that station."""
    return door.bare_page("identity/enrol.html", None)


@routes.post("/enrol")
@open_to_all
def post_enrol(door: AnyDoor, form: Annotated[EnrolStation, page_form(EnrolStation)]) -> Response:
    """Give the device its token."""
    token = door.enter(lambda tx: commands.enrol_station(tx, form))
    return station_cookie(door.see("/sign-in"), token)


@routes.get("/first-run")
@open_to_all
def get_first_run(door: AnyDoor) -> Response:
    """The code of `veinline init` makes the first administrator; afterwards this is the checklist."""
    with door.house.database.reading() as db:
        is_new = is_new_site(db)
    return door.bare_page("identity/first_run.html", None) if is_new else door.see("/checklist")


@routes.post("/first-run")
@open_to_all
def post_first_run(door: AnyDoor, form: Annotated[FirstAdministrator, page_form(FirstAdministrator)]) -> Response:
    """Make the first administrator and sign them in."""
    door.enter(lambda tx: commands.make_first_administrator(tx, form))
    known = SignIn(user_name=form.user_name, password=form.password)
    token = door.enter(lambda tx: commands.sign_in(tx, known, door.cookies, _lives(door)))
    return sign_in_cookie(door.see("/checklist"), token, _lives(door))


@routes.get("/checklist")
@sees(Action.MANAGE_USERS)
def get_checklist(door: AnyDoor) -> Response:
    """What a new site needs."""
    with door.reading() as db:
        page = checklist_page(db)
    return door.page("identity/checklist.html", page, here="more")


def _lives(door: Door) -> timedelta:
    return timedelta(hours=door.house.settings.session_hours)
