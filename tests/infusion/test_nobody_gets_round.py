"""The last metre in raw SQL: what no page permits, the database does not permit either, on both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from tests.line.infusion import Ward, checked, matched, on_the_ward, started
from tests.line.patients import JAMES
from tests.world import World


def refused(world: World, statement: str, **values: object) -> str:
    """Write behind the application's back; answers what the database said."""
    with pytest.raises(DBAPIError) as error:
        world.sql(statement, **values)
    return str(error.value.orig)


RUN = (
    "UPDATE infusion SET state = 'running', started_at = :at, bedside_check_id = :check, started_by_id = 6,"
    " start_signature_id = (SELECT max(id) FROM signature WHERE user_id = 6) WHERE id = 1"
)


def instant(world: World, seconds: float) -> str:
    """An instant as both databases take it."""
    return (world.clock.time + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


@pytest.mark.requirement("REQ-101")
def test_hazard_01_a_bag_of_another_patient_cannot_be_infused_even_by_sql(world: World) -> None:
    ingrid, james = on_the_ward(world), on_the_ward(world, JAMES)
    copy = (
        "INSERT INTO infusion (course_id, patient_id, bag_id, dose_order_id, state, contained_viable_cells,"
        " difference_percent, confirmed_by_id, confirmed_at, signature_id, row_version)"
        " SELECT {course}, {patient}, (SELECT id FROM bag WHERE code = :bag), dose_order_id, 'confirmed',"
        " contained_viable_cells, difference_percent, confirmed_by_id, confirmed_at, signature_id, 1 FROM infusion"
        " WHERE id = 1"
    )
    assert refused(world, copy.format(course="course_id", patient="patient_id"), bag=james.bag)
    assert refused(world, copy.format(course="2", patient="2"), bag=james.bag)
    for change in ("patient_id = 2", "bag_id = 2", "course_id = 2"):
        assert refused(world, f"UPDATE infusion SET {change} WHERE id = 1")
    check = (
        "INSERT INTO bedside_check (course_id, patient_id, wristband_id, bag_id, station_id, first_user_id,"
        " wristband_scanned_at, bag_scanned_at, expires_at, row_version) VALUES (1, 1, {band}, {bag}, 1, 8,"
        " :at, :at, :until, 1)"
    )
    times = {"at": instant(world, 0), "until": instant(world, 120)}
    assert refused(world, check.format(band=2, bag=1), **times)
    assert refused(world, check.format(band=1, bag=2), **times)
    assert ingrid.bag != james.bag


def test_nothing_runs_without_a_check_of_two(world: World) -> None:
    ward = on_the_ward(world)
    at = instant(world, 1)
    assert refused(world, RUN, at=at, check=None)
    check_id = matched(world, ward)
    assert refused(world, RUN, at=at, check=check_id)
    alone = "UPDATE infusion SET state = 'checked', bedside_check_id = :check WHERE id = 1"
    assert "not_checked_by_two" in refused(world, alone, check=check_id)


def test_a_second_person_cannot_be_entered_late_or_exchanged(world: World) -> None:
    ward = on_the_ward(world)
    matched(world, ward)
    late = "UPDATE bedside_check SET second_user_id = 9, second_confirmed_at = :at"
    assert "second_person_too_late" in refused(world, late, at=instant(world, 121))
    world.sql(late, at=instant(world, 1))
    assert "second_person_stays" in refused(world, "UPDATE bedside_check SET second_user_id = 1")


def test_a_start_is_signed_even_by_sql(world: World) -> None:
    ward = on_the_ward(world)
    check_id = checked(world, ward)
    unsigned = RUN.replace("started_by_id = 6", "started_by_id = 9")
    assert "start_not_signed" in refused(world, unsigned, at=instant(world, 1), check=check_id)


def test_nothing_runs_after_consent_was_withdrawn(world: World) -> None:
    ward = on_the_ward(world)
    check_id = checked(world, ward)
    world.sql("UPDATE consent SET withdrawn_at = :at", at=instant(world, 0))
    assert refused(world, RUN, at=instant(world, 1), check=check_id)


def test_no_more_than_the_bag_was_given(world: World) -> None:
    ward = on_the_ward(world)
    started(world, ward)
    end = "UPDATE infusion SET state = 'completed', ended_at = :at, ended_by_id = 8, volume_given_ul = :volume"
    assert "end_not_recorded" in refused(world, end, at=instant(world, 60), volume=200_001)
    assert "end_not_recorded" in refused(world, end, at=instant(world, 60), volume=None)
    world.sql(end, at=instant(world, 60), volume=200_000)


@pytest.mark.parametrize(("seconds", "permitted"), [(60, True), (121, False)])
def test_nothing_runs_after_its_check_is_over(world: World, seconds: int, permitted: bool) -> None:
    ward = on_the_ward(world)
    check_id = checked(world, ward)
    at = instant(world, seconds)
    if permitted:
        world.sql(RUN, at=at, check=check_id)
    else:
        assert "infusion_not_permitted" in refused(world, RUN, at=at, check=check_id)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE bedside_check SET expires_at = '2030-01-01T00:00:00.000000+00:00'",
        "UPDATE bedside_check SET bag_scanned_at = '2030-01-01T00:00:00.000000+00:00'",
        "UPDATE bedside_check SET first_user_id = 1",
    ],
)
def test_a_check_cannot_be_stretched(world: World, change: str) -> None:
    ward = on_the_ward(world)
    checked(world, ward)
    assert "fixed" in refused(world, change)


def test_the_second_person_is_another_one_even_by_sql(world: World) -> None:
    ward = on_the_ward(world)
    matched(world, ward)
    assert "second_is_another" in refused(
        world, "UPDATE bedside_check SET second_user_id = first_user_id, second_confirmed_at = bag_scanned_at"
    )


def test_nothing_runs_on_hold_or_without_a_decision_in_force(world: World) -> None:
    ward = on_the_ward(world)
    check_id = checked(world, ward)
    world.sql("UPDATE decision_bag SET is_effective = :no", no=False)
    assert "infusion_not_permitted" in refused(world, RUN, at=instant(world, 1), check=check_id)


def test_a_bag_is_given_once(world: World) -> None:
    ward: Ward = on_the_ward(world)
    started(world, ward)
    again = (
        "INSERT INTO infusion (course_id, patient_id, bag_id, dose_order_id, state, contained_viable_cells,"
        " difference_percent, confirmed_by_id, confirmed_at, signature_id, row_version)"
        " SELECT course_id, patient_id, bag_id, dose_order_id, 'confirmed', contained_viable_cells,"
        " difference_percent, confirmed_by_id, confirmed_at, signature_id, 1 FROM infusion"
    )
    assert refused(world, again)
    assert "transition" in refused(world, "UPDATE infusion SET state = 'confirmed'")
    assert "transition" in refused(world, "UPDATE bag SET state = 'available'")


def test_a_wristband_scan_is_kept_as_it_was(world: World) -> None:
    ward = on_the_ward(world)
    matched(world, ward)
    assert "append_only" in refused(world, "UPDATE wristband_scan SET user_id = 1")
    assert "nothing_is_deleted" in refused(world, "DELETE FROM wristband_scan")
