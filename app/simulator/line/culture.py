"""From an accepted collection to labelled bags in quarantine, by the real commands, with published numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from app.culture import commands
from app.culture.schemas import (
    CompleteLot,
    FillBags,
    HarvestCulture,
    OpenCulture,
    RecordReading,
    SeedCulture,
    StartCulture,
    VerifyReadings,
)
from app.domain.vocabulary import EquipmentKind, Il2Unit, MaterialRole
from app.patients.commands import PatientEnrolled
from app.simulator.laboratory import Laboratory
from app.simulator.line.collection import Apheresis, accepted_collection, apheresis
from app.simulator.line.materials import equipment, released_lot
from app.simulator.line.patients import INGRID, Someone, ordered_patient
from app.simulator.line.recipes import approved_documents
from app.simulator.people import TARA, THEO

RECOVERED_1E9 = Decimal("47.52")
"""54e9 white cells collected x 88 % recovered by washing (domain design, section 2)."""


@dataclass(frozen=True)
class Shelf:
    """Everything a culture needs beside the patient's cells."""

    recipe: str
    apheresis: Apheresis
    il2: str
    medium: str
    serum: str
    saline: str
    hood: str
    incubator: str


def shelf(lab: Laboratory) -> Shelf:
    """Approved documents, released lots, calibrated equipment."""
    return Shelf(
        recipe=approved_documents(lab),
        apheresis=apheresis(lab),
        il2=released_lot(
            lab,
            "Interleukin-2",
            MaterialRole.CYTOKINE,
            substances="aldesleukin",
            il2_per_ml=Decimal(3_000_000),
            il2_unit=Il2Unit.CETUS,
        ),
        medium=released_lot(lab, "RPMI 1640 with antibiotics", MaterialRole.MEDIUM, substances="penicillin gentamicin"),
        serum=released_lot(lab, "AB serum pool 07", MaterialRole.SERUM, substances="plasma"),
        saline=released_lot(lab, "Saline with 5% albumin", MaterialRole.FORMULATION, substances="albumin"),
        hood=equipment(lab, "Hood 1", EquipmentKind.HOOD),
        incubator=equipment(lab, "Incubator 2", EquipmentKind.INCUBATOR),
    )


@dataclass(frozen=True)
class Batch:
    """A culture with whose it is and what it was made from."""

    patient: PatientEnrolled
    collection: str
    culture: str


def opened_culture(lab: Laboratory, at: Shelf, who: Someone = INGRID) -> Batch:
    """A planned culture of one accepted collection."""
    patient = ordered_patient(lab, who)
    collection = accepted_collection(lab, patient, at.apheresis)
    asked = OpenCulture(course_code=patient.course_code, collection_codes=(collection,), recipe_name=at.recipe)
    return Batch(patient, collection, lab.act(TARA, commands.open_culture, asked).culture_code)


def started_culture(lab: Laboratory, at: Shelf, who: Someone = INGRID) -> Batch:
    """A culture at the first free bench, its input scanned."""
    batch = opened_culture(lab, at, who)
    lab.act(TARA, commands.start_culture, start_request(lab, batch))
    return batch


def start_request(lab: Laboratory, batch: Batch, **changed: object) -> StartCulture:
    """The request that starts it."""
    given: dict[str, object] = {"bench": free_bench(lab), "inputs": (batch.collection,)}
    return StartCulture.model_validate(of(lab, batch.culture) | given | changed)


def seed_request(lab: Laboratory, batch: Batch, at: Shelf, **changed: object) -> SeedCulture:
    """1.5e9 viable cells in each 1 L bottle with 1,500 Cetus U/mL (domain design, section 2)."""
    given: dict[str, object] = {
        "viable_cells_1e9": RECOVERED_1E9,
        "viability_percent": "96",
        "viable_cells_per_vessel_1e9": "1.5",
        "vessel_volume_ml": "1000",
        "il2_per_ml": "1500",
        "il2_unit": Il2Unit.CETUS,
        "il2_lot": at.il2,
        "medium_lot": at.medium,
        "serum_lot": at.serum,
        "hood": at.hood,
        "incubator": at.incubator,
    }
    return SeedCulture.model_validate(of(lab, batch.culture) | given | changed)


def seeded_culture(lab: Laboratory, at: Shelf, who: Someone = INGRID) -> Batch:
    """An incubating culture: 47.52e9 cells give 32 bottles."""
    batch = started_culture(lab, at, who)
    lab.act(TARA, commands.seed_culture, seed_request(lab, batch, at))
    return batch


def counted_culture(lab: Laboratory, at: Shelf, who: Someone = INGRID, *, vessels: int = 3) -> Batch:
    """A culture on day 3 with the first vessels counted by Tara and verified by Theo."""
    batch = seeded_culture(lab, at, who)
    lab.clock.forward(hours=66)
    count(lab, batch, vessels=vessels)
    return batch


def count(lab: Laboratory, batch: Batch, *, vessels: int = 3) -> None:
    """The first vessels counted by Tara and verified by Theo."""
    last = 0
    for code in vessel_codes(lab, batch.culture)[:vessels]:
        last = lab.act(TARA, commands.record_reading, reading_request(batch.culture, code)).reading_id
    verify = VerifyReadings(culture_code=batch.culture, last_reading_id=last)
    lab.act(THEO, commands.verify_readings, verify)


def reading_request(culture: str, vessel: str, **changed: object) -> RecordReading:
    """A usual count on day 3."""
    given: dict[str, object] = {
        "culture_code": culture, "vessel": vessel, "viable_cells_1e6_per_ml": "1.58", "viability_percent": "94",
        "volume_ml": "1010",
    }  # fmt: skip
    return RecordReading.model_validate(given | changed)


def harvest_request(lab: Laboratory, batch: Batch, at: Shelf, **changed: object) -> HarvestCulture:
    """The pool: 92 % of the cells seeded."""
    given: dict[str, object] = {
        "bench": free_bench(lab), "volume_ml": "600", "viable_cells_1e9": "44", "viability_percent": "92",
        "hood": at.hood,
    }  # fmt: skip
    return HarvestCulture.model_validate(of(lab, batch.culture) | given | changed)


def free_bench(lab: Laboratory) -> str:
    """A bench at which nothing stands open."""
    look = (
        "SELECT p.code FROM place p WHERE p.kind = 'bench'"
        " AND NOT EXISTS (SELECT 1 FROM culture c WHERE c.bench_id = p.id) ORDER BY p.id"
    )
    return str(lab.rows(look)[0][0])


Register = Callable[[Laboratory, str], None]


def harvested_culture(lab: Laboratory, at: Shelf, register: Register, who: Someone = INGRID) -> Batch:
    """A harvested culture; `register` takes its samples and requests its tests first."""
    batch = counted_culture(lab, at, who)
    register(lab, batch.culture)
    lab.clock.forward(hours=20)
    harvest(lab, batch, at)
    return batch


def harvest(lab: Laboratory, batch: Batch, at: Shelf) -> None:
    """The vessels pooled."""
    lab.act(TARA, commands.harvest_culture, harvest_request(lab, batch, at))


def fill_request(lab: Laboratory, batch: Batch, at: Shelf, **changed: object) -> FillBags:
    """Two bags of 2.08e10 viable cells in 200 mL."""
    given: dict[str, object] = {
        "bags": 2, "volume_each_ml": "200", "viable_cells_each_1e9": "20.8", "viability_percent": "91.4",
        "formulation_lot": at.saline, "hood": at.hood,
    }  # fmt: skip
    return FillBags.model_validate(of(lab, batch.culture) | given | changed)


def filled_bags(
    lab: Laboratory, at: Shelf, register: Register, who: Someone = INGRID
) -> tuple[Batch, commands.BagsFilled]:
    """A lot with its bags filled, not yet labelled."""
    batch = harvested_culture(lab, at, register, who)
    return batch, fill(lab, batch, at)


def fill(lab: Laboratory, batch: Batch, at: Shelf) -> commands.BagsFilled:
    """The harvest in two bags."""
    return lab.act(TARA, commands.fill_bags, fill_request(lab, batch, at))


def complete(lab: Laboratory, batch: Batch) -> None:
    """The lot goes to quarantine; every bag must be labelled."""
    lab.act(TARA, commands.complete_lot, CompleteLot.model_validate(of(lab, batch.culture)))


def vessel_codes(lab: Laboratory, culture: str) -> list[str]:
    """Codes of the vessels, in order."""
    look = "SELECT v.code FROM vessel v JOIN culture c ON c.id = v.culture_id WHERE c.code = :code ORDER BY v.member"
    return [str(row[0]) for row in lab.rows(look, code=culture)]


def of(lab: Laboratory, culture: str) -> dict[str, object]:
    """Fields every step of a culture carries: which, as shown, and Theo as second person."""
    ((version,),) = lab.rows("SELECT row_version FROM culture WHERE code = :code", code=culture)
    return {"culture_code": culture, "row_version": version, **lab.second(THEO)}
