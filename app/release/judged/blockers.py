"""What stands in the way of a release beside the criteria, each found in the records and named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import CompoundSelect, Connection, Row, bindparam, func, select, union_all
from sqlalchemy.orm import aliased

from app.db.models import (
    Bag,
    Collection,
    Consent,
    Course,
    Culture,
    CultureEquipment,
    CultureInput,
    CultureMaterial,
    CultureStep,
    Deviation,
    Equipment,
    Hold,
    Label,
    MaterialLot,
    ProductLot,
    RecordReview,
    Site,
    Specification,
    TestResult,
    Vessel,
    VesselReading,
)
from app.domain.custody import ChainVerdict, CustodyChain
from app.domain.identifiers import display
from app.domain.release import Blocker, BlockerKind
from app.domain.states import LabelState
from app.domain.vocabulary import ConsentKind, CourseState, DeviationState, MaterialState

_ON_THE_WAY = (LabelState.QUEUED, LabelState.SENT, LabelState.SCANNED_BACK, LabelState.VERIFIED, LabelState.SPOILED)


def find_blockers(db: Connection, lot_id: int, chains: Mapping[str, CustodyChain]) -> tuple[Blocker, ...]:
    """Everything in the way of this lot, most of it per course: another lot's open deviation counts as well."""
    lot = db.execute(
        select(
            ProductLot.__table__,
            Course.code.label("course"),
            Course.state.label("course_state"),
            Culture.code.label("culture"),
            Specification.name.label("specification"),
            Specification.is_example,
            Site.is_demo,
        )
        .join(Course, Course.id == ProductLot.course_id)
        .join(Culture, Culture.id == ProductLot.culture_id)
        .join(Specification, Specification.id == ProductLot.specification_id)
        .join(Site, Site.id == 1)
        .where(ProductLot.id == lot_id)
    ).one()
    found = (
        _quality(db, lot),
        _identity(db, lot),
        _custody(chains),
        _labels(db, lot),
        _materials(db, lot),
        _equipment(db, lot),
        _values(db, lot),
        _review(db, lot),
    )
    return tuple(blocker for part in found for blocker in part)


def _quality(db: Connection, lot: Row[tuple[ProductLot]]) -> Iterator[Blocker]:
    deviations = select(Deviation.number).where(
        Deviation.course_id == lot.course_id,
        Deviation.state == DeviationState.OPEN,
        Deviation.product_lot_id.is_(None) | (Deviation.product_lot_id == lot.id),
    )
    for number in db.execute(deviations.order_by(Deviation.id)).scalars():
        yield Blocker(BlockerKind.OPEN_DEVIATION, number)
    holds = select(Hold.product_lot_id).where(
        Hold.course_id == lot.course_id,
        Hold.lifted_at.is_(None),
        Hold.product_lot_id.is_(None) | (Hold.product_lot_id == lot.id),
    )
    for held in db.execute(holds).scalars():
        what = f"course {display(lot.course)}" if held is None else f"lot {display(lot.code)}"
        yield Blocker(BlockerKind.HOLD, what)


def _identity(db: Connection, lot: Row[tuple[ProductLot]]) -> Iterator[Blocker]:
    if lot.is_example and not lot.is_demo:
        yield Blocker(BlockerKind.EXAMPLE_SPECIFICATION, lot.specification)
    if lot.course_state == CourseState.ON_HOLD:
        yield Blocker(BlockerKind.IDENTITY_DOUBT, f"lot {display(lot.code)}")
    consent = select(Consent.id).where(
        Consent.course_id == lot.course_id, Consent.kind == ConsentKind.TREATMENT, Consent.withdrawn_at.is_(None)
    )
    if db.execute(consent).first() is None:
        yield Blocker(BlockerKind.CONSENT_WITHDRAWN, f"course {display(lot.course)}")


def _custody(chains: Mapping[str, CustodyChain]) -> Iterator[Blocker]:
    for code, chain in chains.items():
        if chain.verdict is ChainVerdict.BROKEN:
            yield Blocker(BlockerKind.BROKEN_CHAIN, f"bag {display(code)}")
    if not chains:
        yield Blocker(BlockerKind.RECORD_MISSING, "the bags of the lot")


def _labels(db: Connection, lot: Row[tuple[ProductLot]]) -> Iterator[Blocker]:
    on_the_way = select(Label.code).where(Label.product_lot_id == lot.id, Label.state.in_(_ON_THE_WAY))
    for code in sorted(set(db.execute(on_the_way).scalars())):
        yield Blocker(BlockerKind.LABELS_NOT_RECONCILED, f"bag {display(code)}")


def _materials(db: Connection, lot: Row[tuple[ProductLot]]) -> Iterator[Blocker]:
    used = (
        select(MaterialLot.name, MaterialLot.code, MaterialLot.state, MaterialLot.expires_at, CultureStep.performed_at)
        .join(CultureMaterial, CultureMaterial.material_lot_id == MaterialLot.id)
        .join(CultureStep, CultureStep.id == CultureMaterial.culture_step_id)
        .where(CultureMaterial.culture_id == lot.culture_id)
    )
    kits = (
        select(MaterialLot.name, MaterialLot.code, MaterialLot.state, MaterialLot.expires_at, Collection.started_at)
        .join(Collection, Collection.kit_lot_id == MaterialLot.id)
        .join(CultureInput, CultureInput.collection_id == Collection.id)
        .where(CultureInput.culture_id == lot.culture_id)
    )
    all_used: CompoundSelect[str, str, MaterialState, datetime, datetime | None] = union_all(used, kits)
    found = {
        Blocker(kind, f"{name} ({display(code)})")
        for name, code, state, expires_at, used_at in db.execute(all_used)
        for kind in _of_material(state, is_over=used_at is not None and expires_at <= used_at)
    }
    yield from sorted(found, key=lambda blocker: (blocker.kind, blocker.what))


def _of_material(state: MaterialState, *, is_over: bool) -> Iterator[BlockerKind]:
    if state == MaterialState.RECALLED:
        yield BlockerKind.RECALLED_MATERIAL
    if is_over:
        yield BlockerKind.EXPIRED_MATERIAL


def _equipment(db: Connection, lot: Row[tuple[ProductLot]]) -> Iterator[Blocker]:
    overdue = (
        select(Equipment.name, Equipment.code)
        .join(CultureEquipment, CultureEquipment.equipment_id == Equipment.id)
        .join(CultureStep, CultureStep.id == CultureEquipment.culture_step_id)
        .where(CultureStep.culture_id == lot.culture_id, Equipment.calibration_due_at <= CultureStep.performed_at)
        .distinct()
    )
    for row in db.execute(overdue.order_by(Equipment.code)):
        yield Blocker(BlockerKind.EQUIPMENT_OVERDUE, f"{row.name} ({display(row.code)})")


def _values(db: Connection, lot: Row[tuple[ProductLot]]) -> Iterator[Blocker]:
    member = db.execute(_UNVERIFIED, {"culture": lot.culture_id}).scalar_one_or_none()
    if member is not None:
        yield Blocker(BlockerKind.UNVERIFIED_VALUE, f"the count of vessel {member} of {display(lot.culture)}")


_later = aliased(VesselReading)
_UNVERIFIED = (
    select(Vessel.member)
    .join(VesselReading, VesselReading.vessel_id == Vessel.id)
    .join(_later, _later.corrects_id == VesselReading.id, isouter=True)
    .where(
        VesselReading.culture_id == bindparam("culture"),
        VesselReading.verified_by_id.is_(None),
        _later.id.is_(None),
    )
    .order_by(Vessel.member)
    .limit(1)
)


def _review(db: Connection, lot: Row[tuple[ProductLot]]) -> Iterator[Blocker]:
    """A review counts only while nothing the decision rests on was recorded after it."""
    reviewed_at = db.execute(
        select(func.max(RecordReview.reviewed_at)).where(RecordReview.product_lot_id == lot.id)
    ).scalar_one()
    changes: CompoundSelect[datetime | None] = union_all(
        select(func.max(TestResult.recorded_at)).where(TestResult.culture_id == lot.culture_id),
        select(func.max(CultureStep.recorded_at)).where(CultureStep.culture_id == lot.culture_id),
        select(func.max(Label.applied_at)).join(Bag, Bag.id == Label.bag_id).where(Bag.product_lot_id == lot.id),
        select(func.max(Deviation.closed_at)).where(Deviation.course_id == lot.course_id),
    )
    newest = max((at for at in db.execute(changes).scalars() if at is not None), default=None)
    if reviewed_at is None or (newest is not None and newest > reviewed_at):
        yield Blocker(BlockerKind.REVIEW_MISSING, f"the record and audit trail of lot {display(lot.code)} as it stands")
