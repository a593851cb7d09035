"""Training that lapsed: its person does no step of the line and is nobody's second person, but may still say stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.custody.commands import issue_bag
from app.deviations import commands as deviations
from app.deviations.schemas import PlaceHold, RaiseDeviation
from app.domain.errors import Mismatch, NotAllowed
from app.domain.roles import POLICY, WITHOUT_TRAINING, Action
from app.domain.vocabulary import DeviationClass
from app.identity import commands
from app.identity.schemas import TrainingRenewal
from app.infusion.commands import stop_infusion
from app.infusion.schemas import StopInfusion
from tests.custody.ward import STAGE, dosed
from tests.line.custody import issue_request
from tests.line.infusion import BED, Ward, on_the_ward, started
from tests.people import ADA, NIA, QUENTIN, SAM, TARA, THEO, Person
from tests.world import World

WHY = "annual training of 2026, record 14"


def lapsed(world: World, who: Person) -> None:
    """Yesterday was the last day of this person's training."""
    world.act(SAM, commands.renew_training, renewal(world, who, days=-1))


def renewal(world: World, who: Person, *, days: int) -> TrainingRenewal:
    until = world.clock.time.date() + timedelta(days=days)
    return TrainingRenewal(user_id=world.user_id(who), qualified_until=until, reason=WHY)


@pytest.fixture
def ready(at_stage: Callable[[str, Callable[[World], object]], tuple[World, object]]) -> tuple[World, Ward]:
    world, ward = at_stage(STAGE, dosed)
    assert isinstance(ward, Ward)
    return world, ward


@pytest.mark.requirement("REQ-010")
def test_without_valid_training_nobody_does_a_step(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    lapsed(world, TARA)
    refusal = world.refused(TARA, issue_bag, issue_request(world, ward.bag))
    assert (type(refusal), refusal.code, refusal.near_miss is not None) == (NotAllowed, "training_lapsed", True)
    body = issue_request(world, ward.bag).model_dump(mode="json") | {"second_pin": THEO.pin}
    headers = {"Idempotency-Key": "0b0e7f0e-0000-4000-8000-00000000cccc"}
    told = world.client(TARA).post("/api/v1/bags/issue", json=body, headers=headers)
    assert (told.status_code, told.json()["type"]) == (403, "urn:veinline:training_lapsed")
    assert "ask the supervisor or QA to record the new training" in told.json()["detail"]


@pytest.mark.requirement("REQ-010")
def test_without_valid_training_nobody_is_the_second_person(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    lapsed(world, THEO)
    refusal = world.refused(TARA, issue_bag, issue_request(world, ward.bag))
    assert (refusal.code, refusal.sentence.startswith("The second person's training")) == ("training_lapsed", True)


def test_the_last_day_counts_and_a_renewal_brings_the_person_back(ready: tuple[World, Ward]) -> None:
    world, ward = ready
    world.act(SAM, commands.renew_training, renewal(world, TARA, days=0))
    lapsed(world, THEO)
    world.act(QUENTIN, commands.renew_training, renewal(world, THEO, days=300), station="QA desk")
    assert world.act(TARA, issue_bag, issue_request(world, ward.bag)).state.value == "issued"


def test_whoever_sees_a_danger_stops_it_trained_or_not(world: World) -> None:
    ward = on_the_ward(world)
    started(world, ward)
    lapsed(world, NIA)
    asked = StopInfusion.model_validate(
        {"bag_code": ward.bag, "volume_ml": "20", "volume_again_ml": "20", "reason": "the patient is short of breath"}
    )
    world.clock.forward(minutes=5)
    assert world.act(NIA, stop_infusion, asked, station=BED).bag_state.value == "partly_infused"
    lapsed(world, TARA)
    hold = PlaceHold(about=ward.patient.course_code, reason="the patient is short of breath")
    assert world.act(TARA, deviations.place_hold, hold).is_open
    raised = RaiseDeviation(about=ward.bag, grade=DeviationClass.CRITICAL, what="short of breath after 20 mL")
    assert world.act(TARA, deviations.raise_deviation, raised).number == "DV-26-0001"


@pytest.mark.requirement("REQ-034")
def test_nobody_renews_their_own_training_and_only_who_keeps_the_records(world: World) -> None:
    assert isinstance(world.refused(SAM, commands.renew_training, renewal(world, SAM, days=9)), Mismatch)
    for who in (TARA, NIA, ADA):
        assert world.refused(who, commands.renew_training, renewal(world, THEO, days=9)).code == "not_permitted"


def test_qa_records_it_on_the_page_of_the_person(world: World) -> None:
    user_id = world.user_id(TARA)
    client = world.client(QUENTIN, "QA desk")
    assert "Record a training" in client.get(f"/users/{user_id}").text
    form = renewal(world, TARA, days=30).model_dump(mode="json")
    form |= {"request_key": "0b0e7f0e-0000-4000-8000-00000000dddd"}
    assert client.post(f"/users/{user_id}/training", data=form).status_code == 303
    assert "23 Dec 2026" in client.get(f"/users/{user_id}").text.replace("\u00a0", " ")


def test_every_act_that_moves_a_bag_or_makes_evidence_needs_training() -> None:
    stops = {Action.RAISE_DEVIATION, Action.PLACE_HOLD, Action.RECORD_INFUSION}
    of_the_line = {action for action, rule in POLICY.items() if any("bag" in word for word in rule.words.split())}
    assert not of_the_line & WITHOUT_TRAINING
    assert stops <= WITHOUT_TRAINING
