"""How refusals leave the house: the one table class -> status, and three dresses: page, fragment, problem+json."""

from __future__ import annotations

import secrets
import traceback
from dataclasses import dataclass
from pathlib import Path

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from app.db.triggers import MARK
from app.domain.errors import (
    Duplicate,
    Invalid,
    Mismatch,
    NotAllowed,
    NotFound,
    ReasonRequired,
    Refusal,
    SpecificationNotMet,
    Stale,
    WrongState,
)
from app.web.guard_words import GUARD_SENTENCES
from app.web.invalid import sentence_of
from app.web.templates import Templates

STATUS: dict[type[Refusal], int] = {
    Invalid: 422,
    ReasonRequired: 422,
    NotAllowed: 403,
    NotFound: 404,
    WrongState: 409,
    Mismatch: 409,
    Stale: 409,
    Duplicate: 409,
    SpecificationNotMet: 409,
}
TITLES = {
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "Refused",
    413: "Too large",
    422: "Look at this again",
    500: "Something went wrong",
    503: "Busy",
}
SENTENCES = {
    400: "The request cannot be read. Send it as JSON in UTF-8, or from the page. Nothing was saved.",
    404: "Nothing is at this address. Go back, or begin at Today.",
    405: "This address does not take such a request. Nothing was saved.",
}
"""For what the framework refuses before anything of ours is asked."""

_log = structlog.get_logger("veinline.errors")


class SignInNeeded(Exception):
    """Nobody is recognised, or the screen is locked: the answer is the sign-in or lock page, with 401."""

    def __init__(self, *, is_locked: bool) -> None:
        super().__init__("locked" if is_locked else "nobody signed in")
        self.is_locked = is_locked


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal as it leaves: status, stable code, title, sentence, and the field it belongs to."""

    status: int
    code: str
    title: str
    sentence: str
    field: str | None = None
    near_miss: str | None = None

    @property
    def way_on(self) -> tuple[str, str] | None:
        """Where the sentence sends one, as address and word of a link."""
        return WAYS_ON.get(self.code)


WAYS_ON = {"reader_not_checked": ("/scanner-check", "Open the scanner check")}


def problem_of(error: Exception) -> Problem:
    """The problem an exception becomes. Anything unforeseen is a 500 with a reference and no detail."""
    match error:
        case Refusal():
            status = STATUS[type(error)]
            return Problem(status, error.code, TITLES[status], error.sentence, error.field, error.near_miss_number)
        case StaleDataError():
            return Problem(409, "record_changed", TITLES[409], "Somebody changed this record a moment ago. Look again.")
        case RequestValidationError():
            return _invalid(error)
        case IntegrityError() | DBAPIError():
            return _database_problem(error)
        case PoolTimeout():
            return Problem(503, "busy", TITLES[503], "The server is busy. Nothing was saved. Try again in a moment.")
        case HTTPException():
            title = TITLES.get(error.status_code, "Refused")
            return Problem(error.status_code, "http", title, SENTENCES.get(error.status_code, "This is not possible."))
    return _unforeseen(error)


def respond(request: Request, templates: Templates, error: Exception) -> Response:
    """Dress the problem for who asked: problem+json, a fragment for htmx, or a page."""
    if isinstance(error, SignInNeeded):
        return _sign_in(request, error)
    problem = problem_of(error)
    if problem.status == 403:
        _log.info("denied", code=problem.code, path=getattr(request.scope.get("route"), "path", None))
    headers = {"Retry-After": "2"} if problem.status == 503 else {}
    if request.url.path.startswith("/api/"):
        body = {
            "type": f"urn:veinline:{problem.code}",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.sentence,
        }
        extra = {"field": problem.field, "near_miss": problem.near_miss}
        body |= {key: value for key, value in extra.items() if value is not None}
        return JSONResponse(body, problem.status, headers, media_type="application/problem+json")
    if "HX-Request" in request.headers:
        headers |= {"HX-Retarget": "#feedback", "HX-Reswap": "innerHTML"}
        return templates.error(request, "errors/_fragment.html", problem, problem.status, headers)
    return templates.error(request, "errors/page.html", problem, problem.status, headers)


def _sign_in(request: Request, error: SignInNeeded) -> Response:
    where = "/lock" if error.is_locked else "/sign-in"
    if request.url.path.startswith("/api/"):
        sentence = "The screen is locked." if error.is_locked else "Sign in first."
        body = {"type": "urn:veinline:sign_in", "title": TITLES[401], "status": 401, "detail": sentence}
        return JSONResponse(body, 401, media_type="application/problem+json")
    if "HX-Request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def _invalid(error: RequestValidationError) -> Problem:
    sentence, field = sentence_of(error)
    return Problem(422, "invalid", TITLES[422], sentence, field)


def _database_problem(error: DBAPIError) -> Problem:
    said = str(error.orig)
    if MARK in said:
        code = said.split(MARK, 1)[1].split(":")[0]
        sentence = GUARD_SENTENCES.get(code, "The database refuses this change to keep the record true.")
        return Problem(409, code, TITLES[409], f"{sentence} Nothing was saved.", None)
    if isinstance(error, IntegrityError):
        _log.warning("constraint", constraint=_constraint(error))
        return Problem(409, "conflict", TITLES[409], _conflict_sentence(error))
    if "locked" in said:
        return Problem(503, "busy", TITLES[503], "The server is busy. Nothing was saved. Try again in a moment.")
    return _unforeseen(error)


def _constraint(error: IntegrityError) -> str:
    named = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return str(named or str(error.orig).split(":")[-1].strip())


def _conflict_sentence(error: IntegrityError) -> str:
    name = _constraint(error)
    for key, sentence in CONFLICTS.items():
        if key in name:
            return sentence
    return "This was recorded already, or belongs to something else. Nothing was saved. Look at the record again."


CONFLICTS = {
    "hospital_number": "That hospital number is on file already. Search for the patient instead.",
    "user_name": "That user name was given already; names are never used twice. Choose another.",
    "uq_infusion_bag": "A dose was confirmed for this bag already.",
    "infusion.bag_id": "A dose was confirmed for this bag already.",
    "bench_id": "Another culture stands open at this bench. Finish or clear it first (line clearance).",
    "custody_event": "Somebody else moved this bag a moment ago. Scan it again.",
    "_by_another": "The second person must be somebody else.",
}


def _unforeseen(error: Exception) -> Problem:
    reference = secrets.token_hex(4)
    steps = traceback.extract_tb(error.__traceback__)
    where = [f"{Path(step.filename).name}:{step.lineno} {step.name}" for step in steps]
    _log.error("unforeseen", reference=reference, kind=type(error).__name__, where=where)
    sentence = f"Nothing was saved. Tell the administrator the reference {reference}."
    return Problem(500, "unforeseen", TITLES[500], sentence)
