"""A laboratory in the middle of its day: three patients at different places of the line."""

from __future__ import annotations

from dataclasses import dataclass

from app.patients.commands import PatientEnrolled
from app.simulator.line.collection import finished_collection, planned_collection
from app.simulator.line.culture import Batch, counted_culture, shelf
from app.simulator.line.infusion import confirmed
from app.simulator.line.patients import INGRID, JAMES, MARTA, ordered_patient
from app.simulator.line.release import Product, conditionally_released
from tests.world import World


@dataclass(frozen=True)
class Day:
    """James is being collected, Ingrid's cells are to be harvested, Marta waits for her bag."""

    james: PatientEnrolled
    planned: str
    arriving: str
    growing: Batch
    marta: Product


def busy(world: World) -> Day:
    """Walk there by real commands."""
    at = shelf(world)
    growing = counted_culture(world, at, INGRID)
    marta = conditionally_released(world, at, MARTA)
    confirmed(world, marta.batch.patient, marta.bags[:1])
    james = ordered_patient(world, JAMES)
    planned = planned_collection(world, james)
    arriving = finished_collection(world, james, at.apheresis)
    return Day(james, planned, arriving, growing, marta)
