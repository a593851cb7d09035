"""How many codes were typed in the last 30 days, by station, and how each station's reader stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from app.db.models import RequestKey, Site, Station, User
from app.domain.actor import Actor
from app.domain.labels.reader_check import is_reader_checked, reader_holds_until
from app.domain.reading import TypedShare
from app.domain.roles import Action, Permission, decide
from app.web import formats

SINCE: Final = timedelta(days=30)
Chip = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class StationShare:
    """One station: how much was typed there, and its reader."""

    station: str
    share: str
    chip: Chip
    reader: Chip
    checked: str


@dataclass(frozen=True, slots=True)
class ScanningPage:
    """Scans of the last 30 days, the readers, and what the site asks of them."""

    whole: str
    chip: Chip
    alert: str
    stations: tuple[StationShare, ...]
    settings: tuple[tuple[str, str], ...]
    wedge_gap_ms: int
    reader_check_days: int
    most_typed_percent: int
    row_version: int
    may_change: bool


def scanning_page(db: Connection, actor: Actor, now: datetime, zone: str) -> ScanningPage:
    """The whole page in three statements."""
    site = db.execute(_SETTINGS).one()
    shares = shares_of(db, now)
    limit = site.most_typed_percent
    whole = whole_share(shares)
    return ScanningPage(
        whole=whole.sentence,
        chip=_chip(whole, limit),
        alert=alert_of(whole, limit),
        stations=tuple(_stations(db, site.reader_check_days, limit, shares, now, zone)),
        settings=_settings(site.wedge_gap_ms, site.reader_check_days, limit),
        wedge_gap_ms=site.wedge_gap_ms,
        reader_check_days=site.reader_check_days,
        most_typed_percent=limit,
        row_version=site.row_version,
        may_change=isinstance(decide(actor.roles, actor.grants, Action.PROPOSE_SETTING), Permission),
    )


def _settings(gap_ms: int, days: int, most: int) -> tuple[tuple[str, str], ...]:
    return (
        ("Slowest reader", f"{gap_ms} ms between two keys, in the median"),
        ("A reader's check holds", formats.count(days, "day", "days")),
        ("Typed at most", f"{most} %"),
    )


def _stations(
    db: Connection, days: int, most: int, shares: dict[int | None, TypedShare], now: datetime, zone: str
) -> Iterator[StationShare]:
    """Every station by name, then what was read away from stations."""
    for row in db.execute(_STATIONS):
        share = shares.get(row.id, _NONE)
        reader = _reader(row.reader_checked_at, days, now)
        checked = _checked(row.reader_checked_at, row.full_name, zone, now)
        yield StationShare(row.name, share.sentence, _chip(share, most), reader, checked)
    if None in shares:
        share, reader = shares[None], ("none", "map-pin", "No reader to check")
        yield StationShare("Away from stations", share.sentence, _chip(share, most), reader, "never")


def shares_of(db: Connection, now: datetime) -> dict[int | None, TypedShare]:
    """What was typed of what was read, by station; None is away from stations (ix_request_key_typed_share alone)."""
    rows = db.execute(_SHARES, {"since": now - SINCE})
    return {row.station_id: TypedShare(row.typed, row.codes) for row in rows if row.codes}


def whole_share(shares: dict[int | None, TypedShare]) -> TypedShare:
    """All stations together."""
    return TypedShare(sum(each.typed for each in shares.values()), sum(each.codes for each in shares.values()))


def typed_alert(db: Connection, now: datetime) -> str:
    """The sentence of the alert, or empty. Two statements."""
    return alert_of(whole_share(shares_of(db, now)), db.execute(_SETTINGS).one().most_typed_percent)


def alert_of(share: TypedShare, most: int) -> str:
    """The sentence when more was typed than the site allows."""
    if not share.is_above(most):
        return ""
    words = share.sentence.capitalize()
    return f"{words} in 30 days, more than {most} %. Find out which labels or readers do not scan."


def _chip(share: TypedShare, most: int) -> Chip:
    if not share.codes:
        return ("none", "scan-barcode", "No scan")
    if share.is_above(most):
        return ("warn", "triangle-alert", "Too many typed")
    return ("ok", "circle-check", "Scanned")


def _reader(checked_at: datetime | None, days: int, now: datetime) -> Chip:
    if is_reader_checked(reader_holds_until(checked_at, days), now):
        return ("ok", "circle-check", "Checked")
    return ("warn", "triangle-alert", "Not checked" if checked_at is None else "Check is over")


def _checked(at: datetime | None, by: str | None, zone: str, now: datetime) -> str:
    return "never" if at is None else f"{formats.moment(at, zone, now)} by {formats.short_person(by or '')}"


_NONE: Final = TypedShare(0, 0)
_SETTINGS: Final = select(Site.wedge_gap_ms, Site.reader_check_days, Site.most_typed_percent, Site.row_version).where(
    Site.id == 1
)
_SHARES: Final = (
    select(
        RequestKey.station_id,
        func.sum(RequestKey.codes).label("codes"),
        func.sum(RequestKey.typed_codes).label("typed"),
    )
    .where(RequestKey.at > bindparam("since"))
    .group_by(RequestKey.station_id)
)
_STATIONS: Final = (
    select(Station.id, Station.name, Station.reader_checked_at, User.full_name)
    .join(User, User.id == Station.reader_checked_by_id, isouter=True)
    .where(Station.is_active)
    .order_by(Station.name)
)
