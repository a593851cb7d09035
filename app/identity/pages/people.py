"""The pages of users: the administrator opens, resets and ends accounts; QA gives and takes rights."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action, Grant, Role
from app.identity import commands
from app.identity.queries.people import right_page, user_page, users_page
from app.identity.schemas import (
    AccessReset,
    BadgeIssue,
    EndAuthority,
    EndRole,
    FirstQa,
    GrantAuthority,
    GrantRole,
    IdentityProof,
    NewUser,
    SessionRef,
    TrainingRenewal,
)
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs, sees

routes = APIRouter()


@routes.get("/users")
@sees(Action.MANAGE_USERS)
def get_users(door: AnyDoor) -> Response:
    """Everybody who has or had an account."""
    with door.reading() as db:
        page = users_page(db, door.viewer.actor, door.now)
    return door.page("identity/users.html", page, here="users")


@routes.post("/users")
@needs(Action.MANAGE_USERS)
def post_user(door: AnyDoor, form: Annotated[NewUser, page_form(NewUser)]) -> Response:
    """Open an account; its one-time code is shown this once."""
    done = door.write(commands.create_user, form)
    return door.page("identity/one_time_code.html", done.fact, here="users")


@routes.get("/users/{user_id}")
@sees(Action.MANAGE_USERS)
def get_user(door: AnyDoor, user_id: int) -> Response:
    """One account."""
    with door.reading() as db:
        page = user_page(db, door.viewer.actor, door.now, door.house.site.zone, user_id)
    return door.page("identity/user.html", page, here="users")


@routes.post("/users/{user_id}/identity")
@needs(Action.MANAGE_USERS)
def post_identity(door: AnyDoor, user_id: int, form: Annotated[IdentityProof, page_form(IdentityProof)]) -> Response:
    """Somebody else's identity papers were checked."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.verify_identity, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.post("/users/{user_id}/badge")
@needs(Action.MANAGE_USERS)
def post_badge(door: AnyDoor, user_id: int, form: Annotated[BadgeIssue, page_form(BadgeIssue)]) -> Response:
    """Give a badge; the one before is void."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.issue_badge, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.post("/users/{user_id}/void-badge")
@needs(Action.MANAGE_USERS)
def post_void_badge(door: AnyDoor, user_id: int, form: Annotated[AccessReset, page_form(AccessReset)]) -> Response:
    """A badge was lost."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.void_badge, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.post("/users/{user_id}/reset")
@needs(Action.MANAGE_USERS)
def post_reset(door: AnyDoor, user_id: int, form: Annotated[AccessReset, page_form(AccessReset)]) -> Response:
    """Forget somebody's secrets; the one-time code for new ones is shown this once."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.reset_access, form)
    return door.page("identity/one_time_code.html", done.fact, here="users")


@routes.post("/users/{user_id}/end")
@needs(Action.MANAGE_USERS)
def post_end(door: AnyDoor, user_id: int, form: Annotated[AccessReset, page_form(AccessReset)]) -> Response:
    """End an account at once."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.deactivate_user, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.post("/users/{user_id}/sign-ins")
@needs(Action.MANAGE_USERS)
def post_end_their_sign_in(door: AnyDoor, user_id: int, form: Annotated[SessionRef, page_form(SessionRef)]) -> Response:
    """End somebody's sign-in from afar."""
    done = door.write(commands.end_session, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.post("/users/{user_id}/first-qa")
@needs(Action.MANAGE_USERS)
def post_first_qa(door: AnyDoor, user_id: int, form: Annotated[FirstQa, page_form(FirstQa)]) -> Response:
    """Appoint the first QA of a new site."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.appoint_first_qa, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.post("/users/{user_id}/training")
@needs(Action.KEEP_TRAINING_RECORDS)
def post_training(
    door: AnyDoor, user_id: int, form: Annotated[TrainingRenewal, page_form(TrainingRenewal)]
) -> Response:
    """Until when somebody is trained."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.renew_training, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.get("/users/{user_id}/roles/{role}")
@needs(Action.APPROVE_RIGHTS)
def get_role(door: AnyDoor, user_id: int, role: Role) -> Response:
    """A role about to be given, as it will be signed."""
    with door.reading() as db:
        page = right_page(db, user_id, role)
    return door.page("identity/right.html", page, here="users")


@routes.post("/users/{user_id}/roles")
@needs(Action.APPROVE_RIGHTS)
def post_role(door: AnyDoor, user_id: int, form: Annotated[GrantRole, page_form(GrantRole)]) -> Response:
    """Give a role, signed."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.grant_role, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.post("/users/{user_id}/end-role")
@needs(Action.APPROVE_RIGHTS)
def post_end_role(door: AnyDoor, user_id: int, form: Annotated[EndRole, page_form(EndRole)]) -> Response:
    """Take a role away."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.end_role, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.get("/users/{user_id}/authorities/{authority}")
@needs(Action.APPROVE_RIGHTS)
def get_authority(door: AnyDoor, user_id: int, authority: Grant) -> Response:
    """An authority about to be given, as it will be signed."""
    with door.reading() as db:
        page = right_page(db, user_id, authority)
    return door.page("identity/right.html", page, here="users")


@routes.post("/users/{user_id}/authorities")
@needs(Action.APPROVE_RIGHTS)
def post_authority(door: AnyDoor, user_id: int, form: Annotated[GrantAuthority, page_form(GrantAuthority)]) -> Response:
    """Give an authority, signed."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.grant_authority, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)


@routes.post("/users/{user_id}/end-authority")
@needs(Action.APPROVE_RIGHTS)
def post_end_authority(door: AnyDoor, user_id: int, form: Annotated[EndAuthority, page_form(EndAuthority)]) -> Response:
    """Take an authority away."""
    same(str(user_id), str(form.user_id))
    done = door.write(commands.end_authority, form)
    return door.see(f"/users/{user_id}", is_replay=done.is_replay)
