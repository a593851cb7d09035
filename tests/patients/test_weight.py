"""A weight counts once a second person has entered the same number without seeing the first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.patients import commands
from app.patients.queries.banner import banner_of_course
from app.patients.schemas import RecordWeight, VerifyWeight
from tests.hostile import refused_by_the_database
from tests.line.patients import JAMES, enrol, weigh
from tests.people import CHLOE, NIA, TARA
from tests.world import World

REASON = "oedema after fluid for blood pressure"


def entered(world: World, course: str, kg: str, reason: str | None = None) -> int:
    asked = RecordWeight(course_code=course, weight_kg=Decimal(kg), reason=reason)
    return world.act(CHLOE, commands.record_weight, asked).weight_id


def again(course: str, weight_id: int, kg: str) -> VerifyWeight:
    return VerifyWeight(course_code=course, weight_id=weight_id, weight_kg=Decimal(kg))


@pytest.mark.requirement("REQ-029")
def test_the_same_number_from_a_second_person_verifies(world: World) -> None:
    course = enrol(world).course_code
    weight_id = entered(world, course, "68.0")
    assert world.act(NIA, commands.verify_weight, again(course, weight_id, "68")).is_verified
    assert world.rows("SELECT weight_g, verified_by_id FROM body_weight") == [(68000, world.user_id(NIA))]


def test_a_different_number_verifies_nothing_and_does_not_tell_the_first(world: World) -> None:
    course = enrol(world).course_code
    weight_id = entered(world, course, "68.0")
    refusal = world.refused(NIA, commands.verify_weight, again(course, weight_id, "86.0"))
    assert (refusal.code, refusal.field) == ("entries_differ", "weight_kg")
    assert "68" not in refusal.sentence
    assert refusal.near_miss is not None
    assert world.rows("SELECT verified_by_id FROM body_weight") == [(None,)]


def test_nobody_verifies_their_own_entry(world: World) -> None:
    course = enrol(world).course_code
    weight_id = entered(world, course, "68.0")
    assert world.refused(CHLOE, commands.verify_weight, again(course, weight_id, "68")).code == "second_is_first"
    refused_by_the_database(
        world, "UPDATE body_weight SET verified_by_id = entered_by_id", "ck_body_weight_verified_by_another"
    )


def test_a_weight_is_verified_once(sqlite_world: World) -> None:
    course = enrol(sqlite_world).course_code
    weight_id = weigh(sqlite_world, course)
    refusal = sqlite_world.refused(NIA, commands.verify_weight, again(course, weight_id, "68"))
    assert refusal.code == "weight_verified"


def test_a_weight_of_another_course_is_not_on_file_here(sqlite_world: World) -> None:
    weight_id = entered(sqlite_world, enrol(sqlite_world).course_code, "68")
    other = enrol(sqlite_world, JAMES).course_code
    assert sqlite_world.refused(NIA, commands.verify_weight, again(other, weight_id, "68")).code == "not_on_file"


@pytest.mark.parametrize(
    ("kg", "reason", "code"),
    [
        ("1.999", REASON, "outside_limits"),
        ("2", REASON, None),
        ("39.9", None, "reason_required"),
        ("40", None, None),
        ("130", None, None),
        ("130.1", None, "reason_required"),
        ("350", REASON, None),
        ("350.1", REASON, "outside_limits"),
        ("68.0005", None, "weight_too_fine"),
    ],
)
def test_a_weight_is_judged_at_its_limits(sqlite_world: World, kg: str, reason: str | None, code: str | None) -> None:
    course = enrol(sqlite_world).course_code
    if code is None:
        entered(sqlite_world, course, kg, reason)
    else:
        asked = RecordWeight(course_code=course, weight_kg=Decimal(kg), reason=reason)
        refusal = sqlite_world.refused(CHLOE, commands.record_weight, asked)
        assert refusal.code == code
        assert refusal.field in {"weight_kg", "reason"}


@pytest.mark.parametrize(("kg", "needs"), [("74.8", False), ("74.9", True), ("61.2", False), ("61.1", True)])
def test_more_than_a_tenth_of_change_needs_a_reason(sqlite_world: World, kg: str, *, needs: bool) -> None:
    course = enrol(sqlite_world).course_code
    weigh(sqlite_world, course, Decimal(68))
    asked = RecordWeight(course_code=course, weight_kg=Decimal(kg))
    if needs:
        assert sqlite_world.refused(CHLOE, commands.record_weight, asked).code == "reason_required"
        asked = asked.model_copy(update={"reason": REASON})
    sqlite_world.act(CHLOE, commands.record_weight, asked)


def test_impossible_and_self_verified_weights_are_refused_by_the_database(world: World) -> None:
    course = enrol(world).course_code
    weigh(world, course)
    copy = (
        "INSERT INTO body_weight (course_id, patient_id, weight_g, measured_at, entered_by_id, verified_by_id,"
        " row_version) SELECT course_id, patient_id, {g}, measured_at, entered_by_id, {by}, 1 FROM body_weight"
    )
    refused_by_the_database(world, copy.format(g=1999, by="NULL"), "ck_body_weight_weight_possible")
    refused_by_the_database(world, copy.format(g=350001, by="NULL"), "ck_body_weight_weight_possible")
    refused_by_the_database(world, copy.format(g=70000, by="verified_by_id"), "weight_verified_at_once")
    refused_by_the_database(world, "UPDATE body_weight SET weight_g = 90000", "fixed")


def test_the_banner_shows_verified_weights_only(world: World) -> None:
    course = enrol(world).course_code
    entered(world, course, "68")
    assert world.read(banner_of_course, course, world.clock(), "Europe/Berlin").weight == ""
    weigh(world, course, Decimal("67.5"))
    assert world.read(banner_of_course, course, world.clock(), "Europe/Berlin").weight == "67.5\u00a0kg"


def test_technicians_do_not_weigh(sqlite_world: World) -> None:
    asked = RecordWeight(course_code=enrol(sqlite_world).course_code, weight_kg=Decimal(68))
    assert sqlite_world.refused(TARA, commands.record_weight, asked).code == "not_permitted"
