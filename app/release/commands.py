"""Reviewing, deciding and acknowledging: each evaluates the lot again inside its own transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.custody.links import move_bag
from app.db.finding import load
from app.db.models import (
    Bag,
    DecisionBag,
    DecisionPending,
    LedgerHead,
    ProductLot,
    RecordReview,
    ReleaseDecision,
)
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.errors import Invalid, WrongState
from app.domain.identifiers import display
from app.domain.independence import Part, require_independent
from app.domain.reasons import require_reason
from app.domain.release import require_conditional_parts, require_outcome
from app.domain.roles import Action
from app.domain.signing import Meaning
from app.domain.states import (
    DECISION,
    LOT,
    BagAct,
    BagState,
    DecisionAct,
    DecisionState,
    LotAct,
    LotState,
    next_state,
)
from app.domain.vocabulary import ReleaseKind
from app.identity.signing import Signable, enrolled_station, sign
from app.release.judged import (
    NO_STATION,
    ReleaseCase,
    acknowledgement_statement,
    decision_statement,
    parts_in,
    release_case,
    review_statement,
)
from app.release.schemas import AcknowledgeRelease, DecideRelease, ReviewRecord

_ACTIONS = {
    ReleaseKind.RELEASE: (Action.RELEASE_LOT, Meaning.RELEASED),
    ReleaseKind.CONDITIONAL: (Action.RELEASE_CONDITIONALLY, Meaning.RELEASED),
    ReleaseKind.REJECT: (Action.REJECT_LOT, Meaning.REJECTED),
}


@dataclass(frozen=True, slots=True)
class LotReviewed:
    """The lot whose record was reviewed."""

    lot_code: str


@dataclass(frozen=True, slots=True)
class LotDecided:
    """What was decided about a lot, and where lot and decision stand now."""

    lot_code: str
    kind: ReleaseKind
    decision_number: int
    decision_state: DecisionState
    lot_state: LotState


@command
def review_record(tx: Transaction, actor: Actor, asked: ReviewRecord) -> LotReviewed:
    """QA signs that batch record and audit trail were reviewed as they stand. Refused to who wrote them."""
    tx.permit(actor, Action.REVIEW_RECORD)
    case = _case(tx, asked.lot_code)
    require_independent(actor.user_id, _parts(tx, case), "review this record", case.lot.course_code)
    what = Signable(
        Meaning.REVIEWED,
        review_statement(case),
        f"product_lot:{case.lot.id}",
        case.record,
        case.lot.course_id,
        case.lot.patient_id,
    )
    signature = sign(tx, actor, asked, what)
    stream = f"course:{case.lot.course_code}"
    version = tx.session.execute(select(LedgerHead.version).where(LedgerHead.stream == stream)).scalar_one()
    review = RecordReview(
        course_id=case.lot.course_id,
        patient_id=case.lot.patient_id,
        product_lot_id=case.lot.id,
        ledger_version=version,
        reviewed_by_id=actor.user_id,
        reviewed_at=tx.now,
        signature_id=signature.id,
    )
    tx.session.add(review)
    return LotReviewed(case.lot.code)


@command
def decide_release(tx: Transaction, actor: Actor, asked: DecideRelease) -> LotDecided:
    """Sign a release, a conditional release or a rejection. The evidence is judged again before the signature."""
    if asked.kind not in _ACTIONS:
        raise Invalid("exceptional_not_here", "An exceptional release has its own page with its five parts.")
    action, meaning = _ACTIONS[asked.kind]
    tx.permit(actor, action)
    if asked.kind is not ReleaseKind.REJECT:
        enrolled_station(actor, "release", NO_STATION)
    lot = load(tx, ProductLot, asked.lot_code)
    case = _case(tx, asked.lot_code)
    require_independent(actor.user_id, _parts(tx, case), "decide about this lot", case.lot.course_code)
    reason = _require_parts(tx, case, asked)
    what = Signable(
        meaning,
        decision_statement(case, asked.kind),
        f"product_lot:{lot.id}",
        case.record,
        lot.course_id,
        lot.patient_id,
    )
    signature = sign(tx, actor, asked, what)
    _withdraw_waiting(tx, lot)
    decision = _decision(tx, actor, case, asked, reason, signature.id)
    if asked.kind is not ReleaseKind.CONDITIONAL:
        _take_effect(tx, actor, lot, decision)
    return LotDecided(lot.code, asked.kind, decision.number, decision.state, lot.state)


@command
def acknowledge_release(tx: Transaction, actor: Actor, asked: AcknowledgeRelease) -> LotDecided:
    """The physician acknowledges what is pending; the conditional release takes effect if the evidence still agrees."""
    tx.permit(actor, Action.ACKNOWLEDGE_CONDITIONAL_RELEASE)
    lot = load(tx, ProductLot, asked.lot_code)
    decision = _waiting(tx, lot)
    case = _case(tx, asked.lot_code)
    require_outcome(case.evaluation, decision.kind)
    what = Signable(
        Meaning.ACKNOWLEDGED,
        acknowledgement_statement(case),
        f"release_decision:{decision.id}",
        case.record,
        lot.course_id,
        lot.patient_id,
    )
    decision.acknowledgement_id = sign(tx, actor, asked, what).id
    decision.acknowledged_by_id = actor.user_id
    _take_effect(tx, actor, lot, decision)
    return LotDecided(lot.code, decision.kind, decision.number, decision.state, lot.state)


def _case(tx: Transaction, lot_code: str) -> ReleaseCase:
    return release_case(tx.session.connection(), lot_code, tx.now)


def _parts(tx: Transaction, case: ReleaseCase) -> tuple[Part, ...]:
    return parts_in(tx.session.connection(), case.lot.id, case.lot.culture_id)


def _require_parts(tx: Transaction, case: ReleaseCase, asked: DecideRelease) -> str | None:
    require_outcome(case.evaluation, asked.kind)
    if asked.kind is ReleaseKind.CONDITIONAL:
        require_conditional_parts(case.evaluation, action_plan=asked.action_plan, on_call_contact=asked.contact)
    if asked.kind is not ReleaseKind.REJECT:
        return asked.reason
    reason = require_reason(asked.reason, "A rejection needs a reason.")
    tx.because("rejected", reason)
    return reason


def _decision(
    tx: Transaction, actor: Actor, case: ReleaseCase, asked: DecideRelease, reason: str | None, signature_id: int
) -> ReleaseDecision:
    last = select(func.max(ReleaseDecision.number)).where(ReleaseDecision.product_lot_id == case.lot.id)
    decision = ReleaseDecision(
        course_id=case.lot.course_id,
        patient_id=case.lot.patient_id,
        product_lot_id=case.lot.id,
        number=(tx.session.execute(last).scalar_one() or 0) + 1,
        kind=asked.kind,
        state=DecisionState.SIGNED,
        specification_id=case.lot.specification_id,
        outcome=case.evaluation.outcome,
        evaluation=case.record,
        evaluation_sha256=asked.record_sha256,
        evidence_valid_until=case.evaluation.valid_until,
        reason=reason,
        action_plan=asked.action_plan,
        contact=asked.contact,
        signed_by_id=actor.user_id,
        signature_id=signature_id,
    )
    tx.session.add(decision)
    tx.session.flush()
    _name_bags_and_pending(tx, case, decision)
    return decision


def _name_bags_and_pending(tx: Transaction, case: ReleaseCase, decision: ReleaseDecision) -> None:
    line = {"course_id": case.lot.course_id, "patient_id": case.lot.patient_id, "release_decision_id": decision.id}
    for bag in case.bags:
        tx.session.add(DecisionBag(**line, product_lot_id=case.lot.id, bag_id=bag.id, is_effective=False))
    for judgement in case.evaluation.pending:
        due = judgement.deciding.due_at if judgement.deciding is not None else None
        criterion = judgement.criterion
        tx.session.add(DecisionPending(**line, test=criterion.test, criterion=criterion.title, due_at=due))
    tx.session.flush()


def _withdraw_waiting(tx: Transaction, lot: ProductLot) -> None:
    """A decision that waits for the physician is stale once another is signed; nobody acknowledges the old one."""
    look = select(ReleaseDecision).where(
        ReleaseDecision.product_lot_id == lot.id, ReleaseDecision.state == DecisionState.SIGNED
    )
    for earlier in tx.session.execute(look).scalars():
        earlier.state = next_state(DECISION, earlier.state, DecisionAct.GO_STALE, "The earlier decision")
    tx.session.flush()


def _waiting(tx: Transaction, lot: ProductLot) -> ReleaseDecision:
    look = select(ReleaseDecision).where(
        ReleaseDecision.product_lot_id == lot.id,
        ReleaseDecision.state == DecisionState.SIGNED,
        ReleaseDecision.kind == ReleaseKind.CONDITIONAL,
    )
    decision = tx.session.execute(look.order_by(ReleaseDecision.number.desc()).limit(1)).scalar_one_or_none()
    if decision is None:
        raise WrongState("nothing_to_acknowledge", f"No conditional release of lot {display(lot.code)} waits for you.")
    return decision


def _take_effect(tx: Transaction, actor: Actor, lot: ProductLot, decision: ReleaseDecision) -> None:
    _supersede(tx, lot, decision)
    what = f"The decision about lot {display(lot.code)}"
    decision.effective_at = tx.now
    decision.state = next_state(DECISION, decision.state, DecisionAct.TAKE_EFFECT, what)
    tx.session.flush()
    lot.state = next_state(LOT, lot.state, _lot_act(lot, decision), f"Lot {display(lot.code)}")
    tx.session.flush()
    if decision.kind is not ReleaseKind.REJECT:
        _make_bags_available(tx, actor, decision)


def _supersede(tx: Transaction, lot: ProductLot, decision: ReleaseDecision) -> None:
    look = select(ReleaseDecision).where(
        ReleaseDecision.product_lot_id == lot.id,
        ReleaseDecision.state == DecisionState.EFFECTIVE,
        ReleaseDecision.id != decision.id,
    )
    for earlier in tx.session.execute(look).scalars():
        for named in _named(tx, earlier):
            named.is_effective = False
        earlier.state = next_state(DECISION, earlier.state, DecisionAct.SUPERSEDE, "The earlier decision")
    tx.session.flush()


def _lot_act(lot: ProductLot, decision: ReleaseDecision) -> LotAct:
    if decision.kind is ReleaseKind.CONDITIONAL:
        return LotAct.RELEASE_CONDITIONALLY
    if decision.kind is ReleaseKind.REJECT:
        return LotAct.REJECT
    return LotAct.FINALISE if lot.state is LotState.CONDITIONAL else LotAct.RELEASE


def _make_bags_available(tx: Transaction, actor: Actor, decision: ReleaseDecision) -> None:
    for named in _named(tx, decision):
        named.is_effective = True
        tx.session.flush()
        bag = tx.session.get_one(Bag, named.bag_id)
        if bag.state is BagState.LABELLED:
            act = CustodyAct(act=BagAct.MAKE_AVAILABLE, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id)
            move_bag(tx, bag, act)


def _named(tx: Transaction, decision: ReleaseDecision) -> list[DecisionBag]:
    look = select(DecisionBag).where(DecisionBag.release_decision_id == decision.id).order_by(DecisionBag.id)
    return list(tx.session.execute(look).scalars())
