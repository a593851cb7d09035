"""What a refused scan leaves behind: a near miss. A scan that is answered by a card writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.custody.queries.scan.card import STEP, scan_card
from app.custody.schemas import ScanAnything
from app.db.models import Bag, Course, Site
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import NearMiss
from app.domain.identifiers import Kind
from app.domain.roles import Action
from app.identity.reception import record_near_miss


@dataclass(frozen=True, slots=True)
class StopKept:
    """The near miss of a STOP; None when the thing may be used by now."""

    near_miss: str | None


@command
def keep_stop(tx: Transaction, actor: Actor, asked: ScanAnything) -> StopKept:
    """Judge the scan once more and keep its STOP. A text that is no code of ours is refused, and kept as well."""
    tx.permit(actor, Action.SEE_PATIENT_IDENTITY)
    zone = tx.session.execute(select(Site.zone)).scalar_one()
    card = scan_card(tx.session.connection(), asked, actor, tx.now, zone)
    if card.stop is None:
        return StopKept(None)
    bag_code = card.code if card.code.startswith(Kind.BAG) else None
    course = select(Course.code).join(Bag, Bag.course_id == Course.id).where(Bag.code == bag_code)
    near_miss = NearMiss(
        card.stop.code, STEP, tx.session.execute(course).scalar_one_or_none(), bag_code, scanned=card.code
    )
    return StopKept(record_near_miss(tx, near_miss, user_id=actor.user_id))
