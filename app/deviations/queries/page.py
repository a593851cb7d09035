"""One deviation and one hold as pages: the source inline, what it blocks, and the form that ends it for who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, Row, select

from app.db.models import Course, Deviation, Hold, ProductLot, Signature, User
from app.deviations.queries.addresses import address_of
from app.deviations.records import DISPOSITIONS, closing_record, lifting_record, unknown_deviation, unknown_hold
from app.deviations.schemas import ClosingWords
from app.domain.actor import Actor
from app.domain.identifiers import Kind, display
from app.domain.roles import Action
from app.domain.vocabulary import DeviationClass, DeviationState
from app.identity.signing import Signable
from app.patients.queries.acts import may
from app.patients.queries.banner import Banner, banner_of_course
from app.patients.queries.words import Chip
from app.web import formats

GRADES: Final = {grade: grade.value.capitalize() for grade in DeviationClass}
OPEN: Final = Chip("warn", "triangle-alert", "Open")
CLOSED: Final = Chip("ok", "circle-check", "Closed")


@dataclass(frozen=True, slots=True)
class DeviationPage:
    """A deviation. `form` is true for who may close it, `missing` says why not; `signed` is how it was closed."""

    patient: Banner
    number: str
    chip: Chip
    about_kind: str
    about_href: str
    facts: tuple[tuple[str, str | Markup], ...]
    what: str
    blocks: str
    dispositions: tuple[tuple[str, str], ...]
    form: bool
    missing: str
    closing: tuple[tuple[str, str], ...]
    signed: str


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """The words of a closing, ready to be signed."""

    patient: Banner
    number: str
    words: ClosingWords
    shown: tuple[tuple[str, str], ...]
    what: Signable


@dataclass(frozen=True, slots=True)
class HoldPage:
    """A hold. `lifting` is what who may lift it signs; `missing` says why it is not here."""

    patient: Banner
    hold_id: int
    title: str
    code_text: str
    href: str
    chip: Chip
    facts: tuple[tuple[str, str], ...]
    reason: str
    lifting: Signable | None
    missing: str


def deviation_page(db: Connection, number: str, now: datetime, zone: str, actor: Actor) -> DeviationPage:
    """The page of a deviation, or the refusal that it is not on file. Three statements."""
    row = _deviation(db, number)
    is_open = row.state is DeviationState.OPEN
    is_own = row.opened_by_id == actor.user_id
    can_close = is_open and may(actor, Action.CLOSE_DEVIATION)
    return DeviationPage(
        patient=banner_of_course(db, row.course, now, zone),
        number=number,
        chip=OPEN if is_open else CLOSED,
        about_kind=Kind(row.about[:2]).word,
        about_href=address_of(row.about),
        facts=(
            ("Class", GRADES[row.grade]),
            ("About", formats.code(display(row.about))),
            ("Opened", f"{formats.moment(row.opened_at, zone, now)}, {formats.short_person(row.opened_by)}"),
        ),
        what=row.what,
        blocks=_blocks(row) if is_open else "",
        dispositions=tuple((key.value, word) for key, word in DISPOSITIONS.items()),
        form=can_close and not is_own,
        missing=_missing(is_open=is_open, is_own=can_close and is_own),
        closing=_words(row.cause, row.effect, row.action, DISPOSITIONS[row.disposition]) if row.disposition else (),
        signed=_manifestation(db, row.signature_id, zone),
    )


def closing_page(db: Connection, words: ClosingWords, now: datetime, zone: str) -> ClosingPage:
    """What QA reads before signing a closing."""
    row = _deviation(db, words.number)
    shown = _words(words.cause, words.effect, words.action, DISPOSITIONS[words.disposition])
    banner = banner_of_course(db, row.course, now, zone)
    return ClosingPage(banner, words.number, words, (("What", row.what), *shown), closing_record(db, words))


def hold_page(db: Connection, hold_id: int, now: datetime, zone: str, actor: Actor) -> HoldPage:
    """The page of a hold, or the refusal that there is none."""
    row = db.execute(
        select(
            Hold.__table__,
            Course.code.label("course"),
            ProductLot.code.label("lot"),
            User.full_name.label("placed_by"),
        )
        .join(Course, Course.id == Hold.course_id)
        .join(ProductLot, ProductLot.id == Hold.product_lot_id, isouter=True)
        .join(User, User.id == Hold.placed_by_id)
        .where(Hold.id == hold_id)
    ).one_or_none()
    if row is None:
        raise unknown_hold()
    is_open, is_own = row.lifted_at is None, row.placed_by_id == actor.user_id
    can_lift = is_open and may(actor, Action.LIFT_HOLD)
    placed = ("Placed", f"{formats.moment(row.placed_at, zone, now)}, {formats.short_person(row.placed_by)}")
    signed = _manifestation(db, row.signature_id, zone)
    return HoldPage(
        patient=banner_of_course(db, row.course, now, zone),
        hold_id=hold_id,
        title="Hold on a lot" if row.lot else "Hold on the whole course",
        code_text=display(row.lot or row.course),
        href=address_of(row.lot or row.course),
        chip=Chip("stop", "octagon-x", "On hold") if is_open else Chip("ok", "circle-check", "Lifted"),
        facts=(placed, ("Lifted", signed)) if signed else (placed,),
        reason=row.reason,
        lifting=lifting_record(db, hold_id) if can_lift and not is_own else None,
        missing=_missing(is_open=is_open, is_own=can_lift and is_own, verb="Lift hold", did="placed"),
    )


def _deviation(db: Connection, number: str) -> Row[*tuple[object, ...]]:
    row = db.execute(
        select(
            Deviation.__table__,
            Course.code.label("course"),
            ProductLot.code.label("lot"),
            User.full_name.label("opened_by"),
        )
        .join(Course, Course.id == Deviation.course_id)
        .join(ProductLot, ProductLot.id == Deviation.product_lot_id, isouter=True)
        .join(User, User.id == Deviation.opened_by_id)
        .where(Deviation.number == number)
    ).one_or_none()
    if row is None:
        raise unknown_deviation(number)
    return row


def _blocks(row: Row[*tuple[object, ...]]) -> str:
    what = f"of lot {display(row.lot)}" if row.lot else f"of every lot of course {display(row.course)}"
    return f"It blocks the release {what} until QA has closed it."


def _missing(*, is_open: bool, is_own: bool, verb: str = "Close deviation", did: str = "opened") -> str:
    if not is_open:
        return ""
    return f"{verb}: somebody else of QA, because you {did} it" if is_own else f"{verb}: QA, by signature"


def _words(cause: str, effect: str, action: str, disposition: str) -> tuple[tuple[str, str], ...]:
    return (("Cause", cause), ("Effect on the product", effect), ("Action", action), ("Decision", disposition))


def _manifestation(db: Connection, signature_id: int | None, zone: str) -> str:
    """Name, time and meaning of the signature."""
    if signature_id is None:
        return ""
    look = select(Signature.full_name, Signature.signed_at, Signature.meaning).where(Signature.id == signature_id)
    row = db.execute(look).one()
    return f"Signed by {row.full_name}, {formats.record_time(row.signed_at, zone)}, {row.meaning.value}"
