"""Label rules through their pages: begun, changed row by row, tried on cases, proposed, approved under signature."""

from __future__ import annotations

import pytest

from app.label_rules.schemas import DraftLabelRules
from tests.culture.doors import by_api, by_page
from tests.label_rules.test_approval import WHY, approval, element, named, statement
from tests.people import IRIS, QUENTIN, SAM, TARA
from tests.world import World


def page(world: World, path: str) -> str:
    answer = world.client(SAM).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.requirement("REQ-056")
def test_a_version_goes_through_its_pages(sqlite_world: World) -> None:
    world = sqlite_world
    shown = page(world, "/label-rules/1")
    for said in ("in force", "not compared with the source", "Came with the product", "LS-09", "unconfirmed",
                 "Proper name of the product", "Red-cell compatibility, if it applies",
                 "AF at distribution"):  # fmt: skip
        assert said in shown, said
    assert "Nothing is changed" not in shown
    assert by_page(world, SAM, "/label-rules", DraftLabelRules(why=WHY)) == (303, "/label-rules/2")
    assert "Nothing is changed yet" in page(world, "/label-rules/2")
    assert "May transmit infectious agents" in page(world, "/label-rules/2/statements/LS-09")
    off = statement(2, switch="off")
    assert by_page(world, SAM, "/label-rules/2/statements/LS-09", off) == (303, "/label-rules/2")
    assert "Only where it applies" in page(world, "/label-rules/2/elements/volume")
    more = element(2, distribution="AT")
    assert by_page(world, SAM, "/label-rules/2/elements/blood_group", more) == (303, "/label-rules/2")
    shown = page(world, "/label-rules/2")
    for said in ("Changed against version 1", "ABO and Rh of the donor", "always", "Propose to QA"):
        assert said in shown, said
    tried = page(world, "/label-rules/2/cases")
    assert "Another label than under version 1: 40" in tried
    assert "LS-09 AF" in tried
    assert by_page(world, SAM, "/label-rules/2/propose", named(2)) == (303, "/label-rules/2")
    assert "QA approves it" in page(world, "/label-rules/2")
    signing = world.client(QUENTIN).get("/label-rules/2").text
    assert "Approve label rules" in signing
    asked = approval(world, QUENTIN, 2)
    assert by_page(world, QUENTIN, "/label-rules/2/approve", asked, secret=QUENTIN.pin)[0] == 303
    overview = page(world, "/label-rules")
    assert "approved by" in overview
    assert "retired" in overview


def test_rows_are_changed_only_in_ones_own_draft(sqlite_world: World) -> None:
    world = sqlite_world
    assert world.client(SAM).get("/label-rules/1/statements/LS-09").status_code == 404
    assert by_page(world, SAM, "/label-rules", DraftLabelRules(why=WHY))[0] == 303
    assert world.client(SAM).get("/label-rules/2/statements/LS-15").status_code == 404
    assert world.client(QUENTIN).get("/label-rules/2/elements/expiry").status_code == 404
    assert world.client(SAM).get("/label-rules/9").status_code == 404
    assert by_page(world, SAM, "/label-rules/2/statements/LS-08", statement(2))[0] == 422
    assert by_page(world, SAM, "/label-rules/2/statements/LS-09", statement(2, text="A safe product"))[0] == 422
    for who in (TARA, IRIS):
        assert by_page(world, who, "/label-rules", DraftLabelRules(why=WHY))[0] == 403


def test_a_program_reads_the_rules_that_the_page_shows(sqlite_world: World) -> None:
    rules = sqlite_world.client(IRIS).get("/api/v1/label-rules/1").json()
    assert rules["version"] == 1
    first = rules["statements"][0]
    assert (first["id"], first["text"], first["placements"]["partial"]) == ("LS-01", "FOR AUTOLOGOUS USE ONLY", "AT")
    assert {one["element"] for one in rules["elements"]} >= {"expiry", "donor"}
    assert by_api(sqlite_world, SAM, "/label-rules/propose", named(1)) == (409, "not_a_draft")
