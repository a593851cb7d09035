"""What every request body shares: unknown fields refused, request key, numbers as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar, get_origin
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends
from fastapi import Request as HttpRequest
from fastapi.exceptions import RequestValidationError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)
from starlette.datastructures import UploadFile

from app.domain.errors import Invalid

MOST_UPLOAD_BYTES = 10 * 1024 * 1024


class Request(BaseModel):
    """A request of a command, the same for page and API. Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _decimal(value: object) -> object:
    if isinstance(value, float):
        message = "a number must arrive as text or whole number, not as binary floating point"
        raise ValueError(message)
    if not isinstance(value, str):
        return value
    text = value.strip().replace("\u00a0", "").replace(" ", "")
    if text.count(",") == 1 and "." not in text and len(text.split(",")[1]) != 3:
        text = text.replace(",", ".")
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        message = f"{value!r} is not a number"
        raise ValueError(message) from None


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value.adjusted()) > 30:
        message = "the number is not one that can be measured"
        raise ValueError(message)
    return value


def _aware(value: datetime, info: ValidationInfo) -> datetime:
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    zone: ZoneInfo | None = (info.context or {}).get("zone")
    if zone is None:
        message = "the time has no zone; give it as 2026-11-23T14:06+00:00"
        raise ValueError(message)
    at = value.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != value:
        message = "the clocks skipped that time; give the time before or after"
        raise ValueError(message)
    return at


Number = Annotated[Decimal, BeforeValidator(_decimal), AfterValidator(_finite)]
"""A decimal as people type it: comma or point, blanks between thousands."""

OptionalNumber = Annotated[Number | None, BeforeValidator(_blank_is_none)]
Instant = Annotated[datetime, AfterValidator(_aware)]
"""An instant with its zone. Without one it is refused, but on a page's form it is on the clock of the site."""

OptionalInstant = Annotated[Instant | None, BeforeValidator(_blank_is_none)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=80)]
OptionalText = Annotated[Text | None, BeforeValidator(_blank_is_none)]
Scanned = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]
"""Text as the reader sent it; only the scan parser touches it."""

OptionalScanned = Annotated[Scanned | None, BeforeValidator(_blank_is_none)]
Version = Annotated[int, Field(ge=1)]


class FormExtras(BaseModel):
    """Hidden fields every form carries beside its request."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    request_key: UUID
    client_at: Annotated[OptionalInstant, Field(default=None)]


Form = TypeVar("Form", bound=Request)


def page_form(model: type[Form]) -> Any:  # Any: FastAPI's own signature
    """Dependency that reads a page's form into a request model, without the hidden fields of `FormExtras`."""

    async def read(request: HttpRequest) -> Form:
        form = await request.form(max_part_size=MOST_UPLOAD_BYTES)
        given: dict[str, object] = {}
        for key in form:
            if key in FormExtras.model_fields:
                continue
            values = [await _content(value) for value in form.getlist(key)]
            is_many = get_origin(model.model_fields[key].annotation) is tuple if key in model.model_fields else False
            given[key] = tuple(values) if is_many else values[-1]
        try:
            zone = ZoneInfo(request.app.state.house.site.zone)
            return model.model_validate(given, context={"zone": zone})
        except ValidationError as error:
            raise RequestValidationError(error.errors(include_input=False, include_url=False)) from None

    return Depends(read)


def same(in_address: str, in_form: str) -> None:
    """Refuse a form that is about another thing than its address."""
    if in_address != in_form:
        raise Invalid("address_mismatch", "The form is about another thing than the page. Load the page again.")


async def _content(value: str | UploadFile) -> str | bytes:
    if isinstance(value, str):
        return value
    content = await value.read()
    await value.close()
    return content
