"""What recipes and specifications share: the number of the next version, and the approval by another person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select

from app.db.models import Recipe, Specification
from app.db.transaction import Transaction
from app.domain.actor import Actor
from app.domain.errors import Mismatch, WrongState
from app.domain.vocabulary import VersionState
from app.identity.signing import Signable, sign
from app.recipes.schemas import ApproveDocument

Document = TypeVar("Document", Recipe, Specification)


@dataclass(frozen=True, slots=True)
class Drafted:
    """The version a command wrote or approved."""

    name: str
    version: int


def next_version(tx: Transaction, model: type[Document], name: str) -> int:
    """The number after the last version of a name; 1 for a new one."""
    return (tx.session.execute(select(func.max(model.version)).where(model.name == name)).scalar_one() or 0) + 1


def approve_version(
    tx: Transaction, actor: Actor, asked: ApproveDocument, model: type[Document], before: VersionState, what: Signable
) -> Drafted:
    """Approve a version that stands `before` the approval, by signature. The one in force until now retires."""
    look = select(model).where(model.name == asked.name, model.version == asked.version).with_for_update()
    document = tx.session.execute(look).scalar_one()
    if document.state is not before:
        sentence = f"{asked.name} {asked.version} is {document.state.value}. Only what is {before.value} is approved."
        raise WrongState(f"not_{before.value}", sentence)
    if document.author_id == actor.user_id:
        raise Mismatch("author_approves", f"You wrote {asked.name} {asked.version}, so somebody else must approve it.")
    signature = sign(tx, actor, asked, what)
    earlier = select(model).where(model.name == asked.name, model.state == VersionState.APPROVED)
    for version in tx.session.execute(earlier).scalars():
        version.state = VersionState.RETIRED
    tx.session.flush()
    document.state, document.signature_id = VersionState.APPROVED, signature.id
    document.approved_by_id, document.approved_at = actor.user_id, tx.now
    return Drafted(document.name, document.version)
