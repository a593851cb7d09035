"""The one listener that turns changes into ledger events, in the same transaction. Nobody calls audit by hand.

On each flush it collects what changed in audited rows (first old value, last new value); before the commit it writes
one event per command and stream, locking the heads of the streams last and in sorted order.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, event, insert, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, sessionmaker

from app import __version__
from app.db.base import Base
from app.db.models import LedgerEvent, LedgerHead
from app.db.transaction import Transaction
from app.domain.errors import Unattributed
from app.ledger.canonical import MOST_BYTES, ZERO_HASH, Json, canonical_text, instant, leaf_hash
from app.ledger.columns import recorded_columns, row_id
from app.ledger.commitments import Commitments
from app.ledger.evidence import note_actors
from app.ledger.keyring import Keyring
from app.ledger.streams import streams_of

CLOCK_PATIENCE_S = 1.0

# Built once: every command asks them for every stream it writes to.
_HEAD = select(LedgerHead.version, LedgerHead.leaf_hash).where(LedgerHead.stream == bindparam("of")).with_for_update()
_LAST_AT = select(LedgerEvent.at).where(LedgerEvent.stream == bindparam("of"), LedgerEvent.version == bindparam("last"))
_APPEND = insert(LedgerEvent)
_ADVANCE = (
    update(LedgerHead)
    .where(LedgerHead.stream == bindparam("of"))
    .values(version=bindparam("last"), leaf_hash=bindparam("leaf"))
)


@dataclass(slots=True)
class RowChange:
    """What one command did to one row: column -> value before the command and after it."""

    row: Base
    is_new: bool
    old: dict[str, object] = field(default_factory=dict)
    new: dict[str, object] = field(default_factory=dict)


Changes = dict[tuple[str, int], RowChange]


class Recorder:
    """Listens to the sessions of one database and writes its ledger."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def attach(self, sessions: sessionmaker[Session]) -> None:
        """Begin recording every session of this factory."""
        event.listen(sessions, "before_flush", self._before_flush)
        event.listen(sessions, "after_flush", self._after_flush)
        event.listen(sessions, "before_commit", self._before_commit)
        event.listen(sessions, "do_orm_execute", _refuse_bulk_changes)

    def _before_flush(self, session: Session, _context: UOWTransaction, _instances: object) -> None:
        if session.deleted:
            raise Unattributed("nothing is ever deleted")
        if _audited((*session.new, *session.dirty)) and not _transaction(session).action:
            raise Unattributed("a change outside any command")

    def _after_flush(self, session: Session, _context: UOWTransaction) -> None:
        changes: Changes = session.info.setdefault("changes", {})
        for row in _audited(session.new):
            new = {column.name: getattr(row, column.name) for column in recorded_columns(type(row))}
            changes[(row.__tablename__, row_id(row))] = RowChange(row, is_new=True, new=new)
        for row in _audited(session.dirty):
            if session.is_modified(row):
                _note_update(changes, row)

    def _before_commit(self, session: Session) -> None:
        session.flush()
        changes: Changes = session.info.pop("changes", {})
        tx = _transaction(session)
        by_stream: dict[str, list[Json]] = {}
        commitments = Commitments(session, self._keyring)
        for _key, change in sorted(changes.items(), key=lambda item: item[0]):
            entry = commitments.entry(change.row, change.old, change.new, is_new=change.is_new)
            if entry is not None:
                for stream in streams_of(session, change.row, tx.cache):
                    by_stream.setdefault(stream, []).append(entry)
        rows = [change.row for change in changes.values()]
        note_actors(session, tx, rows)
        reason = commitments.reason(tx, rows) if by_stream else None
        for stream in sorted(by_stream):
            _write_event(session, tx, stream, by_stream[stream], reason)


def _audited(rows: Iterable[object]) -> list[Base]:
    return [row for row in rows if isinstance(row, Base) and row.__exempt__ is None]


def _transaction(session: Session) -> Transaction:
    tx = session.info.get("transaction")
    if not isinstance(tx, Transaction):
        raise Unattributed("a session without a transaction")
    return tx


def _note_update(changes: Changes, row: Base) -> None:
    change = changes.setdefault((row.__tablename__, row_id(row)), RowChange(row, is_new=False))
    state = inspect(row)
    for column in recorded_columns(type(row)):
        history = state.attrs[column.name].history
        added, deleted = list(history.added or ()), list(history.deleted or ())
        if not added:
            continue
        change.new[column.name] = added[0]
        if not change.is_new and column.name not in change.old:
            if not deleted:
                message = f"the old value of {row.__tablename__}.{column.name} was not loaded"
                raise Unattributed(message)
            change.old[column.name] = deleted[0]


def _event(tx: Transaction, changes: list[Json], reason: Json, at: datetime) -> dict[str, Json]:
    """An event of format 1, but for its place in its stream."""
    return {
        "action": tx.action,
        "actor": tx.actor.reference,
        "app": __version__,
        "at": instant(at),
        "changes": changes,
        "client_at": None if tx.client_at is None else instant(tx.client_at),
        "format": 1,
        "reason": reason,
        "request": tx.request_key,
        "role": None if tx.role is None else tx.role.value,
        "station": tx.actor.station_reference,
    }


def _write_event(session: Session, tx: Transaction, stream: str, changes: list[Json], reason: Json) -> None:
    version, prev = _lock_head(session, stream)
    at = _time_after(session, tx, stream, version)
    place: dict[str, Json] = {"prev": prev.hex(), "stream": stream, "v": version + 1}
    text = canonical_text(_event(tx, changes, reason, at) | place)
    if len(text.encode()) > MOST_BYTES:
        message = f"an event of {tx.action} on {stream} is larger than 1 MiB"
        raise Unattributed(message)
    leaf = leaf_hash(text)
    row = {
        "stream": stream,
        "version": version + 1,
        "prev_hash": prev,
        "leaf_hash": leaf,
        "canon": text,
        "request_key": tx.request_key,
        "at": at,
    }
    session.connection().execute(_APPEND, row)
    session.connection().execute(_ADVANCE, {"of": stream, "last": version + 1, "leaf": leaf})


def _lock_head(session: Session, stream: str) -> tuple[int, bytes]:
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    db, of = session.connection(), {"of": stream}
    head = db.execute(_HEAD, of).one_or_none()
    if head is None:
        blank = make(LedgerHead).values(stream=stream, version=0, leaf_hash=ZERO_HASH)
        db.execute(blank.on_conflict_do_nothing())
        head = db.execute(_HEAD, of).one()
    return head.version, head.leaf_hash


def _time_after(session: Session, tx: Transaction, stream: str, version: int) -> datetime:
    """The time of recording; waits up to a second for a clock that stepped back, then refuses."""
    last = session.connection().execute(_LAST_AT, {"of": stream, "last": version}).scalar_one_or_none()
    patience = time.monotonic() + CLOCK_PATIENCE_S
    at = tx.clock()
    while last is not None and at < last:
        if time.monotonic() > patience:
            message = f"clock_regression: the server's clock is behind the last event of {stream}"
            raise Unattributed(message)
        time.sleep(0.01)
        at = tx.clock()
    return at


def _refuse_bulk_changes(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete or state.is_insert):
        return
    mapper = state.bind_mapper
    if mapper is not None and mapper.class_.__exempt__ is None:
        message = f"bulk change of the audited table {mapper.class_.__tablename__}"
        raise Unattributed(message)
