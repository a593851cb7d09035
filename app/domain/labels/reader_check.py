"""Whether a bar-code reader and its computer bring every character through. It reads no code of the laboratory.

A reader that types like a keyboard goes through the computer's layout, so signs and letters may change.
House rule: labels, section 7.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Final

from app.domain.actor import Actor, Job
from app.domain.errors import NotAllowed
from app.domain.identifiers import Kind
from app.domain.reading import CodeSource

TEST_TEXT: Final = "=<>&;%+-/(),'\"#$*:.!?_@YZyz0O1I"
"""What the test label and the page of the scanner check carry."""

IDENTITY: Final = frozenset(
    {
        Kind.WRISTBAND,
        Kind.COLLECTION,
        Kind.CULTURE,
        Kind.VESSEL,
        Kind.SAMPLE,
        Kind.PLATE,
        Kind.BAG,
    }
)
"""Kinds of things that are one patient's: to scan them is an identity scan."""

_PREFIX: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_SWAPPED: Final = str.maketrans("YZyz", "ZYzy")


@dataclass(frozen=True, slots=True)
class ReaderCheck:
    """Each character as it stands and as it came ('' for none), and the likely cause of what is wrong or missing."""

    pairs: tuple[tuple[str, str], ...]
    has_prefix: bool
    cause: str

    @property
    def is_same(self) -> bool:
        """Whether every character came through."""
        return all(wanted == came for wanted, came in self.pairs)


def reader_holds_until(checked_at: datetime | None, days: int) -> datetime | None:
    """Until when a passed check holds; None without one."""
    return None if checked_at is None else checked_at + timedelta(days=days)


def is_reader_checked(until: datetime | None, now: datetime) -> bool:
    """Whether a passed check of the reader still holds."""
    return until is not None and now <= until


def require_checked_reader(who: Actor | Job, source: CodeSource, wanted: tuple[Kind, ...], now: datetime) -> None:
    """Refuse an identity scan at a station without a passed check of its reader.

    A camera sends no keys and a person who types says why: for both the reader does not matter.
    """
    if source in {CodeSource.CAMERA, CodeSource.TYPED} or IDENTITY.isdisjoint(wanted):
        return
    if isinstance(who, Job) or who.station_id is None or is_reader_checked(who.reader_holds_until, now):
        return
    raise NotAllowed(
        "reader_not_checked",
        "The reader of this station has no passed check, or it is over. Open the scanner check, scan the square there,"
        " then scan again.",
    )


def compare(raw: str) -> ReaderCheck:
    """Compare what a reader sent with the test text, one by one."""
    text = raw.rstrip("\r\n\t")
    has_prefix = _PREFIX.match(text) is not None
    came = _PREFIX.sub("", text)
    pairs = tuple(zip_longest(TEST_TEXT, came, fillvalue=""))
    return ReaderCheck(pairs, has_prefix, _cause(came, has_prefix=has_prefix))


def _cause(came: str, *, has_prefix: bool) -> str:
    if came == TEST_TEXT:
        return "" if has_prefix else "No prefix: the reader does not say what it read. See its set-up sheet."
    if came == TEST_TEXT.upper():
        return "All upper case: caps lock is on, or the reader is set to send upper case."
    if came == TEST_TEXT.swapcase():
        return "Upper and lower case exchanged: caps lock is on."
    letters = [pair for pair in zip(TEST_TEXT, came, strict=False) if pair[0] in "YZyz"]
    if len(came) == len(TEST_TEXT) and all(letter.translate(_SWAPPED) == got for letter, got in letters):
        return "Y and Z exchanged: the computer is set to a German keyboard, the reader to US, or the other way round."
    if len(came) < len(TEST_TEXT):
        return (
            "Characters are missing: the reader sends faster than the computer takes them, or a sign is a key of none."
        )
    return "Signs have changed: the reader is set to another keyboard than the computer. See its set-up sheet."
