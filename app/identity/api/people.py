"""Users and their rights as JSON. Whose account it is stands in the body, as the page's form has it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.roles import Action
from app.identity import commands
from app.identity.commands import BadgeFact, UserFact
from app.identity.queries.people import UserPage, UsersPage, user_page, users_page
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
    TrainingRenewal,
)
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs, sees

routes = api_router(tags=["users"])


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account and its one-time code, which is shown this once; empty in a replayed answer."""

    user_id: int
    one_time_code: str


@routes.get("/users")
@sees(Action.MANAGE_USERS)
def get_users(door: AnyDoor) -> UsersPage:
    """Everybody who has or had an account."""
    with door.reading() as db:
        return users_page(db, door.viewer.actor, door.now)


@routes.get("/users/{user_id}")
@sees(Action.MANAGE_USERS)
def get_user(door: AnyDoor, user_id: int) -> UserPage:
    """One account."""
    with door.reading() as db:
        return user_page(db, door.viewer.actor, door.now, door.house.site.zone, user_id)


@routes.post("/users")
@needs(Action.MANAGE_USERS)
def post_user(door: AnyDoor, asked: NewUser) -> NewAccount:
    """Open an account; the one-time code stands in this answer only."""
    fact = door.write(commands.create_user, asked).fact
    return NewAccount(fact.user_id, fact.code)


@routes.post("/users/identity")
@needs(Action.MANAGE_USERS)
def post_identity(door: AnyDoor, asked: IdentityProof) -> UserFact:
    """Somebody else's identity papers were checked."""
    return door.write(commands.verify_identity, asked).fact


@routes.post("/users/badge")
@needs(Action.MANAGE_USERS)
def post_badge(door: AnyDoor, asked: BadgeIssue) -> BadgeFact:
    """Give a badge; the one before is void."""
    return door.write(commands.issue_badge, asked).fact


@routes.post("/users/void-badge")
@needs(Action.MANAGE_USERS)
def post_void_badge(door: AnyDoor, asked: AccessReset) -> UserFact:
    """A badge was lost."""
    return door.write(commands.void_badge, asked).fact


@routes.post("/users/reset")
@needs(Action.MANAGE_USERS)
def post_reset(door: AnyDoor, asked: AccessReset) -> NewAccount:
    """Forget somebody's secrets; the one-time code for new ones stands in this answer only."""
    fact = door.write(commands.reset_access, asked).fact
    return NewAccount(fact.user_id, fact.code)


@routes.post("/users/end")
@needs(Action.MANAGE_USERS)
def post_end(door: AnyDoor, asked: AccessReset) -> UserFact:
    """End an account at once."""
    return door.write(commands.deactivate_user, asked).fact


@routes.post("/users/first-qa")
@needs(Action.MANAGE_USERS)
def post_first_qa(door: AnyDoor, asked: FirstQa) -> UserFact:
    """Appoint the first QA of a new site."""
    return door.write(commands.appoint_first_qa, asked).fact


@routes.post("/users/training")
@needs(Action.KEEP_TRAINING_RECORDS)
def post_training(door: AnyDoor, asked: TrainingRenewal) -> UserFact:
    """Until when somebody is trained."""
    return door.write(commands.renew_training, asked).fact


@routes.post("/users/roles")
@needs(Action.APPROVE_RIGHTS)
def post_role(door: AnyDoor, asked: GrantRole) -> UserFact:
    """Give a role, signed."""
    return door.write(commands.grant_role, asked).fact


@routes.post("/users/end-role")
@needs(Action.APPROVE_RIGHTS)
def post_end_role(door: AnyDoor, asked: EndRole) -> UserFact:
    """Take a role away."""
    return door.write(commands.end_role, asked).fact


@routes.post("/users/authorities")
@needs(Action.APPROVE_RIGHTS)
def post_authority(door: AnyDoor, asked: GrantAuthority) -> UserFact:
    """Give an authority, signed."""
    return door.write(commands.grant_authority, asked).fact


@routes.post("/users/end-authority")
@needs(Action.APPROVE_RIGHTS)
def post_end_authority(door: AnyDoor, asked: EndAuthority) -> UserFact:
    """Take an authority away."""
    return door.write(commands.end_authority, asked).fact
