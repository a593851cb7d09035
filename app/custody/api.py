"""Bags, their moves and the scan card as JSON: the same requests and commands as the pages. A STOP is a 409."""

from __future__ import annotations

from fastapi.responses import JSONResponse, Response

from app.custody import commands
from app.custody.commands import BagMoved, BagRecalled
from app.custody.queries.bag import BagRecord, bag_record
from app.custody.queries.open_bags import OpenBags, open_bags
from app.custody.queries.scan.card import ScanAnswer, ScanCard, judged_scan, scan_answer
from app.custody.records import recall_record, restock_record
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
from app.patients.records import ToSign, to_sign
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs

routes = api_router()


@routes.get("/bags/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def bag(door: AnyDoor, code: str) -> BagRecord:
    """One bag with every link of its custody."""
    with door.reading() as db:
        return bag_record(db, code)


@routes.get("/open-bags")
@needs(Action.SEE_PATIENT_IDENTITY)
def bags(door: AnyDoor, after: str | None = None) -> OpenBags:
    """Every bag that has not ended yet, fifty at a time."""
    with door.reading() as db:
        return open_bags(db, door.now, door.house.site.zone, after)


@routes.post("/bags/issue")
@needs(Action.ISSUE_BAG)
def issue_bag(door: AnyDoor, asked: IssueBag) -> BagMoved:
    """Send a bag to the ward."""
    return door.write(commands.issue_bag, asked).fact


@routes.post("/bags/receive")
@needs(Action.RECEIVE_BAG)
def receive_bag(door: AnyDoor, asked: ReceiveBag) -> BagMoved:
    """Take a bag over on the ward."""
    return door.write(commands.receive_bag, asked).fact


@routes.post("/bags/hand-over")
@needs(Action.HAND_OVER_BAG)
def hand_over_bag(door: AnyDoor, asked: HandOverBag) -> BagMoved:
    """Hand a bag to another person."""
    return door.write(commands.hand_over_bag, asked).fact


@routes.post("/bags/store")
@needs(Action.HAND_OVER_BAG)
def store_bag(door: AnyDoor, asked: StoreBag) -> BagMoved:
    """Put a bag one holds to another place."""
    return door.write(commands.store_bag, asked).fact


@routes.post("/bags/return")
@needs(Action.RETURN_BAG)
def return_bag(door: AnyDoor, asked: ReturnBag) -> BagMoved:
    """Bring a bag back to the laboratory."""
    return door.write(commands.return_bag, asked).fact


@routes.post("/bags/destroy")
@needs(Action.DESTROY_BAG)
def destroy_bag(door: AnyDoor, asked: DisposeBag) -> BagMoved:
    """Destroy a bag before a witness."""
    return door.write(commands.destroy_bag, asked).fact


@routes.post("/bags/waste")
@needs(Action.DESTROY_BAG)
def waste_bag(door: AnyDoor, asked: DisposeBag) -> BagMoved:
    """Record a spill or break before a witness."""
    return door.write(commands.waste_bag, asked).fact


@routes.post("/bags/recall/record")
@needs(Action.START_RECALL)
def recalling(door: AnyDoor, asked: BagReason) -> ToSign:
    """What the signature of a recall for this reason binds."""
    with door.reading() as db:
        return to_sign(recall_record(db, asked.bag_code, asked.reason))


@routes.post("/bags/recall")
@needs(Action.START_RECALL)
def recall_bag(door: AnyDoor, asked: RecallBag) -> BagRecalled:
    """Call a bag back, by signature."""
    return door.write(commands.recall_bag, asked).fact


@routes.get("/bags/{code}/restock/record")
@needs(Action.RESTOCK_BAG)
def restocking(door: AnyDoor, code: str) -> ToSign:
    """What the signature of a restocking binds."""
    with door.reading() as db:
        return to_sign(restock_record(db, code))


@routes.post("/bags/restock")
@needs(Action.RESTOCK_BAG)
def restock_bag(door: AnyDoor, asked: RestockBag) -> BagMoved:
    """Let a returned bag be issued again, by signature."""
    return door.write(commands.restock_bag, asked).fact


@routes.post("/scan", response_model=ScanAnswer)
@needs(Action.SEE_PATIENT_IDENTITY)
def scan(door: AnyDoor, asked: ScanAnything) -> ScanAnswer | Response:
    """Scan anything."""
    with door.reading() as db:
        card = judged_scan(db, asked, door.viewer.actor, door.now, door.house.site.zone)
    if card is not None and card.stop is None:
        return scan_answer(card)
    kept = door.write(keep_stop, asked).fact
    assert card is not None, "the command refuses what is no code"
    return _stop(card, kept.near_miss)


def _stop(card: ScanCard, near_miss: str | None) -> Response:
    assert card.stop is not None, "only a STOP is answered here"
    body = {
        "type": f"urn:veinline:{card.stop.code}",
        "title": "STOP",
        "status": 409,
        "detail": card.stop.sentence,
        "near_miss": near_miss,
    }
    return JSONResponse(body, 409, media_type="application/problem+json")
