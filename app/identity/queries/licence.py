"""The licence gate of ISBT 128: what is in force, what its page shows. Scans under it are read in `scanning`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from app.db.models import IsbtStatement, Site, User
from app.domain.actor import Actor
from app.domain.errors import Invalid
from app.domain.isbt128 import is_facility_number, is_validation_facility, local_flags
from app.domain.roles import Action, Permission, decide
from app.identity.records import licence_off, licence_on
from app.identity.schemas import Licence
from app.identity.signing import Signable
from app.web import formats


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an administrator; the fields of a licence are None where it says off."""

    id: int
    is_on: bool
    facility_number: str | None
    licence_number: str | None
    licence_date: date | None
    local_flags: str
    coi_check_with_prefix: bool
    stated_at: datetime
    stated_by: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement as the page lists it."""

    at: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class LicencePage:
    """Whether ISBT 128 is on, by which statement, all statements, and what switching off signs."""

    is_on: bool
    facts: tuple[tuple[str, str], ...]
    history: tuple[StatementLine, ...]
    may_state: bool
    off: Signable
    off_sha256: str


@dataclass(frozen=True, slots=True)
class LicenceToSign:
    """A licence about to be stated: what was typed, the sentence, and the record that is signed."""

    given: Licence
    facts: tuple[tuple[str, str], ...]
    statement: str
    record: str
    record_sha256: str


_STATEMENTS = (
    select(
        IsbtStatement.id,
        IsbtStatement.is_on,
        IsbtStatement.facility_number,
        IsbtStatement.licence_number,
        IsbtStatement.licence_date,
        IsbtStatement.local_flags,
        IsbtStatement.coi_check_with_prefix,
        IsbtStatement.stated_at,
        User.full_name,
    )
    .join(User, User.id == IsbtStatement.stated_by_id)
    .order_by(IsbtStatement.id.desc())
)
MOST_SHOWN = 50


def newest_statement(db: Connection) -> Statement | None:
    """The statement in force; None at a site that never made one. By primary key."""
    row = db.execute(_STATEMENTS.limit(1)).one_or_none()
    return None if row is None else Statement(*row)


def licence_to_sign(db: Connection, given: Licence, *, is_demo: bool) -> Signable:
    """What is signed to state this licence, or why it cannot be stated."""
    number = given.facility_number
    if not is_facility_number(number):
        raise Invalid(
            "facility_number",
            f"{number} is no facility number: it has five characters, capital letters and digits without O, the last"
            " two digits.",
            field="facility_number",
        )
    if is_demo and not is_validation_facility(number):
        raise Invalid(
            "not_validation_fin",
            f"This is a demonstration: it uses A9990 to A9999 only, not {number}.",
            field="facility_number",
        )
    newest = newest_statement(db)
    return licence_on(
        0 if newest is None else newest.id,
        number,
        given.licence_number,
        given.licence_date,
        given.local_flags or "",
        check_with_prefix=not given.coi_check_without_prefix,
    )


def licence_review(db: Connection, given: Licence) -> LicenceToSign:
    """The page on which a licence is signed."""
    is_demo = db.execute(select(Site.is_demo)).scalar_one()
    what = licence_to_sign(db, given, is_demo=is_demo)
    facts = _facts(
        given.facility_number,
        given.licence_number,
        given.licence_date,
        given.local_flags or "",
        with_prefix=not given.coi_check_without_prefix,
    )
    return LicenceToSign(given, facts, what.statement, what.record, what.sha256)


def licence_page(db: Connection, actor: Actor, zone: str) -> LicencePage:
    """Whether ISBT 128 is on, and every statement about it, newest first. One statement."""
    statements = [Statement(*row) for row in db.execute(_STATEMENTS.limit(MOST_SHOWN))]
    newest = statements[0] if statements else None
    off = licence_off(0 if newest is None else newest.id)
    return LicencePage(
        is_on=newest is not None and newest.is_on,
        facts=() if newest is None else _facts_of(newest),
        history=tuple(_line(each, zone) for each in statements),
        may_state=isinstance(decide(actor.roles, actor.grants, Action.OPEN_LICENCE_GATE), Permission),
        off=off,
        off_sha256=off.sha256,
    )


def _facts_of(newest: Statement) -> tuple[tuple[str, str], ...]:
    if newest.facility_number is None or newest.licence_number is None or newest.licence_date is None:
        return ()
    return _facts(
        newest.facility_number,
        newest.licence_number,
        newest.licence_date,
        newest.local_flags,
        with_prefix=newest.coi_check_with_prefix,
    )


def _facts(facility: str, licence: str, dated: date, flags: str, *, with_prefix: bool) -> tuple[tuple[str, str], ...]:
    meanings = "; ".join(f"{flag} {meaning}" for flag, meaning in local_flags(flags).items())
    return (
        ("Facility number", facility),
        ("Licence", f"{licence} of {formats.date_text(dated)}"),
        ("Own marks", meanings or "none"),
        ("Check of a chain of identity", "over 15 characters, with CH" if with_prefix else "over 13 characters"),
    )


def _line(each: Statement, zone: str) -> StatementLine:
    what = f"on, facility {each.facility_number}, licence {each.licence_number}" if each.is_on else "off"
    return StatementLine(
        f"{formats.day_of(each.stated_at, zone)} {formats.time_of(each.stated_at, zone)}", each.stated_by, what
    )
