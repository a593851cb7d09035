"""The page of a bag: whose, where, until when, its chain of custody, and the forms of what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.orm import aliased

from app.custody.links import chain_of, links_of
from app.custody.queries.moves import Move, Moves, moves_of
from app.custody.queries.standing import BagStanding, standing_of
from app.db.models import CustodyEvent, Place, Site, User
from app.domain.actor import Actor
from app.domain.custody import ChainVerdict, CustodyKind
from app.domain.custody import CustodyEvent as Link
from app.domain.errors import NotFound, WrongState
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.states import BagState
from app.patients.queries.acts import may
from app.patients.queries.banner import Banner, banner_of_patient
from app.patients.queries.words import Chip, chip, words
from app.web import formats


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link of the chain, as a row."""

    seq: int
    what: str
    at: str
    by: str
    holder: str
    place: str
    measured: str
    came: str
    reason: str


@dataclass(frozen=True, slots=True)
class BagPage:
    """A bag. `verdict` is the chip of its chain, `line` its words."""

    patient: Banner
    code: str
    code_text: str
    title: str
    chip: Chip
    facts: tuple[tuple[str, str | Markup], ...]
    moves: Moves
    warning: str
    verdict: Chip
    line: str
    links: tuple[LinkRow, ...]
    lot_code: str
    may_print: bool
    may_raise: bool
    may_hold: bool


@dataclass(frozen=True, slots=True)
class MovePage:
    """The form of one step with a bag."""

    patient: Banner
    code: str
    code_text: str
    title: str
    move: str
    verb: str
    facts: tuple[tuple[str, str | Markup], ...]
    temperature_hint: str


@dataclass(frozen=True, slots=True)
class BagRecord:
    """A bag for the API: where it stands, what its chain says, every link as it is kept."""

    code: str
    lot_code: str
    course_code: str
    state: BagState
    place: str
    expires_at: datetime
    verdict: ChainVerdict
    line: str
    links: tuple[Link, ...]


def bag_record(db: Connection, code: str) -> BagRecord:
    """The record of a bag, or the refusal that it is not on file."""
    bag = standing_of(db, code)
    chain = chain_of(db, bag.id)
    return BagRecord(
        *(code, bag.lot_code, bag.course_code, bag.state, bag.place, bag.expires_at, chain.verdict, chain.line),
        links=links_of(db, bag.id),
    )


def bag_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> BagPage:
    """The page of a bag, or the refusal that it is not on file. At most nine statements."""
    bag = standing_of(db, code)
    chain = chain_of(db, bag.id)
    return BagPage(
        patient=banner_of_patient(db, bag.patient_code, now, zone),
        code=code,
        code_text=display(code),
        title=title_of(bag),
        chip=chip(bag.state),
        facts=facts_of(bag, now, zone),
        moves=moves_of(db, bag, actor, now),
        warning="This bag is on hold. Nothing of it moves towards the patient." if bag.is_held else "",
        verdict=_VERDICTS[chain.verdict],
        line=chain.line,
        links=tuple(link_rows(db, bag.id, now, zone)),
        lot_code=bag.lot_code,
        may_print=may(actor, Action.PRINT_LABEL),
        may_raise=may(actor, Action.RAISE_DEVIATION),
        may_hold=may(actor, Action.PLACE_HOLD),
    )


def move_page(db: Connection, code: str, step: str, now: datetime, zone: str, actor: Actor) -> MovePage:
    """The form of a step, or the refusal that it is not possible now."""
    move = next((move for move in Move if move.value == step), None)
    if move is None:
        raise NotFound("no_such_step", "There is no such step. Open the bag and choose one.")
    bag = standing_of(db, code)
    require_possible(db, bag, move, actor, now)
    low, high = db.execute(select(Site.storage_lowest_c, Site.storage_highest_c)).one()
    return MovePage(
        patient=banner_of_patient(db, bag.patient_code, now, zone),
        code=code,
        code_text=display(code),
        title=title_of(bag),
        move=move.value,
        verb=move.verb,
        facts=facts_of(bag, now, zone),
        temperature_hint=f"Stored at {low.normalize():f} to {high.normalize():f} °C; outside, the chain is broken.",
    )


def require_possible(db: Connection, bag: BagStanding, move: Move, actor: Actor, now: datetime) -> None:
    """Refuse the form of a step that this person cannot take now, with the reason where there is one."""
    moves = moves_of(db, bag, actor, now)
    if not any(act.verb == move.verb for act in moves.acts):
        raise _impossible(bag, move, moves)


def title_of(bag: BagStanding) -> str:
    """`Bag 1`."""
    return f"Bag {bag.division}"


def facts_of(bag: BagStanding, now: datetime, zone: str) -> tuple[tuple[str, str | Markup], ...]:
    """What a person needs beside the code: content, expiry, where, with whom."""
    content = formats.cells(bag.viable_cells, "viable cells")
    volume = formats.dose(Decimal(bag.volume_ul) / 1000, "mL")
    expires = formats.moment(bag.expires_at, zone, now)
    left = formats.relative(bag.expires_at, now) if bag.expires_at > now else "expired"
    return (
        ("Lot", formats.code(display(bag.lot_code)) + Markup(", {}").format(words(bag.lot_state))),
        ("Content", content + Markup(" in {}").format(volume)),
        ("Expires", f"{expires}, {left}"),
        ("Place", bag.place),
        ("Held by", formats.short_person(bag.holder)),
    )


def _impossible(bag: BagStanding, move: Move, moves: Moves) -> WrongState:
    name = f"Bag {display(bag.code)}"
    if moves.missing is not None and moves.missing[0] == move.verb:
        return WrongState("not_possible", f"{name}: {moves.missing[1]}")
    sentence = (
        f"{name} is {words(bag.state)} and held by {formats.short_person(bag.holder)}. This step is not possible for"
        " you now. Open the bag and look."
    )
    return WrongState("not_possible", sentence)


def link_rows(db: Connection, bag_id: int, now: datetime, zone: str) -> Iterator[LinkRow]:
    """Every link in order: unique index on bag and seq."""
    for row in db.execute(_LINKS, {"bag": bag_id}):
        people = [formats.short_person(name) for name in (row.actor, row.witness) if name]
        yield LinkRow(
            seq=row.seq,
            what=LINK_WORDS[row.kind],
            at=formats.moment(row.at, zone, now),
            by=" and ".join(people) or BY_ITSELF,
            holder=formats.short_person(row.holder),
            place=row.place,
            measured=", ".join(_measured(row)) or "not measured",
            came="" if row.code_source is None else row.code_source.word,
            reason=row.reason or "",
        )


def _measured(row: Row[*tuple[object, ...]]) -> Iterator[str]:
    if row.temperature_c is not None:
        yield f"{row.temperature_c.normalize():f}{formats.NBSP}°C"
    if row.seal:
        yield f"seal {row.seal}"


_witness, _holder = aliased(User), aliased(User)
_LINKS: Final = (
    select(
        CustodyEvent.seq,
        CustodyEvent.kind,
        CustodyEvent.at,
        CustodyEvent.temperature_c,
        CustodyEvent.seal,
        CustodyEvent.code_source,
        CustodyEvent.reason,
        User.full_name.label("actor"),
        _witness.full_name.label("witness"),
        _holder.full_name.label("holder"),
        Place.name.label("place"),
    )
    .join(User, User.id == CustodyEvent.actor_id, isouter=True)
    .join(_witness, _witness.id == CustodyEvent.witness_id, isouter=True)
    .join(_holder, _holder.id == CustodyEvent.to_holder_id)
    .join(Place, Place.id == CustodyEvent.to_place_id)
    .where(CustodyEvent.bag_id == bindparam("bag"))
    .order_by(CustodyEvent.seq)
)
BY_ITSELF: Final = "the clock"
LINK_WORDS: Final = {
    CustodyKind.FILL: "Filled",
    CustodyKind.LABEL: "Labelled",
    CustodyKind.HAND_OVER: "Handed over",
    CustodyKind.STORE: "Stored",
    CustodyKind.RELEASE: "Released for use",
    CustodyKind.WITHHOLD: "Withheld",
    CustodyKind.ISSUE: "Issued",
    CustodyKind.RECEIVE: "Received",
    CustodyKind.CHECK: "Checked at the bedside",
    CustodyKind.INFUSE: "Infusion",
    CustodyKind.RETURN: "Returned",
    CustodyKind.DISPOSE: "Disposed of",
}
_VERDICTS: Final = {
    ChainVerdict.COMPLETE: Chip("ok", "link", "Complete"),
    ChainVerdict.EXPLAINED: Chip("info", "info", "Explained"),
    ChainVerdict.BROKEN: Chip("stop", "link-2-off", "Broken"),
}
