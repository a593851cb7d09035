"""Lots of material: received into quarantine, released and recalled by signature, and what each is refused for."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from app.domain.supplies import StockUnit
from app.domain.vocabulary import MaterialRole
from app.materials import commands, records
from app.materials.schemas import AddMaterial, RecallMaterial, RegisterMaterial, RejectMaterial, ReleaseMaterial
from tests.culture.doors import by_api, by_page
from tests.line.materials import (
    in_catalogue,
    keep_certificate,
    recall_lot,
    registered_lot,
    release_lot,
    released_lot,
)
from tests.people import IRIS, NIA, QUENTIN, SAM, TARA, Person
from tests.world import World


def lot(world: World, **changed: object) -> RegisterMaterial:
    in_catalogue(world, "Interleukin-2", MaterialRole.CYTOKINE, unit=StockUnit.MILLILITRE)
    in_catalogue(world, "RPMI 1640", MaterialRole.MEDIUM)
    given = {
        "material": "Interleukin-2",
        "maker_lot": "CH-4471",
        "expires_on": world.clock().date() + timedelta(days=180),
        "amount": "50",
        "il2_per_ml": "3000000",
        "il2_unit": "Cetus",
    }
    return RegisterMaterial.model_validate(given | changed)


def release(world: World, code: str, who: Person = SAM) -> ReleaseMaterial:
    signed = world.signed(who, world.read(records.material_release, code).sha256)
    ((version,),) = world.rows("SELECT row_version FROM material_lot WHERE code = :code", code=code)
    return ReleaseMaterial.model_validate({"material_code": code, "row_version": version, **signed})


def state_of(world: World, code: str) -> str:
    ((state,),) = world.rows("SELECT state FROM material_lot WHERE code = :code", code=code)
    return str(state)


def test_a_lot_registered_on_its_page_stands_in_quarantine(sqlite_world: World) -> None:
    status, where = by_page(sqlite_world, TARA, "/materials", lot(sqlite_world))
    assert status == 303
    page = sqlite_world.client(TARA).get(where).text
    for said in ("Interleukin-2", "CH-4471", "quarantine"):
        assert said in page
    assert "Interleukin-2" in sqlite_world.client(TARA).get("/materials").text
    assert state_of(sqlite_world, where.rsplit("/", 1)[1]) == "quarantined"


def test_a_program_registers_the_same_lot_once(world: World) -> None:
    assert by_api(world, TARA, "/materials", lot(world))[0] == 200
    assert by_api(world, TARA, "/materials", lot(world)) == (409, "lot_on_file")
    assert by_page(world, TARA, "/materials", lot(world))[0] == 409
    assert world.rows("SELECT count(*) FROM material_lot") == [(1,)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"il2_unit": ""}, "il2_unit_missing"),
        ({"il2_per_ml": ""}, "il2_unit_missing"),
        ({"il2_per_ml": "0"}, "il2_strength"),
        ({"material": "RPMI 1640"}, "il2_strength"),
        ({"material": "Interleukin"}, "not_in_catalogue"),
        ({"amount": "0.0001"}, "quantity_too_fine"),
        ({"expires_on": "2026-11-20"}, "date_not_ahead"),
        ({"expires_on": "2037-06-01"}, "date_not_ahead"),
    ],
)
def test_a_lot_that_cannot_be_is_refused(sqlite_world: World, changed: dict[str, object], code: str) -> None:
    refusal = sqlite_world.refused(TARA, commands.register_material, lot(sqlite_world, **changed))
    assert refusal.code == code
    assert refusal.sentence.endswith(".")
    assert sqlite_world.rows("SELECT count(*) FROM material_lot") == [(0,)]


@pytest.mark.parametrize("who", [NIA, IRIS], ids=lambda who: who.name)
def test_only_the_laboratory_registers_a_lot(sqlite_world: World, who: Person) -> None:
    assert by_api(sqlite_world, who, "/materials", lot(sqlite_world))[0] == 403


def test_a_lot_is_released_by_signature_over_what_its_page_shows(world: World) -> None:
    code = registered_lot(world, "AB serum pool 07", MaterialRole.SERUM)
    keep_certificate(world, code)
    assert by_page(world, TARA, f"/materials/{code}/release", release(world, code, TARA), secret=TARA.pin)[0] == 403
    asked = release(world, code)
    other = asked.model_copy(update={"record_sha256": "0" * 64})
    assert by_page(world, SAM, f"/materials/{code}/release", other, secret=SAM.pin)[0] == 409
    assert by_page(world, SAM, f"/materials/{code}/release", asked, secret=SAM.pin)[0] == 303
    assert state_of(world, code) == "released"
    assert world.refused(SAM, commands.release_material, release(world, code)).code == "cannot_release"


def test_an_expired_lot_is_not_released(sqlite_world: World) -> None:
    soon = sqlite_world.clock().date() + timedelta(days=1)
    code = registered_lot(sqlite_world, "RPMI 1640", MaterialRole.MEDIUM, expires_on=soon)
    sqlite_world.clock.forward(days=3)
    assert sqlite_world.refused(SAM, commands.release_material, release(sqlite_world, code)).code == "material_expired"


def test_a_stale_page_releases_nothing(sqlite_world: World) -> None:
    code = registered_lot(sqlite_world, "RPMI 1640", MaterialRole.MEDIUM)
    stale = release(sqlite_world, code).model_copy(update={"row_version": 7})
    assert sqlite_world.refused(SAM, commands.release_material, stale).code == "record_changed"


def test_a_recalled_lot_never_comes_back(world: World) -> None:
    code = released_lot(world, "AB serum pool 07", MaterialRole.SERUM)
    recall_lot(world, code)
    assert state_of(world, code) == "recalled"
    signed = world.signed(QUENTIN, world.read(records.material_recall, code).sha256)
    given = {"material_code": code, "row_version": 3, "reason": "the maker called it back", **signed}
    assert (
        world.refused(QUENTIN, commands.recall_material, RecallMaterial.model_validate(given)).code == "cannot_recall"
    )
    assert world.refused(SAM, commands.release_material, release(world, code)).code == "cannot_release"


def test_the_form_of_another_lot_than_the_pages_is_refused(sqlite_world: World) -> None:
    one = registered_lot(sqlite_world, "RPMI 1640", MaterialRole.MEDIUM)
    other = registered_lot(sqlite_world, "Saline", MaterialRole.FORMULATION)
    where = f"/materials/{one}/release"
    assert by_api(sqlite_world, SAM, where, release(sqlite_world, other), secret=SAM.pin) == (422, "address_mismatch")
    release_lot(sqlite_world, one)
    assert state_of(sqlite_world, other) == "quarantined"


def test_a_lot_nobody_knows_is_not_found(sqlite_world: World) -> None:
    browser = sqlite_world.client(TARA)
    assert browser.get("/materials/RGD7M26999999A").status_code == 404
    answer = browser.get("/api/v1/materials/RGD7M26999999A/touched", headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 404
    assert answer.json()["detail"].endswith(".")


def test_a_substance_that_is_not_on_the_list_is_refused(sqlite_world: World) -> None:
    given = {"name": "RPMI 1640", "role": "medium", "unit": "mL", "storage": "refrigerated"}
    with pytest.raises(ValidationError, match="penicillin"):
        AddMaterial.model_validate(given | {"substances": ["penicilin"]})
    asked = AddMaterial.model_validate(given | {"substances": ["gentamicin", "penicillin"]})
    assert by_page(sqlite_world, TARA, "/materials/catalogue", asked)[0] == 403
    assert by_page(sqlite_world, SAM, "/materials/catalogue", asked) == (303, "/materials/catalogue")
    assert "gentamicin penicillin" in sqlite_world.client(TARA).get("/materials/catalogue").text


def test_a_lot_without_its_certificate_is_not_released(world: World) -> None:
    code = registered_lot(world, "RPMI 1640", MaterialRole.MEDIUM)
    assert world.refused(SAM, commands.release_material, release(world, code)).code == "certificate_missing"
    keep_certificate(world, code)
    keep_certificate(world, code)
    assert world.rows("SELECT count(*) FROM material_certificate") == [(1,)]
    content = world.client(IRIS).get(f"/materials/{code}/certificates/{certificate_of(world, code)}.bin")
    assert content.content == f"Certificate of analysis, lot {code}".encode()
    release_lot(world, code)


def test_nobody_releases_what_they_received_themselves(sqlite_world: World) -> None:
    asked = lot(sqlite_world)
    code = sqlite_world.act(SAM, commands.register_material, asked).material_code
    keep_certificate(sqlite_world, code)
    assert (
        sqlite_world.refused(SAM, commands.release_material, release(sqlite_world, code)).code == "released_by_receiver"
    )
    assert "by somebody who did not receive" in sqlite_world.client(SAM).get(f"/materials/{code}").text
    sqlite_world.act(QUENTIN, commands.release_material, release(sqlite_world, code, QUENTIN))
    assert state_of(sqlite_world, code) == "released"


def test_a_rejected_lot_is_never_released(sqlite_world: World) -> None:
    code = registered_lot(sqlite_world, "RPMI 1640", MaterialRole.MEDIUM)
    signed = sqlite_world.signed(SAM, sqlite_world.read(records.material_rejection, code).sha256)
    given = {"material_code": code, "row_version": 1, "reason": "arrived warm, ice had melted", **signed}
    asked = RejectMaterial.model_validate(given)
    assert by_page(sqlite_world, SAM, f"/materials/{code}/reject", asked, secret=SAM.pin)[0] == 303
    assert state_of(sqlite_world, code) == "rejected"
    assert sqlite_world.refused(SAM, commands.release_material, release(sqlite_world, code)).code == "cannot_release"


BOX = "]d20104012345678901172712311050-4471"
GTIN = "04012345678901"


def test_one_scan_of_the_makers_box_fills_the_form(sqlite_world: World) -> None:
    in_catalogue(sqlite_world, "RPMI 1640", MaterialRole.MEDIUM, gtin=GTIN)
    tara = sqlite_world.client(TARA)
    page = tara.post("/materials/new", data={"box": BOX, "request_key": str(uuid4())}).text
    for said in ('value="50-4471"', 'value="2027-12-31"', '<option value="RPMI 1640" selected>'):
        assert said in page, said
    for box in (BOX.replace(GTIN, "04012345678918"), BOX.replace(GTIN, "04012345678902"), "RGD7M26000001A"):
        assert tara.post("/materials/new", data={"box": box, "request_key": str(uuid4())}).status_code == 422
    assert sqlite_world.rows("SELECT count(*) FROM material_lot") == [(0,)]


def certificate_of(world: World, code: str) -> str:
    look = "SELECT k.sha256 FROM material_certificate k JOIN material_lot m ON m.id = k.material_lot_id"
    ((sha256,),) = world.rows(f"{look} WHERE m.code = :code", code=code)
    return str(sha256)
