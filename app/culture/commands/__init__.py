"""What is done to a culture, in the order of the laboratory's days."""

from app.culture.commands.counting import (
    ReadingsVerified,
    ReadingTaken,
    VesselChosen,
    choose_vessel,
    correct_reading,
    record_reading,
    verify_readings,
)
from app.culture.commands.ending import close_culture, stop_culture
from app.culture.commands.filling import BagsFilled, complete_lot, fill_bags
from app.culture.commands.growing import VesselDiscarded, discard_vessel, feed_culture
from app.culture.commands.harvesting import LotFact, harvest_culture
from app.culture.commands.opening import CultureFact, CultureOpened, open_culture, start_culture
from app.culture.commands.seeding import CultureSeeded, seed_culture, separate_cells

__all__ = [
    "BagsFilled",
    "CultureFact",
    "CultureOpened",
    "CultureSeeded",
    "LotFact",
    "ReadingTaken",
    "ReadingsVerified",
    "VesselChosen",
    "VesselDiscarded",
    "choose_vessel",
    "close_culture",
    "complete_lot",
    "correct_reading",
    "discard_vessel",
    "feed_culture",
    "fill_bags",
    "harvest_culture",
    "open_culture",
    "record_reading",
    "seed_culture",
    "separate_cells",
    "start_culture",
    "stop_culture",
    "verify_readings",
]
