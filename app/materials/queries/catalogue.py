"""The catalogue, and the forms that choose from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Material, Place
from app.domain.actor import Actor
from app.domain.errors import Invalid
from app.domain.gs1 import Gs1Code, parse_gs1
from app.domain.roles import Action
from app.domain.supplies import StockUnit, Storage, Substance
from app.domain.vocabulary import Il2Unit, MaterialRole
from app.patients.queries.acts import may
from app.patients.queries.words import words
from app.web import formats

Choices = tuple[tuple[str, str], ...]
PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One material of the catalogue."""

    name: str
    role: str
    unit: str
    storage: str
    open_for: str
    substances: str
    gtin: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All materials, few by nature, and the choices of a new one."""

    rows: tuple[MaterialRow, ...]
    roles: Choices
    units: Choices
    storages: Choices
    substances: Choices
    can_add: bool


@dataclass(frozen=True, slots=True)
class LotForm:
    """The form of a received lot: its choices, and what the code on the box said."""

    materials: Choices
    units: Choices
    places: Choices
    material: str = ""
    maker_lot: str = ""
    expires_on: str = ""
    box: str = ""


@dataclass(frozen=True, slots=True)
class PreparationForm:
    """The form of a preparation: what is prepared here."""

    materials: Choices
    rows: tuple[int, ...] = field(default=tuple(range(1, PARTS + 1)))


STORAGE: Final = {
    Storage.ROOM: "15 to 25 °C",
    Storage.REFRIGERATED: "2 to 8 °C",
    Storage.FROZEN: "-20 °C or below",
    Storage.DEEP_FROZEN: "-70 °C or below",
    Storage.VAPOUR: "vapour of liquid nitrogen",
}


_PLAIN: Final = {
    Substance.ALDESLEUKIN: "Aldesleukin (IL-2)",
    Substance.BOVINE_PROTEIN: "Bovine protein",
    Substance.DIMETHYL_SULFOXIDE: "DMSO",
    Substance.HUMAN_ALBUMIN: "Human albumin",
    Substance.HUMAN_PLASMA: "Human plasma or serum",
    Substance.MOUSE_PROTEIN: "Mouse protein",
}


def catalogue(db: Connection, actor: Actor) -> Catalogue:
    """All materials by name."""
    rows = db.execute(select(Material.__table__).order_by(Material.name))
    return Catalogue(
        rows=tuple(
            MaterialRow(
                name=row.name,
                role=words(row.role),
                unit=row.unit.value,
                storage=STORAGE[row.storage],
                open_for="no limit" if row.days_open is None else formats.count(row.days_open, "day", "days"),
                substances=row.substances or "none named",
                gtin=row.gtin or "none",
            )
            for row in rows
        ),
        roles=tuple((role.value, words(role).capitalize()) for role in MaterialRole),
        units=((StockUnit.MILLILITRE.value, "mL"), (StockUnit.PIECE.value, "Pieces")),
        storages=tuple((storage.value, word) for storage, word in STORAGE.items()),
        substances=tuple((each.value, _PLAIN.get(each, each.value.capitalize())) for each in Substance),
        can_add=may(actor, Action.KEEP_CATALOGUE),
    )


def lot_form(db: Connection) -> LotForm:
    """The form of a received lot, empty."""
    materials = db.execute(select(Material.name, Material.unit).order_by(Material.name))
    places = db.execute(select(Place.code, Place.name).order_by(Place.name))
    return LotForm(
        materials=tuple((row.name, f"{row.name}, in {row.unit.value}") for row in materials),
        units=((Il2Unit.IU.value, "IU"), (Il2Unit.CETUS.value, "Cetus units")),
        places=tuple((row.code, row.name) for row in places),
    )


def lot_form_from_box(db: Connection, box: str) -> LotForm:
    """The form filled from the code on the maker's box; refused when it is none of GS1, or of no known material."""
    read = parse_gs1(box.removeprefix("]d2").removeprefix("]C1").strip())
    if not isinstance(read, Gs1Code) or read.gtin is None:
        sentence = "This is not the maker's code of a box. Scan the square code beside lot and expiry, or enter them."
        raise Invalid("not_a_box", sentence, field="box")
    name = db.execute(select(Material.name).where(Material.gtin == read.gtin)).scalar_one_or_none()
    if name is None:
        sentence = f"No material of the catalogue has the trade item number {read.gtin}. Choose the material."
        raise Invalid("box_unknown", sentence, field="box")
    empty = lot_form(db)
    return replace(empty, material=name, maker_lot=read.lot or "", expires_on=read.expires_on or "", box=name)


def preparation_form(db: Connection) -> PreparationForm:
    """What the laboratory prepares: what has a shelf life of its own."""
    look = select(Material.name, Material.unit).where(Material.shelf_life_h.is_not(None)).order_by(Material.name)
    return PreparationForm(tuple((row.name, f"{row.name}, in {row.unit.value}") for row in db.execute(look)))
