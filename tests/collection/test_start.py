"""A collection is planned for an ordered patient and starts on the patient's own wristband, with usable things."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from app.collection import commands
from app.collection.schemas import PlanCollection, StartCollection, StopCollection
from app.domain.identifiers import with_print_number
from app.domain.vocabulary import ConsentKind, EquipmentKind, MaterialRole
from app.patients.commands import reissue_wristband, withdraw_consent
from app.patients.schemas import ReissueWristband, WithdrawConsent
from tests.hostile import refused_by_the_database
from tests.line.collection import (
    apheresis,
    applied_label,
    planned_collection,
    start_request,
)
from tests.line.materials import equipment, recall_lot, registered_lot, released_lot
from tests.line.patients import JAMES, consent, enrol, order, ordered_patient
from tests.people import CHLOE, NIA, NOEL, SAM
from tests.world import World

REASON = "veins closed after two hours"


def state_of(world: World, code: str) -> str:
    ((state,),) = world.rows("SELECT state FROM collection WHERE code = :code", code=code)
    return str(state)


def withdraw(world: World, course: str) -> None:
    asked = WithdrawConsent(course_code=course, kind=ConsentKind.TREATMENT, reason="the patient said stop")
    world.act(NIA, withdraw_consent, asked)


def test_nothing_is_planned_without_consent_or_order(world: World) -> None:
    course = enrol(world).course_code
    asked = PlanCollection(course_code=course)
    assert world.refused(CHLOE, commands.plan_collection, asked).code == "consent_missing"
    consent(world, course)
    assert world.refused(CHLOE, commands.plan_collection, asked).code == "no_active_order"
    order(world, course)
    world.act(SAM, commands.plan_collection, asked)


def test_no_more_are_planned_than_ordered_but_a_cancelled_one_leaves_room(sqlite_world: World) -> None:
    patient = ordered_patient(sqlite_world, collections_planned=1)
    code = planned_collection(sqlite_world, patient)
    asked = PlanCollection(course_code=patient.course_code)
    assert sqlite_world.refused(CHLOE, commands.plan_collection, asked).code == "collections_used_up"
    stop = StopCollection(collection_code=code, row_version=1, reason=REASON)
    sqlite_world.act(CHLOE, commands.cancel_collection, stop)
    assert sqlite_world.act(CHLOE, commands.plan_collection, asked).number == 2


@pytest.mark.requirement("REQ-128")
def test_the_wristband_of_another_patient_is_a_near_miss_and_tells_no_name(world: World) -> None:
    patient, other = ordered_patient(world), enrol(world, JAMES)
    code = planned_collection(world, patient)
    asked = start_request(world, patient, code, apheresis(world), wristband=other.wristband_code)
    refusal = world.refused(NIA, commands.start_collection, asked)
    assert refusal.code == "wrong_patient"
    assert "OKONKWO" not in refusal.sentence.upper()
    assert refusal.near_miss is not None
    assert (refusal.near_miss.kind, refusal.near_miss.course_code) == ("wrong_patient", patient.course_code)
    assert state_of(world, code) == "planned"


@pytest.mark.parametrize(
    ("scanned", "code"),
    [
        ("{patient}", "wrong_kind"),
        ("{course}", "wrong_kind"),
        ("{band}{band}", "doubled_scan"),
        ("{lower}", "bad_character"),
        ("PWD7M26000418X", "bad_check"),
        ("HALVORSEN", "unknown_prefix"),
        ("=A99992112345600", "adapter_off"),
    ],
)
def test_what_is_no_wristband_is_refused_by_its_kind(sqlite_world: World, scanned: str, code: str) -> None:
    patient = ordered_patient(sqlite_world)
    band = patient.wristband_code
    raw = scanned.format(patient=patient.patient_code, course=patient.course_code, band=band, lower=band.lower())
    collection = planned_collection(sqlite_world, patient)
    asked = start_request(sqlite_world, patient, collection, apheresis(sqlite_world), wristband=raw)
    refusal = sqlite_world.refused(NIA, commands.start_collection, asked)
    assert refusal.code == code
    assert refusal.near_miss is not None


def test_an_unscanned_wristband_is_refused_at_the_door(sqlite_world: World) -> None:
    patient = ordered_patient(sqlite_world)
    code = planned_collection(sqlite_world, patient)
    with pytest.raises(ValidationError):
        start_request(sqlite_world, patient, code, apheresis(sqlite_world), wristband="")


def test_a_replaced_wristband_is_refused(world: World) -> None:
    patient = ordered_patient(world)
    code = planned_collection(world, patient)
    asked = ReissueWristband(patient_code=patient.patient_code, reason="cut off in radiology")
    new = world.act(NIA, reissue_wristband, asked).wristband_code
    at = apheresis(world)
    assert world.refused(NIA, commands.start_collection, start_request(world, patient, code, at)).code == "void_label"
    world.act(NIA, commands.start_collection, start_request(world, patient, code, at, wristband=new))


@pytest.mark.requirement("REQ-065")
def test_separator_and_kit_must_be_usable_now(world: World) -> None:
    patient, at = ordered_patient(world), apheresis(world)
    code = planned_collection(world, patient)
    today = world.clock().date()
    overdue = equipment(world, "Separator 2", EquipmentKind.SEPARATOR, today + timedelta(days=1))
    old_kit = released_lot(world, "Kit", MaterialRole.COLLECTION_KIT, expires_on=today + timedelta(days=1))
    raw_kit = registered_lot(world, "Kit", MaterialRole.COLLECTION_KIT, maker_lot="B2")
    recalled = released_lot(world, "Kit", MaterialRole.COLLECTION_KIT, maker_lot="B3")
    recall_lot(world, recalled)
    hood = equipment(world, "Hood 1", EquipmentKind.HOOD)
    serum = released_lot(world, "AB serum", MaterialRole.SERUM)
    world.clock.forward(days=2)
    for changed, why in (
        ({"separator": overdue}, "calibration_overdue"),
        ({"separator": hood}, "wrong_equipment"),
        ({"kit": old_kit}, "material_expired"),
        ({"kit": raw_kit}, "material_quarantined"),
        ({"kit": recalled}, "material_recalled"),
        ({"kit": serum}, "wrong_material"),
        ({"kit": at.separator}, "wrong_kind"),
    ):
        refusal = world.refused(NIA, commands.start_collection, start_request(world, patient, code, at, **changed))
        assert (refusal.code, refusal.near_miss is not None) == (why, True)
    world.act(NIA, commands.start_collection, start_request(world, patient, code, at))


def test_a_start_that_the_command_would_refuse_the_database_refuses_too(world: World) -> None:
    patient, other = ordered_patient(world), enrol(world, JAMES)
    code, at = planned_collection(world, patient), apheresis(world)
    hood = equipment(world, "Hood 1", EquipmentKind.HOOD)
    start = (
        "UPDATE collection SET state = 'in_progress', started_at = planned_at, row_version = row_version + 1,"
        " precount_lymphocytes_1e9_per_l = {count}, haemoglobin_g_per_l = 112, platelets_1e9_per_l = 180,"
        " wristband_id = (SELECT id FROM wristband WHERE code = :band),"
        " separator_id = (SELECT id FROM equipment WHERE code = :separator),"
        " kit_lot_id = (SELECT id FROM material_lot WHERE code = :kit) WHERE code = :code"
    )
    good = {"band": patient.wristband_code, "separator": at.separator, "kit": at.kit, "code": code}
    count = "'11.1'" if world.is_sqlite else "11.1"
    guard = "collection_start_not_permitted"
    for changed in ({"band": "PW"}, {"separator": hood}, {"kit": "RG"}):
        refused_by_the_database(world, start.format(count=count), guard, **(good | changed))
    refused_by_the_database(world, start.format(count="NULL"), guard, **good)
    refused_by_the_database(
        world,
        start.format(count=count),
        "wrong_line" if world.is_sqlite else "fk_collection_wristband_id_patient_id",
        **(good | {"band": other.wristband_code}),
    )
    withdraw(world, patient.course_code)
    refused_by_the_database(world, start.format(count=count), "course_not_going_on", **good)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("haemoglobin_g_per_l", "79", "reason_required"),
        ("haemoglobin_g_per_l", "19", "outside_limits"),
        ("platelets_1e9_per_l", "49", "reason_required"),
        ("precount_lymphocytes_1e9_per_l", "500.1", "outside_limits"),
        ("haemoglobin_g_per_l", "112.5", "too_fine"),
    ],
)
def test_blood_counts_outside_their_limits_stop_the_start(
    sqlite_world: World, field: str, value: str, code: str
) -> None:
    patient = ordered_patient(sqlite_world)
    collection = planned_collection(sqlite_world, patient)
    asked = start_request(sqlite_world, patient, collection, apheresis(sqlite_world), **{field: value})
    assert sqlite_world.refused(NIA, commands.start_collection, asked).code == code


def test_a_stale_page_starts_nothing(sqlite_world: World) -> None:
    patient, at = ordered_patient(sqlite_world), apheresis(sqlite_world)
    code = planned_collection(sqlite_world, patient)
    asked: StartCollection = start_request(sqlite_world, patient, code, at)
    sqlite_world.act(NIA, commands.start_collection, asked)
    assert sqlite_world.refused(NOEL, commands.start_collection, asked).code == "record_changed"
    fresh = asked.model_copy(update={"row_version": 2})
    assert sqlite_world.refused(NOEL, commands.start_collection, fresh).code == "cannot_start"


def test_a_hold_on_the_course_blocks_the_start(world: World) -> None:
    patient, at = ordered_patient(world), apheresis(world)
    code = planned_collection(world, patient)
    world.sql(
        "INSERT INTO hold (course_id, patient_id, reason, placed_at, placed_by_id, row_version)"
        " SELECT course_id, patient_id, 'positive marker', ordered_at, ordered_by_id, 1 FROM treatment_order"
    )
    refusal = world.refused(NIA, commands.start_collection, start_request(world, patient, code, at))
    assert refusal.code == "course_on_hold"


def test_a_step_that_the_table_does_not_list_changes_nothing(world: World) -> None:
    code = planned_collection(world, ordered_patient(world))
    for state in ("collected", "received", "accepted", "quarantined", "rejected", "consumed", "abandoned"):
        refused_by_the_database(
            world, "UPDATE collection SET state = :state WHERE code = :code", "veinline:", state=state, code=code
        )
    stop = StopCollection(collection_code=code, row_version=1, reason=REASON)
    assert world.refused(NIA, commands.abandon_collection, stop).code == "cannot_abandon"
    assert state_of(world, code) == "planned"


@pytest.mark.parametrize(
    ("days", "code"), [(-2, "planned_outside_course"), (365, None), (368, "planned_outside_course")]
)
def test_a_plan_lies_within_the_course(sqlite_world: World, days: int, code: str | None) -> None:
    patient = ordered_patient(sqlite_world)
    asked = PlanCollection(course_code=patient.course_code, planned_at=sqlite_world.clock() + timedelta(days=days))
    if code is None:
        sqlite_world.act(CHLOE, commands.plan_collection, asked)
    else:
        assert sqlite_world.refused(CHLOE, commands.plan_collection, asked).code == code


def test_a_print_of_the_wristband_that_was_replaced_is_void(sqlite_world: World) -> None:
    patient, at = ordered_patient(sqlite_world), apheresis(sqlite_world)
    code = planned_collection(sqlite_world, patient)
    applied_label(sqlite_world, patient.wristband_code)
    first = with_print_number(patient.wristband_code, 1)
    asked = start_request(sqlite_world, patient, code, at, wristband=first)
    sqlite_world.sql("UPDATE label SET state = 'void', row_version = row_version + 1")
    assert sqlite_world.refused(NIA, commands.start_collection, asked).code == "void_label"


def test_the_run_begins_in_the_past_only_with_a_reason_and_never_in_the_future(sqlite_world: World) -> None:
    patient, at = ordered_patient(sqlite_world), apheresis(sqlite_world)
    code = planned_collection(sqlite_world, patient)
    for shift, why in ((timedelta(minutes=5), "time_in_future"), (timedelta(minutes=-31), "reason_required")):
        asked = start_request(sqlite_world, patient, code, at, started_at=sqlite_world.clock() + shift)
        assert sqlite_world.refused(NIA, commands.start_collection, asked).code == why


def test_a_date_without_zone_is_no_time(sqlite_world: World) -> None:
    with pytest.raises(ValidationError):
        PlanCollection(course_code="THD7M26000041J", planned_at=date(2026, 11, 23).isoformat() + "T10:00")
