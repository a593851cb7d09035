"""What a laboratory has on its shelves: lots that may be used, equipment that is calibrated."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.domain.supplies import StockUnit, Storage, Substance
from app.domain.vocabulary import EquipmentKind, Il2Unit, MaterialRole
from app.materials import commands, records
from app.materials.schemas import (
    AddMaterial,
    KeepCertificate,
    PrepareMaterial,
    RecallMaterial,
    RegisterEquipment,
    RegisterMaterial,
    ReleaseMaterial,
)
from app.simulator.laboratory import Laboratory
from app.simulator.people import QUENTIN, SAM, TARA

PLENTY: Final = Decimal(100_000)
"""More of a lot than a laboratory uses."""


def in_catalogue(
    lab: Laboratory,
    name: str,
    role: MaterialRole,
    *,
    substances: str = "",
    unit: StockUnit = StockUnit.MILLILITRE,
    days_open: int | None = None,
    shelf_life_h: int | None = None,
    gtin: str | None = None,
) -> None:
    """Sam adds the material to the catalogue unless it is there."""
    if lab.rows("SELECT id FROM material WHERE name = :name", name=name):
        return
    asked = AddMaterial(
        name=name,
        role=role,
        unit=unit,
        storage=Storage.REFRIGERATED,
        substances=tuple(Substance(word) for word in substances.split()),
        days_open=days_open,
        shelf_life_h=shelf_life_h,
        gtin=gtin,
    )
    lab.act(SAM, commands.add_material, asked)


def registered_lot(
    lab: Laboratory,
    name: str,
    role: MaterialRole,
    *,
    maker_lot: str = "A100",
    expires_on: date | None = None,
    substances: str = "",
    il2_per_ml: Decimal | None = None,
    il2_unit: Il2Unit | None = None,
    amount: Decimal = PLENTY,
) -> str:
    """A lot in quarantine; its code. Its material is added to the catalogue where it is not there."""
    unit = StockUnit.PIECE if role in {MaterialRole.COLLECTION_KIT, MaterialRole.CONTAINER} else StockUnit.MILLILITRE
    in_catalogue(lab, name, role, substances=substances, unit=unit)
    asked = RegisterMaterial(
        material=name,
        maker_lot=maker_lot,
        expires_on=expires_on or lab.clock().date() + timedelta(days=180),
        amount=amount,
        il2_per_ml=il2_per_ml,
        il2_unit=il2_unit,
    )
    return lab.act(TARA, commands.register_material, asked).material_code


def keep_certificate(lab: Laboratory, code: str) -> None:
    """Tara keeps the maker's certificate of a lot."""
    content = base64.b64encode(f"Certificate of analysis, lot {code}".encode())
    asked = KeepCertificate(material_code=code, file_name="certificate.txt", content=content)
    lab.act(TARA, commands.keep_certificate, asked)


def release_lot(lab: Laboratory, code: str) -> None:
    """Sam's signed release of a lot, over its certificate."""
    if not lab.rows(
        "SELECT p.id FROM material_part p JOIN material_lot m ON m.id = p.material_lot_id WHERE m.code = :code",
        code=code,
    ):
        keep_certificate(lab, code)
    asked = ReleaseMaterial(
        material_code=code,
        row_version=version_of(lab, code),
        **lab.signed(SAM, lab.read(records.material_release, code).sha256),
    )
    lab.act(SAM, commands.release_material, asked)


def recall_lot(lab: Laboratory, code: str) -> None:
    """Quentin's signed recall of a lot."""
    asked = RecallMaterial(
        material_code=code,
        row_version=version_of(lab, code),
        reason="the maker called the lot back today",
        **lab.signed(QUENTIN, lab.read(records.material_recall, code).sha256),
    )
    lab.act(QUENTIN, commands.recall_material, asked)


def released_lot(
    lab: Laboratory,
    name: str,
    role: MaterialRole,
    *,
    maker_lot: str = "A100",
    expires_on: date | None = None,
    substances: str = "",
    il2_per_ml: Decimal | None = None,
    il2_unit: Il2Unit | None = None,
    amount: Decimal = PLENTY,
) -> str:
    """A lot that may be used; its code."""
    code = registered_lot(
        lab,
        name,
        role,
        maker_lot=maker_lot,
        expires_on=expires_on,
        substances=substances,
        il2_per_ml=il2_per_ml,
        il2_unit=il2_unit,
        amount=amount,
    )
    release_lot(lab, code)
    return code


def prepared_lot(lab: Laboratory, name: str, parts: dict[str, Decimal], amount: Decimal = Decimal(1000)) -> str:
    """A preparation of the catalogue made by Tara of these lots, in quarantine; its code."""
    asked = PrepareMaterial(material=name, amount=amount, parts=tuple(parts), amounts=tuple(parts.values()))
    return lab.act(TARA, commands.prepare_material, asked).material_code


def equipment(lab: Laboratory, name: str, kind: EquipmentKind, calibration_due_on: date | None = None) -> str:
    """A calibrated piece of equipment; its code."""
    asked = RegisterEquipment(
        name=name,
        kind=kind,
        calibration_due_on=calibration_due_on or lab.clock().date() + timedelta(days=90),
    )
    return lab.act(TARA, commands.register_equipment, asked).equipment_code


def version_of(lab: Laboratory, code: str) -> int:
    """The row version a page of this lot would show."""
    ((version,),) = lab.rows("SELECT row_version FROM material_lot WHERE code = :code", code=code)
    return int(str(version))
