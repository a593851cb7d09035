"""The one door between HTTP and the laboratory: recognise, permit, run, commit, answer. One connection at a time.

Endpoints are plain functions in the thread pool. `write` returns only after the commit, so no answer can promise
what was not saved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, Generic, TypeVar, get_type_hints

from fastapi import Depends
from fastapi import Request as HttpRequest
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.clock import Clock
from app.db.database import Database
from app.db.models import RequestKey
from app.db.transaction import Transaction, transaction
from app.domain.actor import Actor, Job
from app.domain.errors import Invalid, NotAllowed, NotFound, Refusal
from app.domain.roles import Action, require, require_reading
from app.settings import Settings
from app.web.addresses import API
from app.web.errors import SignInNeeded
from app.web.extras import extras_of
from app.web.forms import codes_of
from app.web.frame import BareFrame, Frame, frame_for
from app.web.needs import EVERYBODY, Looking, demand_of
from app.web.templates import Templates
from app.web.viewer import Cookies, Reception, SiteFacts, Viewer

Asked = TypeVar("Asked", bound=BaseModel)
Fact = TypeVar("Fact")

SESSION_COOKIE = "__Host-veinline"
STATION_COOKIE = "__Host-veinline-station"
TOUCH_AFTER = timedelta(seconds=15)
MOST_DIGITS = 15
"""Of a number in an address; no record is numbered so high, and databases hold no longer ones."""


@dataclass(frozen=True, slots=True)
class House:
    """Everything one running server holds; built once in `app.main`."""

    settings: Settings
    database: Database
    templates: Templates
    reception: Reception
    site: SiteFacts
    clock: Clock


@dataclass(frozen=True, slots=True)
class Written(Generic[Fact]):
    """What a command did, or had done already when the same request came before."""

    fact: Fact
    is_replay: bool


class Door:
    """One request's way in."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.house: House = request.app.state.house
        self.now = self.house.clock()
        self._viewer: Viewer | None = None
        self._is_api = str(request.scope["path"]).startswith(API)
        self._badges: Mapping[str, int] | None = None

    @property
    def viewer(self) -> Viewer:
        """Who is here; only after `reading` or `write`."""
        assert self._viewer is not None, "the viewer is known after the first read or write"
        return self._viewer

    @contextmanager
    def reading(self, *, is_present: bool = True) -> Iterator[Connection]:
        """A connection for this page's queries, after the visitor was recognised and permitted.

        A page that asks by itself, on a timer, is nobody's presence: it keeps no sign-in from locking.
        """
        with self.house.database.reading() as db:
            self._admit(db)
            if not self._is_api:
                self._badges = self.house.reception.badges(db, self.viewer)
            yield db
        if is_present:
            self._touch()

    def write(self, command: Callable[[Transaction, Actor, Asked], Fact], asked: Asked) -> Written[Fact]:
        """Run a command once: in one transaction, committed on return. The same request key answers the same."""
        try:
            return self._write_once(command, asked)
        except IntegrityError as error:
            if "request_key" not in str(error.orig):
                raise
            return self._write_once(command, asked)  # the twin in flight committed first: replay its outcome
        except Refusal as refusal:
            self._remember(refusal)
            raise

    def enter(self, run: Callable[[Transaction], Fact]) -> Fact:
        """Run what somebody may ask before anybody knows them: sign-in, lock, one-time codes. Refusals are kept."""
        extras = self.request.state.extras
        try:
            with transaction(
                self.house.database,
                Job("entrance"),
                self.house.clock,
                request_key=extras.key,
                client_at=extras.client_at,
            ) as tx:
                return run(tx)
        except Refusal as refusal:
            self._remember(refusal)
            raise

    def bare_page(self, template: str, page: object) -> HTMLResponse:
        """The answer to somebody nobody knows yet: a page without navigation."""
        frame = BareFrame(self.request.state.nonce, self.house.site.is_demo)
        return HTMLResponse(self.house.templates.render(template, page=page, frame=frame))

    def page(self, template: str, page: object, *, here: str, status: int = 200) -> HTMLResponse:
        """The answer to a person: one template, one frozen dataclass, the frame around it."""
        text = self.house.templates.render(template, page=page, frame=self.frame(here))
        return HTMLResponse(text, status)

    def frame(self, here: str) -> Frame:
        """The frame of a page: navigation for this person, site, station, nonce."""
        if self._badges is None:  # the page answers a write
            with self.house.database.reading() as db:
                self._badges = self.house.reception.badges(db, self.viewer)
        return frame_for(
            viewer=self.viewer,
            site=self.house.site,
            here=here,
            now=self.now,
            nonce=self.request.state.nonce,
            badges=self._badges,
        )

    def see(self, path: str, *, is_replay: bool = False) -> Response:
        """Send the browser to a page of ours (303), so that a reload repeats nothing."""
        assert path.startswith("/"), "redirects go to paths we made"
        headers = {"Idempotency-Replayed": "true"} if is_replay else {}
        return RedirectResponse(path, 303, headers)

    def _admit(self, db: Connection) -> None:
        viewer = self.house.reception.recognise(db, self.cookies, self.now)
        if viewer is None:
            raise SignInNeeded(is_locked=False)
        if viewer.is_locked:
            raise SignInNeeded(is_locked=True)
        self._viewer = viewer
        demand = demand_of(self.request.scope["endpoint"])
        if isinstance(demand, Action):
            require(viewer.actor.roles, viewer.actor.grants, demand)
        elif isinstance(demand, Looking):
            require_reading(viewer.actor.roles, demand.action)

    @property
    def cookies(self) -> Cookies:
        """The two tokens the browser may have brought."""
        jar = self.request.cookies
        return Cookies(jar.get(SESSION_COOKIE), jar.get(STATION_COOKIE))

    def _write_once(self, command: Callable[[Transaction, Actor, Asked], Fact], asked: Asked) -> Written[Fact]:
        extras = self.request.state.extras
        with transaction(
            self.house.database,
            self._recognised,
            self.house.clock,
            request_key=extras.key,
            client_at=extras.client_at,
            reading=extras.reading.over(codes_of(asked)),
        ) as tx:
            assert isinstance(tx.actor, Actor)
            adapter = _fact_of(command)
            digest = _digest(asked)
            known = tx.session.get(RequestKey, extras.key)
            if known is not None:
                _same_request(known, tx.actor, command.__name__, digest)
                return Written(adapter.validate_json(known.outcome), is_replay=True)
            # The key goes first: a twin in flight waits for it here, and not for a bag it would then find changed.
            key = _key(tx, tx.actor, command.__name__, digest)
            tx.session.add(key)
            tx.session.flush()
            fact = command(tx, tx.actor, asked)
            key.outcome = adapter.dump_json(fact).decode()
        return Written(fact, is_replay=False)

    def _recognised(self, db: Connection) -> Actor:
        self._admit(db)
        return self.viewer.actor

    def _remember(self, refusal: Refusal) -> None:
        if refusal.near_miss is None and refusal.failed_subject is None:
            return
        who = Job("reception") if self._viewer is None else self._viewer.actor
        with transaction(self.house.database, who, self.house.clock) as tx:
            self.house.reception.remember(tx, refusal)

    def _touch(self) -> None:
        if self.now - self.viewer.last_seen_at < TOUCH_AFTER:
            return
        with transaction(self.house.database, self.viewer.actor, self.house.clock) as tx:
            self.house.reception.touch(tx, self.viewer.session_id)


async def open_door(request: HttpRequest) -> Door:
    """The door of a request; without any sign-in it is shut before the body is read.

    Async, so that it costs no hop through the thread pool.
    """
    if any(value.isdigit() and len(value) > MOST_DIGITS for value in _asked_with(request)):
        raise NotFound("no_such_number", "Nothing here has a number that long. Check the address.")
    is_open = demand_of(request.scope["endpoint"]) == EVERYBODY
    if not is_open and SESSION_COOKIE not in request.cookies:
        raise SignInNeeded(is_locked=False)
    if request.method not in {"GET", "HEAD"}:
        request.state.extras = await extras_of(request)
    return Door(request)


AnyDoor = Annotated[Door, Depends(open_door)]


def _asked_with(request: HttpRequest) -> Iterator[str]:
    yield from map(str, request.path_params.values())
    yield from request.query_params.values()


@cache  # making one costs more than the rest of a small command
def _fact_of(command: Callable[[Transaction, Actor, Asked], Fact]) -> TypeAdapter[Fact]:
    return TypeAdapter(get_type_hints(command)["return"])


def _digest(asked: BaseModel) -> str:
    return hashlib.sha256(asked.model_dump_json().encode()).hexdigest()


def _key(tx: Transaction, actor: Actor, command: str, digest: str) -> RequestKey:
    return RequestKey(
        key=tx.request_key,
        user_id=actor.user_id,
        command=command,
        body_sha256=digest,
        outcome="",
        at=tx.now,
        station_id=actor.station_id,
        codes=len(tx.reading.codes),
        typed_codes=tx.reading.typed_codes,
    )


def _same_request(known: RequestKey, actor: Actor, command: str, digest: str) -> None:
    if known.user_id != actor.user_id:
        raise NotAllowed("request_key_of_another", "This request key belongs to another person. Load the page again.")
    if (known.command, known.body_sha256) != (command, digest):
        raise Invalid(
            "request_key_reused",
            "This request key was used for something else. Load the page again and repeat the step.",
        )
