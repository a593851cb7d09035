"""Recipes and specifications through their pages and the API, and what a program or a page is refused."""

from __future__ import annotations

import pytest

from app.recipes.records import specification_record
from app.recipes.schemas import ApproveDocument, DraftExampleSpecification, DraftSpecification
from tests.culture.doors import by_api, by_page
from tests.line.recipes import ROLLER, recipe_request
from tests.people import NIA, QUENTIN, SAM, Person
from tests.recipes.test_documents import VIABILITY, approval
from tests.world import World

EXAMPLE = {"least_cells_per_bag": "1e9", "most_cells_per_bag": "1e11", "least_lu30_per_1e7": "100"}


def test_a_recipe_is_drafted_and_approved_through_its_pages(world: World) -> None:
    assert by_page(world, SAM, "/recipes", recipe_request()) == (303, f"/recipes/{ROLLER}/1")
    page = world.client(SAM).get(f"/recipes/{ROLLER}/1").text
    for said in ("72", "96", "LAK cells, autologous"):
        assert said in page
    asked = approval(world, QUENTIN, ROLLER, 1)
    assert by_page(world, QUENTIN, f"/recipes/{ROLLER}/1/approve", asked, secret=QUENTIN.pin)[0] == 303
    assert world.rows("SELECT state FROM recipe") == [("approved",)]
    again = by_api(world, QUENTIN, f"/recipes/{ROLLER}/1/approve", asked, secret=QUENTIN.pin)
    assert again == (409, "not_a_draft")


def test_an_approval_is_for_the_document_of_its_address(sqlite_world: World) -> None:
    by_api(sqlite_world, SAM, "/recipes", recipe_request())
    by_api(sqlite_world, SAM, "/recipes", recipe_request(harvest_until_h=120))
    asked = approval(sqlite_world, QUENTIN, ROLLER, 2)
    where = f"/recipes/{ROLLER}/1/approve"
    assert by_api(sqlite_world, QUENTIN, where, asked, secret=QUENTIN.pin) == (422, "address_mismatch")
    assert sqlite_world.rows("SELECT DISTINCT state FROM recipe") == [("draft",)]


def test_a_version_nobody_wrote_is_not_found(sqlite_world: World) -> None:
    browser = sqlite_world.client(SAM)
    assert browser.get(f"/recipes/{ROLLER}/9").status_code == 404
    assert browser.get("/specifications/NOTHING/1").status_code == 404


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"harvest_from_h": 96, "harvest_until_h": 72}, "harvest_window"),
        ({"il2_from_iu_per_ml": 9001}, "il2_range"),
        ({"seeding_1e6_per_ml": "1500"}, "outside_limits"),
    ],
)
def test_a_page_and_a_program_are_refused_alike(sqlite_world: World, changed: dict[str, object], code: str) -> None:
    asked = recipe_request(**changed)
    assert by_api(sqlite_world, SAM, "/recipes", asked) == (422, code)
    assert by_page(sqlite_world, SAM, "/recipes", asked)[0] == 422
    assert sqlite_world.rows("SELECT count(*) FROM recipe") == [(0,)]


def test_the_example_and_a_specification_of_the_sites_own_are_approved_by_another(world: World) -> None:
    example = DraftExampleSpecification.model_validate(EXAMPLE)
    assert by_page(world, SAM, "/specifications", example)[0] == 303
    own = DraftSpecification.model_validate({"name": "OWN-1", "criteria": [VIABILITY]})
    assert by_api(world, SAM, "/specifications", own)[0] == 200
    what = world.read(specification_record, "OWN-1", 1)
    for who, code in ((SAM, "not_permitted"), (QUENTIN, "")):
        asked = ApproveDocument.model_validate({"name": "OWN-1", "version": 1, **world.signed(who, what.sha256)})
        assert by_api(world, who, "/specifications/OWN-1/1/approve", asked, secret=who.pin)[1] == code
    assert world.rows("SELECT state FROM specification WHERE name = 'OWN-1'") == [("approved",)]


@pytest.mark.parametrize("who", [NIA], ids=lambda who: who.name)
def test_a_nurse_writes_no_document(sqlite_world: World, who: Person) -> None:
    assert by_page(sqlite_world, who, "/recipes", recipe_request())[0] == 403
    example = DraftExampleSpecification.model_validate(EXAMPLE)
    assert by_page(sqlite_world, who, "/specifications", example)[0] == 403
