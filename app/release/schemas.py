"""Requests of the release commands, shared by page and API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.domain.vocabulary import ReleaseKind
from app.identity.signing import Signed
from app.web.forms import OptionalText

LotCode = Annotated[str, Field(min_length=14, max_length=14)]


class ReviewRecord(Signed):
    """QA has read batch record and audit trail of a lot as the page showed them."""

    lot_code: LotCode


class DecideRelease(Signed):
    """The decision about a lot. Conditional needs plan and contact, rejection a reason."""

    lot_code: LotCode
    kind: ReleaseKind
    reason: OptionalText = None
    action_plan: OptionalText = None
    contact: OptionalText = None


class AcknowledgeRelease(Signed):
    """The physician has read what is pending and the plan; only now a conditional release takes effect."""

    lot_code: LotCode
