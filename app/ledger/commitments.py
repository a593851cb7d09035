"""Turns a row's change into the entry of an event, with commitments in place of personal values."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, insert, select
from sqlalchemy.orm import Session

from app.db.base import Base
from app.db.models import DataKey, LedgerOpening
from app.db.transaction import Transaction
from app.ledger.canonical import Json, Scalar, scalar
from app.ledger.columns import Written, clear_value, recorded_columns, row_id, written
from app.ledger.keyring import Keyring, Opening, commit_to
from app.ledger.streams import patient_of


class Commitments:
    """Makes and looks up commitments within one transaction."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self._session = session
        self._keyring = keyring
        self._keys: dict[int | None, tuple[int, bytes]] = {}

    def entry(self, row: Base, old: dict[str, object], new: dict[str, object], *, is_new: bool) -> Json:
        """The entry of `changes` for one row, or None when nothing really changed."""
        name = f"{row.__tablename__}:{row_id(row)}"
        version = int(getattr(row, "row_version", 1))
        before: dict[str, Json] = {}
        after: dict[str, Json] = {}
        for column in recorded_columns(type(row)):
            if column.name not in new:
                continue
            if is_new:
                if new[column.name] is not None:
                    after[column.name] = self._new(row, name, version, column, new[column.name])
            elif scalar_or_bytes(old[column.name]) != scalar_or_bytes(new[column.name]):
                before[column.name] = self._old(row, name, column, old[column.name])
                after[column.name] = self._new(row, name, version, column, new[column.name])
        if not is_new and not after:
            return None
        return {"new": after, "old": None if is_new else before, "row": name, "rv": version}

    def reason(self, tx: Transaction, rows: Sequence[Base]) -> Json:
        """The event's reason: its slug in clear, the person's words as a commitment."""
        why = tx.why
        if why is None:
            return None
        if why.text is None:
            return {"code": why.code, "text": None}
        patients = [patient for row in rows if (patient := patient_of(row)) is not None]
        name = f"request:{tx.request_key}"
        opening = self._seal(patients[0] if patients else None, name, "reason", 1, why.text)
        return {"code": why.code, "text": opening.commitment}

    def _new(self, row: Base, name: str, version: int, column: Column[object], value: object) -> Scalar:
        if written(column) is not Written.PERSONAL or value is None:
            return clear_value(column, value)
        return self._seal(patient_of(row), name, column.name, version, scalar(value)).commitment

    def _seal(self, patient_id: int | None, name: str, column: str, version: int, value: Scalar) -> Opening:
        opening = commit_to(value)
        key_id, wrapped = self._key(patient_id)
        sealed = self._keyring.seal(wrapped, opening, f"{name}.{column}.{version}")
        self._session.execute(
            insert(LedgerOpening).values(row=name, column=column, rv=version, data_key_id=key_id, ciphertext=sealed)
        )
        return opening

    def _old(self, row: Base, name: str, column: Column[object], value: object) -> Scalar:
        if written(column) is not Written.PERSONAL or value is None:
            return clear_value(column, value)
        return self._opening(row, name, column.name).commitment

    def _opening(self, row: Base, name: str, column: str) -> Opening:
        found = self._session.execute(
            select(LedgerOpening.rv, LedgerOpening.ciphertext)
            .where(LedgerOpening.row == name, LedgerOpening.column == column)
            .order_by(LedgerOpening.rv.desc())
            .limit(1)
        ).one()
        _key_id, wrapped = self._key(patient_of(row))
        return self._keyring.open(wrapped, found.ciphertext, f"{name}.{column}.{found.rv}")

    def _key(self, patient_id: int | None) -> tuple[int, bytes]:
        if patient_id not in self._keys:
            look = select(DataKey.id, DataKey.wrapped).where(DataKey.patient_id.is_not_distinct_from(patient_id))
            found = self._session.execute(look).one_or_none()
            if found is None:
                wrapped = self._keyring.new_data_key()
                self._session.execute(insert(DataKey).values(patient_id=patient_id, wrapped=wrapped))
                found = self._session.execute(look).one()
            self._keys[patient_id] = (found.id, found.wrapped)
        return self._keys[patient_id]


def scalar_or_bytes(value: object) -> Scalar | bytes:
    """A value in comparable form: what the ledger would write, or the raw bytes of a file."""
    return value if isinstance(value, bytes) else scalar(value)
