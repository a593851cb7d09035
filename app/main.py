"""The only composition root: settings in, application out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from app import __version__
from app.clock import Clock, system_clock
from app.db.database import Database
from app.db.schema import require_head
from app.domain.errors import Refusal
from app.identity.reception import reception
from app.jobs import Sweeper
from app.ledger.keyring import Keyring
from app.ledger.recorder import Recorder
from app.printing.sending.spooler import Spooler
from app.routes import ROUTES
from app.settings import Settings
from app.site import read_site
from app.web.addresses import Directory
from app.web.door import House
from app.web.errors import SignInNeeded, respond
from app.web.gate import Gate
from app.web.logs import configure_logs
from app.web.templates import ROOT, Templates

ANSWERED = (
    Refusal,
    SignInNeeded,
    RequestValidationError,
    HTTPException,
    DBAPIError,
    PoolTimeout,
    StaleDataError,
)
"""What is answered where it happens; anything else is answered by the gate around everything."""


def open_database(settings: Settings) -> tuple[Database, Keyring]:
    """The database of an initialised installation, recording from the first write."""
    keyring = Keyring.load(settings.keys_dir)
    database = Database(settings, keyring.pepper)
    Recorder(keyring).attach(database.sessions)
    return database, keyring


def create_app(settings: Settings, clock: Clock = system_clock) -> FastAPI:
    """The application of one installation. Refuses an old or new schema, and one that lost a guard."""
    database = _sound_database(settings)
    with database.reading() as db:
        site = read_site(db)
    templates = Templates(is_demo=site.is_demo)
    configure_logs()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        besides = (Sweeper(database, clock), Spooler(database, clock))
        for each in besides:
            each.start()
        yield
        for each in besides:
            each.stop()
        database.dispose()

    app = FastAPI(
        title="Veinline",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        routes=[Directory(ROUTES), *ROUTES],  # found in the directory; the list behind it describes the API
    )
    app.state.house = House(settings, database, templates, reception(settings), site, clock)
    app.mount("/static", GZipMiddleware(_Static(directory=ROOT / "static"), minimum_size=500))
    _guard(app, settings, templates)
    return app


def _sound_database(settings: Settings) -> Database:
    database, _keyring = open_database(settings)
    try:
        require_head(database)
    except RuntimeError:
        database.dispose()
        raise
    return database


def _guard(app: FastAPI, settings: Settings, templates: Templates) -> None:
    def answer(request: Request, error: Exception) -> Response:
        return respond(request, templates, error)

    for kind in ANSWERED:
        app.add_exception_handler(kind, answer)
    app.add_middleware(Gate, settings=settings, answer=answer)


class _Static(StaticFiles):
    """Files whose address holds their hash, cached for ever."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def cached(message: dict[str, object]) -> None:
            is_found = message["type"] == "http.response.start" and message["status"] == 200
            if is_found and b"v=" in scope.get("query_string", b""):
                headers = cast("list[tuple[bytes, bytes]]", message["headers"])
                headers.append((b"cache-control", b"public, max-age=31536000, immutable"))
            await send(message)

        await super().__call__(scope, receive, cast("Send", cached))
