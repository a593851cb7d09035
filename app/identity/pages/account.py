"""The page about oneself: rights, accountability, open sign-ins, theme."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.identity import commands
from app.identity.queries.sign_ins import account_page
from app.identity.schemas import SessionRef, UserRef
from app.web.door import AnyDoor
from app.web.forms import page_form
from app.web.needs import signed_in

routes = APIRouter()


@routes.get("/account")
@signed_in
def get_account(door: AnyDoor) -> Response:
    """Who I am here, what I may do, where I am signed in."""
    with door.reading() as db:
        page = account_page(db, door.viewer, door.house.site.zone, door.now)
    return door.page("identity/account.html", page, here="more")


@routes.post("/account/accountability")
@signed_in
def post_accountability(door: AnyDoor, form: Annotated[UserRef, page_form(UserRef)]) -> Response:
    """State that one's electronic signature binds."""
    done = door.write(commands.accept_accountability, form)
    return door.see("/account", is_replay=done.is_replay)


@routes.post("/account/sign-ins")
@signed_in
def post_end_sign_in(door: AnyDoor, form: Annotated[SessionRef, page_form(SessionRef)]) -> Response:
    """End one of one's own sign-ins, here or elsewhere."""
    done = door.write(commands.end_session, form)
    is_this_one = form.session_id == door.viewer.session_id
    return door.see("/sign-in" if is_this_one else "/account", is_replay=done.is_replay)
