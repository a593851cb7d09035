"""Rights: who may do what, given and taken. The table itself is `app.domain.roles`."""

from __future__ import annotations

from sqlalchemy import exists, select

from app.db.models import UserGrant, UserRole
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound
from app.domain.reasons import require_reason
from app.domain.roles import Action, Grant, Role, require_combinable
from app.identity.commands.accounts import UserFact, active_user, not_oneself
from app.identity.schemas import GrantAuthority, GrantRole


@command
def bootstrap_administrator(tx: Transaction, user_id: int) -> UserFact:
    """Make the first person of a site its administrator; refused once anybody was given any role."""
    if tx.session.execute(select(exists().where(UserRole.id > 0))).scalar_one():
        raise NotAllowed("site_has_roles", "This site has its first administrator already. Sign in, or ask them.")
    user = active_user(tx, user_id)
    tx.session.add(UserRole(user_id=user.id, role=Role.ADMINISTRATOR, granted_by_id=None, granted_at=tx.now))
    return UserFact(user.id)


@command
def grant_role(tx: Transaction, actor: Actor, asked: GrantRole) -> UserFact:
    """Give a role with the training that goes with it. QA grants; an administrator only until there is a QA."""
    _permit_granting(tx, actor)
    not_oneself(actor, asked.user_id)
    user = active_user(tx, asked.user_id)
    tx.because("role_granted", require_reason(asked.reason, "A role needs its reason."))
    require_combinable(roles_of(tx, user.id) | {asked.role}, grants_of(tx, user.id))
    tx.session.add(UserRole(user_id=user.id, role=asked.role, granted_by_id=actor.user_id, granted_at=tx.now))
    user.qualified_until = asked.qualified_until
    return UserFact(user.id)


@command
def grant_authority(tx: Transaction, actor: Actor, asked: GrantAuthority) -> UserFact:
    """Give prescriber or release authority."""
    _permit_granting(tx, actor)
    not_oneself(actor, asked.user_id)
    user = active_user(tx, asked.user_id)
    tx.because("authority_granted", require_reason(asked.reason, "An authority needs its reason."))
    require_combinable(roles_of(tx, user.id), grants_of(tx, user.id) | {asked.authority})
    tx.session.add(
        UserGrant(user_id=user.id, authority=asked.authority, granted_by_id=actor.user_id, granted_at=tx.now)
    )
    return UserFact(user.id)


@command
def end_role(tx: Transaction, actor: Actor, asked: GrantRole) -> UserFact:
    """Take a role away. What was signed with it stays valid."""
    _permit_granting(tx, actor)
    tx.because("role_ended", require_reason(asked.reason, "Taking a role away needs its reason."))
    role = tx.session.execute(
        select(UserRole).where(
            UserRole.user_id == asked.user_id, UserRole.role == asked.role, UserRole.ended_at.is_(None)
        )
    ).scalar_one_or_none()
    if role is None:
        raise NotFound("role_not_held", "This person does not hold that role.")
    role.ended_at = tx.now
    return UserFact(asked.user_id)


def roles_of(tx: Transaction, user_id: int) -> frozenset[Role]:
    """The roles a person holds now."""
    look = select(UserRole.role).where(UserRole.user_id == user_id, UserRole.ended_at.is_(None))
    return frozenset(tx.session.execute(look).scalars())


def grants_of(tx: Transaction, user_id: int) -> frozenset[Grant]:
    """The authorities a person holds now."""
    look = select(UserGrant.authority).where(UserGrant.user_id == user_id, UserGrant.ended_at.is_(None))
    return frozenset(tx.session.execute(look).scalars())


def _permit_granting(tx: Transaction, actor: Actor) -> None:
    has_qa = exists().where(UserRole.role == Role.QA, UserRole.ended_at.is_(None))
    qa_exists = tx.session.execute(select(has_qa)).scalar_one()
    tx.permit(actor, Action.APPROVE_RIGHTS if qa_exists else Action.MANAGE_USERS)
