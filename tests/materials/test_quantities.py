"""Opening and quantities of lots: how long an opened lot is good, what is left, and what the database keeps of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.culture.commands import feed_culture, seed_culture
from app.culture.schemas import FeedCulture
from app.domain.identifiers import display
from app.domain.supplies import StockMove
from app.domain.vocabulary import MaterialRole
from app.materials import commands
from app.materials.schemas import BookMaterial, OpenMaterial, PrepareMaterial
from app.simulator.line.culture import of, seed_request, shelf, started_culture
from app.web import formats
from tests.culture.doors import by_api, by_page
from tests.hostile import refused_by_the_database
from tests.line.materials import in_catalogue, prepared_lot, released_lot, version_of
from tests.people import IRIS, NIA, TARA, THEO
from tests.world import World

MEDIUM = "RPMI 1640"


@pytest.fixture
def lot(world: World) -> str:
    in_catalogue(world, MEDIUM, MaterialRole.MEDIUM, days_open=14)
    in_catalogue(world, "Complete medium", MaterialRole.MEDIUM, shelf_life_h=720)
    return released_lot(world, MEDIUM, MaterialRole.MEDIUM, amount=Decimal(500))


def book(world: World, code: str, kind: StockMove, amount: str, reason: str | None = None) -> BookMaterial:
    given = {"kind": kind, "amount": amount, "reason": reason, "row_version": version_of(world, code)}
    return BookMaterial.model_validate(given | {"material_code": code})


def left(world: World, code: str) -> int:
    ((milli,),) = world.rows(
        "SELECT left_milli FROM material_movement w JOIN material_lot m ON m.id = w.material_lot_id"
        " WHERE m.code = :code ORDER BY number DESC LIMIT 1",
        code=code,
    )
    return int(str(milli))


def test_what_was_used_wasted_and_counted_adds_up_and_never_falls_below_nothing(world: World, lot: str) -> None:
    assert by_page(world, TARA, f"/materials/{lot}/book", book(world, lot, StockMove.USED, "120.5"))[0] == 303
    assert by_api(world, TARA, f"/materials/{lot}/book", book(world, lot, StockMove.WASTED, "20"))[0] == 422
    asked = book(world, lot, StockMove.WASTED, "20", "the bottle was knocked over")
    assert by_api(world, TARA, f"/materials/{lot}/book", asked)[0] == 200
    assert left(world, lot) == 359_500
    refusal = world.refused(TARA, commands.book_material, book(world, lot, StockMove.USED, "359.501"))
    assert refusal.code == "not_enough_left"
    assert "359.5 mL" in refusal.sentence
    counted = book(world, lot, StockMove.CORRECTED, "300", "counted at the monthly inventory")
    world.act(TARA, commands.book_material, counted)
    assert left(world, lot) == 300_000
    page = world.client(TARA).get(f"/materials/{lot}").text
    for said in ("Used 120.5 mL", "Wasted 20 mL", "Corrected 59.5 mL, 300 mL left", "knocked over"):
        assert said in page
    for who in (NIA, IRIS):
        assert by_api(world, who, f"/materials/{lot}/book", counted)[0] == 403
    lot_id = "(SELECT id FROM material_lot WHERE code = :code)"
    for number, amount, after in ((5, -300_001, -1), (5, -1000, 300_000), (6, -1000, 299_000)):
        refused_by_the_database(
            world,
            "INSERT INTO material_movement (material_lot_id, number, kind, amount_milli, left_milli, moved_at,"
            f" moved_by_id) SELECT {lot_id}, {number}, 'used', {amount}, {after}, moved_at, 1 FROM material_movement"
            f" WHERE number = 1 AND material_lot_id = {lot_id}",
            "never_less_than_nothing" if after < 0 else "quantity_does_not_follow",
            code=lot,
        )


def test_an_empty_lot_is_refused_at_the_moment_of_use(sqlite_world: World) -> None:
    world = sqlite_world
    in_catalogue(world, "Complete medium", MaterialRole.MEDIUM, shelf_life_h=720)
    code = released_lot(world, MEDIUM, MaterialRole.MEDIUM, amount=Decimal(5))
    world.act(TARA, commands.book_material, book(world, code, StockMove.USED, "5"))
    given = {"material": "Complete medium", "amount": 1, "parts": [code], "amounts": [1]}
    refusal = world.refused(TARA, commands.prepare_material, PrepareMaterial.model_validate(given))
    assert refusal.code == "material_empty"
    assert code in world.client(TARA).get("/materials/ended").text
    assert code not in world.client(TARA).get("/materials").text


def test_an_opened_lot_is_good_for_its_days_and_no_longer(world: World, lot: str) -> None:
    prepared_lot(world, "Complete medium", {lot: Decimal(1)})
    assert world.rows("SELECT count(*) FROM material_lot WHERE opened_at IS NOT NULL") == [(1,)]
    world.clock.forward(days=13, hours=23)
    prepared_lot(world, "Complete medium", {lot: Decimal(1)})
    world.clock.forward(hours=2)
    given = {"material": "Complete medium", "amount": 1, "parts": [lot], "amounts": [1]}
    refusal = world.refused(TARA, commands.prepare_material, PrepareMaterial.model_validate(given))
    assert refusal.code == "material_open_too_long"
    assert "open too long" in world.client(TARA).get("/materials").text
    longer = "UPDATE material_lot SET open_until = expires_at WHERE code = :code"
    refused_by_the_database(world, longer, "material_not_openable", code=lot)
    again = OpenMaterial(material_code=lot, row_version=version_of(world, lot))
    assert by_page(world, TARA, f"/materials/{lot}/open", again)[0] == 303
    prepared_lot(world, "Complete medium", {lot: Decimal(1)})


def test_the_step_proposes_the_lot_that_ends_first_and_another_choice_needs_a_reason(sqlite_world: World) -> None:
    world = sqlite_world
    at = shelf(world)
    batch = started_culture(world, at)
    soon = world.clock().date() + timedelta(days=20)
    name = "RPMI 1640 with antibiotics"
    first = released_lot(world, name, MaterialRole.MEDIUM, maker_lot="A099", expires_on=soon)
    page = world.client(TARA).get(f"/batches/{batch.culture}/steps/seed").text
    assert formats.code(display(first)) in page
    assert formats.code(display(at.medium)) not in page
    refusal = world.refused(TARA, seed_culture, seed_request(world, batch, at))
    assert (refusal.code, refusal.field) == ("reason_required", "reason")
    assert display(first) in refusal.sentence
    world.act(TARA, seed_culture, seed_request(world, batch, at, reason="the older lot stands in another building"))
    feed = {"volume_each_ml": "100", "medium_lot": first, "hood": at.hood, **of(world, batch.culture)}
    world.act(TARA, feed_culture, FeedCulture.model_validate(feed | world.second(THEO)))
    ((vessels,),) = world.rows("SELECT count(*) FROM vessel")
    assert left(world, first) == 100_000_000 - 100_000 * int(str(vessels))
    assert formats.code(display(batch.culture)) in world.client(TARA).get(f"/materials/{first}").text
