"""Eight hands on one bag at once: one starts it, the others are told so, nobody waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.custody.links import move_bag
from app.db.models import Bag, BedsideCheck, Infusion, Place, Station, Wristband
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.infusion import CHECK_HOLDS
from app.domain.states import BagAct, InfusionState
from app.infusion import commands
from app.infusion.schemas import StartInfusion
from tests.line.infusion import BED, Supply, Ward, available_bags, confirmed, start_request
from tests.line.patients import ordered_patient
from tests.people import CAST, NIA, NOEL, TARA, THEO, Person
from tests.world import World

HANDS = 8
ROUNDS = 50
BAGS = 10
"""Each bag is raced for once; so many bags are one dose of one patient."""


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_hazard_13_of_eight_starts_of_one_bag_exactly_one_wins(world: World) -> None:
    with ThreadPoolExecutor(HANDS) as hands:
        for ward in wards(world):
            outcomes = raced(world, hands, start_request(world, ward))
            assert sorted(outcomes) == ["already_infused"] * (HANDS - 1) + ["started"]
    assert world.rows("SELECT count(*) FROM custody_event WHERE bag_state = 'infusing'") == [(ROUNDS,)]
    assert world.rows("SELECT state, count(*) FROM infusion GROUP BY state") == [("running", ROUNDS)]
    assert world.rows("SELECT count(DISTINCT number) FROM near_miss") == [(ROUNDS * (HANDS - 1),)]


def raced(world: World, hands: ThreadPoolExecutor, asked: StartInfusion) -> list[str]:
    """What each hand was told. A deadlock or any other error of the database would end the test."""
    barrier = Barrier(HANDS)

    def start(_hand: int) -> str:
        barrier.wait()
        verdict = world.act(NIA, commands.start_infusion, asked, station=BED)
        return "started" if verdict.stop is None else verdict.stop.value

    return list(hands.map(start, range(HANDS)))


def wards(world: World) -> list[Ward]:
    """Bags that two persons checked a moment ago, made short."""
    patient = ordered_patient(world)
    supply = Supply(bags=ROUNDS, viable_cells=800_000_000, volume_ul=20_000)
    bags = available_bags(world, patient, supply)
    world.clock.forward(minutes=1)
    for first in range(0, ROUNDS, BAGS):
        confirmed(world, patient, bags[first : first + BAGS])
    for bag in bags:
        for who, turn in ((TARA, _issued), (NIA, _received), (NIA, _verified)):
            world.act(who, turn, bag, station=BED)
    return [Ward(patient, (bag,)) for bag in bags]


@command
def _issued(tx: Transaction, actor: Actor, code: str) -> None:
    _move(tx, actor, _bag(tx, code), BagAct.ISSUE, witness_id=_id(THEO), to_holder_id=actor.user_id)


@command
def _received(tx: Transaction, actor: Actor, code: str) -> None:
    ward = tx.session.execute(select(Place.id).where(Place.name == "10 East")).scalar_one()
    parts = {"witness_id": _id(TARA), "to_holder_id": actor.user_id, "to_place_id": ward}
    _move(tx, actor, _bag(tx, code), BagAct.RECEIVE, **parts)


@command
def _verified(tx: Transaction, actor: Actor, code: str) -> None:
    bag = _bag(tx, code)
    check = BedsideCheck(
        course_id=bag.course_id,
        patient_id=bag.patient_id,
        wristband_id=tx.session.execute(select(Wristband.id)).scalar_one(),
        bag_id=bag.id,
        station_id=tx.session.execute(select(Station.id).where(Station.name == BED)).scalar_one(),
        first_user_id=actor.user_id,
        wristband_scanned_at=tx.now,
        bag_scanned_at=tx.now,
        expires_at=tx.now + CHECK_HOLDS,
    )
    tx.session.add(check)
    tx.session.flush()
    check.second_user_id, check.second_confirmed_at = _id(NOEL), tx.now
    tx.session.flush()
    _move(tx, actor, bag, BagAct.VERIFY, witness_id=_id(NOEL))
    infusion = tx.session.execute(select(Infusion).where(Infusion.bag_id == bag.id)).scalar_one()
    infusion.bedside_check_id, infusion.state = check.id, InfusionState.CHECKED


def _bag(tx: Transaction, code: str) -> Bag:
    return tx.session.execute(select(Bag).where(Bag.code == code)).scalar_one()


def _id(who: Person) -> int:
    return CAST.index(who) + 1


def _move(tx: Transaction, actor: Actor, bag: Bag, act: BagAct, **parts: int) -> None:
    move_bag(tx, bag, CustodyAct(act=act, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id, **parts))
