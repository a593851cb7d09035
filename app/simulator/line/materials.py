"""What a laboratory has on its shelves: lots that may be used, equipment that is calibrated."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.domain.vocabulary import EquipmentKind, Il2Unit, MaterialRole
from app.materials import commands, records
from app.materials.schemas import RecallMaterial, RegisterEquipment, RegisterMaterial, ReleaseMaterial
from app.simulator.laboratory import Laboratory
from app.simulator.people import QUENTIN, SAM, TARA


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
) -> str:
    """A lot in quarantine; its code."""
    asked = RegisterMaterial(
        name=name,
        role=role,
        maker_lot=maker_lot,
        expires_on=expires_on or lab.clock().date() + timedelta(days=180),
        substances=substances,
        il2_per_ml=il2_per_ml,
        il2_unit=il2_unit,
    )
    return lab.act(TARA, commands.register_material, asked).material_code


def release_lot(lab: Laboratory, code: str) -> None:
    """Sam's signed release of a lot."""
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
    )
    release_lot(lab, code)
    return code


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
