"""Labels as JSON: the same requests and commands as the pages, and the bytes for the printer."""

from __future__ import annotations

from fastapi.responses import Response

from app.domain.roles import Action
from app.labels import commands
from app.labels.commands import LabelMoved
from app.labels.files import handed_out
from app.labels.queries.house import badge_pdf, house_label_pdf
from app.labels.queries.paper import label_dots
from app.labels.schemas import ApplyLabel, DestroyLabel, HandOutLabel, PrintLabel, ScanBack, SpoilLabel
from app.web.addresses import api_router
from app.web.door import AnyDoor
from app.web.needs import needs

routes = api_router()


@routes.post("/labels/file")
@needs(Action.PRINT_LABEL)
def hand_out_label(door: AnyDoor, asked: HandOutLabel) -> Response:
    """Download a copy, once: this is the sending."""
    return handed_out(door, asked)


@routes.get("/labels/{code}/{number}-{dots}.png")
@needs(Action.PRINT_LABEL)
def exact_dots(door: AnyDoor, code: str, number: int, dots: int) -> Response:
    """The copy as the exact dots of a printer, to look at."""
    with door.reading() as db:
        return Response(label_dots(db, code, number, dots, "png"), media_type="image/png")


@routes.get("/house-labels/{code}.pdf")
@needs(Action.PRINT_LABEL)
def house_label(door: AnyDoor, code: str) -> Response:
    """The label of a reagent, of equipment or a place."""
    with door.reading() as db:
        return Response(house_label_pdf(db, code), media_type="application/pdf")


@routes.get("/badges/{code}.pdf")
@needs(Action.MANAGE_USERS)
def badge(door: AnyDoor, code: str) -> Response:
    """The badge of a member of staff."""
    with door.reading() as db:
        return Response(badge_pdf(db, code), media_type="application/pdf")


@routes.post("/labels")
@needs(Action.PRINT_LABEL)
def print_label(door: AnyDoor, asked: PrintLabel) -> LabelMoved:
    """Draw the next print."""
    return door.write(commands.print_label, asked).fact


@routes.post("/labels/scan-back")
@needs(Action.SCAN_BACK_LABEL)
def scan_back_label(door: AnyDoor, asked: ScanBack) -> LabelMoved:
    """Scan the copy that came out."""
    return door.write(commands.scan_back_label, asked).fact


@routes.post("/labels/apply")
@needs(Action.APPLY_LABEL)
def apply_label(door: AnyDoor, asked: ApplyLabel) -> LabelMoved:
    """Apply the copy, with a second person."""
    return door.write(commands.apply_label, asked).fact


@routes.post("/labels/spoil")
@needs(Action.PRINT_LABEL)
def spoil_label(door: AnyDoor, asked: SpoilLabel) -> LabelMoved:
    """Record a copy that cannot be used."""
    return door.write(commands.spoil_label, asked).fact


@routes.post("/labels/destroy")
@needs(Action.PRINT_LABEL)
def destroy_label(door: AnyDoor, asked: DestroyLabel) -> LabelMoved:
    """Record a copy that was destroyed before a witness."""
    return door.write(commands.destroy_label, asked).fact
