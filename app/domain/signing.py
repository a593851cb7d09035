"""What a signature means and the exact bytes it binds. Not how a person proves to be who they are."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never

RecordValue = (
    None | bool | int | str | Decimal | date | datetime | Sequence["RecordValue"] | Mapping[str, "RecordValue"]
)
"""What a signed record may hold. Numbers with decimals are `Decimal`; binary floating point is refused."""


class Meaning(StrEnum):
    """Why somebody signed. An exceptional release is signed `exceptional`, never `released` (rules, 7.2)."""

    PERFORMED = "performed"
    VERIFIED = "verified"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    RELEASED = "released"
    REJECTED = "rejected"
    ACKNOWLEDGED = "acknowledged"
    REQUESTED = "requested"
    EXCEPTIONAL = "exceptional"


def canonical_record(record: Mapping[str, RecordValue]) -> bytes:
    """The bytes that are hashed and kept: UTF-8 JSON, keys sorted, no white space.

    Decimals are text with the digits they came with; instants are UTC with `Z`; keys are `[a-z0-9_]`; text is
    in NFC. Within this profile the bytes are those of RFC 8785. Raises ValueError for floats, naive times,
    numbers that are not finite, whole numbers of 2^53 and more: nothing is repaired in silence.
    House rule: rules, section 11.
    """
    plain = _plain(record)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def record_sha256(record: bytes) -> str:
    """SHA-256 of canonical bytes in lower-case hex: what the page shows and the signature binds."""
    return hashlib.sha256(record).hexdigest()


def statement(meaning: Meaning, what: str) -> str:
    """The sentence above the secret. `what` is the thing and whose it is: "lot PD-1 of HALVORSEN, Ingrid"."""
    match meaning:
        case Meaning.PERFORMED:
            return f"I did this myself, as recorded: {what}."
        case Meaning.VERIFIED:
            return f"I checked this against its source and found it right: {what}."
        case Meaning.REVIEWED:
            return f"I have reviewed the whole record and the audit trail of {what}."
        case Meaning.APPROVED:
            return f"I approve {what}. I took part in none of its entries."
        case Meaning.RELEASED:
            return f"I have reviewed the whole record of {what} and I release it."
        case Meaning.REJECTED:
            return f"I reject {what}. It will not be given to anybody."
        case Meaning.ACKNOWLEDGED:
            return f"I have read and I acknowledge: {what}."
        case Meaning.REQUESTED:
            return f"I request {what}."
        case Meaning.EXCEPTIONAL:
            return f"I let {what} be given although it does not meet its specification."
    assert_never(meaning)


def conditional_release_statement(what: str, *, bags: int, pending: Sequence[str], physician: str) -> str:
    """The sentence for a conditional release. `pending` says each open test with its due time."""
    if not pending:
        message = "a conditional release names what is pending"
        raise ValueError(message)
    number = "its bag" if bags == 1 else f"its {bags} bags"
    return (
        f"I have reviewed the whole record of {what} and I release {number} conditionally. Pending: "
        f"{'; '.join(pending)}. This takes effect when {physician} acknowledges it."
    )


_KEY: Final = re.compile(r"[a-z0-9_]+")
_LARGEST: Final = 2**53

_Plain = None | bool | int | str | list["_Plain"] | dict[str, "_Plain"]


def _plain(value: RecordValue) -> _Plain:
    match value:
        case None | bool():
            return value
        case int():
            return _whole(value)
        case str():
            return _text(value)
        case Decimal():
            return _decimal(value)
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {_key(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    message = f"{type(value).__name__} has no canonical form"
    raise ValueError(message)


def _whole(value: int) -> int:
    if abs(value) >= _LARGEST:
        message = f"whole number {value} is beyond 2^53"
        raise ValueError(message)
    return value


def _text(value: str) -> str:
    if not unicodedata.is_normalized("NFC", value) or any("\ud800" <= sign <= "\udfff" for sign in value):
        message = f"text {value!r} is not in NFC or holds a lone surrogate"
        raise ValueError(message)
    return str(value)


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        message = f"{value} is not a number"
        raise ValueError(message)
    return format(value, "f")


def _instant(value: datetime) -> str:
    if value.utcoffset() is None:
        message = f"naive time {value.isoformat()}"
        raise ValueError(message)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _key(key: str) -> str:
    if not _KEY.fullmatch(key):
        message = f"key {key!r} is outside [a-z0-9_]"
        raise ValueError(message)
    return key
