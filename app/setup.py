"""Founding a site: the site itself, its first places. Used by `veinline init`, the demo and the first-run page."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from app.db.codes import next_code
from app.db.models import Place, Site
from app.db.transaction import Transaction, command
from app.domain.errors import Duplicate, Invalid
from app.domain.identifiers import Kind, is_site
from app.domain.vocabulary import PlaceKind


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """What a site is called and where its clock hangs. Code and demo state never change afterwards."""

    code: str
    name: str
    zone: str
    is_demo: bool
    laboratory_phone: str


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """A bench, store, ward or box."""

    name: str
    kind: PlaceKind


@command
def make_site(tx: Transaction, asked: SiteRequest) -> Site:
    """Found the one site of this installation."""
    if tx.session.execute(select(Site.id)).first() is not None:
        raise Duplicate("site_exists", "This installation has its site already.")
    if not is_site(asked.code):
        raise Invalid(
            "site_code",
            f"{asked.code} is no site code: two letters or digits and a letter, without I, L, O, U.",
        )
    try:
        ZoneInfo(asked.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid("site_zone", f"{asked.zone} is no time zone. Give one such as Europe/Berlin.") from None
    site = Site(
        id=1,
        code=asked.code,
        name=asked.name,
        zone=asked.zone,
        is_demo=asked.is_demo,
        laboratory_phone=asked.laboratory_phone,
    )
    tx.session.add(site)
    tx.session.flush()
    return site


@command
def make_place(tx: Transaction, asked: PlaceRequest) -> Place:
    """Register a place."""
    place = Place(code=next_code(tx, Kind.PLACE), name=asked.name, kind=asked.kind)
    tx.session.add(place)
    tx.session.flush()
    return place
