"""The server about itself: alive, ready, whether a request was saved, reports of blocked content. No patients."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import structlog
from fastapi import APIRouter
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse, Response
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.db.models import RequestKey
from app.db.schema import require_head
from app.domain.errors import NotFound
from app.web.door import AnyDoor, House
from app.web.needs import open_to_all, signed_in

LEAST_FREE_BYTES = 200 * 1024 * 1024
LONGEST_REPORT_BYTES = 4096
_log = structlog.get_logger("veinline.service")

routes = APIRouter(tags=["service"])


@dataclass(frozen=True, slots=True)
class Saved:
    """A request that was carried out: which command, and when."""

    command: str
    at: str


@routes.get("/health")
@open_to_all
async def get_health() -> Response:
    """The process answers. Says nothing of the database."""
    return JSONResponse({"status": "alive"})


@routes.get("/ready")
@open_to_all
def get_ready(request: HttpRequest) -> Response:
    """Database reachable and at this version's schema, room on the disk; 503 and which check failed otherwise."""
    house: House = request.app.state.house
    checks = {"database": _database_answers(house), "disk": _has_room(house)}
    return JSONResponse(checks, 200 if all(checks.values()) else 503)


@routes.get("/commands/{key}")
@signed_in
def get_command(door: AnyDoor, key: str) -> Saved:
    """Whether one's own request with this key was saved; 404 when it was not."""
    with door.reading(is_present=False) as db:
        own = (RequestKey.key == key, RequestKey.user_id == door.viewer.actor.user_id)
        row = db.execute(select(RequestKey.command, RequestKey.at).where(*own)).one_or_none()
    if row is None:
        raise NotFound("not_saved", "Nothing was saved under this key. Send the form again.")
    return Saved(row.command, row.at.isoformat())


@routes.post("/csp-report")
@open_to_all
async def post_csp_report(request: HttpRequest) -> Response:
    """A browser blocked something that our policy forbids: written to the log, cut short, and no more."""
    report = (await request.body())[:LONGEST_REPORT_BYTES]
    _log.warning("csp", report=report.decode(errors="replace"))
    return Response(status_code=204)


def _database_answers(house: House) -> bool:
    try:
        require_head(house.database)
    except (SQLAlchemyError, RuntimeError):
        return False
    return True


def _has_room(house: House) -> bool:
    return shutil.disk_usage(house.settings.data_dir).free >= LEAST_FREE_BYTES
