"""Who a page is about: the banner every page of one patient carries. One statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, Row, Select, bindparam, select

from app.db.models import BodyWeight, Course, Patient
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.vocabulary import Sex
from app.web import formats


@dataclass(frozen=True, slots=True)
class Banner:
    """Zone 1 of the patient banner, ready to print. The weight is the last one a second person verified."""

    code: str
    name: str
    born: str
    gender: str
    hospital_number: str
    weight: str


GENDERS: Final = {Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.NOT_KNOWN: formats.NOT_KNOWN}


def banner_of_patient(db: Connection, patient_code: str, now: datetime, zone: str) -> Banner:
    """The banner of the patient with that code, or the refusal that there is none."""
    return _banner(db, _OF_PATIENT, patient_code, now, zone)


def banner_of_course(db: Connection, course_code: str, now: datetime, zone: str) -> Banner:
    """The banner of the patient whose course has that code."""
    return _banner(db, _OF_COURSE, course_code, now, zone)


_Look = Select[str, str, str, str | None, object, Sex, str, int | None]
_WEIGHT: Final = (
    select(BodyWeight.weight_g)
    .join(Course, Course.id == BodyWeight.course_id)
    .where(Course.patient_id == Patient.id, BodyWeight.verified_by_id.is_not(None))
    .order_by(BodyWeight.measured_at.desc(), BodyWeight.id.desc())
    .limit(1)
    .scalar_subquery()
)
"""By ix_body_weight_course_id_measured_at, through the courses of the patient."""
_LOOK: Final[_Look] = select(
    Patient.code,
    Patient.family_name,
    Patient.given_name,
    Patient.title,
    Patient.birth_date,
    Patient.sex,
    Patient.hospital_number,
    _WEIGHT.label("weight_g"),
)
_OWNER: Final = select(Course.patient_id).where(Course.code == bindparam("code")).scalar_subquery()
_OF_PATIENT: Final = _LOOK.where(Patient.code == bindparam("code"))
_OF_COURSE: Final = _LOOK.where(Patient.id == _OWNER)


def _banner(db: Connection, look: _Look, code: str, now: datetime, zone: str) -> Banner:
    row = db.execute(look, {"code": code}).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"Nobody is on file under {display(code)}. Check the code and scan again.")
    return banner_from(row, now, zone)


def banner_from(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> Banner:
    """The banner from a row that carries the patient's columns and `weight_g`."""
    return Banner(
        code=row.code,
        name=formats.patient_name(row.family_name, row.given_name, row.title or ""),
        born=formats.born(row.birth_date, formats.local(now, zone).date()),
        gender=GENDERS[row.sex],
        hospital_number=formats.hospital_number(row.hospital_number),
        weight="" if row.weight_g is None else weight_text(row.weight_g),
    )


def weight_text(weight_g: int) -> str:
    """`68.0 kg`."""
    return formats.measurement(Decimal(weight_g) / 1000, "kg", 1)
