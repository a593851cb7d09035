"""The pages of cultures and product lots: list, batch, the form of each step, the culture log, the lot."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.culture import commands
from app.culture.queries.amounts import typed_amounts
from app.culture.queries.batch import batch_page
from app.culture.queries.batches import batch_list, open_form
from app.culture.queries.log import log_page
from app.culture.queries.lot import lot_page
from app.culture.queries.pad import log_of, typed_total
from app.culture.queries.steps import step_page
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
from app.web.door import AnyDoor, Door
from app.web.forms import page_form, same
from app.web.needs import needs

routes = APIRouter()


@routes.get("/batches")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_batches(door: AnyDoor, after: str | None = None) -> Response:
    """The cultures, newest first, and what could be opened."""
    with door.reading() as db:
        page = batch_list(db, after, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("culture/batches.html", page, here="batches")


@routes.get("/courses/{code}/batch")
@needs(Action.OPEN_CULTURE)
def get_open(door: AnyDoor, code: str) -> Response:
    """The form that opens a culture."""
    with door.reading() as db:
        page = open_form(db, code, door.now, door.house.site.zone)
    return door.page("culture/open.html", page, here="batches")


@routes.post("/courses/{code}/batch")
@needs(Action.OPEN_CULTURE)
def post_open(door: AnyDoor, code: str, form: Annotated[OpenCulture, page_form(OpenCulture)]) -> Response:
    """Open a culture."""
    same(code, form.course_code)
    done = door.write(commands.open_culture, form)
    return door.see(f"/batches/{done.fact.culture_code}", is_replay=done.is_replay)


@routes.get("/batches/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_batch(door: AnyDoor, code: str) -> Response:
    """One culture: where it stands, what comes next, its record."""
    with door.reading() as db:
        page = batch_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("culture/batch.html", page, here="batches")


@routes.get("/batches/{code}/steps/{step}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_step(door: AnyDoor, code: str, step: str) -> Response:
    """The form of one step."""
    with door.reading() as db:
        page = step_page(db, code, step, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("culture/step.html", page, here="batches")


@routes.get("/seeding/amounts")
@needs(Action.CULTURE_STEP)
def get_amounts(
    door: AnyDoor,
    viable_cells_1e9: str = "",
    viable_cells_per_vessel_1e9: str = "",
    vessel_volume_ml: str = "",
    il2_per_ml: str = "",
    il2_unit: str = "",
) -> Response:
    """What the numbers in the form of a seeding or a feed come to, at once."""
    with door.reading():
        page = typed_amounts(viable_cells_1e9, viable_cells_per_vessel_1e9, vessel_volume_ml, il2_per_ml, il2_unit)
    return door.page("culture/amounts.html", page, here="batches")


@routes.post("/batches/{code}/start")
@needs(Action.CULTURE_STEP)
def post_start(door: AnyDoor, code: str, form: Annotated[StartCulture, page_form(StartCulture)]) -> Response:
    """Start a culture at a clear bench."""
    same(code, form.culture_code)
    return _batch(door, code, is_replay=door.write(commands.start_culture, form).is_replay)


@routes.post("/batches/{code}/separate")
@needs(Action.CULTURE_STEP)
def post_separate(door: AnyDoor, code: str, form: Annotated[SeparateCells, page_form(SeparateCells)]) -> Response:
    """Separate the cells."""
    same(code, form.culture_code)
    return _batch(door, code, is_replay=door.write(commands.separate_cells, form).is_replay)


@routes.post("/batches/{code}/seed")
@needs(Action.CULTURE_STEP)
def post_seed(door: AnyDoor, code: str, form: Annotated[SeedCulture, page_form(SeedCulture)]) -> Response:
    """Seed the vessels."""
    same(code, form.culture_code)
    return _batch(door, code, is_replay=door.write(commands.seed_culture, form).is_replay)


@routes.post("/batches/{code}/feed")
@needs(Action.CULTURE_STEP)
def post_feed(door: AnyDoor, code: str, form: Annotated[FeedCulture, page_form(FeedCulture)]) -> Response:
    """Feed the vessels."""
    same(code, form.culture_code)
    return _batch(door, code, is_replay=door.write(commands.feed_culture, form).is_replay)


@routes.post("/batches/{code}/harvest")
@needs(Action.CULTURE_STEP)
def post_harvest(door: AnyDoor, code: str, form: Annotated[HarvestCulture, page_form(HarvestCulture)]) -> Response:
    """Harvest the culture."""
    same(code, form.culture_code)
    return _batch(door, code, is_replay=door.write(commands.harvest_culture, form).is_replay)


@routes.post("/batches/{code}/fill")
@needs(Action.FILL_BAGS)
def post_fill(door: AnyDoor, code: str, form: Annotated[FillBags, page_form(FillBags)]) -> Response:
    """Fill the bags; their labels come next."""
    same(code, form.culture_code)
    done = door.write(commands.fill_bags, form)
    return door.see(f"/lots/{done.fact.lot_code}", is_replay=done.is_replay)


@routes.post("/batches/{code}/complete")
@needs(Action.FILL_BAGS)
def post_complete(door: AnyDoor, code: str, form: Annotated[CompleteLot, page_form(CompleteLot)]) -> Response:
    """Complete the lot."""
    same(code, form.culture_code)
    done = door.write(commands.complete_lot, form)
    return door.see(f"/lots/{done.fact.lot_code}", is_replay=done.is_replay)


@routes.post("/batches/{code}/stop")
@needs(Action.STOP_CULTURE)
def post_stop(door: AnyDoor, code: str, form: Annotated[StopCulture, page_form(StopCulture)]) -> Response:
    """Stop the culture, by signature."""
    same(code, form.culture_code)
    return _batch(door, code, is_replay=door.write(commands.stop_culture, form).is_replay)


@routes.post("/batches/{code}/close")
@needs(Action.CLOSE_CULTURE)
def post_close(door: AnyDoor, code: str, form: Annotated[CloseCulture, page_form(CloseCulture)]) -> Response:
    """Close the culture, by signature."""
    same(code, form.culture_code)
    return _batch(door, code, is_replay=door.write(commands.close_culture, form).is_replay)


@routes.get("/batches/{code}/log")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_log(door: AnyDoor, code: str, vessel: str | None = None, after: int = 0) -> Response:
    """The culture log with a vessel on the pad: this one, or the next to count behind number `after`."""
    with door.reading() as db:
        page = log_page(db, code, vessel, after, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("culture/log.html", page, here="batches")


@routes.get("/batches/{code}/log/total")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_total(
    door: AnyDoor, code: str, vessel: str, viable_cells_1e6_per_ml: str = "", volume_ml: str = ""
) -> Response:
    """All cells of the vessel by what stands on the pad, at once and in words."""
    with door.reading() as db:
        log = log_of(db, code, door.now, door.house.site.zone)
        page = typed_total(log, vessel, viable_cells_1e6_per_ml, volume_ml)
    return door.page("culture/total.html", page, here="batches")


@routes.post("/batches/{code}/log")
@needs(Action.RECORD_COUNT)
def post_vessel(door: AnyDoor, code: str, form: Annotated[OfVessel, page_form(OfVessel)]) -> Response:
    """A vessel was scanned: put it on the pad."""
    same(code, form.culture_code)
    done = door.write(commands.choose_vessel, form)
    return door.see(f"/batches/{code}/log?vessel={done.fact.vessel_code}", is_replay=done.is_replay)


@routes.post("/batches/{code}/readings")
@needs(Action.RECORD_COUNT)
def post_reading(door: AnyDoor, code: str, form: Annotated[RecordReading, page_form(RecordReading)]) -> Response:
    """Save the count of a vessel and go on to the next."""
    same(code, form.culture_code)
    done = door.write(commands.record_reading, form)
    return door.see(f"/batches/{code}/log?after={done.fact.member}", is_replay=done.is_replay)


@routes.post("/batches/{code}/readings/correct")
@needs(Action.RECORD_COUNT)
def post_correction(door: AnyDoor, code: str, form: Annotated[CorrectReading, page_form(CorrectReading)]) -> Response:
    """Save another count in place of the last one."""
    same(code, form.culture_code)
    done = door.write(commands.correct_reading, form)
    return door.see(f"/batches/{code}/log?after={done.fact.member}", is_replay=done.is_replay)


@routes.post("/batches/{code}/readings/verify")
@needs(Action.VERIFY_COUNT)
def post_verify(door: AnyDoor, code: str, form: Annotated[VerifyReadings, page_form(VerifyReadings)]) -> Response:
    """Verify what others counted."""
    same(code, form.culture_code)
    done = door.write(commands.verify_readings, form)
    return door.see(f"/batches/{code}/log", is_replay=done.is_replay)


@routes.post("/batches/{code}/vessels/discard")
@needs(Action.CULTURE_STEP)
def post_discard(door: AnyDoor, code: str, form: Annotated[DiscardVessel, page_form(DiscardVessel)]) -> Response:
    """Take a vessel out of the culture."""
    same(code, form.culture_code)
    done = door.write(commands.discard_vessel, form)
    return door.see(f"/batches/{code}/log", is_replay=done.is_replay)


@routes.get("/lots/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_lot(door: AnyDoor, code: str) -> Response:
    """One product lot with its bags."""
    with door.reading() as db:
        page = lot_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("culture/lot.html", page, here="batches")


def _batch(door: Door, code: str, *, is_replay: bool) -> Response:
    return door.see(f"/batches/{code}", is_replay=is_replay)
