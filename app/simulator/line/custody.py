"""A bag on its way to the ward and back, by the real commands."""

from __future__ import annotations

from decimal import Decimal

from app.custody import commands
from app.custody.schemas import IssueBag, ReceiveBag, ReturnBag
from app.domain.vocabulary import Inspection
from app.simulator.laboratory import Laboratory
from app.simulator.people import NIA, TARA, THEO, Person

COURIER, WARD, STORE = "Courier box 1", "10 East", "Cell store"
BED = "Bed 4"


def issue_request(lab: Laboratory, bag_code: str, second: Person = THEO, **changed: object) -> IssueBag:
    """The first print of the bag, into the courier box at 20 degrees."""
    given = {"bag": f"{bag_code}01", "transport_place": lab.place(COURIER), "temperature_c": Decimal(20)}
    return IssueBag.model_validate(given | lab.second(second) | changed)


def issued(lab: Laboratory, bag_code: str) -> commands.BagMoved:
    """The bag issued by Tara and Theo."""
    return lab.act(TARA, commands.issue_bag, issue_request(lab, bag_code))


def receive_request(lab: Laboratory, bag_code: str, giver: Person = TARA, **changed: object) -> ReceiveBag:
    """The bag on the ward, its inspection passed."""
    given = {"bag": f"{bag_code}01", "place": lab.place(WARD), "temperature_c": Decimal(20)}
    passed = {"integrity": Inspection.PASS, "label": Inspection.PASS}
    return ReceiveBag.model_validate(given | passed | lab.second(giver) | changed)


def received(lab: Laboratory, bag_code: str) -> commands.BagMoved:
    """The bag received by Nia from Tara."""
    return lab.act(NIA, commands.receive_bag, receive_request(lab, bag_code), station=BED)


def return_request(lab: Laboratory, bag_code: str, taker: Person = TARA, **changed: object) -> ReturnBag:
    """The bag back in the store."""
    given = {
        "bag": f"{bag_code}01",
        "place": lab.place(STORE),
        "temperature_c": Decimal(20),
        "reason": "the patient has a fever",
    }
    return ReturnBag.model_validate(given | lab.second(taker) | changed)
