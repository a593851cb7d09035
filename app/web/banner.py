"""The banner of a patient, as every page of one patient carries it. One statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from app.db.models import BodyWeight, Patient, Site
from app.web import formats


@dataclass(frozen=True, slots=True)
class Banner:
    """Who the page is about, as text ready to print."""

    code: str
    name: str
    born: str
    gender: str
    hospital_number: str
    weight: str


def banner_of(db: Connection, patient_id: int, now: datetime) -> Banner:
    """Read the banner of a patient; the weight is the last verified one."""
    weight = (
        select(BodyWeight.weight_g)
        .where(BodyWeight.patient_id == Patient.id, BodyWeight.verified_by_id.is_not(None))
        .order_by(BodyWeight.measured_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = db.execute(
        select(Patient.__table__, weight.label("weight_g"), Site.zone)
        .join(Site, Site.id == 1)
        .where(Patient.id == patient_id)
    ).one()
    today = formats.local(now, row.zone).date()
    return Banner(
        code=row.code,
        name=formats.patient_name(row.family_name, row.given_name, row.title or ""),
        born=formats.born(row.birth_date, today),
        gender=row.sex.value.replace("_", " ").capitalize(),
        hospital_number=formats.hospital_number(row.hospital_number),
        weight=formats.measurement(Decimal(row.weight_g) / 1000, "kg", 1) if row.weight_g else "Not known",
    )
