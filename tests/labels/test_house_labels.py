"""Reagents, equipment, places and staff wear codes of the laboratory: printed from the records, read back first."""

from __future__ import annotations

import pytest

from app.domain.vocabulary import EquipmentKind, MaterialRole
from tests.browser.paper import symbols
from tests.labels.test_copies import text_of
from tests.line.custody import COURIER
from tests.line.materials import equipment, registered_lot
from tests.line.patients import enrol
from tests.people import ADA, NIA, SAM, TARA, Person
from tests.world import World


def paper(world: World, path: str, who: Person = TARA) -> bytes:
    answer = world.client(who, None).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    assert world.client(who, None).get(f"/api/v1{path}").content == answer.content
    return answer.content


@pytest.mark.requirement("REQ-103")
def test_a_reagent_says_lot_expiry_and_state_and_its_symbol_reads_as_its_code(sqlite_world: World) -> None:
    world = sqlite_world
    code = registered_lot(world, "AB serum pool 07", MaterialRole.SERUM, maker_lot="X-17")
    pdf = paper(world, f"/house-labels/{code}.pdf")
    assert symbols(pdf) == {"square": f"{code}01", "linear": code}
    for words in ("AB serum pool 07", "Lot X-17", "Expires", "quarantined"):
        assert words in text_of(pdf)


def test_equipment_and_places_say_their_name_and_nothing_that_goes_stale(sqlite_world: World) -> None:
    world = sqlite_world
    hood = equipment(world, "Hood 1", EquipmentKind.HOOD)
    for code, name in ((hood, "Hood 1"), (world.place(COURIER), COURIER)):
        pdf = paper(world, f"/house-labels/{code}.pdf", SAM)
        assert symbols(pdf)["square"] == f"{code}01"
        assert name in text_of(pdf)
        assert "2027" not in text_of(pdf)


def test_a_badge_says_name_and_role_and_is_printed_by_the_administrator_only(sqlite_world: World) -> None:
    world = sqlite_world
    path = f"/badges/{world.badge(TARA)}.pdf"
    pdf = paper(world, path, ADA)
    assert symbols(pdf) == {"square": f"{world.badge(TARA)}01"}
    for words in ("Tara Adeyemi", "Technician", "Identifies only"):
        assert words in text_of(pdf)
    assert world.client(TARA, None).get(path).status_code == 403


def test_a_void_badge_is_not_printed(sqlite_world: World) -> None:
    world = sqlite_world
    badge = world.badge(TARA)
    world.sql(
        "UPDATE badge SET voided_at = '2026-11-23 09:00:00', row_version = row_version + 1 WHERE code = :code",
        code=badge,
    )
    answer = world.client(ADA, None).get(f"/badges/{badge}.pdf")
    assert (answer.status_code, "is on file under" in answer.text) == (404, True)


@pytest.mark.parametrize("who", [NIA, ADA], ids=lambda who: who.name)
def test_the_laboratory_prints_its_labels(sqlite_world: World, who: Person) -> None:
    path = f"/house-labels/{sqlite_world.place(COURIER)}.pdf"
    assert sqlite_world.client(who, None).get(path).status_code == 403


def test_the_label_of_a_patients_thing_is_no_house_label(sqlite_world: World) -> None:
    band = enrol(sqlite_world).wristband_code
    answer = sqlite_world.client(TARA).get(f"/house-labels/{band}.pdf")
    assert (answer.status_code, "is the wrong code here" in answer.text) == (409, True)
