"""Cultures and product lots as JSON: the same requests and commands as the pages."""

from __future__ import annotations

from app.culture import commands
from app.culture.records import culture_close, culture_stop
from app.culture.schemas import (
    CloseCulture,
    CompleteLot,
    CorrectReading,
    DiscardVessel,
    FeedCulture,
    FillBags,
    HarvestCulture,
    OfVessel,
    OpenCulture,
    RecordReading,
    SeedCulture,
    SeparateCells,
    StartCulture,
    StopCulture,
    VerifyReadings,
)
from app.domain.roles import Action
from app.patients.records import ToSign, to_sign
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.forms import same
from app.web.needs import needs

routes = api_router(tags=["batches"])


@routes.post("/batches")
@needs(Action.OPEN_CULTURE)
def open_batch(door: AnyDoor, asked: OpenCulture) -> commands.CultureOpened:
    """Open a culture from accepted collections of one course."""
    return door.write(commands.open_culture, asked).fact


@routes.post("/batches/{code}/start")
@needs(Action.CULTURE_STEP)
def start(door: AnyDoor, code: str, asked: StartCulture) -> commands.CultureFact:
    """Start a culture at a clear bench, every input scanned."""
    same(code, asked.culture_code)
    return door.write(commands.start_culture, asked).fact


@routes.post("/batches/{code}/separate")
@needs(Action.CULTURE_STEP)
def separate(door: AnyDoor, code: str, asked: SeparateCells) -> commands.CultureFact:
    """Take red cells and platelets out."""
    same(code, asked.culture_code)
    return door.write(commands.separate_cells, asked).fact


@routes.post("/batches/{code}/seed")
@needs(Action.CULTURE_STEP)
def seed(door: AnyDoor, code: str, asked: SeedCulture) -> commands.CultureSeeded:
    """Seed the vessels."""
    same(code, asked.culture_code)
    return door.write(commands.seed_culture, asked).fact


@routes.post("/batches/{code}/vessels/choose")
@needs(Action.RECORD_COUNT)
def choose(door: AnyDoor, code: str, asked: OfVessel) -> commands.VesselChosen:
    """Ask by its label whether a vessel belongs to the culture and can be counted."""
    same(code, asked.culture_code)
    return door.write(commands.choose_vessel, asked).fact


@routes.post("/batches/{code}/readings")
@needs(Action.RECORD_COUNT)
def read(door: AnyDoor, code: str, asked: RecordReading) -> commands.ReadingTaken:
    """Write the count of one vessel."""
    same(code, asked.culture_code)
    return door.write(commands.record_reading, asked).fact


@routes.post("/batches/{code}/readings/correct")
@needs(Action.RECORD_COUNT)
def correct(door: AnyDoor, code: str, asked: CorrectReading) -> commands.ReadingTaken:
    """Write another count in place of a vessel's last one."""
    same(code, asked.culture_code)
    return door.write(commands.correct_reading, asked).fact


@routes.post("/batches/{code}/readings/verify")
@needs(Action.VERIFY_COUNT)
def verify(door: AnyDoor, code: str, asked: VerifyReadings) -> commands.ReadingsVerified:
    """Verify what others counted."""
    same(code, asked.culture_code)
    return door.write(commands.verify_readings, asked).fact


@routes.post("/batches/{code}/vessels/discard")
@needs(Action.CULTURE_STEP)
def discard(door: AnyDoor, code: str, asked: DiscardVessel) -> commands.VesselDiscarded:
    """Take a vessel out of the culture."""
    same(code, asked.culture_code)
    return door.write(commands.discard_vessel, asked).fact


@routes.post("/batches/{code}/feed")
@needs(Action.CULTURE_STEP)
def feed(door: AnyDoor, code: str, asked: FeedCulture) -> commands.CultureFact:
    """Feed the vessels."""
    same(code, asked.culture_code)
    return door.write(commands.feed_culture, asked).fact


@routes.post("/batches/{code}/harvest")
@needs(Action.CULTURE_STEP)
def harvest(door: AnyDoor, code: str, asked: HarvestCulture) -> commands.LotFact:
    """Harvest the culture; its product lot comes into being."""
    same(code, asked.culture_code)
    return door.write(commands.harvest_culture, asked).fact


@routes.post("/batches/{code}/fill")
@needs(Action.FILL_BAGS)
def fill(door: AnyDoor, code: str, asked: FillBags) -> commands.BagsFilled:
    """Fill the lot into equal bags."""
    same(code, asked.culture_code)
    return door.write(commands.fill_bags, asked).fact


@routes.post("/batches/{code}/complete")
@needs(Action.FILL_BAGS)
def complete(door: AnyDoor, code: str, asked: CompleteLot) -> commands.LotFact:
    """Every bag is labelled: the lot goes to quarantine."""
    same(code, asked.culture_code)
    return door.write(commands.complete_lot, asked).fact


@routes.get("/batches/{code}/stop/record")
@needs(Action.STOP_CULTURE)
def stop_to_sign(door: AnyDoor, code: str) -> ToSign:
    """The record that is signed to stop a culture, with its hash."""
    with door.reading() as db:
        return to_sign(culture_stop(db, code))


@routes.post("/batches/{code}/stop")
@needs(Action.STOP_CULTURE)
def stop(door: AnyDoor, code: str, asked: StopCulture) -> commands.CultureFact:
    """Stop a culture, by signature."""
    same(code, asked.culture_code)
    return door.write(commands.stop_culture, asked).fact


@routes.get("/batches/{code}/close/record")
@needs(Action.CLOSE_CULTURE)
def close_to_sign(door: AnyDoor, code: str) -> ToSign:
    """The record that is signed to close a culture, with its hash."""
    with door.reading() as db:
        return to_sign(culture_close(db, code))


@routes.post("/batches/{code}/close")
@needs(Action.CLOSE_CULTURE)
def close(door: AnyDoor, code: str, asked: CloseCulture) -> commands.CultureFact:
    """Close a culture, by signature."""
    same(code, asked.culture_code)
    return door.write(commands.close_culture, asked).fact
