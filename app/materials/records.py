"""What people sign about a material lot, as the page shows it."""

from __future__ import annotations

from sqlalchemy import Connection, Row, select

from app.db.models import MaterialCertificate, MaterialLot, MaterialPart
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.signing import Meaning, canonical_record, statement
from app.identity.signing import Signable


def material_release(db: Connection, code: str) -> Signable:
    """What a supervisor or QA signs to let a lot be used."""
    lot = _lot(db, code)
    said = statement(Meaning.RELEASED, f"lot {lot.maker_lot} of {lot.name} ({display(code)})")
    return Signable(Meaning.RELEASED, said, f"material_lot:{code}", _record(db, lot, "material_release"))


def material_rejection(db: Connection, code: str) -> Signable:
    """What a supervisor or QA signs to refuse a lot."""
    lot = _lot(db, code)
    said = statement(Meaning.REJECTED, f"lot {lot.maker_lot} of {lot.name} ({display(code)})")
    return Signable(Meaning.REJECTED, said, f"material_lot:{code}", _record(db, lot, "material_rejection"))


def material_recall(db: Connection, code: str) -> Signable:
    """What QA signs to take a lot out of use."""
    lot = _lot(db, code)
    said = statement(Meaning.REJECTED, f"lot {lot.maker_lot} of {lot.name} ({display(code)})")
    return Signable(Meaning.REJECTED, said, f"material_lot:{code}", _record(db, lot, "material_recall"))


def _lot(db: Connection, code: str) -> Row[*tuple[object, ...]]:
    lot = db.execute(select(MaterialLot.__table__).where(MaterialLot.code == code)).one_or_none()
    if lot is None:
        raise NotFound("not_on_file", f"No material lot is on file under {display(code)}. Check the code.")
    return lot


def _record(db: Connection, lot: Row[*tuple[object, ...]], act: str) -> str:
    certificates = select(MaterialCertificate.sha256).where(MaterialCertificate.material_lot_id == lot.id)
    parts = (
        select(MaterialLot.code)
        .join(MaterialPart, MaterialPart.part_id == MaterialLot.id)
        .where(MaterialPart.material_lot_id == lot.id)
        .order_by(MaterialLot.code)
    )
    record = canonical_record({
        "record": act,
        "material": lot.code,
        "name": lot.name,
        "role": lot.role,
        "maker_lot": lot.maker_lot,
        "expires_at": lot.expires_at,
        "state": lot.state,
        "substances": lot.substances,
        "il2_per_ml": lot.il2_per_ml,
        "il2_unit": lot.il2_unit,
        "received_at": lot.received_at,
        "arrival_temperature_c": lot.arrival_temperature_c,
        "certificates": " ".join(sorted(db.execute(certificates).scalars())),
        "parts": " ".join(db.execute(parts).scalars()),
    })  # fmt: skip
    return record.decode()
