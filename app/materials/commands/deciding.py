"""Releasing, rejecting and recalling lots, each by signature. A recall takes along what was prepared of the lot."""

from __future__ import annotations

from sqlalchemy import exists, select

from app.db.finding import fresh, load
from app.db.models import MaterialCertificate, MaterialLot, MaterialPart
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, WrongState
from app.domain.identifiers import display
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.states import MATERIAL, MaterialAct, next_state
from app.domain.vocabulary import MaterialState
from app.identity.signing import sign
from app.materials.commands.receiving import MaterialFact
from app.materials.queries.parts import made_of
from app.materials.records import material_recall, material_rejection, material_release
from app.materials.schemas import RecallMaterial, RejectMaterial, ReleaseMaterial, ShownMaterial


@command
def release_material(tx: Transaction, actor: Actor, asked: ReleaseMaterial) -> MaterialFact:
    """Let a lot be used, by the signature of somebody who did not receive or prepare it, over its certificate."""
    tx.permit(actor, Action.RELEASE_MATERIAL)
    lot = shown_lot(tx, asked)
    state = next_state(MATERIAL, lot.state, MaterialAct.RELEASE, _named(lot))
    if lot.expires_at <= tx.now:
        raise WrongState("material_expired", f"{_named(lot)} has expired. Discard it.")
    if lot.received_by_id == actor.user_id:
        raise NotAllowed("released_by_receiver", f"You received or prepared {_named(lot)}; somebody else releases it.")
    _require_papers(tx, lot)
    sign(tx, actor, asked, material_release(tx.session.connection(), lot.code))
    lot.state, lot.released_by_id = state, actor.user_id
    return MaterialFact(lot.code, lot.state)


@command
def reject_material(tx: Transaction, actor: Actor, asked: RejectMaterial) -> MaterialFact:
    """Refuse a lot in quarantine for ever, by signature, with a reason."""
    tx.permit(actor, Action.RELEASE_MATERIAL)
    lot = shown_lot(tx, asked)
    tx.because("material_rejected", require_reason(asked.reason, "Who received the lot wants to know why."))
    state = next_state(MATERIAL, lot.state, MaterialAct.REJECT, _named(lot))
    sign(tx, actor, asked, material_rejection(tx.session.connection(), lot.code))
    lot.state = state
    return MaterialFact(lot.code, lot.state)


@command
def recall_material(tx: Transaction, actor: Actor, asked: RecallMaterial) -> MaterialFact:
    """Take a lot out of use, by signature, for ever, with all that was prepared of it."""
    tx.permit(actor, Action.START_RECALL)
    lot = shown_lot(tx, asked)
    tx.because("material_recalled", require_reason(asked.reason, "A recall concerns everybody who got the lot."))
    state = next_state(MATERIAL, lot.state, MaterialAct.RECALL, _named(lot))
    sign(tx, actor, asked, material_recall(tx.session.connection(), lot.code))
    made = select(MaterialLot).where(MaterialLot.id.in_(select(made_of(lot.id).c.id)), MaterialLot.id != lot.id)
    for preparation in tx.session.execute(made.order_by(MaterialLot.id.desc()).with_for_update()).scalars():
        if preparation.state in {MaterialState.QUARANTINED, MaterialState.RELEASED}:
            preparation.state = MaterialState.RECALLED
            tx.session.flush()  # one after the other: the database lets no part go before what was made of it
    lot.state = state
    return MaterialFact(lot.code, lot.state)


def shown_lot(tx: Transaction, asked: ShownMaterial) -> MaterialLot:
    """The lot, locked, if it is still as the page showed it."""
    lot = load(tx, MaterialLot, asked.material_code)
    fresh(lot, asked.row_version)
    return lot


def _require_papers(tx: Transaction, lot: MaterialLot) -> None:
    kept = exists().where(MaterialCertificate.material_lot_id == lot.id)
    parts = select(MaterialLot.name, MaterialLot.state).join(MaterialPart, MaterialPart.part_id == MaterialLot.id)
    states = tx.session.execute(parts.where(MaterialPart.material_lot_id == lot.id)).all()
    for name, state in states:
        if state is not MaterialState.RELEASED:
            raise WrongState("part_not_released", f"{name} in {_named(lot)} is {state.value}. Reject the preparation.")
    if not states and not tx.session.execute(select(kept)).scalar_one():
        sentence = f"{_named(lot)} has no certificate on file. Keep the maker's certificate first, then review it."
        raise WrongState("certificate_missing", sentence)


def _named(lot: MaterialLot) -> str:
    return f"{lot.name} ({display(lot.code)})"
