"""Rights: who may do what, given under signature and taken away. The table itself is `app.domain.roles`."""

from __future__ import annotations

from sqlalchemy import exists, select

from app.db.models import User, UserGrant, UserRole
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, NotAllowed, NotFound
from app.domain.reasons import require_reason
from app.domain.roles import Action, Grant, Role, require_combinable
from app.domain.signing import Meaning
from app.identity.commands.accounts import UserFact, active_user, not_oneself
from app.identity.records import right_record, right_sentence
from app.identity.schemas import EndAuthority, EndRole, FirstQa, GrantAuthority, GrantRole, TrainingRenewal
from app.identity.signing import Signable, Signed, sign


@command
def bootstrap_administrator(tx: Transaction, user_id: int) -> UserFact:
    """Make the first person of a site its administrator; refused once anybody was given any role."""
    if tx.session.execute(select(exists().where(UserRole.id > 0))).scalar_one():
        raise NotAllowed("site_has_roles", "This site has its first administrator already. Sign in, or ask them.")
    user = active_user(tx, user_id)
    tx.session.add(UserRole(user_id=user.id, role=Role.ADMINISTRATOR, granted_by_id=None, granted_at=tx.now))
    return UserFact(user.id)


@command
def appoint_first_qa(tx: Transaction, actor: Actor, asked: FirstQa) -> UserFact:
    """An administrator appoints the first QA, who gives every other right; refused while there is a QA."""
    tx.permit(actor, Action.MANAGE_USERS)
    not_oneself(actor, asked.user_id)
    if tx.session.execute(select(exists().where(UserRole.role == Role.QA, UserRole.ended_at.is_(None)))).scalar_one():
        raise NotAllowed("site_has_qa", "This site has a QA. QA gives roles and authorities, under signature.")
    user = active_user(tx, asked.user_id)
    tx.because("role_granted", require_reason(asked.reason, "A role needs its reason."))
    require_combinable(roles_of(tx, user.id) | {Role.QA}, grants_of(tx, user.id))
    tx.session.add(UserRole(user_id=user.id, role=Role.QA, granted_by_id=actor.user_id, granted_at=tx.now))
    user.qualified_until = asked.qualified_until
    return UserFact(user.id)


@command
def grant_role(tx: Transaction, actor: Actor, asked: GrantRole) -> UserFact:
    """QA gives a role with the training that goes with it, under signature."""
    user = _permitted(tx, actor, asked.user_id)
    roles, grants = roles_of(tx, user.id), grants_of(tx, user.id)
    if asked.role in roles:
        raise Duplicate("role_held", f"{user.full_name} holds this role already.")
    require_combinable(roles | {asked.role}, grants)
    tx.because("role_granted", require_reason(asked.reason, "A role needs its reason."))
    _sign(tx, actor, asked, user, asked.role)
    tx.session.add(UserRole(user_id=user.id, role=asked.role, granted_by_id=actor.user_id, granted_at=tx.now))
    user.qualified_until = asked.qualified_until
    return UserFact(user.id)


@command
def grant_authority(tx: Transaction, actor: Actor, asked: GrantAuthority) -> UserFact:
    """QA gives prescriber or release authority, under signature."""
    user = _permitted(tx, actor, asked.user_id)
    roles, grants = roles_of(tx, user.id), grants_of(tx, user.id)
    if asked.authority in grants:
        raise Duplicate("authority_held", f"{user.full_name} holds this authority already.")
    require_combinable(roles, grants | {asked.authority})
    tx.because("authority_granted", require_reason(asked.reason, "An authority needs its reason."))
    _sign(tx, actor, asked, user, asked.authority)
    tx.session.add(
        UserGrant(user_id=user.id, authority=asked.authority, granted_by_id=actor.user_id, granted_at=tx.now)
    )
    return UserFact(user.id)


@command
def renew_training(tx: Transaction, actor: Actor, asked: TrainingRenewal) -> UserFact:
    """Record until when somebody is trained; a day gone by ends it at once. Nobody renews their own."""
    tx.permit(actor, Action.KEEP_TRAINING_RECORDS)
    not_oneself(actor, asked.user_id)
    tx.because("training", require_reason(asked.reason, "A training record needs what it rests on."))
    user = active_user(tx, asked.user_id)
    user.qualified_until = asked.qualified_until
    return UserFact(user.id)


@command
def end_role(tx: Transaction, actor: Actor, asked: EndRole) -> UserFact:
    """Take a role away, at once. What was signed with it stays valid."""
    tx.permit(actor, Action.APPROVE_RIGHTS)
    tx.because("role_ended", require_reason(asked.reason, "Taking a role away needs its reason."))
    held = (UserRole.user_id == asked.user_id, UserRole.role == asked.role, UserRole.ended_at.is_(None))
    role = tx.session.execute(select(UserRole).where(*held)).scalar_one_or_none()
    if role is None:
        raise NotFound("role_not_held", "This person does not hold that role.")
    role.ended_at = tx.now
    return UserFact(asked.user_id)


@command
def end_authority(tx: Transaction, actor: Actor, asked: EndAuthority) -> UserFact:
    """Take an authority away, at once. What was signed with it stays valid."""
    tx.permit(actor, Action.APPROVE_RIGHTS)
    tx.because("authority_ended", require_reason(asked.reason, "Taking an authority away needs its reason."))
    held = (UserGrant.user_id == asked.user_id, UserGrant.authority == asked.authority, UserGrant.ended_at.is_(None))
    grant = tx.session.execute(select(UserGrant).where(*held)).scalar_one_or_none()
    if grant is None:
        raise NotFound("authority_not_held", "This person does not hold that authority.")
    grant.ended_at = tx.now
    return UserFact(asked.user_id)


def roles_of(tx: Transaction, user_id: int) -> frozenset[Role]:
    """The roles a person holds now."""
    look = select(UserRole.role).where(UserRole.user_id == user_id, UserRole.ended_at.is_(None))
    return frozenset(tx.session.execute(look).scalars())


def grants_of(tx: Transaction, user_id: int) -> frozenset[Grant]:
    """The authorities a person holds now."""
    look = select(UserGrant.authority).where(UserGrant.user_id == user_id, UserGrant.ended_at.is_(None))
    return frozenset(tx.session.execute(look).scalars())


def _permitted(tx: Transaction, actor: Actor, user_id: int) -> User:
    tx.permit(actor, Action.APPROVE_RIGHTS)
    not_oneself(actor, user_id)
    return active_user(tx, user_id)


def _sign(tx: Transaction, actor: Actor, asked: Signed, user: User, right: Role | Grant) -> None:
    record = right_record(user.id, user.full_name, right, roles_of(tx, user.id), grants_of(tx, user.id))
    sign(
        tx,
        actor,
        asked,
        Signable(Meaning.APPROVED, right_sentence(user.full_name, right), f"user:{user.id}", record),
    )
