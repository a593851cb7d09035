"""Two hundred bags of one patient, ready to be fought over; and eight hands that reach for one of them at once.

The bags are made short, by a few commands of the tests: what is raced for is the application's own command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Final, TypeVar

from argon2 import PasswordHasher
from sqlalchemy import select

from app.custody.links import move_bag
from app.db.models import Bag, BedsideCheck, Infusion, Place, Station, Wristband
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.infusion import CHECK_HOLDS
from app.domain.states import BagAct, InfusionState
from app.identity.secrets import _peppered
from tests.line.infusion import BED, Supply, Ward, available_bags, confirmed
from tests.line.patients import ordered_patient
from tests.people import CAST, NIA, NOEL, TARA, THEO, Person
from tests.world import World

HANDS: Final = 8
ROUNDS: Final = 200
STAGE: Final = "two_hundred_bags"
_BAGS_IN_A_DOSE: Final = 20

Told = TypeVar("Told")


def two_hundred_bags(world: World) -> Ward:
    """Released, labelled, confirmed as doses, in the cell store."""
    patient = ordered_patient(world)
    bags = available_bags(world, patient, Supply(bags=ROUNDS, viable_cells=800_000_000, volume_ul=2_000))
    world.clock.forward(minutes=1)
    for first in range(0, ROUNDS, _BAGS_IN_A_DOSE):
        confirmed(world, patient, bags[first : first + _BAGS_IN_A_DOSE])
    for who in (TARA, THEO, NIA, NOEL):
        cheap_pin(world, who)
    return Ward(patient, bags)


def cheap_pin(world: World, who: Person) -> None:
    """The same PIN behind a hash that is quick to compare: thousands of them would be most of the time of a race."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(_peppered(who.pin, world.keyring.pepper))
    world.sql("UPDATE credential SET pin_hash = :pin WHERE user_id = :user", pin=quick, user=world.user_id(who))


@contextmanager
def eight_hands() -> Iterator[Callable[[Callable[[int], Told]], list[Told]]]:
    """Gives a function that lets eight threads do the same thing at the same moment and answers what each was told."""
    with ThreadPoolExecutor(HANDS) as hands:

        def all_at_once(reach: Callable[[int], Told]) -> list[Told]:
            barrier = Barrier(HANDS)

            def wait_and_reach(hand: int) -> Told:
                barrier.wait(timeout=60)
                return reach(hand)

            return list(hands.map(wait_and_reach, range(HANDS)))

        yield all_at_once


def brought_to_the_bed(world: World, bags: tuple[str, ...]) -> None:
    """The bags issued and received, a minute apart."""
    world.act(TARA, _issued, bags)
    world.clock.forward(minutes=1)
    world.act(NIA, _received, bags, station=BED)
    world.clock.forward(minutes=1)


def checked_by_two(world: World, bags: tuple[str, ...]) -> None:
    """The bags checked by Nia and Noel a moment ago."""
    world.act(NIA, _checked, bags, station=BED)


@command
def _issued(tx: Transaction, actor: Actor, codes: tuple[str, ...]) -> None:
    for bag in _bags(tx, codes):
        _move(tx, actor, bag, BagAct.ISSUE, witness_id=_id(THEO), to_holder_id=actor.user_id)


@command
def _received(tx: Transaction, actor: Actor, codes: tuple[str, ...]) -> None:
    ward = tx.session.execute(select(Place.id).where(Place.name == "10 East")).scalar_one()
    for bag in _bags(tx, codes):
        parts = {"witness_id": _id(TARA), "to_holder_id": actor.user_id, "to_place_id": ward}
        _move(tx, actor, bag, BagAct.RECEIVE, **parts)


@command
def _checked(tx: Transaction, actor: Actor, codes: tuple[str, ...]) -> None:
    band = tx.session.execute(select(Wristband.id)).scalar_one()
    station = tx.session.execute(select(Station.id).where(Station.name == BED)).scalar_one()
    for bag in _bags(tx, codes):
        check = _check(tx, actor, bag, band, station)
        _move(tx, actor, bag, BagAct.VERIFY, witness_id=_id(NOEL))
        infusion = tx.session.execute(select(Infusion).where(Infusion.bag_id == bag.id)).scalar_one()
        infusion.bedside_check_id, infusion.state = check.id, InfusionState.CHECKED


def _check(tx: Transaction, actor: Actor, bag: Bag, band: int, station: int) -> BedsideCheck:
    check = BedsideCheck(
        course_id=bag.course_id,
        patient_id=bag.patient_id,
        wristband_id=band,
        bag_id=bag.id,
        station_id=station,
        first_user_id=actor.user_id,
        wristband_scanned_at=tx.now,
        bag_scanned_at=tx.now,
        expires_at=tx.now + CHECK_HOLDS,
    )
    tx.session.add(check)
    tx.session.flush()
    check.second_user_id, check.second_confirmed_at = _id(NOEL), tx.now
    tx.session.flush()
    return check


def _bags(tx: Transaction, codes: tuple[str, ...]) -> list[Bag]:
    return list(tx.session.execute(select(Bag).where(Bag.code.in_(codes)).order_by(Bag.id)).scalars())


def _id(who: Person) -> int:
    return CAST.index(who) + 1


def _move(tx: Transaction, actor: Actor, bag: Bag, act: BagAct, **parts: int) -> None:
    move_bag(tx, bag, CustodyAct(act=act, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id, **parts))
