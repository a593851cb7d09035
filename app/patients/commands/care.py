"""What is known of a patient before and during a course: weight, consent, allergy. Not the order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import exists, select

from app.db.finding import load
from app.db.models import Allergy, BodyWeight, Consent, Course, Patient
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.body import weight_change_percent
from app.domain.entry import accept_entry
from app.domain.errors import Duplicate, Invalid, Mismatch, NearMiss, NotFound, WrongState
from app.domain.identifiers import display
from app.domain.independence import require_another_person
from app.domain.limits import Judgement, judge
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.vocabulary import ConsentKind
from app.patients.schemas import RecordAllergy, RecordConsent, RecordWeight, VerifyWeight, WithdrawConsent


@dataclass(frozen=True, slots=True)
class AllergyRecorded:
    """The allergy's key."""

    allergy_id: int


@dataclass(frozen=True, slots=True)
class WeightFact:
    """The weight's key, and whether a second person has confirmed it."""

    weight_id: int
    is_verified: bool


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """The consent's key, and whether it stands."""

    consent_id: int
    stands: bool


@command
def record_allergy(tx: Transaction, actor: Actor, asked: RecordAllergy) -> AllergyRecorded:
    """Note a substance the patient reacts to; it is checked against the medium before a culture is seeded."""
    tx.permit(actor, Action.RECORD_ALLERGY)
    patient = load(tx, Patient, asked.patient_code)
    substance = " ".join(asked.substance.lower().split())
    known = exists().where(Allergy.patient_id == patient.id, Allergy.substance == substance, Allergy.ended_at.is_(None))
    if tx.session.execute(select(known)).scalar_one():
        raise Duplicate("allergy_known", f"The allergy to {substance} is on record already.", field="substance")
    allergy = Allergy(
        patient_id=patient.id, substance=substance, recorded_at=tx.now, recorded_by_id=actor.user_id, ended_at=None
    )
    tx.session.add(allergy)
    tx.session.flush()
    return AllergyRecorded(allergy.id)


@command
def record_weight(tx: Transaction, actor: Actor, asked: RecordWeight) -> WeightFact:
    """Enter a body weight. It stays unverified, and no dose may rest on it, until another person reads it again."""
    tx.permit(actor, Action.RECORD_WEIGHT)
    course = load(tx, Course, asked.course_code)
    judged = {"weight_kg": _against_limits(tx, course, asked.weight_kg)}
    entry = accept_entry(asked.measured_at, tx.now, asked.reason, field="measured_at", values=judged)
    if entry.why is not None:
        tx.because(entry.why, asked.reason)
    weight = BodyWeight(
        course_id=course.id,
        patient_id=course.patient_id,
        weight_g=_grams(asked.weight_kg),
        measured_at=entry.at,
        entered_by_id=actor.user_id,
        verified_by_id=None,
        reason=asked.reason if entry.why is not None else None,
    )
    tx.session.add(weight)
    tx.session.flush()
    return WeightFact(weight.id, is_verified=False)


@command
def verify_weight(tx: Transaction, actor: Actor, asked: VerifyWeight) -> WeightFact:
    """Enter the same weight again, unseen. Equal: verified. Different: refused, and both persons look again."""
    tx.permit(actor, Action.RECORD_WEIGHT)
    course = load(tx, Course, asked.course_code)
    weight = tx.session.get(BodyWeight, asked.weight_id, with_for_update=True)
    if weight is None or weight.course_id != course.id:
        raise NotFound(
            "not_on_file", f"No such weight is on file in course {display(course.code)}. Load the page again."
        )
    require_another_person(weight.entered_by_id, actor.user_id, "verify a weight")
    if weight.verified_by_id is not None:
        raise WrongState("weight_verified", "This weight is verified already. Nothing is left to do.")
    if asked.weight_kg * 1000 != weight.weight_g:
        near = NearMiss("entries_differ", "verify_weight", course_code=course.code)
        sentence = "The two entries differ. Read the scale together; if the first was wrong, enter the weight anew."
        raise Mismatch("entries_differ", sentence, field="weight_kg", near_miss=near)
    weight.verified_by_id = actor.user_id
    return WeightFact(weight.id, is_verified=True)


@command
def record_consent(tx: Transaction, actor: Actor, asked: RecordConsent) -> ConsentFact:
    """Record that the patient agreed, to treatment or to research."""
    tx.permit(actor, Action.RECORD_CONSENT)
    course = load(tx, Course, asked.course_code)
    if _standing_consent(tx, course, asked.kind) is not None:
        raise Duplicate("consent_stands", f"A consent to {asked.kind.value} is on record already.", field="kind")
    entry = accept_entry(asked.given_at, tx.now, asked.reason, field="given_at")
    if entry.why is not None:
        tx.because(entry.why, asked.reason)
    consent = Consent(
        course_id=course.id,
        patient_id=course.patient_id,
        kind=asked.kind,
        given_at=entry.at,
        recorded_by_id=actor.user_id,
        withdrawn_at=None,
    )
    tx.session.add(consent)
    tx.session.flush()
    return ConsentFact(consent.id, stands=True)


@command
def withdraw_consent(tx: Transaction, actor: Actor, asked: WithdrawConsent) -> ConsentFact:
    """Record that the patient no longer agrees. From now on nothing moves towards the patient in this course."""
    tx.permit(actor, Action.RECORD_CONSENT)
    course = load(tx, Course, asked.course_code)
    tx.because("consent_withdrawn", require_reason(asked.reason, "A withdrawal stops the whole line."))
    consent = _standing_consent(tx, course, asked.kind)
    if consent is None:
        raise WrongState("no_consent", f"No consent to {asked.kind.value} stands in course {display(course.code)}.")
    consent.withdrawn_at = tx.now
    return ConsentFact(consent.id, stands=False)


def _against_limits(tx: Transaction, course: Course, weight_kg: Decimal) -> Judgement:
    """The graver of two judgements: the weight itself, and its change since the last one of the course."""
    itself = judge("body_weight_kg", weight_kg)
    look = select(BodyWeight.weight_g).where(BodyWeight.course_id == course.id)
    last_g = tx.session.execute(
        look.order_by(BodyWeight.measured_at.desc(), BodyWeight.id.desc()).limit(1)
    ).scalar_one_or_none()
    if last_g is None or itself.grade.value != "ok":
        return itself
    return judge("weight_change_percent", weight_change_percent(Decimal(last_g) / 1000, weight_kg))


def _grams(weight_kg: Decimal) -> int:
    weight_g = weight_kg * 1000
    if weight_g != weight_g.to_integral_value():
        raise Invalid("weight_too_fine", "Give the weight in kg with at most three decimals.", field="weight_kg")
    return int(weight_g)


def _standing_consent(tx: Transaction, course: Course, kind: ConsentKind) -> Consent | None:
    look = select(Consent).where(Consent.course_id == course.id, Consent.kind == kind, Consent.withdrawn_at.is_(None))
    return tx.session.execute(look).scalar_one_or_none()
