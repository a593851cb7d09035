"""The end of a culture, by signature: stopped before its product, or closed after the last of its bags."""

from __future__ import annotations

from sqlalchemy import select

from app.culture.commands.opening import CultureFact
from app.culture.records import culture_close, culture_stop
from app.culture.schemas import CloseCulture, StopCulture
from app.culture.steps import growing_vessels, moved, shown_culture
from app.db.models import Bag, Culture, CultureStep, Label, PrintJob, ProductLot
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import SpecificationNotMet
from app.domain.identifiers import display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import BAG, JOB, CultureAct, CultureState, LabelState
from app.domain.vocabulary import StepKind, VesselState
from app.identity.signing import sign

ON_THE_WAY = (LabelState.QUEUED, LabelState.SENT, LabelState.SCANNED_BACK, LabelState.VERIFIED)


@command
def stop_culture(tx: Transaction, actor: Actor, asked: StopCulture) -> CultureFact:
    """End a culture before its product. Its vessels are discarded and its bench is free again."""
    tx.permit(actor, Action.STOP_CULTURE)
    culture = shown_culture(tx, asked)
    state = moved(culture, CultureAct.STOP)
    reason = require_reason(asked.reason, "A culture does not end by itself.")
    tx.because("culture_stopped", reason)
    sign(tx, actor, asked, culture_stop(tx.session.connection(), culture.code))
    for vessel in growing_vessels(tx, culture):
        vessel.state = VesselState.DISCARDED
    return _ended(tx, actor, culture, (StepKind.STOP, state), reason)


@command
def close_culture(tx: Transaction, actor: Actor, asked: CloseCulture) -> CultureFact:
    """Close the record of a culture: every label reconciled, every bag at its end."""
    tx.permit(actor, Action.CLOSE_CULTURE)
    culture = shown_culture(tx, asked)
    state = moved(culture, CultureAct.CLOSE)
    _require_ended(tx, culture)
    sign(tx, actor, asked, culture_close(tx.session.connection(), culture.code))
    return _ended(tx, actor, culture, (StepKind.CLOSE, state), None)


def _require_ended(tx: Transaction, culture: Culture) -> None:
    of_culture = select(ProductLot.id).where(ProductLot.culture_id == culture.id).scalar_subquery()
    open_bag = select(Bag.code).where(Bag.product_lot_id == of_culture, Bag.state.not_in(BAG.terminal))
    open_label = select(Label.code).where(Label.product_lot_id == of_culture, Label.state.in_(ON_THE_WAY))
    for look, what in ((open_bag, "Bag {} is still open"), (open_label, "A label of bag {} is not accounted for")):
        code = tx.session.execute(look.limit(1)).scalar_one_or_none()
        if code is not None:
            sentence = f"{what.format(display(code))}. Every bag and label must reach its end first."
            raise SpecificationNotMet("culture_still_open", sentence)
    open_job = select(PrintJob.id).where(PrintJob.culture_id == culture.id, PrintJob.state.not_in(JOB.terminal))
    number = tx.session.execute(open_job.order_by(PrintJob.id).limit(1)).scalar_one_or_none()
    if number is not None:
        sentence = f"Print job {number} of the culture is not reconciled. Every copy must reach its end first."
        raise SpecificationNotMet("culture_still_open", sentence)


def _ended(
    tx: Transaction, actor: Actor, culture: Culture, what: tuple[StepKind, CultureState], reason: str | None
) -> CultureFact:
    kind, state = what
    step = CultureStep(
        course_id=culture.course_id,
        patient_id=culture.patient_id,
        culture_id=culture.id,
        kind=kind,
        performed_at=tx.now,
        recorded_at=tx.now,
        performed_by_id=actor.user_id,
        station_id=actor.station_id,
        reason=reason,
    )
    tx.session.add(step)
    culture.state, culture.bench_id = state, None
    return CultureFact(culture.code, state)
