"""Every hard stop at the bed: the page is the whole STOP surface with 409, the API a problem; nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from httpx2 import Response
from sqlalchemy import select

from app.db.models import DecisionBag, Hold
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.infusion import StopCode, stop_of
from app.domain.vocabulary import ConsentKind
from app.infusion.verdict import locked_bag
from app.patients.commands import withdraw_consent
from app.patients.schemas import WithdrawConsent
from tests.custody.ward import recalled as called_back
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
    sent,
    start_request,
    started,
)
from tests.line.patients import JAMES, ordered_patient
from tests.people import CHLOE, NIA, QUENTIN
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
    called_back(world, ward.bag)
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
    return ward, BED, "second", sent(match_request(world, ward, matched(world, ward), NIA))


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
    form = sent(match_request(world, ward, matched(world, ward)))
    world.clock.forward(seconds=121)
    return ward, BED, "second", form


def start_too_late(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    checked(world, ward)
    form = sent(start_request(world, ward))
    world.clock.forward(seconds=121)
    return ward, BED, "start", form


def start_elsewhere(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    checked(world, ward)
    return ward, "Bed 7", "start", sent(start_request(world, ward))


def start_on_hold(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    checked(world, ward)
    form = sent(start_request(world, ward))
    world.act(QUENTIN, _held, ward.bag)
    return ward, BED, "start", form


def start_after_relabelling(world: World) -> tuple[Ward, str, str, dict[str, object]]:
    ward = on_the_ward(world)
    checked(world, ward)
    form = sent(start_request(world, ward))
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
def test_a_stop_is_the_whole_answer_and_changes_nothing(sqlite_world: World, scene: Scene, code: StopCode) -> None:
    world = sqlite_world
    _, station, path, form = scene(world)
    before = standing(world)
    answer = world.client(NIA, station).post(f"/bedside/{path}", data=plain(form) | {"request_key": str(uuid4())})
    assert answer.status_code == 409, answer.text
    assert answer.headers["cache-control"] == "no-store"
    for part in ('class="bed halt"', ">STOP<", stop_of(code).sentence, "Near miss 26-", "HALVORSEN, Ingrid"):
        assert part in answer.text, part
    assert answer.text.count("<li><span>") == 3
    assert "MATCH" not in answer.text
    assert "OKONKWO" not in answer.text
    assert "James" not in answer.text
    told = called(world, station, path, form)
    body = told.json()
    assert (told.status_code, told.headers["content-type"]) == (409, "application/problem+json"), told.text
    assert (body["type"], body["detail"]) == (f"urn:veinline:{code}", stop_of(code).sentence)
    assert world.rows("SELECT number, kind FROM near_miss ORDER BY id DESC LIMIT 1") == [
        (body["near_miss"], code.value)
    ]
    assert standing(world) in (before, lapsed(before))


def test_a_stop_sent_twice_is_recorded_once(world: World) -> None:
    _, station, path, form = of_another_patient(world)
    key = str(uuid4())
    answers = [called(world, station, path, form, key).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert world.rows("SELECT count(*) FROM near_miss") == [(1,)]


def test_the_wrong_patient_opens_a_deviation_and_shows_two_numbers(world: World) -> None:
    _, station, path, form = of_another_patient(world)
    answer = world.client(NIA, station).post(f"/bedside/{path}", data=plain(form) | {"request_key": str(uuid4())})
    assert "<mark>4417\u00a00926</mark>" in answer.text
    assert "<mark>4416\u00a09027</mark>" in answer.text
    ((about, state),) = world.rows("SELECT about, state FROM deviation")
    assert (f"{about}01", state) == (form["bag"], "open")
    assert world.rows("SELECT count(*) FROM bedside_check") == [(0,)]


def plain(form: dict[str, object]) -> dict[str, object]:
    """The fields a browser would send."""
    return {name: value for name, value in form.items() if value is not None}


def called(world: World, station: str, path: str, form: dict[str, object], key: str | None = None) -> Response:
    """The same request through the API."""
    headers = {"Idempotency-Key": key or str(uuid4())}
    return world.client(NIA, station).post(f"/api/v1/bedside/{path}", json=form, headers=headers)


def standing(world: World) -> tuple[object, ...]:
    """Where every bag, infusion and check stands."""
    bags = world.rows("SELECT code, state, holder_id FROM bag ORDER BY id")
    infusions = world.rows("SELECT bag_id, state FROM infusion ORDER BY id")
    return bags, infusions


def lapsed(before: tuple[object, ...]) -> tuple[object, ...]:
    """The same, after the check was over and went back."""
    return tuple(
        [tuple({"verified": "received", "checked": "confirmed"}.get(str(part), part) for part in row) for row in rows]
        for rows in before
        if isinstance(rows, list)
    )


@command
def _held(tx: Transaction, actor: Actor, code: str) -> None:
    bag = locked_bag(tx, code)
    hold = Hold(
        course_id=bag.course_id, patient_id=bag.patient_id, product_lot_id=bag.product_lot_id,
        reason="a question about the lot", placed_at=tx.now, placed_by_id=actor.user_id,
    )  # fmt: skip
    tx.session.add(hold)


@command
def _withdrawn(tx: Transaction, actor: Actor, code: str) -> None:
    bag = locked_bag(tx, code)
    named = tx.session.execute(select(DecisionBag).where(DecisionBag.bag_id == bag.id)).scalar_one()
    named.is_effective = False
