"""The limits of planning, of what a run gives and of its receipt; supplies that may not be used."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.collection import (
    LONGEST_OUT_OF_STORAGE_MIN,
    Yield,
    judged_prechecks,
    judged_yield,
    require_passed,
    require_plan,
    require_storage,
)
from app.domain.course import Standing, require_going_on
from app.domain.errors import Invalid, Mismatch, NearMiss, WrongState
from app.domain.limits import Grade
from app.domain.supplies import Apparatus, Supply, require_usable_equipment, require_usable_lot
from app.domain.vocabulary import (
    CourseState,
    EquipmentKind,
    EquipmentState,
    Inspection,
    MaterialRole,
    MaterialState,
)

DAY_1 = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
NEAR = NearMiss("", "start_collection", course_code="THD7M26000041J")
GOOD = {
    "procedure_min": "240",
    "blood_processed_l": "10",
    "anticoagulant_ml": "830",
    "volume_ml": "220",
    "wbc_cells": "54e9",
    "lymphocyte_percent": "95",
}


def given(**changed: str) -> Yield:
    return Yield(**{name: Decimal(value) for name, value in (GOOD | changed).items()})


@pytest.mark.parametrize("days", [0, 1, 366])
def test_a_collection_is_planned_within_a_year_of_day_1(days: int) -> None:
    require_plan(DAY_1 + timedelta(days=days), DAY_1, already=0, ordered=5)


@pytest.mark.parametrize("days", [-1, 367])
def test_a_collection_outside_the_course_is_refused(days: int) -> None:
    with pytest.raises(Invalid, match="on or after day 1"):
        require_plan(DAY_1 + timedelta(days=days), DAY_1, already=0, ordered=5)


def test_no_more_collections_than_were_ordered() -> None:
    require_plan(DAY_1, DAY_1, already=4, ordered=5)
    with pytest.raises(WrongState, match="asks for 5"):
        require_plan(DAY_1, DAY_1, already=5, ordered=5)


def test_the_published_run_is_usual_in_every_value() -> None:
    assert {judged.grade for judged in judged_yield(given()).values()} == {Grade.OK}


@pytest.mark.parametrize(
    ("field", "value", "form_field", "grade"),
    [
        ("wbc_cells", "2e9", "wbc_1e9", Grade.OUTSIDE_RECIPE),
        ("wbc_cells", "1.999e9", "wbc_1e9", Grade.WARN),
        ("wbc_cells", "1e12", "wbc_1e9", Grade.WARN),
        ("wbc_cells", "1.001e12", "wbc_1e9", Grade.REFUSE),
        ("wbc_cells", "999999", "wbc_1e9", Grade.REFUSE),
        ("volume_ml", "50", "volume_ml", Grade.OUTSIDE_RECIPE),
        ("volume_ml", "49.9", "volume_ml", Grade.WARN),
        ("volume_ml", "4.9", "volume_ml", Grade.REFUSE),
        ("volume_ml", "3000.1", "volume_ml", Grade.REFUSE),
        ("lymphocyte_percent", "70", "lymphocyte_percent", Grade.OK),
        ("lymphocyte_percent", "69.9", "lymphocyte_percent", Grade.WARN),
        ("lymphocyte_percent", "100.1", "lymphocyte_percent", Grade.REFUSE),
        ("blood_processed_l", "18", "blood_processed_l", Grade.OUTSIDE_RECIPE),
        ("blood_processed_l", "18.1", "blood_processed_l", Grade.WARN),
        ("blood_processed_l", "40.1", "blood_processed_l", Grade.REFUSE),
        ("procedure_min", "90", "ended_at", Grade.OUTSIDE_RECIPE),
        ("procedure_min", "89", "ended_at", Grade.WARN),
        ("procedure_min", "9", "ended_at", Grade.REFUSE),
        ("procedure_min", "721", "ended_at", Grade.REFUSE),
        ("anticoagulant_ml", "625", "anticoagulant_ml", Grade.OK),
        ("anticoagulant_ml", "624", "anticoagulant_ml", Grade.WARN),
        ("anticoagulant_ml", "199", "anticoagulant_ml", Grade.REFUSE),
    ],
)
def test_a_value_of_the_yield_is_graded_at_its_limits(field: str, value: str, form_field: str, grade: Grade) -> None:
    assert judged_yield(given(**{field: value}))[form_field].grade is grade


@pytest.mark.parametrize("volume", ["0", "-1"])
def test_a_run_without_anticoagulant_is_refused(volume: str) -> None:
    with pytest.raises(Invalid, match="above 0 mL"):
        judged_yield(given(anticoagulant_ml=volume))


@pytest.mark.parametrize(("haemoglobin", "grade"), [("80", Grade.OK), ("79", Grade.WARN), ("19", Grade.REFUSE)])
def test_blood_counts_are_graded_at_their_limits(haemoglobin: str, grade: Grade) -> None:
    counts = judged_prechecks(lymphocytes=Decimal("11.1"), haemoglobin=Decimal(haemoglobin), platelets=Decimal(180))
    assert counts["haemoglobin_g_per_l"].grade is grade


@pytest.mark.parametrize(("celsius", "minutes"), [("-200", 0), ("60", LONGEST_OUT_OF_STORAGE_MIN)])
def test_what_a_thermometer_and_a_clock_can_show_is_recorded(celsius: str, minutes: int) -> None:
    require_storage(Decimal(celsius), minutes)


@pytest.mark.parametrize(
    ("celsius", "minutes", "field"),
    [
        ("-200.1", 0, "temperature_c"),
        ("60.1", 0, "temperature_c"),
        ("20", -1, "out_of_storage_min"),
        ("20", LONGEST_OUT_OF_STORAGE_MIN + 1, "out_of_storage_min"),
    ],
)
def test_what_nothing_can_show_is_refused_at_its_field(celsius: str, minutes: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_storage(Decimal(celsius), minutes)
    assert refused.value.field == field


@pytest.mark.requirement("REQ-053")
@pytest.mark.parametrize("found", [Inspection.FAIL, Inspection.UNKNOWN])
def test_one_line_that_did_not_pass_refuses_the_collection(found: Inspection) -> None:
    lines = {"integrity": Inspection.PASS, "temperature": found}
    with pytest.raises(WrongState, match=f"temperature \\({found.value}\\)"):
        require_passed(lines, "CND7M260000433", "THD7M26000041J")
    require_passed(lines | {"temperature": Inspection.PASS}, "CND7M260000433", "THD7M26000041J")


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        ({"state": CourseState.CLOSED}, "course_not_active"),
        ({"state": CourseState.ON_HOLD}, "course_not_active"),
        ({"consent_stands": False}, "consent_withdrawn"),
        ({"consent_stands": False, "consent_was_given": False}, "consent_missing"),
        ({"open_holds": 1}, "course_on_hold"),
    ],
)
def test_a_course_that_does_not_go_on_refuses_and_leaves_a_near_miss(standing: dict[str, object], code: str) -> None:
    usual = {"course_code": "TH", "state": CourseState.ACTIVE, "consent_was_given": True, "consent_stands": True}
    require_going_on(Standing(**(usual | {"open_holds": 0})), step="seed")
    with pytest.raises(WrongState) as refused:
        require_going_on(Standing(**(usual | {"open_holds": 0} | standing)), step="seed")
    near = refused.value.near_miss
    assert (refused.value.code, near and near.kind, near and near.step) == (code, code, "seed")


@pytest.mark.requirement("REQ-065")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"state": MaterialState.QUARANTINED}, "material_quarantined"),
        ({"state": MaterialState.RECALLED}, "material_recalled"),
        ({"expires_at": NOW}, "material_expired"),
        ({"role": MaterialRole.SERUM}, "wrong_material"),
        ({"open_until": NOW}, "material_open_too_long"),
        ({"left_milli": 0}, "material_empty"),
    ],
)
def test_a_lot_that_may_not_be_used_is_refused(changed: dict[str, object], code: str) -> None:
    usual = {
        "code": "RGD7M260000433",
        "name": "Kit",
        "role": MaterialRole.COLLECTION_KIT,
        "state": MaterialState.RELEASED,
        "expires_at": NOW + timedelta(seconds=1),
        "left_milli": 1,
    }
    require_usable_lot(Supply(**usual), (MaterialRole.COLLECTION_KIT,), NOW, NEAR)
    with pytest.raises((WrongState, Mismatch)) as refused:
        require_usable_lot(Supply(**(usual | changed)), (MaterialRole.COLLECTION_KIT,), NOW, NEAR)
    assert refused.value.code == code
    assert refused.value.near_miss is not None


@pytest.mark.requirement("REQ-065")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"state": EquipmentState.OUT_OF_SERVICE}, "equipment_out_of_service"),
        ({"calibration_due_at": NOW}, "calibration_overdue"),
        ({"kind": EquipmentKind.HOOD}, "wrong_equipment"),
    ],
)
def test_equipment_that_may_not_be_used_is_refused(changed: dict[str, object], code: str) -> None:
    usual = {
        "code": "EQD7M260000433",
        "name": "Separator 1",
        "kind": EquipmentKind.SEPARATOR,
        "state": EquipmentState.IN_SERVICE,
        "calibration_due_at": NOW + timedelta(seconds=1),
    }
    require_usable_equipment(Apparatus(**usual), (EquipmentKind.SEPARATOR,), NOW, NEAR)
    with pytest.raises((WrongState, Mismatch)) as refused:
        require_usable_equipment(Apparatus(**(usual | changed)), (EquipmentKind.SEPARATOR,), NOW, NEAR)
    assert refused.value.code == code
