"""What is done to a culture, in the order of the laboratory's days."""

from app.culture.commands.counting import (
    ReadingsVerified,
    ReadingTaken,
    VesselDiscarded,
    correct_reading,
    discard_vessel,
    record_reading,
    verify_readings,
)
from app.culture.commands.harvesting import BagsFilled, LotFact, complete_lot, fill_bags, harvest_culture
from app.culture.commands.opening import CultureFact, CultureOpened, open_culture, start_culture
from app.culture.commands.seeding import CultureSeeded, seed_culture

__all__ = [
    "BagsFilled",
    "CultureFact",
    "CultureOpened",
    "CultureSeeded",
    "LotFact",
    "ReadingTaken",
    "ReadingsVerified",
    "VesselDiscarded",
    "complete_lot",
    "correct_reading",
    "discard_vessel",
    "fill_bags",
    "harvest_culture",
    "open_culture",
    "record_reading",
    "seed_culture",
    "start_culture",
    "verify_readings",
]
