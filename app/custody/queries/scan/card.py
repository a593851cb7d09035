"""Scan anything: what a code is, whose, where it stands, and what may be done with it now. Never opens a guess.

At most eight statements: who is here, the thing, its prints, its patient, and the chain of a bag to be issued.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from markupsafe import Markup, escape
from sqlalchemy import Connection, bindparam, select

from app.custody.queries.scan.isbt import belongs_to
from app.custody.queries.scan.looking import Looking, Thing
from app.custody.queries.scan.stops import ScanStop, void_print
from app.custody.queries.scan.things import READERS
from app.custody.schemas import ScanAnything
from app.db.models import Label, Site
from app.domain.actor import Actor
from app.domain.errors import Invalid, NearMiss, NotFound, Refusal
from app.domain.gs1 import Gs1Code
from app.domain.identifiers import Kind
from app.domain.isbt128 import named
from app.domain.roles import Action
from app.domain.scan import OwnCode
from app.domain.scan_refusal import ScanRefusal
from app.domain.states import LabelState
from app.identity.queries.scanning import read_scan
from app.patients.queries.acts import Act, may
from app.patients.queries.banner import Banner, banner_of_patient
from app.web import formats

STEP: Final = "scan anything"
MOST_ACTS: Final = 3
_LABELLED: Final = frozenset({Kind.WRISTBAND, Kind.COLLECTION, Kind.VESSEL, Kind.SAMPLE, Kind.PLATE, Kind.BAG})


@dataclass(frozen=True, slots=True)
class ScanCard:
    """The answer to a scan. With `stop` set it is the STOP surface, and `acts` leads only to the record."""

    code: str
    code_text: str
    kind: str
    thing: Thing
    patient: Banner | None
    acts: tuple[Act, ...]
    stop: ScanStop | None


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """A card for the API."""

    code: str
    kind: str
    title: str
    state: str
    patient_code: str | None
    last_link: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class StopSurface:
    """The whole STOP surface of a scan."""

    where: str
    patient: Banner | None
    sentence: str
    acts: tuple[Markup, ...]
    near_miss: str
    at: str
    who: str
    record: Act | None


def scan_card(db: Connection, asked: ScanAnything, actor: Actor, now: datetime, zone: str) -> ScanCard:
    """The card of a scanned text, or the refusal that says which kind of code it saw."""
    code, scanned_as = _read(db, asked)
    reader = READERS.get(code.kind)
    thing = None if reader is None else reader(Looking(db, code.code, actor, now, zone))
    if thing is None:
        raise _unknown(db, code)
    if scanned_as:
        thing = replace(thing, facts=(("Scanned", scanned_as), *thing.facts))
    prints = _prints(db, code)
    stop = thing.stop
    if prints.get(code.print_number or 0) in _GONE:
        stop = void_print(code.text, code.print_number or 0, [n for n in prints if prints[n] is LabelState.APPLIED])
    label = () if stop is not None or code.kind not in _LABELLED else _label_acts(code, prints, actor)
    return ScanCard(
        code=code.code,
        code_text=code.text,
        kind=code.kind.word,
        thing=thing,
        patient=None if thing.patient_code is None else banner_of_patient(db, thing.patient_code, now, zone),
        acts=(*thing.acts, *label)[:MOST_ACTS],
        stop=stop,
    )


def judged_scan(db: Connection, asked: ScanAnything, actor: Actor, now: datetime, zone: str) -> ScanCard | None:
    """The card of a scanned text, or None where it is refused; the refusal itself is kept by `keep_stop`."""
    try:
        return scan_card(db, asked, actor, now, zone)
    except Refusal:
        return None


def scan_answer(card: ScanCard) -> ScanAnswer:
    """The card without its pictures."""
    thing = card.thing
    return ScanAnswer(card.code, card.kind, thing.title, thing.chip.word, thing.patient_code, thing.last, card.acts)


def stop_surface(
    card: ScanCard, near_miss: str | None, actor: Actor, where: str, telephone: str, now: datetime, zone: str
) -> StopSurface:
    """The STOP of a card, with the near miss it left."""
    assert card.stop is not None, "a card without STOP is shown as a card"
    number = Markup('<b class="nb">{}</b>').format(telephone)
    return StopSurface(
        where=where,
        patient=None if card.patient is None else replace(card.patient, gender="", weight=""),
        sentence=card.stop.sentence,
        acts=tuple(escape(act).format(telephone=number) for act in card.stop.acts),
        near_miss=(near_miss or "").removeprefix("NM-"),
        at=f"{formats.local(now, zone):%H:%M:%S}",
        who=formats.short_person(actor.full_name),
        record=card.acts[-1] if card.acts else None,
    )


_GONE: Final = frozenset({LabelState.VOID, LabelState.SPOILED, LabelState.DESTROYED})


def _read(db: Connection, asked: ScanAnything) -> tuple[OwnCode, str]:
    """Our own code of the thing that was scanned, and the name of the code where it was one of ISBT 128."""
    parsed, settings = read_scan(db, asked.code, is_typed=asked.is_typed)
    if isinstance(parsed, ScanRefusal):
        near_miss = NearMiss(parsed.category.value, STEP)
        raise Invalid(parsed.category.value, parsed.sentence, field="scanned", near_miss=near_miss)
    if isinstance(parsed, OwnCode):
        return parsed, ""
    if isinstance(parsed, Gs1Code):
        raise _makers(parsed)
    return belongs_to(db, parsed, settings, STEP), named(parsed)


def _makers(code: Gs1Code) -> Invalid:
    what = f" {formats.NBSP.join(('of article', code.gtin))}" if code.gtin else ""
    return Invalid(
        "gs1_code",
        f"This is a maker's GS1 code{what}, not a code of ours. Scan the label the laboratory put on it.",
        field="scanned",
        near_miss=NearMiss("gs1_code", STEP),
    )


def _unknown(db: Connection, code: OwnCode) -> NotFound:
    here = db.execute(select(Site.code)).scalar_one()
    if code.site != here:
        return NotFound(
            "unknown_site",
            f"{code.text} is the code of a {code.kind.word} of site {code.site}; this is site {here}. Put it aside and"
            " ask the supervisor where it comes from.",
            field="scanned",
            near_miss=NearMiss("unknown_site", STEP, scanned=code.code),
        )
    return NotFound(
        "not_on_file",
        f"{code.text} is the code of a {code.kind.word}, but none is on file under it. Check the label, or take it to"
        " the supervisor.",
        field="scanned",
        near_miss=NearMiss("not_on_file", STEP, scanned=code.code),
    )


def _prints(db: Connection, code: OwnCode) -> dict[int, LabelState]:
    """Every print of the label of this thing; unique index on code and print number."""
    if code.kind not in _LABELLED:
        return {}
    return {row.print_number: row.state for row in db.execute(_PRINTS, {"code": code.code})}


_PRINTS: Final = select(Label.print_number, Label.state).where(Label.code == bindparam("code"))


def _label_acts(code: OwnCode, prints: dict[int, LabelState], actor: Actor) -> tuple[Act, ...]:
    if LabelState.APPLIED in prints.values() or not may(actor, Action.PRINT_LABEL):
        return ()
    return (Act(f"/labels/{code.code}", "Label it"),)
