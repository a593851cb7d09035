"""The bedside check: how long it holds, who may make it, and how it goes back when nobody starts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Refusal
from app.infusion import commands
from app.infusion.schemas import ConfirmMatch, LeaveCheck, ScanBag, ScanWristband
from app.jobs import sweep
from app.patients.commands import reissue_wristband
from app.patients.schemas import ReissueWristband
from tests.line.deviations import placed_hold
from tests.line.infusion import (
    BED,
    Supply,
    Ward,
    banded,
    brought,
    checked,
    match_request,
    matched,
    on_the_ward,
    scanned,
    start_request,
    started,
)
from tests.people import CHLOE, NIA, NOEL, OMAR, QUENTIN, TARA, Person
from tests.world import World

SECONDS = [(NIA, "second_is_first"), (OMAR, "not_permitted"), (QUENTIN, "not_permitted")]


def swept(world: World) -> int:
    """How many checks the sweep let lapse."""
    before = len(world.rows("SELECT 1 FROM infusion WHERE state = 'checked'"))
    sweep(world.database, world.clock)
    return before - len(world.rows("SELECT 1 FROM infusion WHERE state = 'checked'"))


def states(world: World) -> tuple[object, object]:
    """Where the bag and its infusion stand."""
    ((bag,),) = world.rows("SELECT state FROM bag")
    ((infusion,),) = world.rows("SELECT state FROM infusion")
    return bag, infusion


def test_a_check_holds_to_its_last_second(world: World) -> None:
    ward = on_the_ward(world)
    checked(world, ward)
    request = start_request(world, ward)
    world.clock.forward(seconds=119)
    assert world.act(NIA, commands.start_infusion, request, station=BED).stop is None
    assert states(world) == ("infusing", "running")


def test_a_check_that_is_over_puts_bag_and_dose_back(world: World) -> None:
    ward = on_the_ward(world)
    checked(world, ward)
    request = start_request(world, ward)
    world.clock.forward(seconds=121)
    assert world.act(NIA, commands.start_infusion, request, station=BED).stop == "check_too_old"
    assert states(world) == ("received", "confirmed")
    started(world, ward)
    assert states(world) == ("infusing", "running")


def test_the_sweep_lets_only_old_checks_lapse(world: World) -> None:
    ward = on_the_ward(world)
    checked(world, ward)
    assert swept(world) == 0
    world.clock.forward(seconds=121)
    assert swept(world) == 1
    assert states(world) == ("received", "confirmed")
    late = start_request(world, ward)
    assert world.act(NIA, commands.start_infusion, late, station=BED).stop == "check_too_old"


def test_one_person_starts_nothing(world: World) -> None:
    ward = on_the_ward(world)
    matched(world, ward)
    assert states(world) == ("received", "confirmed")
    assert world.refused(NIA, commands.start_infusion, start_request(world, ward), station=BED).code == "not_checked"


def test_a_check_both_made_can_be_left(world: World) -> None:
    ward = on_the_ward(world)
    world.act(NIA, commands.leave_check, LeaveCheck(check_id=checked(world, ward)), station=BED)
    assert states(world) == ("received", "confirmed")
    assert world.refused(NIA, commands.start_infusion, start_request(world, ward), station=BED).code == "not_checked"


def test_two_stations_cannot_hold_one_bag(world: World) -> None:
    ward = on_the_ward(world)
    checks = [
        scanned(world, ward, banded(world, ward, station=station), station=station).check_id
        for station in (BED, "Bed 7")
    ]
    first, second = (match_request(world, ward, check_id) for check_id in checks if check_id is not None)
    world.act(NIA, commands.confirm_match, first, station=BED)
    assert world.refused(NIA, commands.confirm_match, second, station="Bed 7").code == "check_under_way"


@pytest.mark.requirement("REQ-076")
@pytest.mark.parametrize(
    ("who", "code"), [(NIA, "second_is_first"), (OMAR, "not_permitted"), (QUENTIN, "not_permitted")]
)
def test_the_second_person_is_another_one_who_may(world: World, who: Person, code: str) -> None:
    ward = on_the_ward(world)
    asked = match_request(world, ward, matched(world, ward), who)
    assert said(world, asked) == code
    assert states(world) == ("received", "confirmed")


@pytest.mark.parametrize("who", [NOEL, TARA, CHLOE])
def test_clinicians_and_technicians_may_be_the_second_person(sqlite_world: World, who: Person) -> None:
    ward = on_the_ward(sqlite_world)
    assert said(sqlite_world, match_request(sqlite_world, ward, matched(sqlite_world, ward), who)) == "match"


def test_the_second_person_needs_the_right_pin(world: World) -> None:
    ward = on_the_ward(world)
    asked = match_request(world, ward, matched(world, ward)).model_copy(update={"second_pin": "000000"})
    assert said(world, asked) == "wrong_secret"
    assert states(world) == ("received", "confirmed")


def test_the_second_person_scans_the_same_bag(world: World) -> None:
    ward = on_the_ward(world, supply=Supply(bags=2, viable_cells=10_000_000_000))
    check_id = matched(world, ward)
    brought(world, ward.bags[1])
    world.clock.forward(minutes=-10)
    asked = match_request(world, replace(ward, bags=(ward.bags[1],)), check_id)
    assert said(world, asked) == "another_bag"


def test_only_who_began_a_check_goes_on_with_it(world: World) -> None:
    ward = on_the_ward(world)
    scan_id = banded(world, ward)
    asked = ScanBag(wristband_scan_id=scan_id, bag=f"{ward.bag}01")
    assert world.refused(NOEL, commands.scan_bag_at_bedside, asked, station=BED).code == "another_person"


@pytest.mark.requirement("REQ-009")
def test_a_device_that_is_not_enrolled_checks_nobody(world: World) -> None:
    ward = on_the_ward(world)
    asked = ScanWristband(wristband=ward.band)
    refusal = world.refused(NIA, commands.scan_wristband, asked, station=None)
    assert (refusal.code, refusal.near_miss is not None) == ("station_not_enrolled", True)


@pytest.mark.parametrize("is_printed", [True, False], ids=["as printed", "bare"])
def test_a_wristband_can_never_be_typed(sqlite_world: World, is_printed: bool) -> None:
    ward = on_the_ward(sqlite_world)
    code = ward.patient.wristband_code
    typed = f"{code[:2]}-{code[2:5]}-{code[5:7]}-{code[7:13]}-{code[13:]}" if is_printed else code
    refusal = sqlite_world.refused(NIA, commands.scan_wristband, ScanWristband(wristband=typed), station=BED)
    assert refusal.near_miss is not None


def test_a_void_wristband_begins_no_check(world: World) -> None:
    ward = on_the_ward(world)
    asked = ReissueWristband(patient_code=ward.patient.patient_code, reason="the band was cut off")
    world.act(CHLOE, reissue_wristband, asked)
    refusal = world.refused(NIA, commands.scan_wristband, ScanWristband(wristband=ward.band), station=BED)
    assert refusal.code == "label_void"


def test_a_typed_bag_needs_both_to_type_or_scan_it_and_says_why(world: World) -> None:
    ward = on_the_ward(world)
    typed = {"bag": ward.bag.lower(), "typed_reason": "the symbol is torn"}
    scan_id = banded(world, ward)
    without = ScanBag(wristband_scan_id=scan_id, bag=ward.bag.lower())
    with pytest.raises(Refusal):
        world.act(NIA, commands.scan_bag_at_bedside, without, station=BED)
    asked = ScanBag(wristband_scan_id=scan_id, **typed)
    check_id = world.act(NIA, commands.scan_bag_at_bedside, asked, station=BED).check_id
    assert check_id is not None
    second = ConfirmMatch(check_id=check_id, wristband=ward.band, **typed, **world.second(NOEL))
    assert said(world, second) == "match"
    assert world.rows("SELECT code_source FROM custody_event WHERE kind = 'check'") == [("typed",)]


def said(world: World, asked: ConfirmMatch) -> str:
    """What the bed answered to the second person: match, a stop, or a refusal."""
    try:
        verdict = world.act(NIA, commands.confirm_match, asked, station=BED)
    except Refusal as refusal:
        return refusal.code
    return "match" if verdict.stop is None else verdict.stop.value


def test_everything_the_ward_did_is_in_the_ledger_of_the_course(world: World) -> None:
    ward: Ward = on_the_ward(world)
    started(world, ward)
    stream = f"course:{ward.patient.course_code}"
    events = world.rows("SELECT canon FROM ledger_event WHERE stream = :stream ORDER BY version", stream=stream)
    actions = [word for word in ("scan_wristband", "confirm_match", "start_infusion") if word in str(events)]
    assert actions == ["scan_wristband", "confirm_match", "start_infusion"]


def test_a_hold_does_not_keep_a_check_from_lapsing(world: World) -> None:
    ward = on_the_ward(world)
    checked(world, ward)
    request = start_request(world, ward)
    placed_hold(world, ward.bag)
    world.clock.forward(seconds=121)
    assert world.act(NIA, commands.start_infusion, request, station=BED).stop == "recalled_or_held"
    assert states(world) == ("received", "confirmed")
