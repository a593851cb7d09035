"""Material lots, equipment and places as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from app.domain.roles import Action
from app.materials import commands
from app.materials.queries.catalogue import Catalogue, catalogue
from app.materials.queries.house import (
    EquipmentList,
    EquipmentPage,
    PlaceList,
    equipment_list,
    equipment_page,
    place_list,
)
from app.materials.queries.stock import LotList, lot_list, lot_look_back
from app.materials.queries.touched import LookBack
from app.materials.records import material_recall, material_rejection, material_release
from app.materials.schemas import (
    AddMaterial,
    BookMaterial,
    ChangeService,
    KeepCertificate,
    OpenMaterial,
    PrepareMaterial,
    RecallMaterial,
    RecordCalibration,
    RegisterEquipment,
    RegisterMaterial,
    RegisterPlace,
    RejectMaterial,
    ReleaseMaterial,
)
from app.patients.records import ToSign, to_sign
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs, sees

routes = api_router(tags=["materials"])


@routes.get("/materials")
@sees(Action.REGISTER_MATERIAL)
def list_materials(door: AnyDoor, after: str | None = None) -> LotList:
    """Material lots in stock by their expiry, fifty at a time; go on with `after`."""
    with door.reading() as db:
        return lot_list(db, after, door.now, door.house.site.zone, door.viewer.actor)


@routes.post("/materials")
@needs(Action.REGISTER_MATERIAL)
def register_material(door: AnyDoor, asked: RegisterMaterial) -> commands.MaterialFact:
    """Register a received lot, in quarantine."""
    return door.write(commands.register_material, asked).fact


@routes.post("/materials/catalogue")
@needs(Action.KEEP_CATALOGUE)
def add_material(door: AnyDoor, asked: AddMaterial) -> commands.MaterialAdded:
    """Add a material to the catalogue."""
    return door.write(commands.add_material, asked).fact


@routes.get("/materials/catalogue")
@sees(Action.REGISTER_MATERIAL)
def see_catalogue(door: AnyDoor) -> Catalogue:
    """What lots can be of."""
    with door.reading() as db:
        return catalogue(db, door.viewer.actor)


@routes.post("/materials/prepare")
@needs(Action.USE_MATERIAL)
def prepare_material(door: AnyDoor, asked: PrepareMaterial) -> commands.MaterialFact:
    """Prepare a lot of lots."""
    return door.write(commands.prepare_material, asked).fact


@routes.post("/materials/{code}/certificates")
@needs(Action.REGISTER_MATERIAL)
def keep_certificate(door: AnyDoor, code: str, asked: KeepCertificate) -> commands.CertificateKept:
    """Keep the maker's certificate of a lot, in base64."""
    same(code, asked.material_code)
    return door.write(commands.keep_certificate, asked).fact


@routes.post("/materials/{code}/open")
@needs(Action.USE_MATERIAL)
def open_material(door: AnyDoor, code: str, asked: OpenMaterial) -> commands.MaterialFact:
    """A container of the lot was opened."""
    same(code, asked.material_code)
    return door.write(commands.open_material, asked).fact


@routes.post("/materials/{code}/book")
@needs(Action.USE_MATERIAL)
def book_material(door: AnyDoor, code: str, asked: BookMaterial) -> commands.MaterialFact:
    """Book what was used, wasted or counted."""
    same(code, asked.material_code)
    return door.write(commands.book_material, asked).fact


@routes.get("/materials/{code}/reject/record")
@needs(Action.RELEASE_MATERIAL)
def rejection_to_sign(door: AnyDoor, code: str) -> ToSign:
    """The record that is signed to refuse a lot, with its hash."""
    with door.reading() as db:
        return to_sign(material_rejection(db, code))


@routes.post("/materials/{code}/reject")
@needs(Action.RELEASE_MATERIAL)
def reject_material(door: AnyDoor, code: str, asked: RejectMaterial) -> commands.MaterialFact:
    """Refuse a lot, by signature."""
    same(code, asked.material_code)
    return door.write(commands.reject_material, asked).fact


@routes.get("/materials/{code}/touched")
@sees(Action.REGISTER_MATERIAL)
def look_back(door: AnyDoor, code: str) -> LookBack:
    """Every collection, culture and bag a lot touched."""
    with door.reading() as db:
        return lot_look_back(db, code)


@routes.get("/materials/{code}/release/record")
@needs(Action.RELEASE_MATERIAL)
def release_to_sign(door: AnyDoor, code: str) -> ToSign:
    """The record that is signed to release a lot, with its hash."""
    with door.reading() as db:
        return to_sign(material_release(db, code))


@routes.post("/materials/{code}/release")
@needs(Action.RELEASE_MATERIAL)
def release_material(door: AnyDoor, code: str, asked: ReleaseMaterial) -> commands.MaterialFact:
    """Release a lot for use, by signature."""
    same(code, asked.material_code)
    return door.write(commands.release_material, asked).fact


@routes.get("/materials/{code}/recall/record")
@needs(Action.START_RECALL)
def recall_to_sign(door: AnyDoor, code: str) -> ToSign:
    """The record that is signed to recall a lot, with its hash."""
    with door.reading() as db:
        return to_sign(material_recall(db, code))


@routes.post("/materials/{code}/recall")
@needs(Action.START_RECALL)
def recall_material(door: AnyDoor, code: str, asked: RecallMaterial) -> commands.MaterialFact:
    """Recall a lot, by signature."""
    same(code, asked.material_code)
    return door.write(commands.recall_material, asked).fact


@routes.get("/equipment")
@sees(Action.REGISTER_EQUIPMENT)
def list_equipment(door: AnyDoor, after: str | None = None) -> EquipmentList:
    """Equipment, newest first, fifty at a time; go on with `after`."""
    with door.reading() as db:
        return equipment_list(db, after, door.now, door.house.site.zone, door.viewer.actor)


@routes.post("/equipment")
@needs(Action.REGISTER_EQUIPMENT)
def register_equipment(door: AnyDoor, asked: RegisterEquipment) -> commands.EquipmentFact:
    """Register a piece of equipment."""
    return door.write(commands.register_equipment, asked).fact


@routes.get("/equipment/{code}")
@sees(Action.REGISTER_EQUIPMENT)
def see_equipment(door: AnyDoor, code: str, since: str | None = None, until: str | None = None) -> EquipmentPage:
    """One piece of equipment with everything it touched, between two days where they are given."""
    with door.reading() as db:
        return equipment_page(db, code, door.now, door.house.site.zone, door.viewer.actor, since, until)


@routes.post("/equipment/{code}/calibration")
@needs(Action.REGISTER_EQUIPMENT)
def record_calibration(door: AnyDoor, code: str, asked: RecordCalibration) -> commands.EquipmentFact:
    """Record a calibration."""
    same(code, asked.equipment_code)
    return door.write(commands.record_calibration, asked).fact


@routes.post("/equipment/{code}/service")
@needs(Action.REGISTER_EQUIPMENT)
def change_service(door: AnyDoor, code: str, asked: ChangeService) -> commands.EquipmentFact:
    """Take equipment out of service, or put it back."""
    same(code, asked.equipment_code)
    return door.write(commands.change_service, asked).fact


@routes.get("/places")
@sees(Action.REGISTER_PLACE)
def list_places(door: AnyDoor) -> PlaceList:
    """All places."""
    with door.reading() as db:
        return place_list(db, door.viewer.actor)


@routes.post("/places")
@needs(Action.REGISTER_PLACE)
def register_place(door: AnyDoor, asked: RegisterPlace) -> commands.PlaceRegistered:
    """Register a place."""
    return door.write(commands.register_place, asked).fact
