"""Putting ISBT 128 numbers of a collection on record. They find it again; every step still asks for our own code."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.collection.commands.run import name_of, shown
from app.collection.queries.numbers import WORDS, number_on_file
from app.collection.schemas import RecordIsbtNumber
from app.db.models import Collection, Course, IsbtNumber
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import Duplicate, Invalid, Mismatch, NearMiss, WrongState
from app.domain.identifiers import Kind, display
from app.domain.isbt128 import IsbtElement, IsbtMessage, element_of, no_bag, not_for_demo, numbers_of
from app.domain.roles import Action
from app.domain.scan_refusal import ScanRefusal
from app.domain.states import CollectionState
from app.identity.queries.scanning import expect_here, read_scan
from app.identity.signing import second_person

STEP = "record_isbt_number"
_ENDED = frozenset({CollectionState.CANCELLED, CollectionState.ABANDONED, CollectionState.REJECTED})


@dataclass(frozen=True, slots=True)
class NumbersRecorded:
    """The collection, and which numbers were put on record now."""

    collection_code: str
    numbers: tuple[str, ...]


@command
def record_isbt_number(tx: Transaction, actor: Actor, asked: RecordIsbtNumber) -> NumbersRecorded:
    """Put donation number and chain of identity on record, as they stand on the container beside our own label."""
    tx.permit(actor, Action.RECEIVE_COLLECTION)
    collection = shown(tx, asked)
    course_code = tx.session.get_one(Course, collection.course_id).code
    if collection.state in _ENDED:
        raise WrongState("collection_ended", f"{name_of(collection)} has ended. It takes no number any more.")
    own = expect_here(tx, asked.scanned, Kind.COLLECTION, step=STEP)
    if own.code != collection.code:
        near = NearMiss("wrong_collection", STEP, course_code, scanned=own.code)
        sentence = f"This label is {own.text}, not {name_of(collection)}. Look for the right container."
        raise Mismatch("wrong_collection", sentence, field="scanned", near_miss=near)
    numbers = _numbers(tx, asked.isbt, course_code)
    other = second_person(tx, actor, asked, Action.RECEIVE_COLLECTION)
    new = [each for each in numbers.items() if not _is_on_file(tx, *each, collection, course_code)]
    if not new:
        raise Duplicate("recorded_already", f"{name_of(collection)} has this number already. Nothing was changed.")
    for structure, number in new:
        tx.session.add(_row(tx, collection, structure, number, actor.user_id, other.user_id))
    return NumbersRecorded(collection.code, tuple(number for _, number in new))


def _row(tx: Transaction, collection: Collection, structure: str, number: str, by_id: int, with_id: int) -> IsbtNumber:
    return IsbtNumber(
        course_id=collection.course_id,
        patient_id=collection.patient_id,
        collection_id=collection.id,
        structure=structure,
        number=number,
        recorded_by_id=by_id,
        confirmed_by_id=with_id,
        recorded_at=tx.now,
    )


def _numbers(tx: Transaction, raw: str, course_code: str) -> dict[str, str]:
    """The numbers of a scan that stands on a container, by structure. A tube, a record, another scheme: refused."""
    parsed, settings = read_scan(tx.session.connection(), raw)
    if isinstance(parsed, ScanRefusal):
        near = NearMiss(parsed.category.value, STEP, course_code)
        raise Invalid(parsed.category.value, parsed.sentence, field="isbt", near_miss=near)
    code, sentence = "wrong_kind", "This is no donation number and no chain of identity. Scan the ISBT 128 label."
    numbers: dict[str, str] = {}
    if settings.isbt128 is not None and isinstance(parsed, IsbtElement | IsbtMessage):
        foreign, donation = not_for_demo(parsed, settings.isbt128), element_of(parsed, "001")
        tube = None if donation is None else no_bag(donation, settings.isbt128, in_laboratory=True)
        numbers = {} if foreign or tube else numbers_of(parsed)
        code = "not_validation_fin" if foreign else code
        sentence = foreign or tube or sentence
    if not numbers:
        raise Mismatch(code, sentence, field="isbt", near_miss=NearMiss(code, STEP, course_code))
    return numbers


def _is_on_file(tx: Transaction, structure: str, number: str, collection: Collection, course_code: str) -> bool:
    """Whether the number stands where it belongs; refused where it belongs elsewhere, or another stands here."""
    there = number_on_file(tx.session.connection(), number)
    if there is not None and there.course_code != course_code:
        near = NearMiss("wrong_patient", STEP, course_code)
        sentence = f"This {WORDS[structure]} belongs to another patient's course. Stop. Ask whose container this is."
        raise Mismatch("wrong_patient", sentence, field="isbt", near_miss=near)
    if there is not None and structure == "001" and there.collection_code != collection.code:
        near = NearMiss("wrong_collection", STEP, course_code, scanned=there.collection_code)
        sentence = f"This donation number belongs to collection {display(there.collection_code)}. Look at the label."
        raise Mismatch("wrong_collection", sentence, field="isbt", near_miss=near)
    if there is not None:
        return True
    owner = IsbtNumber.course_id == collection.course_id
    if structure == "001":
        owner = IsbtNumber.collection_id == collection.id
    kept = tx.session.execute(select(IsbtNumber.number).where(owner, IsbtNumber.structure == structure)).scalar()
    if kept is not None:
        near = NearMiss("another_number", STEP, course_code)
        sentence = f"{name_of(collection)} has the {WORDS[structure]} {kept}, not this one. Take it to the supervisor."
        raise Mismatch("another_number", sentence, field="isbt", near_miss=near)
    return False
