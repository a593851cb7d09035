"""One bag as it stands now, and why it may not be issued or received. Asked by commands and pages alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from sqlalchemy import Connection, Select, bindparam, exists, select

from app.custody.links import chain_of
from app.custody.queries.endotoxin import Problem, endotoxin_problem
from app.custody.queries.tainted import TAINTED
from app.db.models import (
    Bag,
    Consent,
    Course,
    DecisionBag,
    Hold,
    Infusion,
    Label,
    Patient,
    Place,
    ProductLot,
    ReleaseDecision,
    User,
)
from app.db.types import in_words
from app.domain.custody import ChainVerdict
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.states import BagState, InfusionState, LabelState, LotState
from app.domain.vocabulary import ConsentKind, CourseState

ON_THE_WAY: Final = (LabelState.QUEUED, LabelState.SENT, LabelState.SCANNED_BACK, LabelState.VERIFIED)


@dataclass(frozen=True, slots=True)
class BagStanding:
    """Everything that decides what may be done with a bag. `infusion` is None before a dose was confirmed."""

    id: int
    code: str
    course_id: int
    course_code: str
    patient_code: str
    lot_code: str
    lot_state: LotState
    division: int
    state: BagState
    holder_id: int
    holder: str
    place: str
    viable_cells: int
    volume_ul: int
    filled_at: datetime
    expires_at: datetime
    infusion: InfusionState | None
    course_state: CourseState
    is_consented: bool
    is_released: bool
    evidence_valid_until: datetime | None
    is_held: bool
    is_tainted: bool
    is_labelled: bool
    is_reprinting: bool


def standing_of(db: Connection, code: str) -> BagStanding:
    """The bag with that code, or the refusal that it is not on file. One statement."""
    row = db.execute(_LOOK, {"code": code}).mappings().one_or_none()
    if row is None:
        raise NotFound("not_on_file", f"No bag is on file under {display(code)}. Check the code and scan again.")
    return BagStanding(**row)


def problem_on_the_way(db: Connection, bag: BagStanding, now: datetime) -> Problem | None:
    """The first thing in the way of an issue or a receipt; chain and endotoxin are read last (rules 4.5)."""
    found = chain(_released(bag, now), _withheld(bag), _in_date(bag, now), _dosed(bag), _labelled(bag))
    return next(found, None) or _broken(db, bag) or endotoxin_problem(db, bag.id, bag.course_id, now)


def restock_problem(db: Connection, bag: BagStanding, now: datetime) -> Problem | None:
    """The first thing in the way of letting a returned bag be issued again (rules 4.5)."""
    found = chain(_released(bag, now), _withheld(bag), _in_date(bag, now), _labelled(bag))
    return next(found, None) or _broken(db, bag)


def _broken(db: Connection, bag: BagStanding) -> Problem | None:
    if chain_of(db, bag.id).verdict is not ChainVerdict.BROKEN:
        return None
    return Problem("chain_broken", "its chain of custody is broken. Explain the gap by a closed deviation first.")


def _withheld(bag: BagStanding) -> Iterator[Problem]:
    """What stops every step towards the patient: a hold, a recalled material, a course that rests, no consent."""
    if bag.is_held:
        yield Problem("on_hold", "it is on hold. QA must lift the hold first.")
    if bag.is_tainted:
        yield Problem("material_recalled", "a material it was made with was recalled. Put it aside and tell QA.")
    if bag.course_state is not CourseState.ACTIVE:
        yield Problem("course_not_going_on", "its course is not active. Ask the physician.")
    if not bag.is_consented:
        yield Problem("consent_withdrawn", "no consent to the treatment stands. Ask the physician.")


def _released(bag: BagStanding, now: datetime) -> Iterator[Problem]:
    if not bag.is_released:
        yield Problem("not_released", "no release is in force for it. QA must decide first.")
    if bag.state is BagState.AVAILABLE and bag.evidence_valid_until is not None and bag.evidence_valid_until <= now:
        yield Problem("evidence_out_of_date", "a result its release rests on is too old by now. QA must decide anew.")


def _in_date(bag: BagStanding, now: datetime) -> Iterator[Problem]:
    if bag.expires_at <= now:
        yield Problem("expired", "it has expired. Put it aside and tell the prescriber.")


def _dosed(bag: BagStanding) -> Iterator[Problem]:
    if bag.infusion is not InfusionState.CONFIRMED:
        yield Problem("dose_not_confirmed", "its dose is not confirmed. The prescriber must confirm it first.")


def _labelled(bag: BagStanding) -> Iterator[Problem]:
    if not bag.is_labelled:
        yield Problem("label_not_applied", "no label is applied to it. Print and apply its label first.")
    if bag.is_reprinting:
        yield Problem("label_on_the_way", "a reprint of its label is open. Apply it, or record it as spoiled first.")


HELD: Final = exists().where(
    Hold.course_id == Bag.course_id,
    Hold.lifted_at.is_(None),
    Hold.product_lot_id.is_(None) | (Hold.product_lot_id == Bag.product_lot_id),
)
_CONSENTED = exists().where(
    Consent.course_id == Bag.course_id, Consent.kind == ConsentKind.TREATMENT, Consent.withdrawn_at.is_(None)
)
_INFUSION = (
    select(Infusion.state)
    .where(Infusion.bag_id == Bag.id, Infusion.state != in_words(InfusionState.CANCELLED))
    .scalar_subquery()  # uq_infusion_bag: at most one
)
_VALID_UNTIL = (
    select(ReleaseDecision.evidence_valid_until)
    .join(DecisionBag, DecisionBag.release_decision_id == ReleaseDecision.id)
    .where(DecisionBag.bag_id == Bag.id, DecisionBag.is_effective)
    .scalar_subquery()  # uq_decision_bag_in_force: at most one
)
_LOOK: Final[Select[*tuple[object, ...]]] = (
    select(
        Bag.id,
        Bag.code,
        Bag.course_id,
        Course.code.label("course_code"),
        Patient.code.label("patient_code"),
        ProductLot.code.label("lot_code"),
        ProductLot.state.label("lot_state"),
        Bag.division,
        Bag.state,
        Bag.holder_id,
        User.full_name.label("holder"),
        Place.name.label("place"),
        Bag.viable_cells,
        Bag.volume_ul,
        Bag.filled_at,
        Bag.expires_at,
        _INFUSION.label("infusion"),
        Course.state.label("course_state"),
        _CONSENTED.label("is_consented"),
        exists().where(DecisionBag.bag_id == Bag.id, DecisionBag.is_effective).label("is_released"),
        _VALID_UNTIL.label("evidence_valid_until"),
        HELD.label("is_held"),
        TAINTED.label("is_tainted"),
        exists().where(Label.bag_id == Bag.id, Label.state == in_words(LabelState.APPLIED)).label("is_labelled"),
        exists().where(Label.bag_id == Bag.id, Label.state.in_(ON_THE_WAY)).label("is_reprinting"),
    )
    .join(Course, Course.id == Bag.course_id)
    .join(Patient, Patient.id == Bag.patient_id)
    .join(ProductLot, ProductLot.id == Bag.product_lot_id)
    .join(User, User.id == Bag.holder_id)
    .join(Place, Place.id == Bag.place_id)
    .where(Bag.code == bindparam("code"))
)
"""Built once: every scan of a bag asks it."""
