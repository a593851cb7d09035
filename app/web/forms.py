"""What every request body shares: unknown fields refused, request key, numbers as people type them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import PurePath
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints
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
    field_validator,
)
from starlette.datastructures import UploadFile

from app.domain.errors import Invalid
from app.domain.written import (
    countable,
    day,
    measurable,
    moment,
    written_day,
    written_moment,
    written_number,
    written_text,
)

MOST_UPLOAD_BYTES = 10 * 1024 * 1024


class Request(BaseModel):
    """A request of a command, the same for page and API. Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_kept(cls, value: object, info: ValidationInfo) -> object:
        """Text without hidden characters, whole numbers a database can hold. What was scanned is the parser's."""
        if isinstance(value, str) and info.field_name not in as_read(cls):
            return written_text(value)
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _can_be_counted(cls, value: object) -> object:
        return countable(value) if isinstance(value, int) else value


@cache
def as_read(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a request that only the scan parser may touch."""
    return frozenset(name for name, hint in get_type_hints(model, include_extras=True).items() if _is_scanned(hint))


def _is_scanned(hint: object) -> bool:
    return hint == AS_READ or any(_is_scanned(part) for part in get_args(hint))


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _number(value: object) -> object:
    if isinstance(value, float | bool):
        message = "a number must arrive as text or whole number, not as binary floating point"
        raise ValueError(message)
    return written_number(value) if isinstance(value, str) else value


def _instant(value: object, info: ValidationInfo) -> object:
    zone: ZoneInfo | None = (info.context or {}).get("zone")
    if isinstance(value, str):
        return written_moment(value, zone)
    if isinstance(value, datetime):
        return moment(value, zone)
    message = "write day and time as 2026-11-23T14:06+01:00"
    raise ValueError(message)


def _day(value: object) -> object:
    if isinstance(value, str):
        return written_day(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return day(value)
    message = "write the day as 2026-11-23, year first"
    raise ValueError(message)


Number = Annotated[Decimal, BeforeValidator(_number), AfterValidator(measurable)]
"""A decimal as people type it: comma or point, blanks between thousands."""

BLANK_IS_NONE: Final = BeforeValidator(_blank_is_none)
OptionalNumber = Annotated[Number | None, BLANK_IS_NONE]
Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant with its zone. Without one it is refused, but on a page's form it is on the clock of the site."""

OptionalInstant = Annotated[Instant | None, BLANK_IS_NONE]
Day = Annotated[date, BeforeValidator(_day)]
"""A day of somebody's life or of a lot's."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=80)]
OptionalText = Annotated[Text | None, BLANK_IS_NONE]
AS_READ: Final = "as the reader sent it"
Scanned = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False), AS_READ]
"""Text as the reader sent it; only the scan parser touches it."""

OptionalScanned = Annotated[Scanned | None, BLANK_IS_NONE]
Version = Annotated[int, Field(ge=1)]


def _names(value: object) -> object:
    return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


FieldName = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z0-9_]+$")]
FieldNames = Annotated[tuple[FieldName, ...], Field(max_length=20), BeforeValidator(_names)]
"""Names of fields, divided by commas: those whose codes came in one way."""

OF_PEOPLE: Final = frozenset({"badge", "second_badge", "signer"})
"""Fields that say who somebody is; they are no scans of things."""


def codes_of(asked: BaseModel) -> Iterator[tuple[str, str]]:
    """Every code of a thing in a request, with the name of its field. Badges are not among them."""
    for name in as_read(type(asked)) - OF_PEOPLE:
        value = getattr(asked, name)
        for text in value if isinstance(value, tuple) else (value,):
            if text is not None:
                yield name, text


class FormExtras(BaseModel):
    """Hidden fields every form carries beside its request."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    request_key: UUID
    client_at: Annotated[OptionalInstant, Field(default=None)]
    read: FieldNames = ()
    camera: FieldNames = ()
    typed: FieldNames = ()
    why_typed: OptionalText = None


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


async def uploaded_name(request: HttpRequest) -> str:
    """The name of the chosen file, without folders, as short as it is kept."""
    file = (await request.form()).get("file")
    name = PurePath(file.filename or "").name if isinstance(file, UploadFile) else ""
    return name.rsplit("\\", 1)[-1][-80:] or "file"
