"""Walks every chain of the live database, rebuilds each audited row from its events, and names the first lie.

Shares no code with the passport's stand-alone verifier; it reads the database, that one reads a file.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, Connection, Row, Select, select

from app.db.models import DataKey, LedgerEvent, LedgerHead, LedgerOpening
from app.ledger.canonical import (
    ZERO_HASH,
    Json,
    NotCanonical,
    Scalar,
    canonical_text,
    instant,
    leaf_hash,
    scalar,
)
from app.ledger.columns import Written, audited_models, clear_value, recorded_columns, written
from app.ledger.keyring import Keyring

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing found that lies: an event (`course:… version 7`) or a row (`bag:12`), and how."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(slots=True)
class Verified:
    """What was walked. `finding` is None when everything agreed."""

    events: int = 0
    streams: int = 0
    rows: int = 0
    finding: Finding | None = None


@dataclass(slots=True)
class _State:
    """A row as its events tell it: column -> (version that wrote it, value as written)."""

    values: dict[str, tuple[int, Json]] = field(default_factory=dict)
    version: int = 0

    def take(self, version: int, new: dict[str, Json]) -> None:
        """Apply one change. A patient's row stands in several streams, so versions may come out of order."""
        for column, value in new.items():
            if version >= self.values.get(column, (0, None))[0]:
                self.values[column] = (version, value)
        self.version = max(self.version, version)

    def value(self, column: str) -> Json:
        """What the events say the column holds."""
        return self.values.get(column, (0, None))[1]


@dataclass(slots=True)
class _Place:
    """Where the walk stands in a stream."""

    stream: str = ""
    version: int = 0
    leaf: bytes = ZERO_HASH
    at: str = ""


def verify(db: Connection, keyring: Keyring) -> Verified:
    """Check chains, canonical form, heads, rebuilt rows and openings. Stops at the first finding."""
    result = Verified()
    states: dict[str, _State] = {}
    with closing(_chain_findings(db, result, states)) as findings:
        result.finding = next(findings, None)
    if result.finding is None:
        with closing(_row_findings(db, keyring, states, result)) as findings:
            result.finding = next(findings, None)
    return result


def _chain_findings(db: Connection, result: Verified, states: dict[str, _State]) -> Generator[Finding, None, None]:
    place = _Place()
    heads = {row.stream: (row.version, row.leaf_hash) for row in db.execute(select(LedgerHead.__table__))}
    table = LedgerEvent.__table__
    walk = select(table).order_by(table.c.stream, table.c.version)
    for row in _rows(db, walk):
        if row.stream != place.stream:
            yield from _head_finding(heads, place)
            place = _Place(row.stream)
            result.streams += 1
        problem = _event_problem(row, place) or _content_problem(row, place.at)
        if problem:
            yield Finding(f"{row.stream} version {row.version}", problem)
        event = json.loads(row.canon)
        for change in event["changes"]:
            states.setdefault(change["row"], _State()).take(change["rv"], change["new"])
        place = _Place(row.stream, row.version, row.leaf_hash, event["at"])
        result.events += 1
    yield from _head_finding(heads, place)
    yield from (Finding(name, "a head without any event") for name in heads)


def _rows(db: Connection, look: Select[Any]) -> Iterator[Row[Any]]:  # Any: SQLAlchemy's own signature
    """The rows of a long read, a batch at a time; the cursor is closed however the walk ends."""
    with db.execution_options(yield_per=BATCH).execute(look) as rows:
        yield from rows


def _head_finding(heads: dict[str, tuple[int, bytes]], place: _Place) -> Iterator[Finding]:
    if place.stream and heads.pop(place.stream, None) != (place.version, place.leaf):
        where = f"{place.stream} version {place.version}"
        yield Finding(where, "the stored head names another last event; events are missing")


def _event_problem(row: Row[Any], place: _Place) -> str | None:  # Any: SQLAlchemy's own signature
    if row.version != place.version + 1:
        return f"version {place.version + 1} is missing"
    if row.prev_hash != place.leaf:
        return "it does not continue the event before it"
    if leaf_hash(row.canon) != row.leaf_hash:
        return "its text was altered: the hash does not fit"
    try:
        if canonical_text(json.loads(row.canon)) != row.canon:
            return "its text is not in canonical form"
    except (ValueError, NotCanonical) as error:
        return f"its text is not an event: {error}"
    return None


def _content_problem(row: Row[Any], after: str) -> str | None:  # Any: SQLAlchemy's own signature
    event = json.loads(row.canon)
    if (event["stream"], event["v"], event["prev"]) != (row.stream, row.version, row.prev_hash.hex()):
        return "its text says another place in the chain"
    if event["at"] != instant(row.at):
        return "its time column differs from its text"
    if event["request"] != row.request_key:
        return "its request key differs from its text"
    if event["at"] < after:
        return "it is dated before the event it follows"
    return None


def _row_findings(
    db: Connection, keyring: Keyring, states: dict[str, _State], result: Verified
) -> Generator[Finding, None, None]:
    openings = _Openings(db, keyring)
    for table, model in sorted(audited_models().items()):
        columns = recorded_columns(model)
        look = select(model.__table__).order_by(model.__table__.c.id)
        for row in _rows(db, look):
            name = f"{table}:{row.id}"
            result.rows += 1
            problem = _row_problem(name, row, states.pop(name, None), columns, openings)
            if problem:
                yield Finding(name, problem)
    yield from (Finding(name, "its events are there, but the row is gone") for name in sorted(states))


def _row_problem(
    name: str,
    row: Row[Any],  # Any: SQLAlchemy's own signature
    state: _State | None,
    columns: tuple[Column[object], ...],
    openings: _Openings,
) -> str | None:
    if state is None:
        return "it is in its table, but no event ever wrote it"
    if state.version != getattr(row, "row_version", 1):
        return f"its row version is {row.row_version}, its events end at {state.version}"
    for column in columns:
        stored, said = getattr(row, column.name), state.value(column.name)
        kind = written(column)
        if kind is Written.PERSONAL and stored is not None:
            agrees = openings.agrees(name, column.name, said, scalar(stored))
        else:
            agrees = kind is Written.SECRET or clear_value(column, stored) == said
        if not agrees:
            return f"its {column.name} is not what its events say; it was changed elsewhere"
    return None


class _Openings:
    """Opens the newest commitment of a column."""

    def __init__(self, db: Connection, keyring: Keyring) -> None:
        self._keyring = keyring
        keys = {row.id: row.wrapped for row in db.execute(select(DataKey.__table__))}
        newest = select(LedgerOpening.__table__).order_by(LedgerOpening.rv)
        self._sealed = {
            (row.row, row.column): (keys[row.data_key_id], row.ciphertext, row.rv) for row in _rows(db, newest)
        }

    def agrees(self, row: str, column: str, commitment: Json, value: Scalar) -> bool:
        """The stored value is what the event committed to."""
        found = self._sealed.get((row, column))
        if found is None:
            return False
        wrapped, ciphertext, version = found
        try:
            opening = self._keyring.open(wrapped, ciphertext, f"{row}.{column}.{version}")
        except InvalidTag:
            return False
        return opening.commitment == commitment and opening.value == value
