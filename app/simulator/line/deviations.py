"""Deviations closed and holds lifted by QA, by the real commands."""

from __future__ import annotations

from app.deviations import commands
from app.deviations.records import closing_record, lifting_record
from app.deviations.schemas import CloseDeviation, ClosingWords, LiftHold, PlaceHold, RaiseDeviation
from app.domain.vocabulary import DeviationClass, Disposition
from app.simulator.laboratory import Laboratory
from app.simulator.people import QUENTIN, TARA, Person

DESK = "QA desk"


def raised_deviation(lab: Laboratory, about: str, who: Person = TARA) -> str:
    """A minor deviation about a thing; its number."""
    asked = RaiseDeviation(about=about, grade=DeviationClass.MINOR, what="it stood outside the store for an hour")
    return lab.act(who, commands.raise_deviation, asked).number


def close_request(
    lab: Laboratory, number: str, disposition: Disposition = Disposition.USE, who: Person = QUENTIN
) -> CloseDeviation:
    """The signed closing of a deviation."""
    words = ClosingWords(
        number=number,
        cause="a door left open",
        effect="none found",
        action="an alarm was put on the door",
        disposition=disposition,
    )
    signed = lab.signed(who, lab.read(closing_record, words).sha256)
    return CloseDeviation.model_validate(words.model_dump() | signed)


def closed_deviation(lab: Laboratory, number: str, disposition: Disposition = Disposition.USE) -> None:
    """A deviation closed by Quentin."""
    lab.act(QUENTIN, commands.close_deviation, close_request(lab, number, disposition), station=DESK)


def placed_hold(lab: Laboratory, about: str, who: Person = TARA) -> int:
    """A hold on a course, or on a lot; its number."""
    asked = PlaceHold(about=about, reason="a question about the incubator")
    return lab.act(who, commands.place_hold, asked).hold_id


def lift_request(lab: Laboratory, hold_id: int, who: Person = QUENTIN) -> LiftHold:
    """The signed lifting of a hold."""
    return LiftHold(hold_id=hold_id, **lab.signed(who, lab.read(lifting_record, hold_id).sha256))


def lifted_hold(lab: Laboratory, hold_id: int) -> None:
    """A hold lifted by Quentin."""
    lab.act(QUENTIN, commands.lift_hold, lift_request(lab, hold_id), station=DESK)
