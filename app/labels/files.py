"""The file of a copy that people download: once, on the one request that sends it."""

from __future__ import annotations

from fastapi.responses import Response

from app.domain.errors import WrongState
from app.domain.identifiers import display
from app.labels import commands
from app.labels.queries.paper import HANDED_OUT, paper_of
from app.labels.schemas import HandOutLabel
from app.web.door import Door


def handed_out(door: Door, asked: HandOutLabel) -> Response:
    """The copy as a page or as printer bytes. The same request again gets nothing: it was sent."""
    if door.write(commands.hand_out_label, asked).is_replay:
        raise WrongState("handed_out_already", HANDED_OUT.format(asked.print_number, display(asked.code)))
    with door.reading() as db:
        paper = paper_of(db, asked)
    kept = {"Content-Disposition": f'attachment; filename="{paper.name}"'}
    return Response(paper.content, media_type=paper.media_type, headers=kept)
