"""Due around the patient: bags to label, issue or check, infusions, acknowledgements. One statement each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, and_, func, select

from app.db.models import (
    Bag,
    CustodyEvent,
    DoseOrder,
    Infusion,
    Patient,
    Place,
    ProductLot,
    ReleaseDecision,
    Signature,
    Site,
)
from app.domain.custody import CustodyKind
from app.domain.states import BagState, DecisionState, InfusionState, LotState
from app.domain.vocabulary import ReleaseKind
from app.today.queries.laboratory import whose
from app.today.queries.task import LABORATORY, MOST_ROWS, QUALITY, WARD, Task


def bags(db: Connection) -> Iterator[Task]:
    """Bags without label, out of the laboratory without bedside check, or returned; index ix_bag_state_id."""
    issued = (
        select(func.max(CustodyEvent.at))
        .where(CustodyEvent.bag_id == Bag.id, CustodyEvent.kind == CustodyKind.ISSUE)
        .scalar_subquery()
    )
    look = (
        select(
            Bag.code,
            Bag.state,
            Bag.filled_at,
            issued,
            select(Site.longest_transit_min).scalar_subquery(),
            Place.name,
            Patient.family_name,
            Patient.given_name,
            Patient.hospital_number,
        )
        .join(Place, Place.id == Bag.place_id)
        .join(Patient, Patient.id == Bag.patient_id)
        .where(Bag.state.in_(_BAG_TASKS))
        .order_by(Bag.id)
        .limit(MOST_ROWS)
    )
    for code, state, filled_at, issued_at, longest_min, place, *patient in db.execute(look):
        what, verb, roles = _BAG_TASKS[state]
        is_out = state in _OUT and issued_at is not None
        due_at = issued_at + timedelta(minutes=longest_min) if is_out else issued_at or filled_at
        yield Task(due_at, what, whose(*patient), code, place, verb, f"/bags/{code}", roles, is_out)


def infusions(db: Connection) -> Iterator[Task]:
    """Confirmed doses: to issue for the laboratory, to give for the ward; index ix_infusion_state_id."""
    for code, bag_state, state, planned_at, started_at, minutes, place, *patient in db.execute(_CONFIRMED):
        owner = whose(*patient)
        if state is InfusionState.RUNNING and started_at is not None:
            ends_at = started_at + timedelta(minutes=minutes)
            yield Task(ends_at, "Infusion running", owner, code, place, "Record", f"/infusions/{code}", WARD)
            continue
        if bag_state is BagState.AVAILABLE:
            yield Task(planned_at, "Issue bag", owner, code, place, "Issue", f"/bags/{code}", LABORATORY)
        if bag_state is not BagState.ISSUED:  # until it is received, its own row stands for it
            yield Task(planned_at, "Infusion", owner, code, place, "Check", "/bedside", WARD)


def acknowledgements(db: Connection) -> Iterator[Task]:
    """Conditional releases that wait for the physician; by ix_product_lot_state_id and the lot's decisions."""
    of_lot = and_(
        ReleaseDecision.product_lot_id == ProductLot.id,
        ReleaseDecision.kind == ReleaseKind.CONDITIONAL,
        ReleaseDecision.state == DecisionState.SIGNED,
    )
    look = (
        select(ProductLot.code, Signature.signed_at, Patient.family_name, Patient.given_name, Patient.hospital_number)
        .join(ReleaseDecision, of_lot)
        .join(Signature, Signature.id == ReleaseDecision.signature_id)
        .join(Patient, Patient.id == ProductLot.patient_id)
        .where(ProductLot.state == LotState.QUARANTINE)
        .order_by(ProductLot.id)
        .limit(MOST_ROWS)
    )
    for code, signed_at, *patient in db.execute(look):
        what, href = "Acknowledge conditional release", f"/release/{code}/acknowledge"
        yield Task(signed_at, what, whose(*patient), code, "", "Acknowledge", href, WARD, has_deadline=False)


_CONFIRMED: Final = (
    select(
        Bag.code,
        Bag.state,
        Infusion.state,
        DoseOrder.planned_at,
        Infusion.started_at,
        DoseOrder.infusion_min,
        Place.name,
        Patient.family_name,
        Patient.given_name,
        Patient.hospital_number,
    )
    .join(Bag, Bag.id == Infusion.bag_id)
    .join(DoseOrder, DoseOrder.id == Infusion.dose_order_id)
    .join(Place, Place.id == Bag.place_id)
    .join(Patient, Patient.id == Infusion.patient_id)
    .where(Infusion.state.in_((InfusionState.CONFIRMED, InfusionState.CHECKED, InfusionState.RUNNING)))
    .order_by(Infusion.id)
    .limit(MOST_ROWS)
)
_OUT: Final = (BagState.ISSUED, BagState.RECEIVED)
_BAG_TASKS: Final = {
    BagState.FILLED: ("Print and apply bag label", "Label", LABORATORY),
    BagState.ISSUED: ("Bag issued, not yet checked at the bedside", "Open", LABORATORY | WARD),
    BagState.RECEIVED: ("Bag on the ward, not yet checked at the bedside", "Open", LABORATORY | WARD),
    BagState.RETURNED: ("Decide about returned bag", "Open", QUALITY),
}
