"""While cells run in and when they end: signs, reactions, volumes entered twice, the empty bag, the stop."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from app.infusion import commands
from app.infusion.schemas import FinishInfusion, RecordObservation, StopInfusion
from tests.line.infusion import BED, Supply, Ward, banded, matched, on_the_ward, sent, start_request, started
from tests.line.patients import JAMES
from tests.people import NIA, NOEL, QUENTIN, TARA, Person
from tests.world import World


def running(world: World) -> Ward:
    ward = on_the_ward(world)
    started(world, ward)
    world.clock.forward(minutes=20)
    return ward


def end(ward: Ward, **changed: object) -> FinishInfusion:
    given = {"bag_code": ward.bag, "bag": f"{ward.bag}01", "volume_ml": "198", "volume_again_ml": "198"}
    return FinishInfusion.model_validate(given | changed)


def stop(ward: Ward, **changed: object) -> StopInfusion:
    given = {"bag_code": ward.bag, "volume_ml": "80", "volume_again_ml": "80", "reason": "chills and fever of 39"}
    return StopInfusion.model_validate(given | changed)


def test_signs_and_reactions_are_recorded_while_cells_run_in(world: World) -> None:
    ward = running(world)
    asked = RecordObservation.model_validate(
        {
            "bag_code": ward.bag,
            "temperature_c": "38,4",
            "pulse_per_min": "96",
            "reaction": "chills",
            "reaction_grade": 2,
        }
    )
    world.act(NIA, commands.record_observation, asked, station=BED)
    page = world.client(NIA, BED).get(f"/infusions/{ward.bag}").text
    for part in ("20\u00a0min", "38.4\u00a0°C", "96\u00a0/min", "Chills, grade 2", "not taken", "Stop infusion"):
        assert part in page, part


BAD_SIGNS = [({}, "nothing_recorded"), ({"reaction": "chills"}, "reaction_without_grade")]


@pytest.mark.parametrize(("given", "code"), BAD_SIGNS)
def test_signs_say_something(sqlite_world: World, given: dict[str, object], code: str) -> None:
    ward = running(sqlite_world)
    asked = RecordObservation.model_validate({"bag_code": ward.bag} | given)
    assert sqlite_world.refused(NIA, commands.record_observation, asked, station=BED).code == code


def test_a_finished_bag_takes_no_more_signs(sqlite_world: World) -> None:
    world = sqlite_world
    ward = running(world)
    world.act(NIA, commands.finish_infusion, end(ward), station=BED)
    asked = RecordObservation.model_validate({"bag_code": ward.bag, "pulse_per_min": 80})
    assert world.refused(NIA, commands.record_observation, asked, station=BED).code == "cannot_observe"


BAD_ENDS = [
    ({"volume_again_ml": "197"}, "entries_differ"),
    ({"volume_ml": "200.001", "volume_again_ml": "200.001"}, "more_than_the_bag"),
    ({"volume_ml": "200", "volume_again_ml": "200"}, None),
]


@pytest.mark.parametrize(("changed", "code"), BAD_ENDS)
def test_the_volume_is_entered_twice_and_fits_the_bag(
    sqlite_world: World, changed: dict[str, object], code: str | None
) -> None:
    ward = running(sqlite_world)
    if code is None:
        sqlite_world.act(NIA, commands.finish_infusion, end(ward, **changed), station=BED)
    else:
        assert sqlite_world.refused(NIA, commands.finish_infusion, end(ward, **changed), station=BED).code == code


def test_the_empty_bag_is_the_one_that_ran(world: World) -> None:
    ward, other = running(world), on_the_ward(world, JAMES)
    refusal = world.refused(NIA, commands.finish_infusion, end(ward, bag=f"{other.bag}01"), station=BED)
    assert (refusal.code, refusal.near_miss is not None) == ("another_bag", True)


def test_an_end_lies_after_the_start_and_is_late_after_half_an_hour(sqlite_world: World) -> None:
    world = sqlite_world
    ward = running(world)
    now = world.clock.time
    for at in (now - timedelta(minutes=21), now + timedelta(minutes=1)):
        refusal = world.refused(NIA, commands.finish_infusion, end(ward, ended_at=at), station=BED)
        assert refusal.code == "end_impossible"
    world.clock.forward(minutes=31)
    late = world.refused(NIA, commands.finish_infusion, end(ward, ended_at=now), station=BED)
    assert late.code == "reason_required"
    world.act(NIA, commands.finish_infusion, end(ward, ended_at=now, reason="the tablet was away"), station=BED)


def test_a_stop_keeps_its_reason_and_the_rest_is_not_given(world: World) -> None:
    ward = running(world)
    done = world.act(NIA, commands.stop_infusion, stop(ward), station=BED)
    assert (done.bag_state.value, done.infusion_state.value) == ("partly_infused", "stopped")
    assert world.rows("SELECT volume_given_ul, stop_reason FROM infusion") == [(80_000, "chills and fever of 39")]
    assert world.refused(NIA, commands.stop_infusion, stop(ward), station=BED).code == "cannot_stop"


def test_a_stop_says_why(sqlite_world: World) -> None:
    ward = running(sqlite_world)
    refusal = sqlite_world.refused(NIA, commands.stop_infusion, stop(ward, reason="error"), station=BED)
    assert refusal.code == "reason_required"


@pytest.mark.parametrize("who", [TARA, QUENTIN])
def test_only_clinicians_record_an_infusion(sqlite_world: World, who: Person) -> None:
    ward = running(sqlite_world)
    assert sqlite_world.refused(who, commands.stop_infusion, stop(ward), station=BED).code == "not_permitted"


@pytest.mark.requirement("REQ-102")
def test_a_bag_is_checked_and_given_through_the_pages(world: World) -> None:
    ward = on_the_ward(world, supply=Supply(pending=("Sterility, final",)))
    client = world.client(NIA, BED)

    def post(path: str, **form: object) -> str:
        answer = client.post(path, data={"request_key": str(uuid4())} | form)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    assert "Scan the wristband" in client.get("/bedside").text
    waiting = post("/bedside/wristband", wristband=ward.band)
    page = client.get(waiting).text
    assert "Wristband read" in page
    assert "data-seconds=" in page
    match = post("/bedside/bag", wristband_scan_id=waiting.rsplit("/", 1)[1], bag=f"{ward.bag}01")
    page = client.get(match).text
    for part in (">MATCH<", "HALVORSEN, Ingrid", "4417\u00a00926", "Sterility, final pending", "bag 1 of 1",
                 "Second checker", "5 of 5 links"):  # fmt: skip
        assert part in page, part
    assert "Start infusion" not in page
    second = {"wristband": ward.band, "bag": f"{ward.bag}01"} | world.second(NOEL)
    assert post("/bedside/second", check_id=match.rsplit("/", 1)[1], **second) == match
    assert "Start infusion" in client.get(match).text
    started_at = post("/bedside/start", **sent(start_request(world, ward)))
    assert started_at == f"/infusions/{ward.bag}"
    world.clock.forward(minutes=4)
    client = world.client(NIA, BED)
    assert ward.bag[:2] in client.get("/bedside").text
    given = {"volume_ml": "200", "volume_again_ml": "200", "ended_at": "", "reason": ""}
    assert post(f"{started_at}/finish", bag_code=ward.bag, bag=f"{ward.bag}01", **given) == started_at
    page = client.get(started_at).text
    assert "completed" in page
    assert "200\u00a0mL" in page


def test_a_check_that_is_over_shows_no_match(sqlite_world: World) -> None:
    world = sqlite_world
    ward = on_the_ward(world)
    check_id = matched(world, ward)
    scan_id = banded(world, ward)
    world.clock.forward(seconds=121)
    client = world.client(NIA, BED)
    page = client.get(f"/bedside/checks/{check_id}")
    assert ">MATCH<" not in page.text
    assert "Check again" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "hx-trigger" not in page.text
    assert "Check again" in client.get(f"/bedside/wristbands/{scan_id}").text
