"""Endotoxin is summed again at issue, receipt and start: with the weight of today, over every bag of the hour."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from app.custody import commands
from app.infusion.commands import start_infusion
from tests.culture.doors import by_api, by_page
from tests.custody.ward import near_misses, state_of
from tests.line.custody import issue_request, issued, receive_request, received
from tests.line.infusion import (
    BED,
    Supply,
    Ward,
    available_bags,
    brought,
    checked,
    confirmed,
    finished,
    on_the_ward,
    ordered,
    start_request,
    started,
)
from tests.line.patients import ordered_patient, weigh
from tests.people import NIA, TARA, THEO
from tests.world import World

AT_THE_LIMIT = Supply(eu_per_ml=Decimal("1.7"))
"""200 mL at 1.7 EU/mL are 340 EU: 5 EU/kg at 68 kg, and more at any lower weight."""


def ready(world: World, supply: Supply = AT_THE_LIMIT) -> Ward:
    patient = ordered_patient(world)
    ward = Ward(patient, available_bags(world, patient, supply))
    confirmed(world, patient, ward.bags)
    return ward


def thinner(world: World, ward: Ward) -> None:
    world.clock.forward(minutes=5)
    weigh(world, ward.patient.course_code, Decimal("67.9"))


@pytest.mark.requirement("REQ-109")
def test_a_lower_weight_since_the_confirmation_stops_the_issue(world: World) -> None:
    ward = ready(world)
    thinner(world, ward)
    refusal = world.refused(TARA, commands.issue_bag, issue_request(world, ward.bag))
    assert refusal.code == "endotoxin_over_limit"
    assert "5.007 EU/kg, the limit is 5" in refusal.sentence
    secrets = world.second(THEO)
    assert by_api(world, TARA, "/bags/issue", issue_request(world, ward.bag), **secrets)[1] == "endotoxin_over_limit"
    assert by_page(world, TARA, f"/bags/{ward.bag}/issue", issue_request(world, ward.bag), **secrets)[0] == 409
    assert near_misses(world) == [("endotoxin_over_limit", "issue bag", ward.bag)] * 2
    page = world.client(TARA).get(f"/bags/{ward.bag}").text
    assert "endotoxin in the heaviest hour would be" in page
    assert f'href="/bags/{ward.bag}/issue"' not in page


def test_at_the_limit_it_leaves(world: World) -> None:
    ward = ready(world)
    issued(world, ward.bag)
    assert state_of(world, ward.bag) == "issued"


def test_a_lower_weight_on_the_way_stops_the_receipt(world: World) -> None:
    ward = ready(world)
    issued(world, ward.bag)
    thinner(world, ward)
    asked = receive_request(world, ward.bag)
    assert world.refused(NIA, commands.receive_bag, asked, station=BED).code == "endotoxin_over_limit"
    assert by_api(world, NIA, "/bags/receive", asked, **world.second(TARA))[1] == "endotoxin_over_limit"
    assert state_of(world, ward.bag) == "issued"


@pytest.mark.parametrize(("days", "code"), [(6, None), (8, "weight_too_old")])
def test_the_weight_of_the_dose_grows_old_before_the_issue(sqlite_world: World, days: int, code: str | None) -> None:
    ward = ready(sqlite_world, Supply(expires_in=timedelta(days=20)))
    sqlite_world.clock.forward(days=days)
    if code is None:
        issued(sqlite_world, ward.bag)
        received(sqlite_world, ward.bag)
    else:
        asked = issue_request(sqlite_world, ward.bag)
        assert sqlite_world.refused(TARA, commands.issue_bag, asked).code == code


def two_hours_apart(world: World) -> tuple[Ward, Ward]:
    """Two doses of one bag each, 200 EU in each, planned two hours apart, both on the ward."""
    patient = ordered_patient(world)
    supply = Supply(bags=2, eu_per_ml=Decimal(1), viable_cells=10_000_000_000)
    bags = available_bags(world, patient, supply)
    soon = world.clock.time + timedelta(minutes=30)
    for bag, planned_at in zip(bags, (soon, soon + timedelta(hours=2)), strict=True):
        confirmed(world, patient, (bag,), ordered(world, patient, planned_at=planned_at))
        brought(world, bag)
    return Ward(patient, bags[:1]), Ward(patient, bags[1:])


@pytest.mark.requirement("REQ-109")
def test_a_second_bag_started_in_the_same_hour_is_summed_with_the_first(world: World) -> None:
    first, second = two_hours_apart(world)
    finished(world, first)
    checked(world, second)
    asked = start_request(world, second)
    refusal = world.refused(NIA, start_infusion, asked, station=BED)
    assert (refusal.code, refusal.near_miss is not None) == ("endotoxin_over_limit", True)
    form = asked.model_dump(mode="json") | {"secret": NIA.pin}
    page = world.client(NIA, BED).post("/bedside/start", data=form | {"request_key": str(uuid4())})
    assert (page.status_code, "endotoxin in the heaviest hour" in page.text) == (409, True)
    headers = {"Idempotency-Key": str(uuid4())}
    told = world.client(NIA, BED).post("/api/v1/bedside/start", json=form, headers=headers)
    assert (told.status_code, told.json()["type"]) == (409, "urn:veinline:endotoxin_over_limit")
    assert state_of(world, second.bag) == "verified", "the check stands until it lapses"


def test_an_hour_after_the_first_the_second_begins(world: World) -> None:
    first, second = two_hours_apart(world)
    finished(world, first)
    world.clock.forward(minutes=61)
    assert started(world, second).stop is None


def test_a_bag_whose_result_was_invalidated_is_not_told_as_nothing(world: World) -> None:
    ward = on_the_ward(world)
    world.sql("UPDATE test_run SET state = 'invalidated', row_version = row_version + 1")
    checked(world, ward)
    refusal = world.refused(NIA, start_infusion, start_request(world, ward), station=BED)
    assert refusal.code == "endotoxin_missing"
