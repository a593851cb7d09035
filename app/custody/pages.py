"""Bags and their moves, the report of open bags, and the scan card."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.custody import commands
from app.custody.queries.bag import bag_page, move_page
from app.custody.queries.open_bags import open_bags
from app.custody.queries.scan.card import ScanCard, judged_scan, stop_surface
from app.custody.queries.signing import recall_page, restock_page
from app.custody.scanning import keep_stop
from app.custody.schemas import (
    BagReason,
    DisposeBag,
    HandOverBag,
    IssueBag,
    RecallBag,
    ReceiveBag,
    RestockBag,
    ReturnBag,
    ScanAnything,
    StoreBag,
)
from app.domain.roles import Action
from app.web.door import AnyDoor, Door
from app.web.forms import page_form, same
from app.web.needs import needs

routes = APIRouter()


@routes.get("/bags/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_bag(door: AnyDoor, code: str) -> Response:
    """One bag and its chain of custody."""
    with door.reading() as db:
        page = bag_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("custody/bag.html", page, here="today")


@routes.get("/bags/{code}/restock")
@needs(Action.RESTOCK_BAG)
def get_restock(door: AnyDoor, code: str) -> Response:
    """What QA signs to let a returned bag be issued again."""
    with door.reading() as db:
        page = restock_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("custody/sign.html", page, here="today")


@routes.get("/bags/{code}/{step}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_move(door: AnyDoor, code: str, step: str) -> Response:
    """The form of one step with a bag."""
    with door.reading() as db:
        page = move_page(db, code, step, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("custody/move.html", page, here="today")


@routes.post("/bags/{code}/issue")
@needs(Action.ISSUE_BAG)
def post_issue(door: AnyDoor, code: str, form: Annotated[IssueBag, page_form(IssueBag)]) -> Response:
    """Send a bag to the ward."""
    return _bag(door, code, is_replay=door.write(commands.issue_bag, form.at(code)).is_replay)


@routes.post("/bags/{code}/receive")
@needs(Action.RECEIVE_BAG)
def post_receive(door: AnyDoor, code: str, form: Annotated[ReceiveBag, page_form(ReceiveBag)]) -> Response:
    """Take a bag over on the ward."""
    return _bag(door, code, is_replay=door.write(commands.receive_bag, form.at(code)).is_replay)


@routes.post("/bags/{code}/hand-over")
@needs(Action.HAND_OVER_BAG)
def post_hand_over(door: AnyDoor, code: str, form: Annotated[HandOverBag, page_form(HandOverBag)]) -> Response:
    """Hand a bag to another person."""
    return _bag(door, code, is_replay=door.write(commands.hand_over_bag, form.at(code)).is_replay)


@routes.post("/bags/{code}/store")
@needs(Action.HAND_OVER_BAG)
def post_store(door: AnyDoor, code: str, form: Annotated[StoreBag, page_form(StoreBag)]) -> Response:
    """Put a bag one holds to another place."""
    return _bag(door, code, is_replay=door.write(commands.store_bag, form.at(code)).is_replay)


@routes.post("/bags/{code}/return")
@needs(Action.RETURN_BAG)
def post_return(door: AnyDoor, code: str, form: Annotated[ReturnBag, page_form(ReturnBag)]) -> Response:
    """Bring a bag back to the laboratory."""
    return _bag(door, code, is_replay=door.write(commands.return_bag, form.at(code)).is_replay)


@routes.post("/bags/{code}/destroy")
@needs(Action.DESTROY_BAG)
def post_destroy(door: AnyDoor, code: str, form: Annotated[DisposeBag, page_form(DisposeBag)]) -> Response:
    """Destroy a bag before a witness."""
    return _bag(door, code, is_replay=door.write(commands.destroy_bag, form.at(code)).is_replay)


@routes.post("/bags/{code}/waste")
@needs(Action.DESTROY_BAG)
def post_waste(door: AnyDoor, code: str, form: Annotated[DisposeBag, page_form(DisposeBag)]) -> Response:
    """Record a spill or break before a witness."""
    return _bag(door, code, is_replay=door.write(commands.waste_bag, form.at(code)).is_replay)


@routes.post("/bags/{code}/recall/review")
@needs(Action.START_RECALL)
def post_recall_review(door: AnyDoor, code: str, form: Annotated[BagReason, page_form(BagReason)]) -> Response:
    """The recall with its reason, to be signed; nothing is saved yet."""
    same(code, form.bag_code)
    with door.reading() as db:
        page = recall_page(db, code, form.reason, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("custody/sign.html", page, here="today")


@routes.post("/bags/{code}/recall")
@needs(Action.START_RECALL)
def post_recall(door: AnyDoor, code: str, form: Annotated[RecallBag, page_form(RecallBag)]) -> Response:
    """Call a bag back, by signature."""
    same(code, form.bag_code)
    return _bag(door, code, is_replay=door.write(commands.recall_bag, form).is_replay)


@routes.post("/bags/{code}/restock")
@needs(Action.RESTOCK_BAG)
def post_restock(door: AnyDoor, code: str, form: Annotated[RestockBag, page_form(RestockBag)]) -> Response:
    """Let a returned bag be issued again, by signature."""
    same(code, form.bag_code)
    return _bag(door, code, is_replay=door.write(commands.restock_bag, form).is_replay)


@routes.get("/open-bags")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_open_bags(door: AnyDoor, after: str | None = None) -> Response:
    """Every bag that has not ended yet."""
    with door.reading() as db:
        page = open_bags(db, door.now, door.house.site.zone, after)
    return door.page("custody/open_bags.html", page, here="more")


@routes.post("/scan")
@needs(Action.SEE_PATIENT_IDENTITY)
def post_scan(door: AnyDoor, form: Annotated[ScanAnything, page_form(ScanAnything)]) -> Response:
    """Scan anything: a card, or STOP with 409. Nothing is written unless the scan is refused."""
    with door.reading() as db:
        card = judged_scan(db, form, door.viewer.actor, door.now, door.house.site.zone)
    if card is not None and card.stop is None:
        return door.page("scan/card.html", card, here="today")
    kept = door.write(keep_stop, form).fact
    assert card is not None, "the command refuses what is no code"
    return _stop(door, card, kept.near_miss)


def _stop(door: Door, card: ScanCard, near_miss: str | None) -> Response:
    site, viewer = door.house.site, door.viewer
    where = viewer.station_name or site.name
    page = stop_surface(card, near_miss, viewer.actor, where, site.laboratory_phone, door.now, site.zone)
    return door.page("scan/stop.html", page, here="today", status=409)


def _bag(door: Door, code: str, *, is_replay: bool) -> Response:
    return door.see(f"/bags/{code}", is_replay=is_replay)
