"""A collection's arrival in the laboratory: handed over, inspected, then accepted, quarantined or rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.collection.commands.run import CollectionFact, moved, name_of, shown, whole
from app.collection.records import quarantine_acceptance, rejection
from app.collection.schemas import (
    AcceptCollection,
    AcceptQuarantinedCollection,
    ReceiveCollection,
    RejectCollection,
    StopCollection,
)
from app.db.models import Collection, CollectionReceipt, Course, Deviation, Label, Site
from app.db.transaction import Transaction, command
from app.deviations.opening import open_deviation
from app.domain.actor import Actor
from app.domain.collection import require_kept_cool, require_passed, require_storage
from app.domain.entry import accept_entry
from app.domain.errors import Mismatch, NearMiss, NotAllowed, WrongState
from app.domain.identifiers import Kind
from app.domain.limits import judge
from app.domain.reasons import require_reason
from app.domain.roles import Action, Role
from app.domain.states import CollectionAct, CollectionState, LabelState
from app.domain.vocabulary import DeviationClass, DeviationState, Disposition, Inspection
from app.identity.queries.scanning import expect_here
from app.identity.signing import second_person, sign
from app.patients.standing import going_on


@dataclass(frozen=True, slots=True)
class CollectionReceived:
    """The collection that was received, and whether every line of its inspection passed."""

    collection_code: str
    has_passed: bool


@command
def receive_collection(tx: Transaction, actor: Actor, asked: ReceiveCollection) -> CollectionReceived:
    """Take a collection over from the person who brings it, by its label, with the inspection of what arrived.

    Neither hold nor withdrawal stops this: a collection that has arrived must be in the record to be rejected.
    """
    tx.permit(actor, Action.RECEIVE_COLLECTION)
    collection = shown(tx, asked)
    state = moved(collection, CollectionAct.RECEIVE)
    _scanned_label(tx, collection, asked.scanned)
    giver = second_person(tx, actor, asked, Action.PERFORM_COLLECTION)
    require_storage(asked.temperature_c, asked.out_of_storage_min)
    limits = tx.session.execute(select(Site.storage_lowest_c, Site.storage_highest_c)).one()
    require_kept_cool(asked.temperature, asked.temperature_c, *limits)
    judged = {"volume_ml": judge("collection_volume_ml", asked.volume_ml)}
    entry = accept_entry(asked.received_at, tx.now, asked.reason, field="received_at", values=judged)
    if entry.why is not None:
        tx.because(entry.why, asked.reason)
    receipt = CollectionReceipt(
        course_id=collection.course_id,
        patient_id=collection.patient_id,
        collection_id=collection.id,
        received_at=entry.at,
        recorded_at=tx.now,
        given_by_id=giver.user_id,
        received_by_id=actor.user_id,
        temperature_c=asked.temperature_c,
        out_of_storage_min=asked.out_of_storage_min,
        volume_ul=whole(asked.volume_ml * 1000, "volume_ml"),
        note=asked.note,
        **asked.inspection,
    )
    tx.session.add(receipt)
    tx.session.flush()
    collection.state = state
    return CollectionReceived(collection.code, set(asked.inspection.values()) == {Inspection.PASS})


@command
def accept_collection(tx: Transaction, actor: Actor, asked: AcceptCollection) -> CollectionFact:
    """Accept a collection for culture, by two persons. Refused unless every line of its inspection passes."""
    tx.permit(actor, Action.ACCEPT_COLLECTION)
    collection = shown(tx, asked)
    if collection.state is CollectionState.QUARANTINED:
        raise WrongState("in_quarantine", f"{name_of(collection)} is in quarantine. QA accepts or rejects it.")
    course = going_on(tx, collection.course_id, step="accept_collection")
    state = moved(collection, CollectionAct.ACCEPT)
    require_passed(_inspection(tx, collection), collection.code, course.code)
    other = second_person(tx, actor, asked, Action.ACCEPT_COLLECTION)
    collection.accepted_by_id, collection.accepted_with_id = actor.user_id, other.user_id
    collection.state = state
    return CollectionFact(collection.code, state)


@command
def accept_quarantined_collection(tx: Transaction, actor: Actor, asked: AcceptQuarantinedCollection) -> CollectionFact:
    """Accept a collection out of quarantine, by QA's signature, after its deviations were closed for use."""
    tx.permit(actor, Action.ACCEPT_COLLECTION)
    if tx.role is not Role.QA:
        raise NotAllowed("not_permitted", "Only QA accepts a collection out of quarantine. Ask QA to do it.")
    collection = shown(tx, asked)
    going_on(tx, collection.course_id, step="accept_collection")
    if collection.state is not CollectionState.QUARANTINED:
        raise WrongState("not_in_quarantine", f"{name_of(collection)} is not in quarantine. Look at its page again.")
    _require_closed_for_use(tx, collection)
    sign(tx, actor, asked, quarantine_acceptance(tx.session.connection(), collection.code))
    collection.accepted_by_id, collection.state = actor.user_id, moved(collection, CollectionAct.ACCEPT)
    return CollectionFact(collection.code, collection.state)


@command
def quarantine_collection(tx: Transaction, actor: Actor, asked: StopCollection) -> CollectionFact:
    """Set a received collection apart and open a deviation about it. QA decides what becomes of it."""
    tx.permit(actor, Action.QUARANTINE_COLLECTION)
    collection = shown(tx, asked)
    state = moved(collection, CollectionAct.QUARANTINE)
    reason = require_reason(asked.reason, "A quarantine opens a deviation.")
    tx.because("collection_quarantined", reason)
    lines = _inspection(tx, collection)
    found = ", ".join(f"{line}: {result}" for line, result in lines.items() if result is not Inspection.PASS)
    what = f"Quarantined on receipt ({found or 'every line passed'}). {reason}"
    open_deviation(tx, actor, collection, grade=DeviationClass.MAJOR, what=what)
    collection.state = state
    return CollectionFact(collection.code, state)


@command
def reject_collection(tx: Transaction, actor: Actor, asked: RejectCollection) -> CollectionFact:
    """Reject a received or quarantined collection, by signature. Its cells are never cultured."""
    tx.permit(actor, Action.REJECT_COLLECTION)
    collection = shown(tx, asked)
    state = moved(collection, CollectionAct.REJECT)
    tx.because("collection_rejected", require_reason(asked.reason, "The reason says what becomes of the cells."))
    sign(tx, actor, asked, rejection(tx.session.connection(), collection.code))
    collection.state = state
    return CollectionFact(collection.code, state)


def _scanned_label(tx: Transaction, collection: Collection, raw: str) -> None:
    """Refuse unless the label on the container that arrived is the one in force for this very collection."""
    step = "receive_collection"
    scanned = expect_here(tx, raw, Kind.COLLECTION, step=step)
    course_code = tx.session.get_one(Course, collection.course_id).code
    if scanned.code != collection.code:
        near = NearMiss("wrong_collection", step, course_code=course_code, scanned=scanned.code)
        sentence = f"This label is {scanned.text}, not {name_of(collection)}. Look for the right container."
        raise Mismatch("wrong_collection", sentence, field="scanned", near_miss=near)
    if scanned.print_number is not None:
        look = select(Label.state).where(Label.code == scanned.code, Label.print_number == scanned.print_number)
        if tx.session.execute(look).scalar_one_or_none() is not LabelState.APPLIED:
            near = NearMiss("void_label", step, course_code=course_code, scanned=scanned.code)
            raise Mismatch(
                "void_label", "This print of the label is not in force. Do not take it over.", near_miss=near
            )


def _inspection(tx: Transaction, collection: Collection) -> Mapping[str, Inspection]:
    receipt = tx.session.execute(
        select(CollectionReceipt).where(CollectionReceipt.collection_id == collection.id)
    ).scalar_one()
    return {
        "integrity": receipt.integrity,
        "temperature": receipt.temperature,
        "identity": receipt.identity,
        "label": receipt.label,
        "time out of storage": receipt.time_out_of_storage,
    }


def _require_closed_for_use(tx: Transaction, collection: Collection) -> None:
    look = select(Deviation.state, Deviation.disposition).where(
        Deviation.course_id == collection.course_id, Deviation.about == collection.code
    )
    found = tx.session.execute(look).all()
    if any(state is DeviationState.OPEN for state, _ in found):
        raise WrongState("deviation_open", f"A deviation about {name_of(collection)} is open. QA closes it first.")
    dispositions = {disposition for _, disposition in found}
    if Disposition.REJECT in dispositions or not dispositions & {Disposition.USE, Disposition.USE_WITH_REASON}:
        raise WrongState("not_for_use", f"The deviations about {name_of(collection)} do not let it be used. Reject it.")
