"""The card of what is no patient's: material lots, equipment, places, stations, badges."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from app.custody.queries.open_bags import OPEN
from app.custody.queries.scan.looking import Looking, Thing, offered, opened
from app.custody.queries.scan.stops import ScanStop, expired, quarantined, recalled, rejected
from app.db.models import Badge, Bag, Equipment, MaterialLot, Place, Station, User
from app.domain.roles import Action
from app.domain.vocabulary import EquipmentState, MaterialState
from app.patients.queries.acts import may
from app.patients.queries.words import Chip, words
from app.web import formats

_MATERIAL_CHIPS: Final = {
    MaterialState.QUARANTINED: Chip("stop", "octagon-x", "quarantined"),
    MaterialState.RELEASED: Chip("ok", "circle-check", "released"),
    MaterialState.RECALLED: Chip("stop", "octagon-x", "recalled"),
    MaterialState.REJECTED: Chip("stop", "octagon-x", "rejected"),
}


def material(look: Looking) -> Thing | None:
    """A material lot."""
    row = look.db.execute(select(MaterialLot.__table__).where(MaterialLot.code == look.code)).one_or_none()
    if row is None:
        return None
    is_over = row.expires_at <= look.now
    stop = _material_stop(row.state, is_over=is_over, decides=may(look.actor, Action.RELEASE_MATERIAL))
    return Thing(
        title=row.name,
        patient_code=None,
        chip=_MATERIAL_CHIPS[row.state],
        facts=(
            ("Used as", words(row.role)),
            ("Maker's lot", row.maker_lot),
            ("Expires", formats.day_of(row.expires_at, look.zone)),
        ),
        acts=tuple(opened(look.actor, Action.REGISTER_MATERIAL, f"/materials/{look.code}", "Open material lot")),
        stop=stop,
    )


def _material_stop(state: MaterialState, *, is_over: bool, decides: bool) -> ScanStop | None:
    match state:
        case MaterialState.QUARANTINED:
            return None if decides else quarantined("material lot", "the supervisor or QA to release it")
        case MaterialState.RECALLED:
            return recalled("material lot")
        case MaterialState.REJECTED:
            return rejected("material lot")
    return expired("material lot") if is_over else None


def equipment(look: Looking) -> Thing | None:
    """A piece of equipment."""
    row = look.db.execute(
        select(Equipment.__table__, Place.name.label("place"))
        .join(Place, Place.id == Equipment.place_id, isouter=True)
        .where(Equipment.code == look.code)
    ).one_or_none()
    if row is None:
        return None
    is_due = row.calibration_due_at <= look.now
    is_out = row.state is EquipmentState.OUT_OF_SERVICE
    usable = (
        Chip("warn", "triangle-alert", "calibration overdue") if is_due else Chip("ok", "circle-check", "in service")
    )
    return Thing(
        title=row.name,
        patient_code=None,
        chip=Chip("warn", "ban", "out of service") if is_out else usable,
        facts=(
            ("What", words(row.kind)),
            ("Place", row.place or "not placed"),
            ("Calibration due", formats.day_of(row.calibration_due_at, look.zone)),
        ),
        acts=tuple(opened(look.actor, Action.REGISTER_EQUIPMENT, f"/equipment/{look.code}", "Open equipment")),
    )


def place(look: Looking) -> Thing | None:
    """A place, and how many bags are there now (ix_bag_state_id)."""
    inside = select(func.count()).where(Bag.place_id == Place.id, Bag.state.in_(OPEN)).scalar_subquery()
    row = look.db.execute(select(Place.__table__, inside.label("bags")).where(Place.code == look.code)).one_or_none()
    if row is None:
        return None
    bags = formats.count(row.bags, "bag", "bags") if row.bags else "no bags"
    return Thing(
        title=row.name,
        patient_code=None,
        chip=Chip("none", "map-pin", words(row.kind)),
        facts=(("Here now", bags),),
        acts=tuple(opened(look.actor, Action.REGISTER_PLACE, "/places", "Open places")),
    )


def station(look: Looking) -> Thing | None:
    """A station."""
    row = look.db.execute(select(Station.__table__).where(Station.code == look.code)).one_or_none()
    if row is None:
        return None
    active = Chip("ok", "circle-check", "in use") if row.is_active else Chip("none", "ban", "closed")
    acts = offered(look.actor, (Action.ENROL_STATION, f"/stations/{look.code}", "Open station"))
    return Thing(row.name, None, active, (("What", words(row.kind)),), acts)


def badge(look: Looking) -> Thing | None:
    """A staff badge: whose it is, nothing more."""
    row = look.db.execute(
        select(User.full_name, Badge.voided_at).join(User, User.id == Badge.user_id).where(Badge.code == look.code)
    ).one_or_none()
    if row is None:
        return None
    is_void = row.voided_at is not None
    state = Chip("warn", "ban", "void") if is_void else Chip("ok", "badge-check", "valid")
    return Thing(row.full_name, None, state, (("What", "staff badge"),), ())
