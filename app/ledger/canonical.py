"""The canonical text of an event (restricted RFC 8785) and its hashes. Refuses what is outside the profile.

No floats, keys `[a-z0-9_]`, text in NFC without lone surrogates, integers below 2^53: within these limits
`json.dumps(sort_keys, no blanks, ensure_ascii=False)` is RFC 8785. Source: reliability design, format 1.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
Scalar = None | bool | int | str

LARGEST = 2**53
ZERO_HASH = bytes(32)
MOST_BYTES = 1024 * 1024
_KEY = re.compile(r"[a-z0-9_]+")


class NotCanonical(ValueError):
    """A value the profile does not admit: a programming error, never normalised in silence."""


def canonical_text(value: Json) -> str:
    """The one text of a value. Raises NotCanonical for anything the profile does not admit."""
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def leaf_hash(text: str) -> bytes:
    """SHA-256 of 0x00 and the text: the leaf of the Merkle tree and the next event's `prev` (RFC 6962)."""
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def instant(value: datetime) -> str:
    """An instant as `YYYY-MM-DDTHH:MM:SS.ffffffZ`."""
    if value.tzinfo is None:
        msg = f"naive time {value!r}"
        raise NotCanonical(msg)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def scalar(value: object) -> Scalar:
    """A column's value as the ledger writes it in clear."""
    match value:
        case None | bool() | int():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case Decimal():
            return format(value, "f")
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
    msg = f"{type(value).__name__} has no canonical form"
    raise NotCanonical(msg)


def blob_hash(value: str | bytes) -> str:
    """How a stored text or file stands in an event: `b1:` and its SHA-256."""
    content = value.encode() if isinstance(value, str) else value
    return "b1:" + hashlib.sha256(content).hexdigest()


def _check(value: object) -> None:
    match value:
        case None | bool():
            return
        case int():
            if abs(value) >= LARGEST:
                msg = f"integer {value} is beyond 2^53"
                raise NotCanonical(msg)
        case str():
            _check_text(value)
        case list():
            for item in value:
                _check(item)
        case dict():
            for key, item in value.items():
                if not _KEY.fullmatch(key):
                    msg = f"key {key!r} is outside [a-z0-9_]"
                    raise NotCanonical(msg)
                _check(item)
        case _:
            msg = f"{type(value).__name__} is outside the profile"
            raise NotCanonical(msg)


def _check_text(text: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        msg = "text is not in NFC"
        raise NotCanonical(msg)
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = "text holds a lone surrogate"
        raise NotCanonical(msg) from None
