"""Bags: equal contents, the first link of custody, the expiry of the recipe, labels that complete the lot; closing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.culture import commands
from app.culture.records import culture_close
from app.culture.schemas import CloseCulture, CompleteLot
from app.custody import commands as custody
from app.custody.schemas import DisposeBag
from app.domain.vocabulary import MaterialRole
from tests.culture.doors import by_api, by_page
from tests.line.assay import register
from tests.line.culture import complete, fill_request, filled_bags, harvested_culture, of, shelf
from tests.line.labels import apply_bag_labels, apply_label_to
from tests.line.materials import recall_lot, released_lot
from tests.line.patients import JAMES, allergic
from tests.people import NIA, SAM, TARA, THEO
from tests.world import World


def test_bags_begin_with_their_first_link(world: World) -> None:
    at = shelf(world)
    batch, filled = filled_bags(world, at, register)
    bags = world.rows("SELECT code, division, volume_ul, viable_cells, state, holder_id FROM bag ORDER BY division")
    tara = world.user_id(TARA)
    assert bags == [(code, n, 200_000, 20_800_000_000, "filled", tara) for n, code in enumerate(filled.bag_codes, 1)]
    links = world.rows(
        "SELECT e.seq, e.kind, e.bag_state, e.actor_id, e.witness_id, e.from_holder_id, e.to_place_id = c.bench_id"
        " FROM custody_event e JOIN culture c ON c.course_id = e.course_id ORDER BY e.id"
    )
    assert [tuple(link) for link in links] == [(1, "fill", "filled", tara, world.user_id(THEO), None, True)] * 2
    ((at_text, until_text),) = world.rows("SELECT formulated_at, expires_at FROM product_lot")
    assert instant(until_text) - instant(at_text) == timedelta(hours=24)
    assert world.rows("SELECT state FROM culture WHERE code = :code", code=batch.culture) == [("harvested",)]
    assert world.refused(TARA, commands.fill_bags, fill_request(world, batch, at)).code == "bags_filled"


def instant(stored: object) -> datetime:
    """An instant as either database gives it."""
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))


NUMBERS = [
    ({"viable_cells_each_1e9": "22.01"}, "more_than_harvested"),
    ({"viable_cells_each_1e9": "0.9"}, "reason_required"),
    ({"volume_each_ml": "49"}, "reason_required"),
    ({"volume_each_ml": "0"}, "not_positive"),
    ({"volume_each_ml": "2001"}, "outside_limits"),
    ({"bags": 20, "viable_cells_each_1e9": "2.3"}, "more_than_harvested"),
    ({"viability_percent": "79.9"}, "reason_required"),
    ({"viability_percent": "100.1"}, "outside_limits"),
]


def test_a_bag_holds_what_can_be(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = harvested_culture(world, at, register)
    said = [
        world.refused(TARA, commands.fill_bags, fill_request(world, batch, at, **changed)).code
        for changed, _ in NUMBERS
    ]
    assert said == [code for _, code in NUMBERS]
    for who, code in ((TARA, "second_is_first"), (NIA, "not_permitted")):
        asked = fill_request(world, batch, at, **world.second(who))
        assert world.refused(TARA, commands.fill_bags, asked).code == code
    assert by_page(world, NIA, f"/batches/{batch.culture}/fill", asked, **world.second(THEO))[0] == 403
    assert world.rows("SELECT count(*) FROM bag") == [(0,)]


def test_what_goes_into_bags_is_checked(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = harvested_culture(world, at, register)
    recalled = released_lot(world, "Saline B", MaterialRole.FORMULATION)
    recall_lot(world, recalled)
    albumin = released_lot(world, "Saline with albumin", MaterialRole.FORMULATION, substances="albumin")
    allergic(world, batch.patient.patient_code, "albumin")
    for changed, code in (
        ({"formulation_lot": recalled}, "material_recalled"),
        ({"formulation_lot": at.medium}, "wrong_material"),
        ({"formulation_lot": albumin}, "allergy"),
        ({"hood": at.incubator}, "wrong_equipment"),
    ):
        refusal = world.refused(TARA, commands.fill_bags, fill_request(world, batch, at, **changed))
        assert (refusal.code, refusal.near_miss is not None) == (code, True)


def complete_request(world: World, culture: str) -> CompleteLot:
    return CompleteLot.model_validate(of(world, culture))


def test_a_lot_is_complete_when_every_bag_wears_its_label(world: World) -> None:
    at = shelf(world)
    empty = harvested_culture(world, at, register)
    assert world.refused(TARA, commands.complete_lot, complete_request(world, empty.culture)).code == "label_missing"
    filled = world.act(TARA, commands.fill_bags, fill_request(world, empty, at))
    apply_label_to(world, filled.bag_codes[0])
    asked = complete_request(world, empty.culture)
    refusal = world.refused(TARA, commands.complete_lot, asked)
    assert (refusal.code, "Bag 2 has no label" in refusal.sentence) == ("label_missing", True)
    where = f"/batches/{empty.culture}/complete"
    assert by_api(world, TARA, where, asked, **world.second(THEO)) == (409, "label_missing")
    apply_label_to(world, filled.bag_codes[1])
    assert by_page(world, TARA, where, asked, **world.second(THEO)) == (303, f"/lots/{filled.lot_code}")
    assert world.rows("SELECT state, bench_id FROM culture") == [("formulated", None)]
    assert world.rows("SELECT state FROM product_lot") == [("quarantine",)]
    assert world.refused(TARA, commands.complete_lot, complete_request(world, empty.culture)).code == "cannot_formulate"


def close_request(world: World, culture: str) -> CloseCulture:
    ((version,),) = world.rows("SELECT row_version FROM culture WHERE code = :code", code=culture)
    signed = world.signed(SAM, world.read(culture_close, culture).sha256)
    return CloseCulture.model_validate({"culture_code": culture, "row_version": version, **signed})


def test_a_culture_closes_after_its_last_bag(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch, filled = filled_bags(world, at, register, JAMES)
    assert world.refused(SAM, commands.close_culture, close_request(world, batch.culture)).code == "cannot_close"
    apply_bag_labels(world, filled.lot_code)
    complete(world, batch)
    for code in filled.bag_codes:
        refusal = world.refused(SAM, commands.close_culture, close_request(world, batch.culture))
        assert refusal.code == "culture_still_open"
        given = {"bag": f"{code}01", "reason": "the course ended before the infusion", **world.second(THEO)}
        world.act(TARA, custody.destroy_bag, DisposeBag.model_validate(given))
    assert world.refused(TARA, commands.close_culture, close_request(world, batch.culture)).code == "not_permitted"
    assert world.act(SAM, commands.close_culture, close_request(world, batch.culture)).state == "closed"


@pytest.mark.requirement("REQ-007")
def test_the_same_request_fills_once(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = harvested_culture(world, at, register)
    body = fill_request(world, batch, at).model_dump(mode="json") | world.second(THEO)
    client = world.client(TARA)
    key = {"Idempotency-Key": "6b9f1d8e-7a55-4c1f-9a0e-3f1f7a0f5b21"}
    answers = [client.post(f"/api/v1/batches/{batch.culture}/fill", json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert world.rows("SELECT count(*) FROM bag") == [(2,)]
