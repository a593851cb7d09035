"""How an address finds its endpoint, and how a fact becomes JSON. Not what the endpoints do.

FastAPI tries every route of every included router in turn, twice; with some three hundred addresses that cost more
than the statements of a short answer. Here an address is found by its first word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

API = "/api/v1"


class FactRoute(APIRoute):
    """Writes the fact an endpoint returns as JSON in the thread that made it.

    FastAPI would validate our own frozen dataclass once more, and cross the thread pool a second time for it.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:  # Any: FastAPI's own signature
        super().__init__(path, self._answering(endpoint), **given)

    def _answering(self, endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def answer(*args: object, **named: object) -> Response:
            fact = endpoint(*args, **named)
            if isinstance(fact, Response):
                return fact
            assert self.response_field is not None, "an endpoint of the API says which fact it returns"
            return Response(
                self.response_field.serialize_json(fact), self.status_code or 200, media_type="application/json"
            )

        return answer


def api_router(*, tags: list[str] | None = None, under: str = "") -> APIRouter:
    """The router of a feature's API."""
    return APIRouter(prefix=f"{API}{under}", tags=[*(tags or ())], route_class=FactRoute)


class Directory(BaseRoute):
    """All routes by the first word of their path (of the API: the word after its prefix), in the order given."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._by_word: dict[str, list[APIRoute]] = {}
        for route in routes:
            assert isinstance(route, APIRoute), "only addresses of endpoints are listed"
            word = _word(route.path)
            assert "{" not in word, f"{route.path} must begin with a word"
            self._by_word.setdefault(word, []).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route for this path and method; else the first for this path, which refuses the method."""
        found: tuple[Match, Scope] = (Match.NONE, {})
        if scope["type"] != "http":
            return found
        for route in self._by_word.get(_word(scope["path"]), ()):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, child
            if match is Match.PARTIAL and found[0] is Match.NONE:
                found = (match, child)
        return found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the route that matched."""
        await scope["route"].handle(scope, receive, send)


def _word(path: str) -> str:
    return path.removeprefix(API).removeprefix("/").partition("/")[0]
