"""The pages of material lots, equipment and places."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.materials import commands
from app.materials.queries.house import equipment_form, equipment_list, equipment_page, place_list
from app.materials.queries.stock import LOT_FORM, lot_list, lot_page
from app.materials.schemas import (
    RecallMaterial,
    RecordCalibration,
    RegisterEquipment,
    RegisterMaterial,
    RegisterPlace,
    ReleaseMaterial,
)
from app.web.door import AnyDoor
from app.web.forms import page_form, same
from app.web.needs import needs, sees

routes = APIRouter()


@routes.get("/materials")
@sees(Action.REGISTER_MATERIAL)
def get_materials(door: AnyDoor, after: str | None = None) -> Response:
    """Material lots, newest first."""
    with door.reading() as db:
        page = lot_list(db, after, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("materials/lots.html", page, here="more")


@routes.get("/materials/new")
@needs(Action.REGISTER_MATERIAL)
def get_new_material(door: AnyDoor) -> Response:
    """The form of a received lot."""
    with door.reading():
        return door.page("materials/new_lot.html", LOT_FORM, here="more")


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
def get_equipment(door: AnyDoor, code: str) -> Response:
    """One piece of equipment and everything it touched."""
    with door.reading() as db:
        page = equipment_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
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
