"""Whether a person may act, from the policy table. Not training, station, secrets or independence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from app.domain.errors import NotAllowed
from app.domain.roles.policy import GRANT_OF, POLICY, Right
from app.domain.roles.words import Action, Grant, How, Role


@dataclass(frozen=True, slots=True)
class Permission:
    """A right a person holds now: for what, from which role, and how it is used."""

    action: Action
    role: Role
    how: How


def decide(roles: Collection[Role], grants: Collection[Grant], action: Action) -> Permission | NotAllowed:
    """The permission to act, or the refusal that says who may.

    Where several roles give the right, the most demanding use holds: two persons before a signature before
    alone. A right that only reads does not permit the act, unless the act is nothing but reading.
    """
    held = [
        Permission(action, role, right.how)
        for role, right in POLICY[action].rights.items()
        if _is_held(role, right, roles, grants) and (right.how is not How.READS or action in _READING_ONLY)
    ]
    return max(held, key=lambda held: _DEMAND.index(held.how), default=None) or _refusal(action)


def require(roles: Collection[Role], grants: Collection[Grant], action: Action) -> Permission:
    """The permission to act. Raises NotAllowed with a sentence that says who may."""
    decided = decide(roles, grants, action)
    if isinstance(decided, NotAllowed):
        raise decided
    return decided


def may_read(roles: Collection[Role], action: Action) -> bool:
    """Whether the person may look at the pages of this act; looking needs a role of the row, no grant."""
    return any(role in roles for role in POLICY[action].rights)


def require_reading(roles: Collection[Role], action: Action) -> None:
    """Raise NotAllowed unless the person may look at the pages of this act."""
    if not may_read(roles, action):
        raise _refusal(action)


def require_combinable(roles: Collection[Role], grants: Collection[Grant]) -> None:
    """Refuse rights one person may not hold together, and a grant without its role.

    House rule: rules, section 5. Raises NotAllowed.
    """
    if Role.ADMINISTRATOR in roles and grants:
        raise NotAllowed(
            "rights_not_combinable",
            "An administrator can neither prescribe nor release. Give the authority to another person.",
        )
    if Role.INSPECTOR in roles and len(set(roles)) > 1:
        raise NotAllowed(
            "rights_not_combinable",
            "An inspector has no other role. Give the other role to another person.",
        )
    for role, grant in GRANT_OF.items():
        if grant in grants and role not in roles:
            raise NotAllowed(
                "grant_without_role",
                f"{_capital(_WHO[grant])} must be {_WHO[role]}. Give the role first.",
            )


_DEMAND: Final = (How.READS, How.MAY, How.SIGNS, How.ONE_OF_TWO)
_READING_ONLY: Final = frozenset(
    action for action, rule in POLICY.items() if all(right.how is How.READS for right in rule.rights.values())
)
_WHO: Final = {
    Role.TECHNICIAN: "a technician",
    Role.SUPERVISOR: "a supervisor",
    Role.QA: "QA",
    Role.CLINICIAN: "a clinician",
    Role.ADMINISTRATOR: "an administrator",
    Role.INSPECTOR: "an inspector",
    Grant.PRESCRIBER: "a prescriber",
    Grant.RELEASE_AUTHORITY: "QA with release authority",
}


def _is_held(role: Role, right: Right, roles: Collection[Role], grants: Collection[Grant]) -> bool:
    return role in roles and (right.grant is None or right.grant in grants)


def _refusal(action: Action) -> NotAllowed:
    rule = POLICY[action]
    able = [
        _WHO[right.grant or role]
        for role, right in rule.rights.items()
        if right.how is not How.READS or action in _READING_ONLY
    ]
    who = " or ".join([", ".join(able[:-1]), able[-1]] if len(able) > 1 else able)
    return NotAllowed("not_permitted", f"You may not {rule.words}. Ask {who} to do it.")


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
