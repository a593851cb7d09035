"""Every hard stop at the bed: the page is the whole STOP surface with 409, the API a problem; nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from httpx2 import Response
from sqlalchemy import select

from app.db.models import Hold, Label
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.infusion import StopCode, stop_of
from app.domain.states import BagAct, LabelState
from app.domain.vocabulary import ConsentKind
from app.custody.links import move_bag
from app.domain.custody import CustodyAct
from app.infusion import commands
from app.infusion.commands import leave_check
from app.infusion.schemas import LeaveCheck
from app.infusion.verdict import locked_bag
from app.patients.commands import withdraw_consent
from app.patients.schemas import WithdrawConsent
from tests.line.infusion import (
    BED,
    Supply,
    Ward,
    available_bags,
    banded,
    checked,
    confirmed,
    labelled_again,
    match_request,
    matched,
    on_the_ward,
    scanned,
    start_request,
    started,
)
from tests.line.patients import JAMES, ordered_patient
from tests.people import CHLOE, NIA, NOEL, QUENTIN, TARA
from tests.world import World

Scene = Callable[[World], tuple[Ward, str, str, dict[str, object]]]
"""Sets a scene; answers the ward, the station, the path after /bedside and the request that must be stopped."""


def bag_form(world: World, ward: Ward, **changed: object) -> dict[str, object]:
    return {"wristband_scan_id": banded(world, ward), "bag": f"{ward.bag}01"} | changed


def of_another_patient(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward, other = on_the_ward(world), on_the_ward(world, JAMES)
    return ward, BED, "bag", bag_form(world, ward, bag=f"{other.bag}01")


def running_already(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    started(world, ward)
    return ward, BED, "bag", bag_form(world, ward)


def recalled(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    world.act(QUENTIN, _recalled, ward.bag)
    return ward, BED, "bag", bag_form(world, ward)


def held(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    world.act(QUENTIN, _held, ward.bag)
    return ward, BED, "bag", bag_form(world, ward)


def without_consent(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    asked = WithdrawConsent(
        course_code=ward.patient.course_code, kind=ConsentKind.TREATMENT, reason="the patient said no today"
    )
    world.act(CHLOE, withdraw_consent, asked)
    return ward, BED, "bag", bag_form(world, ward)


def expired(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world, supply=Supply(expires_in=timedelta(hours=1)))
    world.clock.forward(hours=1)
    return ward, BED, "bag", bag_form(world, ward)


def not_released(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    world.act(QUENTIN, _withdrawn, ward.bag)
    return ward, BED, "bag", bag_form(world, ward)


def dose_not_confirmed(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    patient = ordered_patient(world)
    ward = Ward(patient, available_bags(world, patient))
    return ward, BED, "bag", bag_form(world, ward)


def relabelled(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    labelled_again(world, ward.bag)
    return ward, BED, "bag", bag_form(world, ward)


def not_on_the_ward(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    patient = ordered_patient(world)
    ward = Ward(patient, available_bags(world, patient))
    confirmed(world, patient, ward.bags)
    return ward, BED, "bag", bag_form(world, ward)


def second_is_first(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    return ward, BED, "second", match_request(world, ward, matched(world, ward), NIA).model_dump()


def at_another_station(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    return ward, "Bed 7", "bag", bag_form(world, ward)


def bag_too_late(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    form = bag_form(world, ward)
    world.clock.forward(seconds=121)
    return ward, BED, "bag", form


def second_too_late(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    form = match_request(world, ward, matched(world, ward)).model_dump()
    world.clock.forward(seconds=121)
    return ward, BED, "second", form


def start_too_late(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    checked(world, ward)
    form = start_request(world, ward).model_dump()
    world.clock.forward(seconds=121)
    return ward, BED, "start", form


def start_elsewhere(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    checked(world, ward)
    return ward, "Bed 7", "start", start_request(world, ward).model_dump()


def start_on_hold(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    checked(world, ward)
    form = start_request(world, ward).model_dump()
    world.act(QUENTIN, _held, ward.bag)
    return ward, BED, "start", form


def start_after_relabelling(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    checked(world, ward)
    form = start_request(world, ward).model_dump()
    labelled_again(world, ward.bag)
    return ward, BED, "start", form


SCENES: tuple[tuple[Scene, StopCode], ...] = (
    (of_another_patient, StopCode.WRONG_PATIENT),
    (running_already, StopCode.ALREADY_INFUSED),
    (recalled, StopCode.RECALLED_OR_HELD),
    (held, StopCode.RECALLED_OR_HELD),
    (without_consent, StopCode.RECALLED_OR_HELD),
    (expired, StopCode.EXPIRED),
    (not_released, StopCode.NOT_RELEASED),
    (dose_not_confirmed, StopCode.DOSE_NOT_CONFIRMED),
    (relabelled, StopCode.LABEL_VOID),
    (not_on_the_ward, StopCode.CHAIN_BROKEN),
    (second_is_first, StopCode.SECOND_IS_FIRST),
    (at_another_station, StopCode.OTHER_STATION),
    (bag_too_late, StopCode.SCANS_TOO_FAR_APART),
    (second_too_late, StopCode.CHECK_TOO_OLD),
    (start_too_late, StopCode.CHECK_TOO_OLD),
    (start_elsewhere, StopCode.OTHER_STATION),
    (start_on_hold, StopCode.RECALLED_OR_HELD),
    (start_after_relabelling, StopCode.LABEL_VOID),
)
NAMED = [pytest.param(scene, code, id=scene.__name__) for scene, code in SCENES]


def test_every_stop_of_the_list_is_met_at_the_bed() -> None:
    assert {code for _, code in SCENES} == set(StopCode)


@pytest.mark.requirement("REQ-077")
@pytest.mark.parametrize(("scene", "code"), NAMED)
def test_a_stop_fills_the_page_and_changes_nothing(sqlite_world: World, scene: Scene, code: StopCode) -> None:
    world = sqlite_world
    ward, station, path, form = scene(world)
    before = standing(world)
    answer = world.client(NIA, station).post(
        f"/bedside/{path}", data=plain(form) | {"request_key": str(uuid4())}
    )
    assert answer.status_code == 409, answer.text
    assert answer.headers["cache-control"] == "no-store"
    for part in ('class="bed halt"', ">STOP<", stop_of(code).sentence, "Near miss 26-", "HALVORSEN, Ingrid"):
        assert part in answer.text, part
    assert answer.text.count("<li><span>") == 3
    assert "MATCH" not in answer.text
    assert "OKONKWO" not in answer.text
    assert "James" not in answer.text
    assert after_a_stop(before, code, world)
    ((kind,),) = world.rows("SELECT kind FROM near_miss ORDER BY id DESC LIMIT 1")
    assert kind == code.value


@pytest.mark.requirement("REQ-077")
@pytest.mark.parametrize(("scene", "code"), NAMED)
def test_a_stop_is_a_problem_for_a_machine(sqlite_world: World, scene: Scene, code: StopCode) -> None:
    world = sqlite_world
    _, station, path, form = scene(world)
    answer = called(world, station, path, form)
    assert answer.status_code == 409, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["type"], body["detail"]) == (f"urn:veinline:{code}", stop_of(code).sentence)
    assert body["near_miss"].startswith("NM-26-")


def test_a_stop_sent_twice_is_recorded_once(world: World) -> None:
    _, station, path, form = of_another_patient(world)
    key = str(uuid4())
    answers = [called(world, station, path, form, key).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert world.rows("SELECT count(*) FROM near_miss") == [(1,)]


def test_the_wrong_patient_opens_a_deviation_and_shows_two_numbers(world: World) -> None:
    ward, station, path, form = of_another_patient(world)
    answer = world.client(NIA, station).post(f"/bedside/{path}", data=plain(form) | {"request_key": str(uuid4())})
    assert "<mark>4417\u00a00926</mark>" in answer.text
    assert "<mark>4416\u00a09027</mark>" in answer.text
    ((about, state),) = world.rows("SELECT about, state FROM deviation")
    assert (f"{about}01", state) == (form["bag"], "open")
    assert world.rows("SELECT count(*) FROM bedside_check") == [(0,)]


def test_a_check_holds_to_its_last_second(world: World) -> None:
    ward = on_the_ward(world)
    matched(world, ward)
    check_id = checked_again(world, ward)
    ((scanned_at,),) = world.rows("SELECT bag_scanned_at FROM bedside_check WHERE id = :id", id=check_id)
    request = start_request(world, ward)
    world.clock.forward(seconds=119)
    world.act(NIA, commands.start_infusion, request, station=BED)
    assert world.rows("SELECT state FROM bag") == [("infusing",)]
    assert scanned_at is not None


def test_a_lapsed_check_puts_bag_and_dose_back(world: World) -> None:
    ward, _, _, form = start_too_late(world)
    called(world, BED, "start", form)
    assert world.rows("SELECT state FROM bag") == [("received",)]
    assert world.rows("SELECT state, bedside_check_id FROM infusion") == [("confirmed", None)]
    started(world, ward)
    assert world.rows("SELECT state FROM bag") == [("infusing",)]


def test_the_sweep_lets_only_old_checks_lapse(world: World) -> None:
    ward = on_the_ward(world)
    checked(world, ward)
    assert world.act(QUENTIN, _swept, None).checks == 0
    world.clock.forward(seconds=121)
    assert world.act(QUENTIN, _swept, None).checks == 1
    assert world.rows("SELECT state FROM bag") == [("received",)]


def test_a_check_both_made_can_be_left(world: World) -> None:
    ward = on_the_ward(world)
    world.act(NIA, leave_check, LeaveCheck(check_id=checked(world, ward)), station=BED)
    assert world.rows("SELECT state FROM bag") == [("received",)]
    refusal = world.refused(NIA, commands.start_infusion, start_request(world, ward), station=BED)
    assert refusal.code == "not_checked"


def test_two_stations_cannot_hold_one_bag(world: World) -> None:
    ward = on_the_ward(world)
    first = scanned(world, ward, banded(world, ward))
    second = scanned(world, ward, banded(world, ward, station="Bed 7"), station="Bed 7")
    assert first.check_id is not None
    assert second.check_id is not None
    world.act(NIA, commands.confirm_match, match_request(world, ward, first.check_id), station=BED)
    refusal = world.refused(
        NIA, commands.confirm_match, match_request(world, ward, second.check_id), station="Bed 7"
    )
    assert refusal.code == "check_under_way"


@pytest.mark.requirement("REQ-009")
def test_a_device_that_is_not_enrolled_checks_nobody(world: World) -> None:
    ward = on_the_ward(world)
    refusal = world.refused(NIA, commands.scan_wristband, wristband(ward.band), station=None)
    assert refusal.code == "station_not_enrolled"


@pytest.mark.parametrize("typed", ["PW-D7M-26-000031-N", "code"], ids=["as printed", "bare"])
def test_a_wristband_can_never_be_typed(sqlite_world: World, typed: str) -> None:
    ward = on_the_ward(sqlite_world)
    raw = ward.patient.wristband_code if typed == "code" else typed
    refusal = sqlite_world.refused(NIA, commands.scan_wristband, wristband(raw), station=BED)
    assert refusal.near_miss is not None


def test_the_second_person_scans_the_same_bag(world: World) -> None:
    ward = on_the_ward(world, supply=Supply(bags=2, viable_cells=10_000_000_000))
    check_id = matched(world, ward)
    brought_too(world, ward.bags[1])
    asked = match_request(world, replace(ward, bags=(ward.bags[1],)), check_id)
    assert world.refused(NIA, commands.confirm_match, asked, station=BED).code == "another_bag"


def test_the_second_person_needs_the_right_pin(world: World) -> None:
    ward = on_the_ward(world)
    asked = match_request(world, ward, matched(world, ward)).model_copy(update={"second_pin": "000000"})
    assert world.refused(NIA, commands.confirm_match, asked, station=BED).code == "wrong_secret"
    assert world.rows("SELECT state FROM bag") == [("received",)]
    del NOEL_IS_SECOND


NOEL_IS_SECOND = NOEL
