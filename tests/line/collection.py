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
from app.domain.identifiers import with_print_number
from app.domain.vocabulary import EquipmentKind, Inspection, MaterialRole
from app.labels import commands as labels
from app.labels.schemas import ApplyLabel, PrintLabel, ScanBack
from app.patients.commands import PatientEnrolled
from tests.line.materials import equipment, released_lot
from tests.line.patients import INGRID, Someone, ordered_patient
from tests.people import CHLOE, NIA, NOEL, TARA, THEO
from tests.world import World

WBC_1E9 = Decimal(54)
"""White cells per run on one separator, n = 22 (domain design, section 2)."""


@dataclass(frozen=True)
class Apheresis:
    """What a run needs beside the patient."""

    separator: str
    kit: str


def apheresis(world: World) -> Apheresis:
    """A calibrated separator and a released kit."""
    return Apheresis(
        equipment(world, "Separator 1", EquipmentKind.SEPARATOR),
        released_lot(world, "Leukapheresis kit", MaterialRole.COLLECTION_KIT),
    )


def planned_collection(world: World, patient: PatientEnrolled) -> str:
    """A planned collection of an ordered patient; its code."""
    asked = PlanCollection(course_code=patient.course_code)
    return world.act(CHLOE, commands.plan_collection, asked).collection_code


def start_request(
    world: World, patient: PatientEnrolled, code: str, at: Apheresis, **changed: object
) -> StartCollection:
    """The request that starts a collection."""
    given: dict[str, object] = {
        "collection_code": code,
        "row_version": version_of(world, code),
        "wristband": patient.wristband_code,
        "separator": at.separator,
        "kit": at.kit,
        "precount_lymphocytes_1e9_per_l": "11.1",
        "haemoglobin_g_per_l": "112",
        "platelets_1e9_per_l": "180",
    }
    return StartCollection.model_validate(given | changed)


def yield_request(world: World, code: str, **changed: object) -> RecordCollectionYield:
    """The request that enters what a run gave."""
    given: dict[str, object] = {
        "collection_code": code,
        "row_version": version_of(world, code),
        "blood_processed_l": "10",
        "anticoagulant_ml": "830",
        "volume_ml": "220",
        "wbc_1e9": WBC_1E9,
        "lymphocyte_percent": "95",
    }
    return RecordCollectionYield.model_validate(given | changed)


def running_collection(world: World, patient: PatientEnrolled, at: Apheresis) -> str:
    """A collection Nia has started; its code."""
    code = planned_collection(world, patient)
    world.act(NIA, commands.start_collection, start_request(world, patient, code, at), station="Bed 4")
    return code


def ended_collection(world: World, patient: PatientEnrolled, at: Apheresis, *, wbc_1e9: Decimal = WBC_1E9) -> str:
    """A collection after four hours, with its yield entered, not yet labelled; its code."""
    code = running_collection(world, patient, at)
    world.clock.forward(hours=4)
    world.act(NIA, commands.record_collection_yield, yield_request(world, code, wbc_1e9=wbc_1e9), station="Bed 4")
    return code


def finished_collection(world: World, patient: PatientEnrolled, at: Apheresis, *, wbc_1e9: Decimal = WBC_1E9) -> str:
    """A labelled collection, checked by Noel; its code."""
    code = ended_collection(world, patient, at, wbc_1e9=wbc_1e9)
    applied_label(world, code)
    asked = FinishCollection(collection_code=code, row_version=version_of(world, code), **world.second(NOEL))
    world.act(NIA, commands.finish_collection, asked, station="Bed 4")
    return code


def applied_label(world: World, code: str) -> None:
    """The collection's label on its bag: printed, scanned back and applied by Tara, confirmed by Theo."""
    made = world.act(TARA, labels.print_label, PrintLabel(code=code))
    copy = {"code": code, "print_number": made.print_number, "scanned": with_print_number(code, made.print_number)}
    world.act(TARA, labels.scan_back_label, ScanBack.model_validate(copy))
    world.act(TARA, labels.apply_label, ApplyLabel.model_validate(copy | world.second(THEO)))


def receipt_request(world: World, code: str, **changed: object) -> ReceiveCollection:
    """The request that receives a collection from Nia, every line passed."""
    lines = dict.fromkeys(("integrity", "temperature", "identity", "label", "time_out_of_storage"), Inspection.PASS)
    given: dict[str, object] = {
        "collection_code": code,
        "row_version": version_of(world, code),
        "scanned": code,
        "temperature_c": "19.5",
        "out_of_storage_min": 25,
        "volume_ml": "218",
    }
    return ReceiveCollection.model_validate(given | lines | world.second(NIA) | changed)


def received_collection(world: World, patient: PatientEnrolled, at: Apheresis, *, wbc_1e9: Decimal = WBC_1E9) -> str:
    """A collection in the laboratory, its inspection passed; its code."""
    code = finished_collection(world, patient, at, wbc_1e9=wbc_1e9)
    world.clock.forward(minutes=25)
    world.act(TARA, commands.receive_collection, receipt_request(world, code))
    return code


def accepted_collection(
    world: World, patient: PatientEnrolled | None = None, at: Apheresis | None = None, *, wbc_1e9: Decimal = WBC_1E9
) -> str:
    """A collection that may be cultured, accepted by Tara and Theo; its code."""
    code = received_collection(world, patient or ordered_patient(world), at or apheresis(world), wbc_1e9=wbc_1e9)
    asked = AcceptCollection(collection_code=code, row_version=version_of(world, code), **world.second(THEO))
    world.act(TARA, commands.accept_collection, asked)
    return code


def collected_patient(world: World, who: Someone = INGRID) -> tuple[PatientEnrolled, str]:
    """An ordered patient with one accepted collection."""
    patient = ordered_patient(world, who)
    return patient, accepted_collection(world, patient)


def version_of(world: World, code: str) -> int:
    """The row version a page of this collection would show."""
    ((version,),) = world.rows("SELECT row_version FROM collection WHERE code = :code", code=code)
    return int(str(version))
