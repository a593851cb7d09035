"""Requests about deviations and holds, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.domain.vocabulary import DeviationClass, Disposition
from app.identity.signing import Signed
from app.web.forms import Request, Scanned, Text

DeviationNumber = Annotated[str, Field(min_length=1, max_length=20)]
HoldId = Annotated[int, Field(ge=1)]


class RaiseDeviation(Request):
    """What was not as it should be, about which thing of a course."""

    about: Scanned
    grade: DeviationClass
    what: Text


class ClosingWords(Request):
    """What QA found and had done: cause, effect on the product, action, and what becomes of it."""

    number: DeviationNumber
    cause: Text
    effect: Text
    action: Text
    disposition: Disposition


class CloseDeviation(ClosingWords, Signed):
    """The closing of a deviation, signed with its words."""


class PlaceHold(Request):
    """Why a whole course, or one lot of it, stops; a bag stands for its lot."""

    about: Scanned
    reason: Text


class LiftHold(Signed):
    """A hold lifted by signature."""

    hold_id: HoldId
