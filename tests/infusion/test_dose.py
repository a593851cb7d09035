"""Dose orders and their confirmation: weight, limits, contents, endotoxin, signatures, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from re import findall
from uuid import uuid4

import pytest

from app.domain.errors import Refusal
from app.infusion import commands
from app.infusion.dosing import cancellation, dose_sheet
from app.infusion.schemas import CancelOrder
from tests.line.infusion import (
    Supply,
    available_bags,
    checked,
    confirm_request,
    confirmed,
    on_the_ward,
    order_request,
    ordered,
)
from tests.line.patients import JAMES, consent, enrol, order, ordered_patient
from tests.people import CHLOE, NIA, QUINN, TARA, Person
from tests.world import World


def test_an_order_rests_on_the_newest_verified_weight(world: World) -> None:
    patient = ordered_patient(world)
    assert ordered(world, patient) == 1
    assert ordered(world, patient) == 2
    rows = world.rows("SELECT number, state, target_viable_cells, body_weight_id FROM dose_order ORDER BY number")
    assert rows == [(1, "active", 20_800_000_000, 1), (2, "active", 20_800_000_000, 1)]


@pytest.mark.parametrize(("days", "code"), [(7, None), (8, "weight_too_old")])
def test_a_weight_holds_seven_days(sqlite_world: World, days: int, code: str | None) -> None:
    world = sqlite_world
    patient = ordered_patient(world)
    world.clock.forward(days=days, seconds=-60)
    assert refusal_of(lambda: ordered(world, patient)) == code


def test_no_dose_is_ordered_without_a_verified_weight(sqlite_world: World) -> None:
    patient = enrol(sqlite_world)
    consent(sqlite_world, patient.course_code)
    order(sqlite_world, patient.course_code)
    assert refusal_of(lambda: ordered(sqlite_world, patient)) == "weight_missing"


ODD_ORDERS = [
    ({"target_again_1e9": "20.9"}, "entries_differ"),
    ({"least_1e9": "20.9"}, "limits_not_in_order"),
    ({"most_1e9": "20.7"}, "limits_not_in_order"),
    ({"infusion_min": 9}, "reason_required"),
    ({"infusion_min": 121}, "reason_required"),
    ({"infusion_min": 9, "reason": "a very small volume"}, None),
    ({"target_1e9": "0.67", "target_again_1e9": "0.67", "least_1e9": "0.1"}, "reason_required"),
    ({"target_1e9": "0.68", "target_again_1e9": "0.68", "least_1e9": "0.1"}, None),
    ({"target_1e9": "136", "target_again_1e9": "136", "most_1e9": "140"}, None),
    ({"target_1e9": "136.1", "target_again_1e9": "136.1", "most_1e9": "140"}, "reason_required"),
]


@pytest.mark.parametrize(("changed", "code"), ODD_ORDERS)
def test_an_order_is_plausible_or_says_why(sqlite_world: World, changed: dict[str, object], code: str | None) -> None:
    patient = ordered_patient(sqlite_world)
    assert refusal_of(lambda: ordered(sqlite_world, patient, **changed)) == code


def test_a_planned_time_lies_ahead(sqlite_world: World) -> None:
    patient = ordered_patient(sqlite_world)
    past = sqlite_world.clock.time - timedelta(minutes=1)
    assert refusal_of(lambda: ordered(sqlite_world, patient, planned_at=past)) == "planned_in_past"


@pytest.mark.parametrize("who", [NIA, TARA, QUINN])
def test_only_a_prescriber_orders_and_confirms(sqlite_world: World, who: Person) -> None:
    world = sqlite_world
    patient = ordered_patient(world)
    bags = available_bags(world, patient)
    asked = order_request(world, patient)
    assert world.refused(who, commands.order_dose, asked).code == "not_permitted"
    number = ordered(world, patient)
    request = confirm_request(world, patient, number, bags)
    assert world.refused(who, commands.confirm_dose, request).code == "not_permitted"


def test_a_confirmed_dose_has_one_infusion_for_each_bag(world: World) -> None:
    patient = ordered_patient(world)
    bags = available_bags(world, patient, Supply(bags=2, viable_cells=10_000_000_000))
    confirmed(world, patient, bags)
    rows = world.rows("SELECT state, contained_viable_cells, difference_percent FROM infusion")
    assert [(state, cells, Decimal(str(percent))) for state, cells, percent in rows] == [
        ("confirmed", 10_000_000_000, Decimal("-3.8462"))
    ] * 2


def test_a_bag_is_confirmed_once(world: World) -> None:
    patient = ordered_patient(world)
    bags = available_bags(world, patient)
    confirmed(world, patient, bags)
    assert refusal_of(lambda: confirmed(world, patient, bags)) == "already_confirmed"


def test_a_bag_of_another_patient_is_never_a_dose(world: World) -> None:
    ingrid, james = ordered_patient(world), ordered_patient(world, JAMES)
    theirs = available_bags(world, james)
    number = ordered(world, ingrid)
    assert refusal_of(lambda: confirmed(world, ingrid, theirs, number)) == "wrong_patient"
    assert world.rows("SELECT count(*) FROM infusion") == [(0,)]


def test_an_expired_bag_is_no_dose(sqlite_world: World) -> None:
    world = sqlite_world
    patient = ordered_patient(world)
    bags = available_bags(world, patient, Supply(expires_in=timedelta(minutes=10)))
    number = ordered(world, patient)
    world.clock.forward(minutes=10)
    assert refusal_of(lambda: confirmed(world, patient, bags, number)) == "bag_expired"


ENDOTOXIN = [("1.6", 1, None), ("1.7", 1, None), ("1.8", 1, "endotoxin_over_limit"), ("0.8", 2, None),
             ("0.9", 2, "endotoxin_over_limit")]  # fmt: skip


@pytest.mark.parametrize(("eu_per_ml", "bags", "code"), ENDOTOXIN, ids=str)
def test_endotoxin_is_summed_over_all_bags_of_the_hour(
    sqlite_world: World, eu_per_ml: str, bags: int, code: str | None
) -> None:
    """200 mL a bag, 68 kg, limit 5 EU/kg: 340 EU in the hour."""
    world = sqlite_world
    patient = ordered_patient(world)
    supply = Supply(bags=bags, viable_cells=10_000_000_000, eu_per_ml=Decimal(eu_per_ml))
    codes = available_bags(world, patient, supply)
    assert refusal_of(lambda: confirmed(world, patient, codes)) == code


def test_bags_of_another_order_in_the_same_hour_count_as_well(sqlite_world: World) -> None:
    world = sqlite_world
    patient = ordered_patient(world)
    codes = available_bags(world, patient, Supply(bags=2, eu_per_ml=Decimal("0.9")))
    planned_at = world.clock.time + timedelta(hours=1)
    first, second = (ordered(world, patient, planned_at=planned_at) for _ in range(2))
    confirmed(world, patient, codes[:1], first)
    assert refusal_of(lambda: confirmed(world, patient, codes[1:], second)) == "endotoxin_over_limit"
    later = ordered(world, patient, planned_at=planned_at + timedelta(hours=2))
    confirmed(world, patient, codes[1:], later)


def test_a_route_without_a_published_limit_is_refused(sqlite_world: World) -> None:
    world = sqlite_world
    patient = ordered_patient(world)
    codes = available_bags(world, patient)
    number = ordered(world, patient, route="intracavitary")
    assert refusal_of(lambda: confirmed(world, patient, codes, number)) == "route_without_limit"


def test_the_signature_binds_what_the_page_showed(world: World) -> None:
    patient = ordered_patient(world)
    codes = available_bags(world, patient, Supply(bags=2, viable_cells=10_000_000_000))
    number = ordered(world, patient)
    request = confirm_request(world, patient, number, codes).model_copy(update={"bag_codes": codes[:1]})
    assert world.refused(CHLOE, commands.confirm_dose, request).code == "record_changed"
    sheet = world.read(dose_sheet, patient.course_code, number, codes, world.clock.time)
    for part in ("20 billion cells", "HALVORSEN, Ingrid", *("BG-D7M-26-",)):
        assert part in sheet.signable.statement


def test_a_cancelled_order_frees_its_bags(world: World) -> None:
    patient = ordered_patient(world)
    codes = available_bags(world, patient)
    number = confirmed(world, patient, codes)
    world.act(CHLOE, commands.cancel_order, cancel_request(world, patient.course_code, number))
    assert world.rows("SELECT state FROM infusion") == [("cancelled",)]
    confirmed(world, patient, codes)


def test_an_order_at_the_bedside_cannot_be_cancelled(world: World) -> None:
    ward = on_the_ward(world)
    checked(world, ward)
    asked = cancel_request(world, ward.patient.course_code, 1)
    assert world.refused(CHLOE, commands.cancel_order, asked).code == "infusion_under_way"


def test_a_dose_is_ordered_and_confirmed_through_the_pages(sqlite_world: World) -> None:
    world = sqlite_world
    patient = ordered_patient(world)
    (bag,) = available_bags(world, patient, Supply(pending=("Sterility, final",)))
    course, client = patient.course_code, world.client(CHLOE)
    assert client.get(f"/orders/{course}/new").status_code == 200
    plan = {
        "course_code": course, "least_1e9": "15", "target_1e9": "20.8", "target_again_1e9": "20.8", "most_1e9": "25",
        "route": "intravenous", "planned_at": "2026-11-23 14:00", "infusion_min": "30", "request_key": str(uuid4()),
    }  # fmt: skip
    review = client.post(f"/orders/{course}/review", data=plan)
    for part in ("2.08\u00a0×\u00a010<sup>10</sup>", "20.8\u00a0billion\u00a0cells", "3.06\u00a0×\u00a010<sup>8</sup>"):
        assert part in review.text, part
    sent = dict(hidden_fields(review.text)) | world.signed(CHLOE, hidden(review.text, "record_sha256"))
    assert client.post(f"/orders/{course}", data=sent).headers["location"] == f"/orders/{course}/1"
    page = client.get(f"/orders/{course}/1")
    for part in ("Sterility, final pending", "Endotoxin, heaviest hour", "0.0% more", "Confirm dose of 1\u00a0bag"):
        assert part in page.text, part
    form = {"course_code": course, "number": "1", "bag_codes": bag, "request_key": str(uuid4())}
    form |= world.signed(CHLOE, hidden(page.text, "record_sha256"))
    assert client.post(f"/orders/{course}/1/confirm", data=form).status_code == 303
    assert "confirmed" in client.get(f"/orders/{course}/1").text


def test_the_page_says_why_a_dose_cannot_be_confirmed(sqlite_world: World) -> None:
    world = sqlite_world
    patient = ordered_patient(world)
    available_bags(world, patient, Supply(eu_per_ml=Decimal(2)))
    ordered(world, patient)
    page = world.client(CHLOE).get(f"/orders/{patient.course_code}/1")
    assert "Endotoxin in the heaviest hour is" in page.text
    assert "Confirm dose of" not in page.text


def cancel_request(world: World, course_code: str, number: int) -> CancelOrder:
    """Chloe's signed cancellation."""
    signed = world.signed(CHLOE, world.read(cancellation, course_code, number).sha256)
    return CancelOrder(course_code=course_code, number=number, reason="the patient has a fever", **signed)


def refusal_of(act: Callable[[], object]) -> str | None:
    """The code of the refusal, or None when it was done."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return None


def hidden_fields(page: str) -> list[tuple[str, str]]:
    """The hidden fields of the last form of a page."""
    form = page.rsplit("<form", 1)[1] if page.count("<form") == 1 else page
    return findall(r'<input type="hidden"\s+name="([a-z0-9_]+)"\s+value="([^"]*)"', form)


def hidden(page: str, name: str) -> str:
    """The first hidden field of that name."""
    return next(value for field, value in hidden_fields(page) if field == name)
