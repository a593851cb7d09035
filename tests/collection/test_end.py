"""A run ends with its yield entered, its label on the bag, and a second person who did not enter it."""

from __future__ import annotations

import pytest

from app.collection import commands
from app.collection.schemas import FinishCollection, PlanCollection, StopCollection
from app.domain.vocabulary import ConsentKind
from app.patients.commands import withdraw_consent
from app.patients.schemas import WithdrawConsent
from tests.hostile import refused_by_the_database
from tests.line.collection import (
    apheresis,
    applied_label,
    ended_collection,
    planned_collection,
    running_collection,
    start_request,
    version_of,
    yield_request,
)
from tests.line.patients import ordered_patient
from tests.people import CHLOE, NIA, NOEL, TARA, THEO
from tests.world import World

REASON = "veins closed after two hours"


def state_of(world: World, code: str) -> str:
    ((state,),) = world.rows("SELECT state FROM collection WHERE code = :code", code=code)
    return str(state)


def finish(world: World, code: str, second: object = NOEL) -> FinishCollection:
    return FinishCollection(collection_code=code, row_version=version_of(world, code), **world.second(second))


def withdraw(world: World, course: str) -> None:
    asked = WithdrawConsent(course_code=course, kind=ConsentKind.TREATMENT, reason="the patient said stop")
    world.act(NIA, withdraw_consent, asked)


@pytest.mark.requirement("REQ-134")
def test_a_run_goes_from_plan_to_collected(world: World) -> None:
    code = ended_collection(world, ordered_patient(world), apheresis(world))
    applied_label(world, code)
    world.act(NIA, commands.finish_collection, finish(world, code), station="Bed 4")
    row = world.rows("SELECT state, wbc_cells, volume_ul, performed_by_id, checked_by_id FROM collection")
    assert row == [("collected", 54 * 10**9, 220_000, world.user_id(NIA), world.user_id(NOEL))]


@pytest.mark.requirement("REQ-101")
def test_a_withdrawn_consent_blocks_start_and_end_but_never_breaking_off(world: World) -> None:
    patient, at = ordered_patient(world), apheresis(world)
    running, waiting = running_collection(world, patient, at), planned_collection(world, patient)
    world.clock.forward(hours=4)
    world.act(NIA, commands.record_collection_yield, yield_request(world, running))
    applied_label(world, running)
    withdraw(world, patient.course_code)
    for command, asked in (
        (commands.plan_collection, PlanCollection(course_code=patient.course_code)),
        (commands.start_collection, start_request(world, patient, waiting, at)),
        (commands.finish_collection, finish(world, running)),
    ):
        refusal = world.refused(NIA if command is not commands.plan_collection else CHLOE, command, asked)
        assert (refusal.code, refusal.near_miss is not None) == ("consent_withdrawn", True)
    stop = StopCollection(collection_code=running, row_version=version_of(world, running), reason=REASON)
    world.act(NIA, commands.abandon_collection, stop)
    assert state_of(world, running) == "abandoned"


def test_a_value_outside_the_recipe_opens_a_deviation(world: World) -> None:
    code = running_collection(world, ordered_patient(world), apheresis(world))
    world.clock.forward(hours=4)
    world.act(NIA, commands.record_collection_yield, yield_request(world, code, wbc_1e9="12"))
    assert world.rows("SELECT about, grade, state FROM deviation") == [(code, "minor", "open")]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"wbc_1e9": "1.9"}, "reason_required"),
        ({"wbc_1e9": "1000.1"}, "outside_limits"),
        ({"volume_ml": "4.9"}, "outside_limits"),
        ({"lymphocyte_percent": "100.1"}, "outside_limits"),
        ({"anticoagulant_ml": "0"}, "no_anticoagulant"),
        ({"volume_ml": "220.0005"}, "too_fine"),
        ({"blood_processed_l": "0.05"}, "outside_limits"),
    ],
    ids=str,
)
def test_an_impossible_yield_is_refused_at_its_field(sqlite_world: World, changed: dict[str, str], code: str) -> None:
    collection = running_collection(sqlite_world, ordered_patient(sqlite_world), apheresis(sqlite_world))
    sqlite_world.clock.forward(hours=4)
    asked = yield_request(sqlite_world, collection, **changed)
    refusal = sqlite_world.refused(NIA, commands.record_collection_yield, asked)
    assert refusal.code == code
    assert refusal.field in {*changed, "reason"}


def test_a_yield_is_entered_only_while_it_runs_and_changed_only_with_a_reason(sqlite_world: World) -> None:
    patient, at = ordered_patient(sqlite_world), apheresis(sqlite_world)
    waiting = planned_collection(sqlite_world, patient)
    asked = yield_request(sqlite_world, waiting)
    assert sqlite_world.refused(NIA, commands.record_collection_yield, asked).code == "cannot_enter_yield"
    code = ended_collection(sqlite_world, patient, at)
    asked = yield_request(sqlite_world, code, volume_ml="230")
    assert sqlite_world.refused(NIA, commands.record_collection_yield, asked).code == "reason_required"
    changed = asked.model_copy(update={"reason": "read the scale again"})
    sqlite_world.act(NIA, commands.record_collection_yield, changed)


def test_it_does_not_finish_without_its_label(world: World) -> None:
    code = running_collection(world, ordered_patient(world), apheresis(world))
    assert world.refused(NIA, commands.finish_collection, finish(world, code)).code == "yield_missing"
    world.clock.forward(hours=4)
    world.act(NIA, commands.record_collection_yield, yield_request(world, code))
    refusal = world.refused(NIA, commands.finish_collection, finish(world, code))
    assert (refusal.code, refusal.near_miss is not None) == ("label_not_applied", True)
    refused_by_the_database(
        world,
        "UPDATE collection SET state = 'collected', checked_by_id = :by, row_version = row_version + 1",
        "collection_label_not_applied",
        by=world.user_id(NOEL),
    )


def test_a_label_with_older_values_does_not_count(world: World) -> None:
    code = ended_collection(world, ordered_patient(world), apheresis(world))
    applied_label(world, code)
    changed = yield_request(world, code, volume_ml="260", reason="read the scale again")
    world.act(NIA, commands.record_collection_yield, changed)
    assert world.refused(NIA, commands.finish_collection, finish(world, code)).code == "label_not_applied"
    refused_by_the_database(
        world,
        "UPDATE collection SET state = 'collected', checked_by_id = :by, row_version = row_version + 1",
        "collection_label_not_applied",
        by=world.user_id(NOEL),
    )


@pytest.mark.requirement("REQ-064")
def test_who_entered_the_yield_is_never_its_second_person(world: World) -> None:
    code = ended_collection(world, ordered_patient(world), apheresis(world))
    applied_label(world, code)
    for first, second in ((NIA, NIA), (NOEL, NIA)):
        refusal = world.refused(first, commands.finish_collection, finish(world, code, second))
        assert refusal.code == "second_is_first"
    refused_by_the_database(
        world,
        "UPDATE collection SET state = 'collected', checked_by_id = performed_by_id, row_version = row_version + 1",
        "checked_by_another",
    )
    world.act(NOEL, commands.finish_collection, finish(world, code, TARA))


def test_a_second_person_needs_the_right_and_the_pin(sqlite_world: World) -> None:
    code = ended_collection(sqlite_world, ordered_patient(sqlite_world), apheresis(sqlite_world))
    applied_label(sqlite_world, code)
    wrong_pin = finish(sqlite_world, code).model_copy(update={"second_pin": "000001"})
    assert sqlite_world.refused(NIA, commands.finish_collection, wrong_pin).code == "wrong_secret"
    asked = finish(sqlite_world, code, THEO)
    sqlite_world.act(NIA, commands.finish_collection, asked)
