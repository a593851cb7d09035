"""Two released bags whose dose is confirmed, still in the store: where the tests of custody begin."""

from __future__ import annotations

from decimal import Decimal

from app.custody.commands import BagRecalled, recall_bag
from app.custody.links import move_bag
from app.custody.records import recall_record
from app.custody.schemas import RecallBag
from app.db.finding import load
from app.db.models import Bag
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.patients.commands import PatientEnrolled
from tests.line.infusion import Supply, Ward, available_bags, confirmed
from tests.line.patients import ordered_patient
from tests.people import QUENTIN, Person
from tests.world import World

WHY = "the serum pool of this lot was called back"
STAGE = "dosed_bags"


def dosed(world: World) -> Ward:
    """The first bag is confirmed as the dose, the second is not."""
    patient: PatientEnrolled = ordered_patient(world)
    bags = available_bags(world, patient, Supply(bags=2))
    confirmed(world, patient, bags[:1])
    return Ward(patient, bags)


def state_of(world: World, code: str) -> str:
    """The stored state of a bag."""
    ((state,),) = world.rows("SELECT state FROM bag WHERE code = :code", code=code)
    return str(state)


def near_misses(world: World) -> list[tuple[object, ...]]:
    """Kind, step and bag of every near miss, oldest first."""
    return world.rows("SELECT kind, step, bag_code FROM near_miss ORDER BY id")


@command
def warmed(tx: Transaction, actor: Actor, code: str) -> None:
    """The bag found at 30 degrees where it is stored: outside the limits of the site."""
    found = CustodyAct(act=None, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id, temperature_c=Decimal(30))
    move_bag(tx, load(tx, Bag, code), found)


def recall_request(world: World, code: str, who: Person = QUENTIN) -> RecallBag:
    """QA's signed recall of a bag."""
    sha256 = world.read(recall_record, code, WHY).sha256
    return RecallBag(bag_code=code, reason=WHY, **world.signed(who, sha256))


def recalled(world: World, code: str) -> BagRecalled:
    """The bag called back by Quentin."""
    return world.act(QUENTIN, recall_bag, recall_request(world, code), station="QA desk")
