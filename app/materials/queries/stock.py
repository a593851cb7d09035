"""Material lots: the list, newest first, and one lot with its look-back and what may be signed about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, select

from app.db.models import MaterialLot
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.vocabulary import Il2Unit, MaterialRole, MaterialState
from app.identity.signing import Signable
from app.materials.queries.touched import LookBack, touched_by_lot
from app.materials.records import material_recall, material_release
from app.patients.queries.acts import may
from app.patients.queries.words import Chip, words
from app.web import formats

PAGE_OF: Final = 50


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot of the list."""

    code: str
    code_text: str
    name: str
    role: str
    maker_lot: str
    expires: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class LotList:
    """A page of lots. `after` is the code to go on from, None at the end."""

    rows: tuple[LotRow, ...]
    after: str | None
    can_register: bool


@dataclass(frozen=True, slots=True)
class LotPage:
    """One lot. `release` and `recall` are there for who may sign them now, `can_print` for who may print its label."""

    lot: LotRow
    row_version: int
    facts: tuple[tuple[str, str], ...]
    touched: LookBack
    release: Signable | None
    recall: Signable | None
    can_print: bool


@dataclass(frozen=True, slots=True)
class LotForm:
    """The form of a new lot: the choices it offers."""

    roles: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]


LOT_FORM: Final = LotForm(
    roles=tuple((role.value, words(role).capitalize()) for role in MaterialRole),
    units=((Il2Unit.IU.value, "IU"), (Il2Unit.CETUS.value, "Cetus units")),
)


def lot_list(db: Connection, after: str | None, now: datetime, zone: str, actor: Actor) -> LotList:
    """The lots, newest first (primary key)."""
    look = select(MaterialLot.__table__).order_by(MaterialLot.id.desc()).limit(PAGE_OF + 1)
    if after is not None:
        seen = select(MaterialLot.id).where(MaterialLot.code == after).scalar_subquery()
        look = look.where(MaterialLot.id < seen)
    rows = tuple(_row(row, now, zone) for row in db.execute(look))
    more = rows[PAGE_OF - 1].code if len(rows) > PAGE_OF else None
    return LotList(rows[:PAGE_OF], more, may(actor, Action.REGISTER_MATERIAL))


def lot_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> LotPage:
    """One lot, or the refusal that it is not on file."""
    row = _lot(db, code)
    facts = [
        ("Role", words(row.role)),
        ("Maker's lot", row.maker_lot),
        ("Expires", formats.moment(row.expires_at, zone, now)),
        ("Received", formats.moment(row.received_at, zone, now)),
        ("Substances", row.substances or "none named"),
    ]
    if row.il2_per_ml is not None:
        facts.append(("IL-2", f"{formats.il2(row.il2_per_ml, _unit(row.il2_unit))}/mL"))
    can_release = row.state is MaterialState.QUARANTINED and row.expires_at > now
    can_recall = row.state in {MaterialState.QUARANTINED, MaterialState.RELEASED}
    return LotPage(
        lot=_row(row, now, zone),
        row_version=row.row_version,
        facts=tuple(facts),
        touched=touched_by_lot(db, row.id),
        release=material_release(db, code) if can_release and may(actor, Action.RELEASE_MATERIAL) else None,
        recall=material_recall(db, code) if can_recall and may(actor, Action.START_RECALL) else None,
        can_print=may(actor, Action.PRINT_LABEL),
    )


def lot_look_back(db: Connection, code: str) -> LookBack:
    """Everything the lot with that code touched."""
    return touched_by_lot(db, _lot(db, code).id)


def _lot(db: Connection, code: str) -> Row[*tuple[object, ...]]:
    row = db.execute(select(MaterialLot.__table__).where(MaterialLot.code == code)).one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No material lot is on file under {display(code)}. Check the code.")
    return row


def _unit(unit: Il2Unit) -> str:
    return "Cetus units" if unit is Il2Unit.CETUS else unit.value


def _row(row: Row[*tuple[object, ...]], now: datetime, zone: str) -> LotRow:
    return LotRow(
        code=row.code,
        code_text=display(row.code),
        name=row.name,
        role=words(row.role),
        maker_lot=row.maker_lot,
        expires=formats.day_of(row.expires_at, zone),
        chip=_chip(row.state, is_expired=row.expires_at <= now),
    )


def _chip(state: MaterialState, *, is_expired: bool) -> Chip:
    match state:
        case MaterialState.RELEASED if is_expired:
            return Chip("warn", "clock", "expired")
        case MaterialState.RELEASED:
            return Chip("ok", "circle-check", "released")
        case MaterialState.QUARANTINED:
            return Chip("info", "hourglass", "quarantined")
        case MaterialState.RECALLED | MaterialState.REJECTED:
            return Chip("stop", "octagon-x", state.value)
