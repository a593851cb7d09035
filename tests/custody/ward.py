"""Two released bags whose dose is confirmed, still in the store: where the tests of custody begin."""

from __future__ import annotations

from decimal import Decimal

from app.custody.links import move_bag
from app.db.finding import load
from app.db.models import Bag
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.states import BagAct
from app.patients.commands import PatientEnrolled
from tests.line.infusion import Supply, Ward, available_bags, confirmed
from tests.line.patients import ordered_patient
from tests.world import World

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


@command
def recalled(tx: Transaction, actor: Actor, code: str) -> None:
    """The bag called back; the recall's own command is not built yet."""
    bag = load(tx, Bag, code)
    move_bag(tx, bag, CustodyAct(act=BagAct.RECALL, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id))
