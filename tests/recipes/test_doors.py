"""Recipes and specifications through their pages and the API, and what a program or a page is refused."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.recipes.records import specification_record
from app.recipes.schemas import ApproveDocument, CopyRecipe, DraftExampleSpecification, DraftSpecification
from tests.counting import statements
from tests.culture.doors import by_api, by_page
from tests.line.recipes import ROLLER, proposed_recipe, recipe_request, shown
from tests.people import NIA, QUENTIN, SAM, Person
from tests.recipes.test_documents import VIABILITY, approval, formulating
from tests.world import World

EXAMPLE = {"least_cells_per_bag": "1e9", "most_cells_per_bag": "1e11", "least_lu30_per_1e7": "100"}


def test_a_recipe_goes_from_a_seed_to_its_approval_through_its_pages(world: World) -> None:
    assert by_page(world, SAM, "/recipes/copy", CopyRecipe(name=ROLLER)) == (303, f"/recipes/{ROLLER}/1")
    page = world.client(SAM).get(f"/recipes/{ROLLER}/1").text
    for said in ("72 to 96 h after seed", "LAK cells, autologous", "IL-2 in a bag has no value yet", "days 8 to 12"):
        assert said in page
    assert 'value="9000"' in world.client(SAM).get(f"/recipes/{ROLLER}/1/edit/seed").text
    edited = formulating(world)
    assert by_page(world, SAM, f"/recipes/{ROLLER}/1/edit/formulate", edited) == (303, f"/recipes/{ROLLER}/1")
    assert "now 450,000 IU, was none" in world.client(SAM).get(f"/recipes/{ROLLER}/1/changes").text
    assert by_page(world, SAM, f"/recipes/{ROLLER}/1/propose", shown(world, ROLLER, 1))[0] == 303
    asked = approval(world, QUENTIN, ROLLER, 1)
    assert by_page(world, QUENTIN, f"/recipes/{ROLLER}/1/approve", asked, secret=QUENTIN.pin)[0] == 303
    assert world.rows("SELECT state FROM recipe") == [("approved",)]
    again = by_api(world, QUENTIN, f"/recipes/{ROLLER}/1/approve", asked, secret=QUENTIN.pin)
    assert again == (409, "not_proposed")


def test_an_approval_is_for_the_document_of_its_address(sqlite_world: World) -> None:
    proposed_recipe(sqlite_world)
    proposed_recipe(sqlite_world, harvest_until_h="120")
    asked = approval(sqlite_world, QUENTIN, ROLLER, 2)
    where = f"/recipes/{ROLLER}/1/approve"
    assert by_api(sqlite_world, QUENTIN, where, asked, secret=QUENTIN.pin) == (422, "address_mismatch")
    assert sqlite_world.rows("SELECT DISTINCT state FROM recipe") == [("proposed",)]


def test_a_recipe_leaves_as_a_file_and_comes_back(sqlite_world: World) -> None:
    browser = sqlite_world.client(SAM)
    by_api(sqlite_world, SAM, "/recipes", recipe_request())
    answer = browser.get(f"/recipes/{ROLLER}/1/file.json")
    assert answer.headers["content-disposition"] == f'attachment; filename="{ROLLER}-1-SYNTHETIC.json"'
    assert browser.get(f"/api/v1/recipes/{ROLLER}/1/file").text == answer.text
    sent = browser.post(
        "/recipes/import", data={"request_key": str(uuid4())}, files={"file": ("r.json", answer.content)}
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"/recipes/{ROLLER}/2")
    assert browser.get(f"/api/v1/recipes/{ROLLER}/2/changes").json()["sentences"] == []
    since = browser.get(f"/api/v1/recipes/{ROLLER}/2/changes?since=0").json()
    assert (since["since"], len(since["sentences"])) == ("the recipe that comes with the program", 2)
    for nothing in (2, 3, -1):
        assert browser.get(f"/recipes/{ROLLER}/2/changes?since={nothing}").status_code == 404


BAD_FILES = [
    (b"\xff\xfe\x00", "The file is not text. Choose an exported recipe."),
    (b"{", "The file is no JSON: line 1, column 2 cannot be read."),
    (b'{"format": "another"}', "it is no recipe of this program."),
    (b'{"format": "veinline recipe 1", "name": "A1", "steps": [{"key": 5}]}', "Step 1: kind is missing."),
]


@pytest.mark.parametrize(("content", "sentence"), BAD_FILES, ids=["no text", "torn", "another", "incomplete"])
def test_a_bad_file_is_told_where_it_is_bad_and_nothing_is_kept(
    sqlite_world: World, content: bytes, sentence: str
) -> None:
    sent = {"data": {"request_key": str(uuid4())}, "files": {"file": ("r.json", content)}}
    answer = sqlite_world.client(SAM).post("/recipes/import", **sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert sqlite_world.rows("SELECT count(*) FROM recipe") == [(0,)]


def test_the_list_asks_as_often_for_many_versions_as_for_one(sqlite_world: World) -> None:
    by_api(sqlite_world, SAM, "/recipes", recipe_request())
    with statements(sqlite_world) as few:
        sqlite_world.client(SAM).get("/recipes")
    for _number in range(5):
        by_api(sqlite_world, SAM, "/recipes", recipe_request())
    with statements(sqlite_world) as many:
        sqlite_world.client(SAM).get("/recipes")
    assert len(few) == len(many)


def test_a_version_nobody_wrote_is_not_found(sqlite_world: World) -> None:
    browser = sqlite_world.client(SAM)
    assert browser.get(f"/recipes/{ROLLER}/9").status_code == 404
    assert browser.get("/specifications/NOTHING/1").status_code == 404


def test_a_page_and_a_program_are_refused_alike(sqlite_world: World) -> None:
    asked = CopyRecipe(name="NOT-THERE")
    assert by_api(sqlite_world, SAM, "/recipes/copy", asked) == (404, "no_such_seed")
    assert by_page(sqlite_world, SAM, "/recipes/copy", asked)[0] == 404
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
    assert by_page(sqlite_world, who, "/recipes/copy", CopyRecipe(name=ROLLER))[0] == 403
    example = DraftExampleSpecification.model_validate(EXAMPLE)
    assert by_page(sqlite_world, who, "/specifications", example)[0] == 403
