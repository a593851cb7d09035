"""From a planned collection to one that may be cultured, by the real commands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.collection import commands
from app.collection.schemas import (
    AcceptCollection,
    FinishCollection,
    PlanCollection,
    ReceiveCollection,
    RecordCollectionYield,
    StartCollection,
)
from app.domain.vocabulary import EquipmentKind, Inspection, MaterialRole
from app.patients.commands import PatientEnrolled
from app.simulator.laboratory import Laboratory
from app.simulator.line.labels import apply_label_to
from app.simulator.line.materials import equipment, released_lot
from app.simulator.line.patients import INGRID, Someone, ordered_patient
from app.simulator.people import CHLOE, NIA, NOEL, TARA, THEO

WBC_1E9 = Decimal(54)
"""White cells per run on one separator, n = 22 (domain design, section 2)."""


@dataclass(frozen=True)
class Apheresis:
    """What a run needs beside the patient."""

    separator: str
    kit: str


def apheresis(lab: Laboratory) -> Apheresis:
    """A calibrated separator and a released kit."""
    return Apheresis(
        equipment(lab, "Separator 1", EquipmentKind.SEPARATOR),
        released_lot(lab, "Leukapheresis kit", MaterialRole.COLLECTION_KIT),
    )


def planned_collection(lab: Laboratory, patient: PatientEnrolled) -> str:
    """A planned collection of an ordered patient; its code."""
    asked = PlanCollection(course_code=patient.course_code)
    return lab.act(CHLOE, commands.plan_collection, asked).collection_code


def start_request(
    lab: Laboratory, patient: PatientEnrolled, code: str, at: Apheresis, **changed: object
) -> StartCollection:
    """The request that starts a collection."""
    given: dict[str, object] = {
        "collection_code": code,
        "row_version": version_of(lab, code),
        "wristband": patient.wristband_code,
        "separator": at.separator,
        "kit": at.kit,
        "precount_lymphocytes_1e9_per_l": "11.1",
        "haemoglobin_g_per_l": "112",
        "platelets_1e9_per_l": "180",
    }
    return StartCollection.model_validate(given | changed)


def yield_request(lab: Laboratory, code: str, **changed: object) -> RecordCollectionYield:
    """The request that enters what a run gave."""
    given: dict[str, object] = {
        "collection_code": code,
        "row_version": version_of(lab, code),
        "blood_processed_l": "10",
        "anticoagulant_ml": "830",
        "volume_ml": "220",
        "wbc_1e9": WBC_1E9,
        "lymphocyte_percent": "95",
    }
    return RecordCollectionYield.model_validate(given | changed)


def running_collection(lab: Laboratory, patient: PatientEnrolled, at: Apheresis) -> str:
    """A collection Nia has started; its code."""
    code = planned_collection(lab, patient)
    lab.act(NIA, commands.start_collection, start_request(lab, patient, code, at), station="Bed 4")
    return code


def ended_collection(lab: Laboratory, patient: PatientEnrolled, at: Apheresis, *, wbc_1e9: Decimal = WBC_1E9) -> str:
    """A collection after four hours, with its yield entered, not yet labelled; its code."""
    code = running_collection(lab, patient, at)
    lab.clock.forward(hours=4)
    lab.act(NIA, commands.record_collection_yield, yield_request(lab, code, wbc_1e9=wbc_1e9), station="Bed 4")
    return code


def finished_collection(lab: Laboratory, patient: PatientEnrolled, at: Apheresis, *, wbc_1e9: Decimal = WBC_1E9) -> str:
    """A labelled collection, checked by Noel; its code."""
    code = ended_collection(lab, patient, at, wbc_1e9=wbc_1e9)
    applied_label(lab, code)
    asked = FinishCollection(collection_code=code, row_version=version_of(lab, code), **lab.second(NOEL))
    lab.act(NIA, commands.finish_collection, asked, station="Bed 4")
    return code


def applied_label(lab: Laboratory, code: str) -> None:
    """The collection's label on its bag: printed and applied by Tara, checked by Theo."""
    apply_label_to(lab, code)


def receipt_request(lab: Laboratory, code: str, **changed: object) -> ReceiveCollection:
    """The request that receives a collection from Nia, every line passed."""
    lines = dict.fromkeys(("integrity", "temperature", "identity", "label", "time_out_of_storage"), Inspection.PASS)
    given: dict[str, object] = {
        "collection_code": code,
        "row_version": version_of(lab, code),
        "scanned": code,
        "temperature_c": "19.5",
        "out_of_storage_min": 25,
        "volume_ml": "218",
    }
    return ReceiveCollection.model_validate(given | lines | lab.second(NIA) | changed)


def received_collection(lab: Laboratory, patient: PatientEnrolled, at: Apheresis, *, wbc_1e9: Decimal = WBC_1E9) -> str:
    """A collection in the laboratory, its inspection passed; its code."""
    code = finished_collection(lab, patient, at, wbc_1e9=wbc_1e9)
    lab.clock.forward(minutes=25)
    lab.act(TARA, commands.receive_collection, receipt_request(lab, code))
    return code


def accepted_collection(
    lab: Laboratory,
    patient: PatientEnrolled | None = None,
    at: Apheresis | None = None,
    *,
    wbc_1e9: Decimal = WBC_1E9,
) -> str:
    """A collection that may be cultured, accepted by Tara and Theo; its code."""
    code = received_collection(lab, patient or ordered_patient(lab), at or apheresis(lab), wbc_1e9=wbc_1e9)
    asked = AcceptCollection(collection_code=code, row_version=version_of(lab, code), **lab.second(THEO))
    lab.act(TARA, commands.accept_collection, asked)
    return code


def collected_patient(lab: Laboratory, who: Someone = INGRID) -> tuple[PatientEnrolled, str]:
    """An ordered patient with one accepted collection."""
    patient = ordered_patient(lab, who)
    return patient, accepted_collection(lab, patient)


def version_of(lab: Laboratory, code: str) -> int:
    """The row version a page of this collection would show."""
    ((version,),) = lab.rows("SELECT row_version FROM collection WHERE code = :code", code=code)
    return int(str(version))
