"""Where the page of a coded thing stands. Not whether a person may open it."""

from __future__ import annotations

from typing import Final

from app.domain.identifiers import Kind

_FOLDERS: Final = {
    Kind.PATIENT_SHEET: "patients",
    Kind.COURSE: "courses",
    Kind.COLLECTION: "collections",
    Kind.CULTURE: "batches",
    Kind.SAMPLE: "samples",
    Kind.PLATE: "assays",
    Kind.PRODUCT_LOT: "lots",
    Kind.BAG: "bags",
    Kind.REAGENT: "materials",
    Kind.EQUIPMENT: "equipment",
    Kind.STATION: "stations",
}


def address_of(code: str) -> str:
    """`/bags/BG...`; empty for a thing without a page of its own."""
    folder = _FOLDERS.get(Kind(code[:2]))
    return f"/{folder}/{code}" if folder else ""
