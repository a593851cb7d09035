"""Material lots: what stands in stock, first the lot that expires first; and one lot as its story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, Select, or_, select, tuple_

from app.db.models import Material, MaterialCertificate, MaterialLot, Place
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.supplies import StockUnit, quantity
from app.domain.vocabulary import Il2Unit, MaterialState
from app.identity.signing import Signable
from app.materials.queries.catalogue import STORAGE
from app.materials.queries.story import Happened, Part, made_from, parts_of, story_of
from app.materials.queries.taking import left_milli
from app.materials.queries.touched import LookBack, touched_by_lot
from app.materials.records import material_recall, material_rejection, material_release
from app.patients.queries.acts import may
from app.patients.queries.words import Chip, words
from app.web import formats

PAGE_OF: Final = 50
_OVER: Final = (MaterialState.REJECTED, MaterialState.RECALLED)


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot of the list."""

    code: str
    code_text: str
    name: str
    role: str
    maker_lot: str
    expires: str
    left: str
    place: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class LotList:
    """A page of lots. `after` is the code to go on from, None at the end; `ended` lists what is no longer in stock."""

    rows: tuple[LotRow, ...]
    after: str | None
    ended: bool
    can_register: bool
    can_prepare: bool


@dataclass(frozen=True, slots=True)
class LotPage:
    """One lot. What may be signed or booked about it now is there for who may; `release_missing` says why not yet."""

    lot: LotRow
    row_version: int
    facts: tuple[tuple[str, str], ...]
    story: tuple[Happened, ...]
    parts: tuple[Part, ...]
    made: tuple[Part, ...]
    touched: LookBack
    certificates: tuple[str, ...]
    release: Signable | None
    release_missing: str
    rejection: Signable | None
    recall: Signable | None
    can_keep: bool
    can_book: bool
    can_open: bool
    unit: str
    can_print: bool


def lot_list(
    db: Connection, after: str | None, now: datetime, zone: str, actor: Actor, *, ended: bool = False
) -> LotList:
    """The lots in stock, or those that ended, by expiry (ix_material_lot_expires_at), fifty at a time."""
    left = left_milli()
    is_over = or_(MaterialLot.state.in_(_OVER), left == 0)
    look = _look().where(is_over if ended else ~is_over).order_by(MaterialLot.expires_at, MaterialLot.id)
    if after is not None:
        seen = db.execute(select(MaterialLot.expires_at, MaterialLot.id).where(MaterialLot.code == after)).one_or_none()
        if seen is None:
            raise NotFound("not_on_file", f"No material lot is on file under {display(after)}. Check the code.")
        look = look.where(tuple_(MaterialLot.expires_at, MaterialLot.id) > tuple_(*seen))
    rows = tuple(_row(row, now, zone) for row in db.execute(look.limit(PAGE_OF + 1)))
    more = rows[PAGE_OF - 1].code if len(rows) > PAGE_OF else None
    rights = (may(actor, action) for action in (Action.REGISTER_MATERIAL, Action.USE_MATERIAL))
    return LotList(rows[:PAGE_OF], more, ended, *rights)


def lot_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> LotPage:
    """One lot, or the refusal that it is not on file."""
    row = _lot(db, code)
    parts = parts_of(db, row.id)
    certificates = select(MaterialCertificate.sha256).where(MaterialCertificate.material_lot_id == row.id)
    hashes = tuple(db.execute(certificates.order_by(MaterialCertificate.id)).scalars())
    waits = row.state is MaterialState.QUARANTINED and row.expires_at > now
    decides, missing = may(actor, Action.RELEASE_MATERIAL), _missing(row, actor, bool(parts or hashes))
    uses = may(actor, Action.USE_MATERIAL)
    can_recall = row.state not in _OVER and may(actor, Action.START_RECALL)
    return LotPage(
        lot=_row(row, now, zone),
        row_version=row.row_version,
        facts=tuple(_facts(row, now, zone)),
        story=story_of(db, row.id, code, row.unit, zone, now),
        parts=parts,
        made=made_from(db, row.id, row.unit),
        touched=touched_by_lot(db, row.id),
        certificates=hashes,
        release=material_release(db, code) if waits and decides and not missing else None,
        release_missing=missing if waits and decides else "",
        rejection=material_rejection(db, code) if row.state is MaterialState.QUARANTINED and decides else None,
        recall=material_recall(db, code) if can_recall else None,
        can_keep=row.state is MaterialState.QUARANTINED and not parts and may(actor, Action.REGISTER_MATERIAL),
        can_book=uses and row.left is not None,
        can_open=uses and row.state is MaterialState.RELEASED and row.expires_at > now and bool(row.left),
        unit=row.unit.value,
        can_print=may(actor, Action.PRINT_LABEL),
    )


def lot_look_back(db: Connection, code: str) -> LookBack:
    """Everything the lot with that code touched."""
    return touched_by_lot(db, _lot(db, code).id)


def certificate_content(db: Connection, code: str, sha256: str) -> tuple[str, bytes]:
    """Name and bytes of a certificate of this lot, exactly as they came."""
    look = (
        select(MaterialCertificate.name, MaterialCertificate.content)
        .join(MaterialLot, MaterialLot.id == MaterialCertificate.material_lot_id)
        .where(MaterialLot.code == code, MaterialCertificate.sha256 == sha256)
    )
    row = db.execute(look).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"{display(code)} has no such certificate. Look at the lot's page.")
    return row.name, row.content


def _facts(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> Iterator[tuple[str, str]]:
    yield "Role", words(row.role)
    yield "Maker's lot", row.maker_lot
    yield "Expires", formats.moment(row.expires_at, zone, now)
    yield "Received", formats.moment(row.received_at, zone, now)
    if row.arrival_temperature_c is not None:
        yield "On arrival", f"{row.arrival_temperature_c} °C"
    yield "Kept", STORAGE[row.storage]
    yield "Place", row.place or formats.NOT_KNOWN
    yield "Left", _left(row)
    yield (
        "After opening",
        "no limit of its own" if row.days_open is None else formats.count(row.days_open, "day", "days"),
    )
    if row.opened_at is not None:
        yield "Opened", formats.moment(row.opened_at, zone, now)
        yield "Open until", formats.moment(row.open_until, zone, now)
    yield "Substances", row.substances or "none named"
    if row.il2_per_ml is not None:
        yield "IL-2", f"{formats.il2(row.il2_per_ml, _unit(row.il2_unit))}/mL"


def _missing(row: Row[*tuple[object, ...]], actor: Actor, has_papers: bool) -> str:
    if not has_papers:
        return "after the maker's certificate is kept"
    return "by somebody who did not receive or prepare it" if row.received_by_id == actor.user_id else ""


def _look() -> Select[*tuple[object, ...]]:
    return (
        select(
            MaterialLot.__table__,
            Material.unit,
            Material.storage,
            Material.days_open,
            Place.name.label("place"),
            left_milli().label("left"),
        )
        .join(Material, Material.id == MaterialLot.material_id)
        .join(Place, Place.id == MaterialLot.place_id, isouter=True)
    )


def _lot(db: Connection, code: str) -> Row[*tuple[object, ...]]:
    row = db.execute(_look().where(MaterialLot.code == code)).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No material lot is on file under {display(code)}. Check the code.")
    return row


def _unit(unit: Il2Unit) -> str:
    return "Cetus units" if unit is Il2Unit.CETUS else unit.value


def _left(row: Row[*tuple[object, ...]]) -> str:
    unit: StockUnit = row.unit
    return formats.NOT_KNOWN if row.left is None else quantity(row.left, unit)


def _row(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> LotRow:
    return LotRow(
        code=row.code,
        code_text=display(row.code),
        name=row.name,
        role=words(row.role),
        maker_lot=row.maker_lot,
        expires=formats.day_of(row.expires_at, zone),
        left=_left(row),
        place=row.place or formats.NOT_KNOWN,
        chip=_chip(row, now),
    )


def _chip(row: Row[*tuple[object, ...]], now: datetime) -> Chip:
    match row.state:
        case MaterialState.RECALLED | MaterialState.REJECTED:
            return Chip("stop", "octagon-x", row.state.value)
        case _ if row.expires_at <= now:
            return Chip("warn", "clock", "expired")
        case MaterialState.QUARANTINED:
            return Chip("info", "hourglass", "quarantined")
    if row.left == 0:
        return Chip("none", "circle-dashed", "used up")
    if row.open_until is not None and row.open_until <= now:
        return Chip("warn", "clock", "open too long")
    return Chip("ok", "circle-check", "opened" if row.opened_at is not None else "released")
