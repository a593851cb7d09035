"""The bedside check: wristband, bag, second person. Every step judges anew; a STOP changes nothing and is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.custody.links import move_bag
from app.db.models import Badge, Bag, BedsideCheck, Label, Wristband, WristbandScan
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.custody import CustodyAct
from app.domain.errors import Duplicate, Invalid, Mismatch, NearMiss, NotAllowed, NotFound
from app.domain.identifiers import Kind, display, normalise_typed
from app.domain.infusion import CHECK_HOLDS, Stop, StopCode, judge_bedside
from app.domain.reading import CodeSource
from app.domain.reasons import require_reason
from app.domain.roles import Action
from app.domain.scan import OwnCode
from app.domain.states import INFUSION, BagAct, InfusionAct, InfusionState, LabelState, next_state
from app.identity.queries.scanning import expect_here
from app.identity.signing import second_person
from app.infusion.commands.lapsing import lapse, lapse_if_over
from app.infusion.schemas import ConfirmMatch, LeaveCheck, ScanBag, ScanWristband
from app.infusion.verdict import (
    BedsideVerdict,
    Scans,
    bedside_facts,
    infusion_of,
    is_label_current,
    locked_bag,
    station_of,
    stopped,
)

STEP = "bedside check"


@dataclass(frozen=True, slots=True)
class WristbandRead:
    """A wristband that was read; the bag must follow within 120 s."""

    wristband_scan_id: int


@dataclass(frozen=True, slots=True)
class CheckLeft:
    """A check that was given up, and its bag."""

    bag_code: str


@command
def scan_wristband(tx: Transaction, actor: Actor, asked: ScanWristband) -> WristbandRead:
    """Begin a check with the wristband the patient wears. Refused without an enrolled station, and for a void band."""
    tx.permit(actor, Action.BEDSIDE_CHECK)
    return WristbandRead(_scanned(tx, actor.user_id, station_of(actor), _band(tx, asked.wristband)).id)


@command
def scan_bag_at_bedside(tx: Transaction, actor: Actor, asked: ScanBag) -> BedsideVerdict:
    """Judge the bag against the wristband that was read. A MATCH waits for the second person; it starts nothing."""
    tx.permit(actor, Action.BEDSIDE_CHECK)
    scan = _own_scan(tx, actor, asked.wristband_scan_id)
    band = tx.session.get_one(Wristband, scan.wristband_id)
    code, typed_reason = _bag_code(tx, asked.bag, asked.typed_reason)
    bag = locked_bag(tx, code.code)
    lapse_if_over(tx, bag)
    scans = Scans(
        first_user_id=actor.user_id,
        second_user_id=None,
        wristband_station_id=scan.station_id,
        bag_station_id=station_of(actor),
        wristband_at=scan.at,
        bag_at=tx.now,
    )
    facts = bedside_facts(tx, actor, band, bag, scans, label_is_current=is_label_current(tx, bag, code))
    verdict = judge_bedside(facts)
    if isinstance(verdict, Stop):
        return stopped(tx, actor, verdict, band, bag, STEP)
    _require_no_other_check(facts.infusion, bag)
    check = _matched(bag, band, scans, typed_reason)
    tx.session.add(check)
    tx.session.flush()
    return BedsideVerdict(bag_code=bag.code, wristband_code=band.code, at=tx.now, check_id=check.id)


@command
def confirm_match(tx: Transaction, actor: Actor, asked: ConfirmMatch) -> BedsideVerdict:
    """The second person scans wristband and bag again, then confirms with badge and PIN: only now it is checked."""
    tx.permit(actor, Action.BEDSIDE_CHECK)
    check = _check(tx, actor, asked.check_id)
    band = _band(tx, asked.wristband)
    code, typed_reason = _bag_code(tx, asked.bag, asked.typed_reason)
    bag = locked_bag(tx, code.code)
    has_lapsed = lapse_if_over(tx, bag)
    second_id = _badge_holder(tx, asked.second_badge)
    scans = scans_of(check, second_id)
    verdict = judge_bedside(
        bedside_facts(tx, actor, band, bag, scans, label_is_current=is_label_current(tx, bag, code))
    )
    if isinstance(verdict, Stop):
        return stopped(tx, actor, verdict, band, bag, STEP)
    _require_same(check, band, bag)
    other = second_person(tx, actor, asked, Action.SECOND_BEDSIDE_CHECK)
    if has_lapsed:
        raise Duplicate("check_again", "Another check of this bag was over just now. Begin again at the wristband.")
    _scanned(tx, other.user_id, station_of(actor), band)
    check.second_user_id, check.second_confirmed_at = other.user_id, tx.now
    tx.session.flush()
    is_typed = (typed_reason or check.typed_reason) is not None
    source = CodeSource.TYPED if is_typed else tx.reading.of(asked.bag)
    _checked(tx, actor, check, bag, other.user_id, source)
    return BedsideVerdict(bag_code=bag.code, wristband_code=band.code, at=tx.now, check_id=check.id)


@command
def leave_check(tx: Transaction, actor: Actor, asked: LeaveCheck) -> CheckLeft:
    """Give a check up before anything was started; a bag both persons had checked waits as before."""
    tx.permit(actor, Action.BEDSIDE_CHECK)
    check = _check(tx, actor, asked.check_id)
    code = tx.session.execute(select(Bag.code).where(Bag.id == check.bag_id)).scalar_one()
    bag = locked_bag(tx, code)
    infusion = infusion_of(tx, bag)
    if infusion is not None and infusion.state is InfusionState.CHECKED and infusion.bedside_check_id == check.id:
        lapse(tx, bag, infusion, actor.user_id)
    return CheckLeft(bag.code)


def scans_of(check: BedsideCheck, second_user_id: int | None) -> Scans:
    """The scans a check was made of."""
    return Scans(
        first_user_id=check.first_user_id,
        second_user_id=second_user_id,
        wristband_station_id=check.station_id,
        bag_station_id=check.station_id,
        wristband_at=check.wristband_scanned_at,
        bag_at=check.bag_scanned_at,
    )


def _band(tx: Transaction, raw: str) -> Wristband:
    """The wristband that was scanned. Its square symbol carries a print number that stands nowhere to be typed."""
    scanned = expect_here(tx, raw, Kind.WRISTBAND, step=STEP)
    if scanned.print_number is None or tx.reading.of(raw) is CodeSource.TYPED:
        near = NearMiss("wristband_typed", STEP, scanned=scanned.code)
        sentence = "A wristband cannot be typed. Scan the square symbol; if it will not scan, print a new wristband."
        raise NotAllowed("wristband_typed", sentence, near_miss=near)
    band = tx.session.execute(select(Wristband).where(Wristband.code == scanned.code)).scalar_one_or_none()
    if band is None:
        near = NearMiss("not_on_file", STEP, scanned=scanned.code)
        sentence = f"No wristband is on file under {scanned.text}. Check the band and scan again."
        raise NotFound("not_on_file", sentence, near_miss=near)
    if band.voided_at is not None or _is_void_print(tx, scanned):
        near = NearMiss(StopCode.LABEL_VOID.value, STEP, scanned=scanned.code)
        sentence = "This wristband was replaced and is void. Remove it, put the new one on, and scan that."
        raise Mismatch(StopCode.LABEL_VOID.value, sentence, near_miss=near)
    return band


def _is_void_print(tx: Transaction, scanned: OwnCode) -> bool:
    look = select(Label.state).where(Label.code == scanned.code, Label.print_number == scanned.print_number)
    state = tx.session.execute(look).scalar_one_or_none()
    return state in {LabelState.VOID, LabelState.SPOILED, LabelState.DESTROYED}


def _scanned(tx: Transaction, user_id: int, station_id: int, band: Wristband) -> WristbandScan:
    scan = WristbandScan(
        wristband_id=band.id, patient_id=band.patient_id, station_id=station_id, user_id=user_id, at=tx.now
    )
    tx.session.add(scan)
    tx.session.flush()
    return scan


def _own_scan(tx: Transaction, actor: Actor, scan_id: int) -> WristbandScan:
    scan = tx.session.get(WristbandScan, scan_id)
    if scan is None:
        raise NotFound("not_on_file", "That wristband scan is not on file. Begin again at the wristband.")
    _require_same_person(actor, scan.user_id)
    return scan


def _check(tx: Transaction, actor: Actor, check_id: int) -> BedsideCheck:
    check = tx.session.get(BedsideCheck, check_id)
    if check is None:
        raise NotFound("not_on_file", "That check is not on file. Begin again at the wristband.")
    _require_same_person(actor, check.first_user_id)
    return check


def _require_same_person(actor: Actor, user_id: int) -> None:
    if actor.user_id != user_id:
        raise NotAllowed("another_person", "Somebody else began this check. Begin your own at the wristband.")


def _bag_code(tx: Transaction, raw: str, typed_reason: str | None) -> tuple[OwnCode, str | None]:
    typed_reason = typed_reason or (tx.reading.of(raw) is CodeSource.TYPED and tx.reading.why) or None
    if typed_reason is None:
        return expect_here(tx, raw, Kind.BAG, step=STEP), None
    reason = require_reason(typed_reason, "A typed bag code needs a reason.")
    code = expect_here(tx, normalise_typed(raw), Kind.BAG, step=STEP)
    if code.print_number is not None:
        raise Invalid("type_what_is_printed", "Type the code as it stands on the label, without more.", field="bag")
    return code, reason


def _badge_holder(tx: Transaction, raw: str) -> int:
    badge = expect_here(tx, raw, Kind.BADGE, step=STEP)
    look = select(Badge.user_id).where(Badge.code == badge.code, Badge.voided_at.is_(None))
    holder = tx.session.execute(look).scalar_one_or_none()
    if holder is None:
        raise NotAllowed("unknown_person", "Nobody has that badge here, or it was voided.", field="second_badge")
    return holder


def _require_no_other_check(state: InfusionState | None, bag: Bag) -> None:
    if state is InfusionState.CHECKED:
        raise Duplicate(
            "check_under_way",
            f"Bag {display(bag.code)} is checked already and waits for its start. Start it there, or leave that check.",
        )


def _require_same(check: BedsideCheck, band: Wristband, bag: Bag) -> None:
    if (check.bag_id, check.wristband_id) != (bag.id, band.id):
        raise Mismatch(
            "another_bag",
            "The second person scanned another bag or wristband than the first. Begin again at the wristband.",
            near_miss=NearMiss("another_bag", STEP, bag_code=bag.code, scanned=band.code),
        )


def _matched(bag: Bag, band: Wristband, scans: Scans, typed_reason: str | None) -> BedsideCheck:
    return BedsideCheck(
        course_id=bag.course_id,
        patient_id=bag.patient_id,
        wristband_id=band.id,
        bag_id=bag.id,
        station_id=scans.bag_station_id,
        first_user_id=scans.first_user_id,
        wristband_scanned_at=scans.wristband_at,
        bag_scanned_at=scans.bag_at,
        typed_reason=typed_reason,
        expires_at=scans.bag_at + CHECK_HOLDS,
    )


def _checked(
    tx: Transaction, actor: Actor, check: BedsideCheck, bag: Bag, second_user_id: int, source: CodeSource
) -> None:
    infusion = infusion_of(tx, bag)
    assert infusion is not None, "the verdict saw a confirmed dose"
    _require_no_other_check(infusion.state, bag)
    act = CustodyAct(
        act=BagAct.VERIFY, at=tx.now, recorded_at=tx.now, actor_id=actor.user_id, witness_id=second_user_id
    )
    move_bag(tx, bag, act, source)
    infusion.bedside_check_id = check.id
    infusion.state = next_state(INFUSION, infusion.state, InfusionAct.CHECK, f"Bag {display(bag.code)}")
    tx.session.flush()
