"""What a person could do next, so that a page offers nothing that would be refused for want of rights."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.actor import Actor
from app.domain.errors import NotAllowed
from app.domain.roles import Action, decide


@dataclass(frozen=True, slots=True)
class Act:
    """A link to a form: its address and the verb on it."""

    href: str
    verb: str


def may(actor: Actor, action: Action) -> bool:
    """Whether the person has the right to an act. State and independence are asked by the command itself."""
    return not isinstance(decide(actor.roles, actor.grants, action), NotAllowed)
