"""Reading a scan as this site reads it: with ISBT 128 where its licence is stated. What is on file, features say."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.db.models import Site
from app.db.transaction import Transaction
from app.domain.identifiers import Kind, normalise_typed
from app.domain.isbt128 import AdapterSettings, local_flags
from app.domain.labels.reader_check import require_checked_reader
from app.domain.reading import CodeSource
from app.domain.scan import OwnCode, Parsed, ScanSettings, expect, parse
from app.domain.scan_refusal import ScanCategory, ScanRefusal
from app.identity.queries.licence import newest_statement


def scan_settings(db: Connection, *, is_typed: bool = False) -> ScanSettings:
    """How this site reads scans: with ISBT 128 where its licence is stated, else without. Two statements at most."""
    newest = newest_statement(db)
    if newest is None or newest.facility_number is None:
        return ScanSettings(is_typed=is_typed)
    adapter = AdapterSettings(
        own_facility=newest.facility_number,
        local_flags=frozenset(local_flags(newest.local_flags)),
        coi_check_with_prefix=newest.coi_check_with_prefix,
        is_demo=db.execute(select(Site.is_demo)).scalar_one(),
    )
    return ScanSettings(isbt128=adapter, is_typed=is_typed)


def read_scan(db: Connection, raw: str, *, is_typed: bool = False) -> tuple[Parsed | ScanRefusal, ScanSettings]:
    """What a text is at this site. The licence is looked up only for a text that could be of ISBT 128."""
    found = parse(raw)
    if isinstance(found, ScanRefusal) and (is_typed or found.category is ScanCategory.ADAPTER_OFF):
        settings = scan_settings(db, is_typed=is_typed)
        return parse(raw, settings), settings
    return found, ScanSettings()


def expect_here(tx: Transaction, raw: str, *wanted: Kind, step: str) -> OwnCode:
    """As `expect` at this site, by a reader that was checked. An ISBT 128 code it reads is refused by what it is.

    Where the code was typed, hyphens, blanks and small letters are no fault.
    """
    source = tx.reading.of(raw)
    require_checked_reader(tx.actor, source, wanted, tx.now)
    raw = normalise_typed(raw) if source is CodeSource.TYPED else raw
    return expect(raw, *wanted, step=step, settings=read_scan(tx.session.connection(), raw)[1])
