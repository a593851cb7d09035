"""The readers of the stations: checked by whoever works there; what the site asks of scans, set by two persons."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.finding import fresh
from app.db.models import Site, Station
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import NotAllowed
from app.domain.labels.reader_check import compare
from app.domain.reading import CodeSource
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.identity.schemas import ChangeScanning, ReadBack
from app.identity.signing import second_person


@dataclass(frozen=True, slots=True)
class ReaderChecked:
    """Whether every character came through at a station; None away from stations, where nothing is kept."""

    station_code: str | None
    has_passed: bool


@dataclass(frozen=True, slots=True)
class ScanningSet:
    """The version of the site's settings."""

    row_version: int


@command
def check_reader(tx: Transaction, actor: Actor, asked: ReadBack) -> ReaderChecked:
    """Compare what a reader sent with the test text. A pass is kept for the station; a failure ends an older pass."""
    if tx.reading.of(asked.scanned) in {CodeSource.TYPED, CodeSource.CAMERA}:
        sentence = "The check is about the reader. Scan the square with it; do not type it, and do not use the camera."
        raise NotAllowed("reader_not_used", sentence, field="scanned")
    has_passed = compare(asked.scanned).is_same
    if actor.station_id is None:
        return ReaderChecked(None, has_passed)
    station = tx.session.get_one(Station, actor.station_id, with_for_update=True)
    station.reader_checked_at = tx.now if has_passed else None
    station.reader_checked_by_id = actor.user_id if has_passed else None
    return ReaderChecked(station.code, has_passed)


@command
def change_scanning(tx: Transaction, actor: Actor, asked: ChangeScanning) -> ScanningSet:
    """Set what the site asks of scans: proposed by the administrator, approved by QA with badge and PIN."""
    tx.permit(actor, Action.PROPOSE_SETTING)
    site = tx.session.get_one(Site, 1, with_for_update=True)
    fresh(site, asked.row_version)
    tx.because("scanning_changed", require_reason(asked.reason, "A setting of scanning needs a reason."))
    second_person(tx, actor, asked, Action.APPROVE_SETTING)
    site.wedge_gap_ms, site.reader_check_days = asked.wedge_gap_ms, asked.reader_check_days
    site.most_typed_percent = asked.most_typed_percent
    tx.session.flush()
    return ScanningSet(site.row_version)
