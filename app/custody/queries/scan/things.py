"""The card of what is a patient's: wristband to bag. One statement each, by the unique index of its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, bindparam, select

from app.custody.queries.bag import BY_ITSELF, LINK_WORDS, facts_of, title_of
from app.custody.queries.moves import moves_of
from app.custody.queries.scan.house import badge, equipment, material, place, station
from app.custody.queries.scan.looking import Looking, Thing, offered
from app.custody.queries.scan.stops import ScanStop, expired, on_hold, quarantined, recalled, rejected, void_band
from app.custody.queries.standing import BagStanding, standing_of
from app.db.models import (
    Collection,
    Course,
    Culture,
    CustodyEvent,
    Patient,
    Plate,
    ProductLot,
    Sample,
    User,
    Vessel,
    Wristband,
)
from app.domain.errors import NotFound
from app.domain.identifiers import Kind, display
from app.domain.roles import Action
from app.domain.states import BagState, CollectionState, CultureState, LotState
from app.domain.vocabulary import CourseState, VesselState
from app.patients.queries.acts import Act, may
from app.patients.queries.words import Chip, chip, words
from app.web import formats


def wristband(look: Looking) -> Thing | None:
    """A wristband, worn or void."""
    row = _one(look, Wristband)
    if row is None:
        return None
    is_void = row.voided_at is not None
    acts = (*_collecting(look, row.patient_id), *offered(look.actor, _AT_THE_BEDSIDE))
    return Thing(
        title="Wristband",
        patient_code=row.patient,
        chip=Chip("stop", "octagon-x", "void") if is_void else Chip("ok", "circle-check", "worn"),
        facts=(("Given", formats.moment(row.issued_at, look.zone, look.now)),),
        acts=(*acts, Act(f"/patients/{row.patient}", "Open chart")),
        stop=void_band() if is_void else None,
    )


_AT_THE_BEDSIDE: Final = (Action.BEDSIDE_CHECK, "/bedside", "Check at the bedside")


def _collecting(look: Looking, patient_id: int) -> tuple[Act, ...]:
    """The collection the patient is here for; ix_collection_state_planned_at."""
    states = (CollectionState.PLANNED, CollectionState.IN_PROGRESS)
    at = select(Collection.code, Collection.state).where(
        Collection.state.in_(states), Collection.patient_id == patient_id
    )
    row = look.db.execute(at.order_by(Collection.planned_at).limit(1)).one_or_none()
    if row is None:
        return ()
    action, _, verb = _COLLECTING[row.state]
    return offered(look.actor, (action, f"/collections/{row.code}", verb))


def patient_sheet(look: Looking) -> Thing | None:
    """A patient."""
    code = look.db.execute(select(Patient.code).where(Patient.code == look.code)).scalar_one_or_none()
    if code is None:
        return None
    acts = (Act(f"/patients/{code}", "Open chart"),)
    return Thing("Patient", code, Chip("none", "id-card", "on file"), (), acts)


def course(look: Looking) -> Thing | None:
    """A course of treatment."""
    row = _one(look, Course)
    if row is None:
        return None
    is_active = row.state is CourseState.ACTIVE
    order = offered(look.actor, (Action.ORDER_DOSE, f"/orders/{look.code}/new", "Order dose")) if is_active else ()
    return Thing(
        title=f"Course {row.number}",
        patient_code=row.patient,
        chip=Chip("ok", "circle-check", "active") if is_active else Chip("warn", "pause", words(row.state)),
        facts=(("Protocol", row.protocol), ("First day", formats.date_text(row.first_day))),
        acts=(*order, Act(f"/courses/{look.code}", "Open course")),
    )


def collection(look: Looking) -> Thing | None:
    """A leukapheresis collection."""
    row = _one(look, Collection)
    if row is None:
        return None
    href = f"/collections/{look.code}"
    action, address, verb = _COLLECTING.get(row.state, (Action.SEE_PATIENT_IDENTITY, "", "Open collection"))
    first = offered(look.actor, (action, href + address, verb))
    stop: ScanStop | None = None
    if row.state is CollectionState.QUARANTINED and not may(look.actor, Action.REJECT_COLLECTION):
        stop = quarantined("collection", "QA to decide on its deviation")
    elif row.state is CollectionState.REJECTED:
        stop = rejected("collection")
    return Thing(
        title=f"Collection {row.number}",
        patient_code=row.patient,
        chip=chip(row.state),
        facts=(("Planned", formats.moment(row.planned_at, look.zone, look.now)),),
        acts=first or (Act(href, "Open collection"),),
        stop=stop,
    )


_COLLECTING: Final = {
    CollectionState.PLANNED: (Action.PERFORM_COLLECTION, "", "Start collection"),
    CollectionState.IN_PROGRESS: (Action.PERFORM_COLLECTION, "", "Continue collection"),
    CollectionState.COLLECTED: (Action.RECEIVE_COLLECTION, "/receive", "Receive collection"),
    CollectionState.RECEIVED: (Action.ACCEPT_COLLECTION, "", "Accept collection"),
}


def culture(look: Looking) -> Thing | None:
    """A culture."""
    row = _one(look, Culture)
    if row is None:
        return None
    href = f"/batches/{look.code}"
    count = (Action.RECORD_COUNT, f"{href}/log", "Count vessels")
    return Thing(
        title=f"Culture {row.number}",
        patient_code=row.patient,
        chip=chip(row.state),
        facts=(("Opened", formats.moment(row.opened_at, look.zone, look.now)),),
        acts=(
            *(offered(look.actor, count) if row.state is CultureState.INCUBATING else ()),
            Act(href, "Open culture"),
        ),
    )


def vessel(look: Looking) -> Thing | None:
    """A vessel of a culture."""
    row = _one(
        look, Vessel, select(Culture.code).where(Culture.id == Vessel.culture_id).scalar_subquery().label("culture")
    )
    if row is None:
        return None
    is_growing = row.state is VesselState.ACTIVE
    count = (Action.RECORD_COUNT, f"/batches/{row.culture}/log?vessel={look.code}", "Count vessel")
    return Thing(
        title=f"Vessel {row.member}",
        patient_code=row.patient,
        chip=Chip("info", "hourglass", "growing") if is_growing else Chip("none", "ban", words(row.state)),
        facts=(("Culture", formats.code(display(row.culture))),),
        acts=(*(offered(look.actor, count) if is_growing else ()), Act(f"/batches/{row.culture}", "Open culture")),
    )


def sample(look: Looking) -> Thing | None:
    """A sample."""
    row = _one(look, Sample)
    if row is None:
        return None
    return Thing(
        title=f"Sample, {words(row.kind)}",
        patient_code=row.patient,
        chip=Chip("none", "test-tubes", "taken"),
        facts=(("Taken", formats.moment(row.taken_at, look.zone, look.now)),),
        acts=(Act(f"/samples/{look.code}", "Open sample"),),
    )


def plate(look: Looking) -> Thing | None:
    """An assay plate."""
    row = _one(look, Plate)
    if row is None:
        return None
    return Thing(
        title=f"51Cr release plate, {row.duration_h.normalize():f} h",
        patient_code=row.patient,
        chip=Chip("none", "test-tubes", "read"),
        facts=(("Read", formats.moment(row.read_at, look.zone, look.now)),),
        acts=(Act(f"/assays/{look.code}", "Open plate"),),
    )


def product_lot(look: Looking) -> Thing | None:
    """A product lot."""
    row = _one(look, ProductLot)
    if row is None:
        return None
    desk = (Action.REVIEW_RECORD, f"/release/{look.code}", "Open release desk")
    stop = {LotState.REJECTED: rejected("lot"), LotState.POST_RELEASE_FAILURE: recalled("lot")}.get(row.state)
    return Thing(
        title="Product lot",
        patient_code=row.patient,
        chip=chip(row.state),
        facts=(("Harvested", formats.moment(row.harvested_at, look.zone, look.now)),),
        acts=(*offered(look.actor, desk), Act(f"/lots/{look.code}", "Open lot")),
        stop=stop,
    )


def bag(look: Looking) -> Thing | None:
    """A product bag, with its last link of custody."""
    try:
        now = standing_of(look.db, look.code)
    except NotFound:
        return None
    moves = moves_of(look.db, now, look.actor, look.now)
    return Thing(
        title=title_of(now),
        patient_code=now.patient_code,
        chip=chip(now.state),
        facts=facts_of(now, look.now, look.zone),
        acts=(*moves.acts[:2], Act(f"/bags/{look.code}", "Open bag")),
        stop=_bag_stop(now, look),
        last=_last_link(look, now.id),
        missing=moves.missing,
    )


def _bag_stop(now: BagStanding, look: Looking) -> ScanStop | None:
    """A bag that waits for its decision is daily work in the laboratory, and a STOP for everybody on the ward."""
    if now.state is BagState.RECALLED or now.is_tainted or now.lot_state is LotState.POST_RELEASE_FAILURE:
        return recalled("bag")
    if now.lot_state is LotState.REJECTED:
        return rejected("bag")
    if now.is_held:
        return on_hold("bag")
    if now.state is BagState.EXPIRED or (now.state in _IN_USE and now.expires_at <= look.now):
        return expired("bag")
    if not now.is_released and not may(look.actor, Action.FILL_BAGS) and not may(look.actor, Action.REVIEW_RECORD):
        return quarantined("bag", "the cell laboratory; QA has not released it")
    return None


_IN_USE: Final = frozenset(
    {BagState.LABELLED, BagState.AVAILABLE, BagState.ISSUED, BagState.RECEIVED, BagState.VERIFIED, BagState.RETURNED}
)


def _last_link(look: Looking, bag_id: int) -> str:
    row = look.db.execute(_LAST_LINK, {"bag": bag_id}).one()
    at = formats.moment(row.at, look.zone, look.now)
    by = BY_ITSELF if row.full_name is None else formats.short_person(row.full_name)
    return f"{LINK_WORDS[row.kind]} {at}, {by}"


_LAST_LINK: Final = (
    select(CustodyEvent.kind, CustodyEvent.at, User.full_name)
    .join(User, User.id == CustodyEvent.actor_id, isouter=True)
    .where(CustodyEvent.bag_id == bindparam("bag"))
    .order_by(CustodyEvent.seq.desc())
    .limit(1)
)
"""By the unique index on bag and seq."""

Owned = type[Wristband | Course | Collection | Culture | Vessel | Sample | Plate | ProductLot]


def _one(look: Looking, model: Owned, *more: ColumnElement[str]) -> Row[*tuple[object, ...]] | None:
    """The row with the code, and the code of its patient as `patient`."""
    columns = model.__table__.c
    asked: Select[*tuple[object, ...]] = select(*columns, Patient.code.label("patient"), *more)
    asked = asked.join(Patient, Patient.id == columns.patient_id).where(columns.code == look.code)
    return look.db.execute(asked).one_or_none()


READERS: Final[Mapping[Kind, Callable[[Looking], Thing | None]]] = MappingProxyType(
    {
        Kind.WRISTBAND: wristband,
        Kind.PATIENT_SHEET: patient_sheet,
        Kind.COURSE: course,
        Kind.COLLECTION: collection,
        Kind.CULTURE: culture,
        Kind.VESSEL: vessel,
        Kind.SAMPLE: sample,
        Kind.PLATE: plate,
        Kind.PRODUCT_LOT: product_lot,
        Kind.BAG: bag,
        Kind.REAGENT: material,
        Kind.EQUIPMENT: equipment,
        Kind.PLACE: place,
        Kind.STATION: station,
        Kind.BADGE: badge,
    }
)
"""How to read each kind. Harvests, boxes and forms are not on file yet."""
