"""What every writing request carries beside its body: its key, the device's own time, and how its codes came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request as HttpRequest
from pydantic import ValidationError

from app.domain.errors import Invalid
from app.domain.reading import CodeSource, Reading
from app.domain.reasons import require_reason
from app.web.forms import FormExtras


@dataclass(frozen=True, slots=True)
class RequestExtras:
    """The request key, the device's own time and how its codes came, from the form or from the headers."""

    key: str
    client_at: datetime | None
    reading: Reading


async def extras_of(request: HttpRequest) -> RequestExtras:
    """Out of the form of a page, or out of the headers of a program."""
    key = request.headers.get("idempotency-key")
    told = {
        "request_key": key,
        "typed": request.headers.get("typed-fields", ""),
        "camera": request.headers.get("camera-fields", ""),
        "why_typed": request.headers.get("typed-reason"),
    }
    try:
        extras = FormExtras.model_validate(await request.form() if key is None else told)
    except ValidationError:
        raise Invalid(
            "request_key_missing", "The request carries no key. Load the page again and repeat the step."
        ) from None
    return RequestExtras(str(extras.request_key), extras.client_at, _reading(extras, is_program=key is not None))


def _reading(extras: FormExtras, *, is_program: bool) -> Reading:
    """How the codes came. A program cannot say that a reader sent them: that a page alone can tell."""
    typed = frozenset(extras.typed)
    why = require_reason(extras.why_typed, "A code was typed instead of scanned.", "why_typed") if typed else ""
    otherwise = CodeSource.API if is_program else CodeSource.UNTOLD
    reader = frozenset() if is_program else frozenset(extras.read)
    return Reading(otherwise, reader, frozenset(extras.camera), typed, why)
