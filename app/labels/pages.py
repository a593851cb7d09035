"""The label of a thing: print, scan back, apply, spoil, destroy."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from app.domain.roles import Action
from app.labels import commands
from app.labels.files import handed_out
from app.labels.queries.copies import label_page
from app.labels.queries.house import badge_pdf, house_label_pdf
from app.labels.schemas import ApplyLabel, DestroyLabel, HandOutLabel, PrintLabel, ScanBack, SpoilLabel
from app.web.door import AnyDoor, Door
from app.web.forms import page_form, same
from app.web.needs import needs

routes = APIRouter()


@routes.get("/labels/{code}")
@needs(Action.SEE_PATIENT_IDENTITY)
def get_label(door: AnyDoor, code: str) -> Response:
    """Every copy of a thing's label and what comes next."""
    with door.reading() as db:
        page = label_page(db, code, door.now, door.house.site.zone, door.viewer.actor)
    return door.page("labels/label.html", page, here="batches")


@routes.post("/labels/{code}/file")
@needs(Action.PRINT_LABEL)
def post_file(door: AnyDoor, code: str, form: Annotated[HandOutLabel, page_form(HandOutLabel)]) -> Response:
    """Download a copy, once: this is the sending. As a page at 100 %, or for a label printer as it is."""
    same(code, form.code)
    return handed_out(door, form)


@routes.get("/house-labels/{code}.pdf")
@needs(Action.PRINT_LABEL)
def get_house_label(door: AnyDoor, code: str) -> Response:
    """The label of a reagent, of equipment or a place."""
    with door.reading() as db:
        pdf = house_label_pdf(db, code)
    return _paper(pdf)


@routes.get("/badges/{code}.pdf")
@needs(Action.MANAGE_USERS)
def get_badge(door: AnyDoor, code: str) -> Response:
    """The badge of a member of staff."""
    with door.reading() as db:
        pdf = badge_pdf(db, code)
    return _paper(pdf)


@routes.post("/labels/{code}/print")
@needs(Action.PRINT_LABEL)
def post_print(door: AnyDoor, code: str, form: Annotated[PrintLabel, page_form(PrintLabel)]) -> Response:
    """Draw the next print."""
    same(code, form.code)
    return _label(door, code, is_replay=door.write(commands.print_label, form).is_replay)


@routes.post("/labels/{code}/scan-back")
@needs(Action.SCAN_BACK_LABEL)
def post_scan_back(door: AnyDoor, code: str, form: Annotated[ScanBack, page_form(ScanBack)]) -> Response:
    """The copy that came out was scanned."""
    same(code, form.code)
    return _label(door, code, is_replay=door.write(commands.scan_back_label, form).is_replay)


@routes.post("/labels/{code}/apply")
@needs(Action.APPLY_LABEL)
def post_apply(door: AnyDoor, code: str, form: Annotated[ApplyLabel, page_form(ApplyLabel)]) -> Response:
    """The label is on its thing; a second person confirms."""
    same(code, form.code)
    return _label(door, code, is_replay=door.write(commands.apply_label, form).is_replay)


@routes.post("/labels/{code}/spoil")
@needs(Action.PRINT_LABEL)
def post_spoil(door: AnyDoor, code: str, form: Annotated[SpoilLabel, page_form(SpoilLabel)]) -> Response:
    """A copy cannot be used."""
    same(code, form.code)
    return _label(door, code, is_replay=door.write(commands.spoil_label, form).is_replay)


@routes.post("/labels/{code}/destroy")
@needs(Action.PRINT_LABEL)
def post_destroy(door: AnyDoor, code: str, form: Annotated[DestroyLabel, page_form(DestroyLabel)]) -> Response:
    """A copy was destroyed before a witness."""
    same(code, form.code)
    return _label(door, code, is_replay=door.write(commands.destroy_label, form).is_replay)


def _paper(pdf: bytes) -> Response:
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": "inline"})


def _label(door: Door, code: str, *, is_replay: bool) -> Response:
    return door.see(f"/labels/{code}", is_replay=is_replay)
