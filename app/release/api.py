"""The release desk as JSON: the same commands, the same refusals."""

from __future__ import annotations

from app.domain.roles import Action
from app.release.commands import LotDecided, LotReviewed, acknowledge_release, decide_release, review_record
from app.release.queries import LotDesk, lot_desk
from app.release.schemas import AcknowledgeRelease, DecideRelease, ReviewRecord
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs

routes = api_router(tags=["release"], under="/release")


@routes.get("/{code}")
@needs(Action.RELEASE_LOT)
def get_lot(door: AnyDoor, code: str) -> LotDesk:
    """One lot as the desk shows it, with the hash of the record a signature would bind."""
    with door.reading() as db:
        return lot_desk(db, code, door.viewer.actor, door.now)


@routes.post("/{code}/review")
@needs(Action.REVIEW_RECORD)
def post_review(door: AnyDoor, code: str, asked: ReviewRecord) -> LotReviewed:
    """Sign that batch record and audit trail were reviewed."""
    same(code, asked.lot_code)
    return door.write(review_record, asked).fact


@routes.post("/{code}/decide")
@needs(Action.RELEASE_LOT)
def post_decide(door: AnyDoor, code: str, asked: DecideRelease) -> LotDecided:
    """Sign a release, a conditional release or a rejection."""
    same(code, asked.lot_code)
    return door.write(decide_release, asked).fact


@routes.post("/{code}/acknowledge")
@needs(Action.ACKNOWLEDGE_CONDITIONAL_RELEASE)
def post_acknowledge(door: AnyDoor, code: str, asked: AcknowledgeRelease) -> LotDecided:
    """The physician acknowledges a conditional release; it takes effect."""
    same(code, asked.lot_code)
    return door.write(acknowledge_release, asked).fact
