"""The STOP surface: whose bed, one sentence, three acts. The other patient's name is nowhere in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup, escape
from sqlalchemy import Connection, select

from app.db.models import Bag, Patient, Site, Wristband
from app.domain.identifiers import display
from app.domain.infusion import Shown, stop_of
from app.infusion.queries.waiting import where_is
from app.infusion.verdict import BedsideVerdict
from app.patients.queries.banner import Banner, banner_of_patient
from app.web import formats


@dataclass(frozen=True, slots=True)
class Differing:
    """Two hospital numbers, each as what is alike and what differs."""

    what: str
    ours: tuple[str, str]
    theirs: tuple[str, str]


@dataclass(frozen=True, slots=True)
class StopPage:
    """The whole STOP surface. The other patient's name is nowhere in it."""

    where: str
    patient: Banner
    sentence: str
    acts: tuple[str | Markup, ...]
    compared: Differing | None
    near_miss: str
    at: str
    who: str


def stop_page(
    db: Connection, station_id: int | None, who: str, verdict: BedsideVerdict, now: datetime, zone: str
) -> StopPage:
    """The STOP surface of a verdict: whose bed it is, one sentence, three acts."""
    assert verdict.stop is not None, "a MATCH has no STOP surface"
    stop = stop_of(verdict.stop)
    patient, number = _of_wristband(db, verdict.wristband_code)
    banner = replace(banner_of_patient(db, patient, now, zone), gender="", weight="")
    telephone = db.execute(select(Site.laboratory_phone)).scalar_one()
    bag = formats.code(display(verdict.bag_code))
    differing = _differing(db, number, verdict.bag_code) if Shown.HOSPITAL_NUMBERS in stop.shown else None
    return StopPage(
        where=where_is(db, station_id),
        patient=banner,
        sentence=stop.sentence,
        acts=tuple(_act(act, bag, telephone) for act in stop.acts(bag="{bag}", telephone="{telephone}")),
        compared=differing,
        near_miss=(verdict.near_miss or "").removeprefix("NM-"),
        at=f"{formats.local(verdict.at, zone):%H:%M:%S}",
        who=formats.short_person(who),
    )


def _of_wristband(db: Connection, code: str) -> tuple[str, str]:
    look = select(Patient.code, Patient.hospital_number).join(Wristband, Wristband.patient_id == Patient.id)
    row = db.execute(look.where(Wristband.code == code)).one()
    return row.code, row.hospital_number


def _differing(db: Connection, ours: str, bag_code: str) -> Differing:
    look = select(Patient.hospital_number).join(Bag, Bag.patient_id == Patient.id).where(Bag.code == bag_code)
    theirs = db.execute(look).scalar_one()
    one, other = formats.hospital_number(ours), formats.hospital_number(theirs)
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    group = max(one.rfind(formats.NBSP, 0, alike + 1) + 1, 0)
    return Differing("hospital No.", (one[:group], one[group:]), (other[:group], other[group:]))


def _act(act: str, bag: Markup, telephone: str) -> Markup:
    return escape(act).format(bag=bag, telephone=Markup('<b class="nb">{}</b>').format(telephone))
