"""What QA is shown before a bag is called back or restocked: the bag, its chain, and the sentence to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import Connection

from app.custody.links import chain_of
from app.custody.queries.bag import LinkRow, facts_of, link_rows, require_possible, title_of
from app.custody.queries.moves import Move
from app.custody.queries.standing import standing_of
from app.custody.records import recall_record, restock_record
from app.domain.actor import Actor
from app.domain.identifiers import display
from app.domain.reasons import require_reason
from app.identity.signing import Signable
from app.patients.queries.banner import Banner, banner_of_patient


@dataclass(frozen=True, slots=True)
class SignPage:
    """A step with a bag that QA signs. `reason` is empty where none is asked."""

    patient: Banner
    code: str
    code_text: str
    title: str
    move: str
    verb: str
    facts: tuple[tuple[str, str | Markup], ...]
    links: tuple[LinkRow, ...]
    reason: str
    what: Signable


def recall_page(db: Connection, code: str, reason: str, now: datetime, zone: str, actor: Actor) -> SignPage:
    """The recall of a bag with its reason, to be signed; nothing is saved yet."""
    words = require_reason(reason, "A recall needs a reason.")
    return _page(db, code, Move.RECALL, words, recall_record(db, code, words), now, zone, actor)


def restock_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> SignPage:
    """The restocking of a returned bag, to be signed."""
    return _page(db, code, Move.RESTOCK, "", restock_record(db, code), now, zone, actor)


def _page(
    db: Connection, code: str, move: Move, reason: str, what: Signable, now: datetime, zone: str, actor: Actor
) -> SignPage:
    bag = standing_of(db, code)
    require_possible(db, bag, move, actor, now)
    why = (("Why", reason),) if reason else ()
    chain = (("Chain of custody", chain_of(db, bag.id).line),)
    return SignPage(
        patient=banner_of_patient(db, bag.patient_code, now, zone),
        code=code,
        code_text=display(code),
        title=title_of(bag),
        move=move.value,
        verb=move.verb,
        facts=(*facts_of(bag, now, zone), *chain, *why),
        links=tuple(link_rows(db, bag.id, now, zone)),
        reason=reason,
        what=what,
    )
