"""Nothing leaves for the ward that is not released, in date, dosed, labelled, consented to and free of holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.custody import commands
from app.custody.links import chain_of
from app.domain.custody import ChainVerdict
from app.domain.vocabulary import ConsentKind
from app.infusion.commands import confirm_dose
from app.patients.commands import withdraw_consent
from app.patients.schemas import WithdrawConsent
from tests.culture.doors import by_api, by_page
from tests.custody.ward import near_misses, state_of, warmed
from tests.hostile import refused_by_the_database
from tests.line.custody import issue_request, issued
from tests.line.deviations import closed_deviation, lifted_hold, placed_hold, raised_deviation
from tests.line.infusion import (
    Supply,
    Ward,
    available_bags,
    confirm_request,
    confirmed,
    labelled_again,
    ordered,
)
from tests.line.patients import ordered_patient
from tests.people import CHLOE, IRIS, NIA, QUINN, TARA, THEO, Person
from tests.world import World

Ready = tuple[World, Ward]


def held(world: World, ward: Ward) -> str:
    placed_hold(world, ward.bag)
    return ward.bag


def expired(world: World, ward: Ward) -> str:
    world.clock.forward(hours=8)
    return ward.bag


def not_dosed(world: World, ward: Ward) -> str:
    return ward.bags[1]


def not_released(world: World, ward: Ward) -> str:
    world.sql("UPDATE decision_bag SET is_effective = :no, row_version = row_version + 1", no=False)
    return ward.bag


def not_consented(world: World, ward: Ward) -> str:
    asked = WithdrawConsent(
        course_code=ward.patient.course_code, kind=ConsentKind.TREATMENT, reason="the patient changed her mind"
    )
    world.act(CHLOE, withdraw_consent, asked)
    return ward.bag


IN_THE_WAY: dict[str, Callable[[World, Ward], str]] = {
    "on_hold": held,
    "expired": expired,
    "dose_not_confirmed": not_dosed,
    "not_released": not_released,
    "consent_withdrawn": not_consented,
}


@pytest.mark.parametrize("code", IN_THE_WAY)
def test_a_bag_is_not_issued_with_something_in_the_way(ready: Ready, code: str) -> None:
    world, ward = ready
    bag = IN_THE_WAY[code](world, ward)
    refusal = world.refused(TARA, commands.issue_bag, issue_request(world, bag))
    assert refusal.code == code
    assert refusal.near_miss is not None
    secrets = world.second(THEO)
    assert by_api(world, TARA, "/bags/issue", issue_request(world, bag), **secrets) == (409, code)
    assert by_page(world, TARA, f"/bags/{bag}/issue", issue_request(world, bag), **secrets)[0] == 409
    assert near_misses(world) == [(code, "issue bag", bag)] * 2
    assert state_of(world, bag) == "available"
    page = world.client(TARA).get(f"/bags/{bag}").text
    assert f'href="/bags/{bag}/issue"' not in page
    assert "Issue bag" in page, "what is missing stands in the place of the button"


ISSUED_BY_SQL = (
    "INSERT INTO custody_event (course_id, patient_id, bag_id, product_lot_id, seq, kind, bag_state, at,"
    " recorded_at, actor_id, witness_id, from_holder_id, to_holder_id, from_place_id, to_place_id, code_source,"
    " request_key) SELECT course_id, patient_id, bag_id, product_lot_id, seq + 1, 'issue', 'issued',"
    " '{at}', recorded_at, actor_id, actor_id + 1, to_holder_id, to_holder_id,"
    " to_place_id, to_place_id, code_source, 'forged' FROM custody_event"
    " WHERE bag_id = (SELECT id FROM bag WHERE code = :code) ORDER BY seq DESC LIMIT 1"
)
BY_SQL = {"on_hold": "not_released", "dose_not_confirmed": "dose_not_confirmed", "not_released": "not_released"}


@pytest.mark.parametrize("code", BY_SQL)
def test_the_database_does_not_let_it_out_either(ready: Ready, code: str) -> None:
    world, ward = ready
    bag = IN_THE_WAY[code](world, ward)
    statement = "UPDATE bag SET state = 'issued', row_version = row_version + 1 WHERE code = :code"
    refused_by_the_database(world, statement, BY_SQL[code], code=bag)


def test_an_expired_link_is_refused_by_the_database(ready: Ready) -> None:
    world, ward = ready
    expired(world, ward)
    refused_by_the_database(
        world, ISSUED_BY_SQL.format(at="2030-01-01T00:00:00.000000+00:00"), "bag_expired", code=ward.bag
    )


def test_it_can_be_issued_one_instant_before_it_expires_and_not_at_it(ready: Ready) -> None:
    world, ward = ready
    world.clock.forward(hours=7, minutes=58)
    issued(world, ward.bag)
    assert state_of(world, ward.bag) == "issued"


def test_a_lifted_hold_lets_it_go(ready: Ready) -> None:
    world, ward = ready
    hold_id = placed_hold(world, ward.patient.course_code)
    assert world.refused(TARA, commands.issue_bag, issue_request(world, ward.bag)).code == "on_hold"
    lifted_hold(world, hold_id)
    assert issued(world, ward.bag).state.value == "issued"


@pytest.mark.requirement("REQ-105")
def test_an_older_print_is_void_and_a_linear_scan_tells_too_little(ready: Ready) -> None:
    world, ward = ready
    labelled_again(world, ward.bag)
    assert world.refused(TARA, commands.issue_bag, issue_request(world, ward.bag)).code == "void_label"
    linear = issue_request(world, ward.bag, bag=ward.bag)
    assert world.refused(TARA, commands.issue_bag, linear).code == "scan_square_symbol"
    second = issue_request(world, ward.bag, bag=f"{ward.bag}02")
    assert world.act(TARA, commands.issue_bag, second).state.value == "issued"


def test_a_print_that_was_never_made_is_void(ready: Ready) -> None:
    world, ward = ready
    forged = issue_request(world, ward.bag, bag=f"{ward.bag}07")
    assert world.refused(TARA, commands.issue_bag, forged).code == "void_label"


@pytest.mark.requirement("REQ-076")
@pytest.mark.parametrize(
    ("second", "code"), [(TARA, "second_is_first"), (QUINN, "not_permitted"), (NIA, "not_permitted")]
)
def test_two_entitled_persons_issue(ready: Ready, second: Person, code: str) -> None:
    world, ward = ready
    assert world.refused(TARA, commands.issue_bag, issue_request(world, ward.bag, second)).code == code


@pytest.mark.parametrize("who", [NIA, QUINN, CHLOE, IRIS])
def test_only_the_laboratory_issues(ready: Ready, who: Person) -> None:
    world, ward = ready
    assert world.refused(who, commands.issue_bag, issue_request(world, ward.bag)).code == "not_permitted"
    assert by_api(world, who, "/bags/issue", issue_request(world, ward.bag), **world.second(THEO))[0] == 403


def test_it_leaves_in_a_transport_box_only(ready: Ready) -> None:
    world, ward = ready
    asked = issue_request(world, ward.bag, transport_place=world.place("10 East"))
    assert world.refused(TARA, commands.issue_bag, asked).code == "wrong_place"


def test_an_issued_bag_is_not_issued_twice(ready: Ready) -> None:
    world, ward = ready
    issued(world, ward.bag)
    refusal = world.refused(TARA, commands.issue_bag, issue_request(world, ward.bag))
    assert refusal.code == "cannot_issue"


def test_a_broken_chain_is_explained_by_a_closed_deviation_before_the_bag_leaves(ready: Ready) -> None:
    world, ward = ready
    bag = ward.bag
    world.act(TARA, warmed, bag)
    assert verdict(world, bag) is ChainVerdict.BROKEN
    assert world.refused(TARA, commands.issue_bag, issue_request(world, bag)).code == "chain_broken"
    closed_deviation(world, raised_deviation(world, bag))
    assert verdict(world, bag) is ChainVerdict.EXPLAINED
    issued(world, bag)


def verdict(world: World, code: str) -> ChainVerdict:
    ((bag_id,),) = world.rows("SELECT id FROM bag WHERE code = :code", code=code)
    assert isinstance(bag_id, int)
    return world.read(chain_of, bag_id).verdict


@pytest.mark.requirement("REQ-051")
@pytest.mark.parametrize(("minutes", "code"), [(58, None), (60, "evidence_out_of_date")])
def test_evidence_that_grew_old_since_the_release_lets_nothing_out(
    world: World, minutes: int, code: str | None
) -> None:
    patient = ordered_patient(world)
    (bag,) = available_bags(world, patient, Supply(evidence_valid_for=timedelta(hours=1)))
    confirmed(world, patient, (bag,))
    world.clock.forward(minutes=minutes)
    if code is None:
        issued(world, bag)
        return
    assert world.refused(TARA, commands.issue_bag, issue_request(world, bag)).code == code
    forged = ISSUED_BY_SQL.format(at=world.clock.time.isoformat(timespec="microseconds"))
    refused_by_the_database(world, forged, code, code=bag)


@pytest.mark.requirement("REQ-109")
def test_a_dose_is_not_confirmed_of_a_lot_on_hold(ready: Ready) -> None:
    world, ward = ready
    placed_hold(world, ward.bags[1])
    number = ordered(world, ward.patient)
    asked = confirm_request(world, ward.patient, number, ward.bags[1:])
    refusal = world.refused(CHLOE, confirm_dose, asked)
    assert (refusal.code, refusal.near_miss is not None) == ("on_hold", True)
