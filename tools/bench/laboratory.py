"""The laboratory that is measured: founded by the real commands, with a list of patients and one lot of bags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

from app.ledger.keyring import Keyring
from app.settings import Settings
from app.simulator import founding
from app.simulator.laboratory import Laboratory, SetClock, new_secrets
from app.simulator.line.culture import shelf
from app.simulator.line.patients import INGRID, enrol
from app.simulator.line.release import Product, conditionally_released

PATIENTS = 120
WALKS = timedelta(days=4, hours=4)
"""How long before now the laboratory was founded."""

SYLLABLES = (
    ("Ber", "Hol", "Mar", "Tru", "Wen"),
    ("a", "in", "o", "sk"),
    ("dal", "feld", "kov", "mann", "ridge", "sen"),
)
"""Invented family names: 5 x 4 x 6, some alike, as in a real list."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The laboratory and the codes the jobs ask for."""

    lab: Laboratory
    made: Product
    patient: str
    course: str
    culture: str
    lot: str
    bag: str
    wristband: str


def measured_laboratory(settings: Settings) -> Measured:
    """Found it; its last step lies hours back, so that its bags are in date."""
    Keyring.create(settings.keys_dir)
    database, keyring = founding.open_database(settings)
    lab = Laboratory(settings, database, keyring, SetClock(datetime.now(UTC) - WALKS), new_secrets())
    founding.found(lab, "Bench laboratory", station_token)
    for number, name in zip(range(PATIENTS), product(*SYLLABLES), strict=False):
        enrol(lab, replace(INGRID, family_name="".join(name), hospital_number=f"BENCH{number:05}"))
    made = conditionally_released(lab, shelf(lab))
    batch = made.batch
    return Measured(
        lab,
        made,
        batch.patient.patient_code,
        batch.patient.course_code,
        batch.culture,
        made.lot,
        made.bags[0],
        batch.patient.wristband_code,
    )


def station_token(station: str) -> str:
    """What the device of this station holds."""
    return f"bench token of {station}"
