"""Jinja2 as this project uses it: autoescape, undefined names are errors, one frozen dataclass per page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.web import formats
from app.web.frame import BareFrame

ROOT = Path(__file__).resolve().parents[2]


class ErrorFacts(Protocol):
    """What the error templates show."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""


@lru_cache(maxsize=512)
def static_url(path: str) -> str:
    """Address of a static file with the first twelve digits of its SHA-256, so that it can be cached for ever."""
    digest = hashlib.sha256((ROOT / "static" / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


class Templates:
    """Renders pages and fragments. Every answer carries its own nonce."""

    def __init__(self, *, is_demo: bool) -> None:
        self.is_demo = is_demo
        self._environment = Environment(
            loader=FileSystemLoader(ROOT / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals |= {"static_url": static_url, "formats": formats}

    def render(self, name: str, **context: object) -> str:
        """The text of a template."""
        return self._environment.get_template(name).render(**context)

    def error(
        self, request: Request, name: str, problem: ErrorFacts, status: int, headers: Mapping[str, str]
    ) -> HTMLResponse:
        """An error page or fragment."""
        frame = BareFrame(request.state.nonce, self.is_demo)
        return HTMLResponse(self.render(name, problem=problem, frame=frame), status, dict(headers))
