"""What every request passes before any route: size, origin, and what every answer carries: nonce, CSP, headers.

Unsafe methods need `Sec-Fetch-Site: same-origin`, or where a browser does not send it an `Origin` equal to ours.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self';"
    " connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx veinline; report-uri /csp-report"
)

DECODER = "/static/js/camera-worker.js"
DECODER_CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""Of the one worker that reads the camera's pictures by WebAssembly; no page gets it."""


class Gate:
    """ASGI middleware around the whole application. `answer` dresses what nothing inside could answer."""

    def __init__(self, app: ASGIApp, settings: Settings, answer: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._settings = settings
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        headers = Headers(scope=scope)
        refusal = self._refuse(scope, headers)

        is_begun = False

        async def dressed(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                self._dress(MutableHeaders(scope=message), nonce, str(scope["path"]))
            await send(message)

        if refusal is not None:
            await refusal(scope, receive, dressed)
            return
        try:
            await self._app(scope, self._limited(receive), dressed)
        except Exception as error:
            if is_begun:
                raise
            await self._answer(Request(scope), error)(scope, receive, dressed)

    def _refuse(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        if int(headers.get("content-length") or 0) > self._settings.body_limit_bytes:
            return PlainTextResponse("The request is larger than this server takes. Nothing was saved.", 413)
        if scope["method"] in SAFE_METHODS or scope["path"] == "/csp-report":
            return None
        site = headers.get("sec-fetch-site")
        is_ours = site == "same-origin" if site is not None else headers.get("origin") == self._settings.origin
        if not is_ours:
            return PlainTextResponse("The request did not come from this site's own pages. Nothing was saved.", 403)
        return None

    def _limited(self, receive: Receive) -> Receive:
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._settings.body_limit_bytes:
                return {"type": "http.disconnect"}
            return message

        return counted

    def _dress(self, headers: MutableHeaders, nonce: str, path: str) -> None:
        headers["Content-Security-Policy"] = DECODER_CSP if path == DECODER else CSP.format(nonce=nonce)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(self)"
        if self._settings.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if not path.startswith("/static/"):
            headers.setdefault("Cache-Control", "no-store")
