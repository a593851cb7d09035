"""What is done about materials, equipment and places."""

from app.materials.commands.catalogue import MaterialAdded, add_material
from app.materials.commands.deciding import recall_material, reject_material, release_material
from app.materials.commands.house import (
    EquipmentFact,
    PlaceRegistered,
    change_service,
    record_calibration,
    register_equipment,
    register_place,
)
from app.materials.commands.receiving import CertificateKept, MaterialFact, keep_certificate, register_material
from app.materials.commands.stock import book_material, open_material, prepare_material

__all__ = [
    "CertificateKept",
    "EquipmentFact",
    "MaterialAdded",
    "MaterialFact",
    "PlaceRegistered",
    "add_material",
    "book_material",
    "change_service",
    "keep_certificate",
    "open_material",
    "prepare_material",
    "recall_material",
    "record_calibration",
    "register_equipment",
    "register_material",
    "register_place",
    "reject_material",
    "release_material",
]
