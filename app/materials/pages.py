"""The pages of material lots, equipment and places."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from app.domain.roles import Action
from app.materials import commands
from app.materials.queries.catalogue import catalogue, lot_form, lot_form_from_box, preparation_form
from app.materials.queries.house import equipment_form, equipment_list, equipment_page, place_list
from app.materials.queries.stock import certificate_content, lot_list, lot_page
from app.materials.schemas import (
    AddMaterial,
    BookMaterial,
    ChangeService,
    KeepCertificate,
    OpenMaterial,
    PrepareMaterial,
    ReadBox,
    RecallMaterial,
    RecordCalibration,
    RegisterEquipment,
    RegisterMaterial,
    RegisterPlace,
    RejectMaterial,
    ReleaseMaterial,
    UploadCertificate,
)
from app.web.door import AnyDoor
from app.web.forms import page_form, same, uploaded_name
from app.web.needs import needs, sees

routes = APIRouter()


@routes.get("/materials")
@sees(Action.REGISTER_MATERIAL)
def get_materials(door: AnyDoor, after: str | None = None) -> Response:
    """Material lots in stock, first what expires first."""
    with door.reading() as db:
        page = lot_list(db, after, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("materials/lots.html", page, here="more")


@routes.get("/materials/ended")
@sees(Action.REGISTER_MATERIAL)
def get_ended(door: AnyDoor, after: str | None = None) -> Response:
    """Lots that were used up, rejected or recalled."""
    with door.reading() as db:
        page = lot_list(db, after, door.now, door.house.site.zone, door.viewer.actor, ended=True)
    return door.page("materials/lots.html", page, here="more")


@routes.get("/materials/catalogue")
@sees(Action.REGISTER_MATERIAL)
def get_catalogue(door: AnyDoor) -> Response:
    """What lots can be of."""
    with door.reading() as db:
        page = catalogue(db, door.viewer.actor)
    return door.page("materials/catalogue.html", page, here="more")


@routes.post("/materials/catalogue")
@needs(Action.KEEP_CATALOGUE)
def post_catalogue(door: AnyDoor, form: Annotated[AddMaterial, page_form(AddMaterial)]) -> Response:
    """Add a material."""
    done = door.write(commands.add_material, form)
    return door.see("/materials/catalogue", is_replay=done.is_replay)


@routes.get("/materials/prepare")
@needs(Action.USE_MATERIAL)
def get_preparation(door: AnyDoor) -> Response:
    """The form of a preparation."""
    with door.reading() as db:
        page = preparation_form(db)
    return door.page("materials/prepare.html", page, here="more")


@routes.post("/materials/prepare")
@needs(Action.USE_MATERIAL)
def post_preparation(door: AnyDoor, form: Annotated[PrepareMaterial, page_form(PrepareMaterial)]) -> Response:
    """Prepare a lot of lots."""
    done = door.write(commands.prepare_material, form)
    return door.see(f"/materials/{done.fact.material_code}", is_replay=done.is_replay)


@routes.get("/materials/new")
@needs(Action.REGISTER_MATERIAL)
def get_new_material(door: AnyDoor) -> Response:
    """The form of a received lot."""
    with door.reading() as db:
        page = lot_form(db)
    return door.page("materials/new_lot.html", page, here="more")


@routes.post("/materials/new")
@needs(Action.REGISTER_MATERIAL)
def post_box(door: AnyDoor, form: Annotated[ReadBox, page_form(ReadBox)]) -> Response:
    """The same form, filled from the code on the maker's box. Nothing is kept."""
    with door.reading() as db:
        page = lot_form_from_box(db, form.box)
    return door.page("materials/new_lot.html", page, here="more")


@routes.post("/materials")
@needs(Action.REGISTER_MATERIAL)
def post_material(door: AnyDoor, form: Annotated[RegisterMaterial, page_form(RegisterMaterial)]) -> Response:
    """Register a lot."""
    done = door.write(commands.register_material, form)
    return door.see(f"/materials/{done.fact.material_code}", is_replay=done.is_replay)


@routes.get("/materials/{code}")
@sees(Action.REGISTER_MATERIAL)
def get_material(door: AnyDoor, code: str) -> Response:
    """One lot, who it touched, and what may be signed about it."""
    with door.reading() as db:
        page = lot_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("materials/lot.html", page, here="more")


@routes.get("/materials/{code}/certificates/{sha256}.bin")
@sees(Action.REGISTER_MATERIAL)
def get_certificate(door: AnyDoor, code: str, sha256: str) -> Response:
    """A certificate exactly as it came, to be kept beside: never shown as a page of ours."""
    with door.reading() as db:
        _, content = certificate_content(db, code, sha256)
    kept = {"Content-Disposition": f'attachment; filename="certificate-{code}.bin"'}
    return Response(content, media_type="application/octet-stream", headers=kept)


@routes.post("/materials/{code}/certificates")
@needs(Action.REGISTER_MATERIAL)
def post_certificate(
    door: AnyDoor,
    code: str,
    form: Annotated[UploadCertificate, page_form(UploadCertificate)],
    file_name: Annotated[str, Depends(uploaded_name)],
) -> Response:
    """Keep a certificate."""
    asked = KeepCertificate(material_code=code, file_name=file_name, content=b64encode(form.file))
    done = door.write(commands.keep_certificate, asked)
    return door.see(f"/materials/{code}", is_replay=done.is_replay)


@routes.post("/materials/{code}/open")
@needs(Action.USE_MATERIAL)
def post_opening(door: AnyDoor, code: str, form: Annotated[OpenMaterial, page_form(OpenMaterial)]) -> Response:
    """A container of the lot was opened."""
    same(code, form.material_code)
    done = door.write(commands.open_material, form)
    return door.see(f"/materials/{code}", is_replay=done.is_replay)


@routes.post("/materials/{code}/book")
@needs(Action.USE_MATERIAL)
def post_booking(door: AnyDoor, code: str, form: Annotated[BookMaterial, page_form(BookMaterial)]) -> Response:
    """Book what was used, wasted or counted."""
    same(code, form.material_code)
    done = door.write(commands.book_material, form)
    return door.see(f"/materials/{code}", is_replay=done.is_replay)


@routes.post("/materials/{code}/reject")
@needs(Action.RELEASE_MATERIAL)
def post_rejection(door: AnyDoor, code: str, form: Annotated[RejectMaterial, page_form(RejectMaterial)]) -> Response:
    """Refuse a lot."""
    same(code, form.material_code)
    done = door.write(commands.reject_material, form)
    return door.see(f"/materials/{code}", is_replay=done.is_replay)


@routes.post("/materials/{code}/release")
@needs(Action.RELEASE_MATERIAL)
def post_release(door: AnyDoor, code: str, form: Annotated[ReleaseMaterial, page_form(ReleaseMaterial)]) -> Response:
    """Release a lot for use."""
    same(code, form.material_code)
    done = door.write(commands.release_material, form)
    return door.see(f"/materials/{code}", is_replay=done.is_replay)


@routes.post("/materials/{code}/recall")
@needs(Action.START_RECALL)
def post_recall(door: AnyDoor, code: str, form: Annotated[RecallMaterial, page_form(RecallMaterial)]) -> Response:
    """Recall a lot."""
    same(code, form.material_code)
    done = door.write(commands.recall_material, form)
    return door.see(f"/materials/{code}", is_replay=done.is_replay)


@routes.get("/equipment")
@sees(Action.REGISTER_EQUIPMENT)
def get_equipment_list(door: AnyDoor, after: str | None = None) -> Response:
    """Equipment, newest first."""
    with door.reading() as db:
        page = equipment_list(db, after, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("materials/equipment_list.html", page, here="more")


@routes.get("/equipment/new")
@needs(Action.REGISTER_EQUIPMENT)
def get_new_equipment(door: AnyDoor) -> Response:
    """The form of new equipment."""
    with door.reading() as db:
        page = equipment_form(db)
    return door.page("materials/new_equipment.html", page, here="more")


@routes.post("/equipment")
@needs(Action.REGISTER_EQUIPMENT)
def post_equipment(door: AnyDoor, form: Annotated[RegisterEquipment, page_form(RegisterEquipment)]) -> Response:
    """Register equipment."""
    done = door.write(commands.register_equipment, form)
    return door.see(f"/equipment/{done.fact.equipment_code}", is_replay=done.is_replay)


@routes.get("/equipment/{code}")
@sees(Action.REGISTER_EQUIPMENT)
def get_equipment(door: AnyDoor, code: str, since: str | None = None, until: str | None = None) -> Response:
    """One piece of equipment and everything it touched, between two days where they are given."""
    with door.reading() as db:
        page = equipment_page(db, code, door.now, door.house.site.zone, door.viewer.actor, since, until)
    return door.page("materials/equipment.html", page, here="more")


@routes.post("/equipment/{code}/calibration")
@needs(Action.REGISTER_EQUIPMENT)
def post_calibration(
    door: AnyDoor, code: str, form: Annotated[RecordCalibration, page_form(RecordCalibration)]
) -> Response:
    """Record a calibration."""
    same(code, form.equipment_code)
    done = door.write(commands.record_calibration, form)
    return door.see(f"/equipment/{code}", is_replay=done.is_replay)


@routes.post("/equipment/{code}/service")
@needs(Action.REGISTER_EQUIPMENT)
def post_service(door: AnyDoor, code: str, form: Annotated[ChangeService, page_form(ChangeService)]) -> Response:
    """Take equipment out of service, or put it back."""
    same(code, form.equipment_code)
    done = door.write(commands.change_service, form)
    return door.see(f"/equipment/{code}", is_replay=done.is_replay)


@routes.get("/places")
@sees(Action.REGISTER_PLACE)
def get_places(door: AnyDoor) -> Response:
    """Benches, stores, wards and boxes."""
    with door.reading() as db:
        page = place_list(db, door.viewer.actor)
    return door.page("materials/places.html", page, here="more")


@routes.post("/places")
@needs(Action.REGISTER_PLACE)
def post_place(door: AnyDoor, form: Annotated[RegisterPlace, page_form(RegisterPlace)]) -> Response:
    """Register a place."""
    done = door.write(commands.register_place, form)
    return door.see("/places", is_replay=done.is_replay)
