"""Labels of what belongs to the house and to no patient: reagents, equipment, places, badges.

They are drawn from the records each time and read back before they leave. No copy is counted: such a code opens its
record, and what may be done with it is decided there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, select

from app.db.models import Badge, Equipment, MaterialLot, Place, Site, User, UserRole
from app.domain.errors import NotFound
from app.domain.identifiers import Kind
from app.domain.labels.content import (
    BadgeFacts,
    FixtureFacts,
    Print,
    ReagentFacts,
)
from app.domain.labels.spec import Expected, LabelKind, LabelSpec
from app.domain.labels.template import fill
from app.domain.scan import OwnCode, expect
from app.labels.press import pdf_of
from app.labels.shipped import shipped
from app.patients.queries.words import words
from app.web import formats

PRINT: Final = 1


def house_label_pdf(db: Connection, raw_code: str) -> bytes:
    """The label of a reagent, of equipment or a place."""
    return _drawn(db, expect(raw_code, *_READERS, step="print label"), _READERS)


def badge_pdf(db: Connection, raw_code: str) -> bytes:
    """The badge of a member of staff, as long as it is not void."""
    return _drawn(db, expect(raw_code, Kind.BADGE, step="print badge"), {Kind.BADGE: _badge})


Reader = Callable[[Connection, str, Print, str], LabelSpec | None]
"""Reads the thing with a code; the print of its label and the zone of the site are given."""


def _drawn(db: Connection, code: OwnCode, readers: Mapping[Kind, Reader]) -> bytes:
    site = db.execute(select(Site.name, Site.zone, Site.is_demo)).one()
    spec = readers[code.kind](db, code.code, Print(code.code, PRINT, site.name, site.is_demo), site.zone)
    if spec is None:
        raise NotFound("not_on_file", f"No {code.kind.word} is on file under {code.text}. Check the code.")
    return pdf_of([(spec, Expected(code.code, PRINT, None))]).content


def _reagent(db: Connection, code: str, printed: Print, zone: str) -> LabelSpec | None:
    row = db.execute(select(MaterialLot.__table__).where(MaterialLot.code == code)).one_or_none()
    if row is None:
        return None
    expires_on, received_on = (formats.local(at, zone).date() for at in (row.expires_at, row.received_at))
    return fill(
        shipped(LabelKind.REAGENT),
        ReagentFacts(printed, row.name, row.maker_lot, expires_on, received_on, None, words(row.state)),
    )


def _equipment(db: Connection, code: str, printed: Print, _zone: str) -> LabelSpec | None:
    name = db.execute(select(Equipment.name).where(Equipment.code == code)).scalar_one_or_none()
    return None if name is None else fill(shipped(LabelKind.FIXTURE), FixtureFacts(printed, name))


def _place(db: Connection, code: str, printed: Print, _zone: str) -> LabelSpec | None:
    name = db.execute(select(Place.name).where(Place.code == code)).scalar_one_or_none()
    return None if name is None else fill(shipped(LabelKind.FIXTURE), FixtureFacts(printed, name))


def _badge(db: Connection, code: str, printed: Print, _zone: str) -> LabelSpec | None:
    look = select(User.id, User.full_name).join(Badge, Badge.user_id == User.id)
    row = db.execute(look.where(Badge.code == code, Badge.voided_at.is_(None))).one_or_none()
    if row is None:
        return None
    roles = select(UserRole.role).where(UserRole.user_id == row.id, UserRole.ended_at.is_(None)).order_by(UserRole.id)
    role = ", ".join(words(each).capitalize() for each in db.execute(roles).scalars())
    return fill(shipped(LabelKind.BADGE), BadgeFacts(printed, row.full_name, role or "No role yet"))


_READERS: Final[Mapping[Kind, Reader]] = MappingProxyType(
    {Kind.REAGENT: _reagent, Kind.EQUIPMENT: _equipment, Kind.PLACE: _place}
)
