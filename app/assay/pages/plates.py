"""The pages of 51Cr plates: entry grid, import with preview, the plate itself, and what is decided about its wells."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from app.assay import commands
from app.assay.queries.plate_forms import import_preview, plate_form
from app.assay.queries.plate_page import plate_page
from app.assay.schemas import EnterPlate, ImportPlate, JudgeWell, PreviewPlate
from app.domain.roles import Action
from app.web.door import AnyDoor
from app.web.forms import page_form, same, uploaded_name
from app.web.needs import needs

routes = APIRouter()


@routes.get("/assays/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_plate(door: AnyDoor, code: str) -> Response:
    with door.reading() as db:
        page = plate_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("assay/plate.html", page, here="batches")


@routes.post("/assays/{code}/wells")
@needs(Action.ENTER_RESULTS)
def post_well(door: AnyDoor, code: str, form: Annotated[JudgeWell, page_form(JudgeWell)]) -> Response:
    same(code, form.plate_code)
    done = door.write(commands.judge_well, form)
    return door.see(f"/assays/{code}", is_replay=done.is_replay)


@routes.get("/samples/{code}/tests/{number}/plate")
@needs(Action.ENTER_RESULTS)
def get_entry(door: AnyDoor, code: str, number: int) -> Response:
    with door.reading() as db:
        page = plate_form(db, code, number, door.now)
    return door.page("assay/entry.html", page, here="batches")


@routes.post("/samples/{code}/tests/{number}/plate")
@needs(Action.ENTER_RESULTS)
def post_entry(door: AnyDoor, code: str, number: int, form: Annotated[EnterPlate, page_form(EnterPlate)]) -> Response:
    same(f"{code}/{number}", f"{form.sample_code}/{form.number}")
    done = door.write(commands.enter_plate, form)
    return door.see(f"/assays/{done.fact.plate_code}", is_replay=done.is_replay)


@routes.get("/samples/{code}/tests/{number}/import")
@needs(Action.IMPORT_RESULTS)
def get_import(door: AnyDoor, code: str, number: int) -> Response:
    with door.reading() as db:
        page = plate_form(db, code, number, door.now)
    return door.page("assay/import.html", page, here="batches")


@routes.post("/samples/{code}/tests/{number}/import/preview")
@needs(Action.IMPORT_RESULTS)
def post_preview(
    door: AnyDoor,
    code: str,
    number: int,
    form: Annotated[PreviewPlate, page_form(PreviewPlate)],
    file_name: Annotated[str, Depends(uploaded_name)],
) -> Response:
    same(f"{code}/{number}", f"{form.sample_code}/{form.number}")
    with door.reading() as db:
        page = import_preview(db, form, file_name, door.now)
    return door.page("assay/preview.html", page, here="batches")


@routes.post("/samples/{code}/tests/{number}/import")
@needs(Action.IMPORT_RESULTS)
def post_import(
    door: AnyDoor, code: str, number: int, form: Annotated[ImportPlate, page_form(ImportPlate)]
) -> Response:
    same(f"{code}/{number}", f"{form.sample_code}/{form.number}")
    done = door.write(commands.import_plate, form)
    return door.see(f"/assays/{done.fact.plate_code}", is_replay=done.is_replay)
