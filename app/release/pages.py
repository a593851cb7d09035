"""The release desk, the review of the record, and the physician's acknowledgement."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.release.commands import acknowledge_release, decide_release, review_record
from app.release.queries import acknowledgement_page, release_desk, review_page
from app.release.schemas import AcknowledgeRelease, DecideRelease, ReviewRecord
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs

routes = APIRouter()


@routes.get("/release")
@needs(Action.RELEASE_LOT)
def get_desk(door: AnyDoor) -> Response:
    """The queue, no lot chosen."""
    with door.reading() as db:
        page = release_desk(db, None, door.viewer.actor, door.now)
    return door.page("release/desk.html", page, here="release")


@routes.get("/release/{code}")
@needs(Action.RELEASE_LOT)
def get_lot(door: AnyDoor, code: str) -> Response:
    """One lot, judged now."""
    with door.reading() as db:
        page = release_desk(db, code, door.viewer.actor, door.now)
    return door.page("release/desk.html", page, here="release")


@routes.post("/release/{code}/decide")
@needs(Action.RELEASE_LOT)
def post_decide(door: AnyDoor, code: str, form: Annotated[DecideRelease, page_form(DecideRelease)]) -> Response:
    """Sign the decision."""
    same(code, form.lot_code)
    done = door.write(decide_release, form)
    return door.see(f"/release/{code}", is_replay=done.is_replay)


@routes.get("/release/{code}/review")
@needs(Action.REVIEW_RECORD)
def get_review(door: AnyDoor, code: str) -> Response:
    """What QA signs after reading batch record and audit trail."""
    with door.reading() as db:
        page = review_page(db, code, door.now)
    return door.page("release/review.html", page, here="release")


@routes.post("/release/{code}/review")
@needs(Action.REVIEW_RECORD)
def post_review(door: AnyDoor, code: str, form: Annotated[ReviewRecord, page_form(ReviewRecord)]) -> Response:
    """Sign the review."""
    same(code, form.lot_code)
    done = door.write(review_record, form)
    return door.see(f"/release/{code}", is_replay=done.is_replay)


@routes.get("/release/{code}/acknowledge")
@needs(Action.ACKNOWLEDGE_CONDITIONAL_RELEASE)
def get_acknowledge(door: AnyDoor, code: str) -> Response:
    """What the physician reads before a conditional release takes effect."""
    with door.reading() as db:
        page = acknowledgement_page(db, code, door.now)
    return door.page("release/acknowledge.html", page, here="today")


@routes.post("/release/{code}/acknowledge")
@needs(Action.ACKNOWLEDGE_CONDITIONAL_RELEASE)
def post_acknowledge(
    door: AnyDoor, code: str, form: Annotated[AcknowledgeRelease, page_form(AcknowledgeRelease)]
) -> Response:
    """Sign the acknowledgement."""
    same(code, form.lot_code)
    done = door.write(acknowledge_release, form)
    return door.see(f"/release/{code}/acknowledge", is_replay=done.is_replay)
