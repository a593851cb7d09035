"""The last metre: whether this bag may be given to this patient here and now, and how a dose differs from its order.

The list of stops is complete and none has an override. Without a network nothing is judged at all: that stop is the
page's own. House rule: rules, section 4.8; interface, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from app.domain.custody import ChainVerdict
from app.domain.errors import Invalid
from app.domain.states import BagState, InfusionState

CHECK_HOLDS: Final = timedelta(seconds=120)
"""How long after the wristband the bag may be scanned, and how long a MATCH holds (House rule: rules, 4.5)."""


class StopCode(StrEnum):
    """Every hard stop at the bedside, in the order they are told: whose bag, the bag, its record, the check."""

    WRONG_PATIENT = "wrong_patient"
    ALREADY_INFUSED = "already_infused"
    RECALLED_OR_HELD = "recalled_or_held"
    EXPIRED = "expired"
    NOT_RELEASED = "not_released"
    DOSE_NOT_CONFIRMED = "dose_not_confirmed"
    LABEL_VOID = "label_void"
    CHAIN_BROKEN = "chain_broken"
    SECOND_IS_FIRST = "second_is_first"
    OTHER_STATION = "other_station"
    SCANS_TOO_FAR_APART = "scans_too_far_apart"
    CHECK_TOO_OLD = "check_too_old"


class Shown(StrEnum):
    """What the STOP surface may show. The name of another patient is never among it."""

    PATIENT = "patient"
    HOSPITAL_NUMBERS = "hospital_numbers"
    BAG_CODE = "bag_code"
    BAG_EXPIRY = "bag_expiry"


@dataclass(frozen=True, slots=True, kw_only=True)
class BedsideFacts:
    """Everything the verdict rests on, read in one transaction. Times are aware, ids are those of our records.

    `is_held` counts an open hold on bag, lot or course, an inactive course, and withdrawn consent. `infusion` is the
    record of this bag, None before its dose was confirmed. `second_user_id` is None until the second person scans.
    """

    wristband_patient_id: int
    is_wristband_current: bool
    bag_patient_id: int
    bag_state: BagState
    bag_expires_at: datetime
    is_label_current: bool
    has_effective_decision: bool
    is_held: bool
    chain: ChainVerdict
    infusion: InfusionState | None
    first_user_id: int
    second_user_id: int | None
    wristband_station_id: int
    bag_station_id: int
    station_id: int
    wristband_scanned_at: datetime
    bag_scanned_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """Right patient, right bag. It holds until `holds_until` and starts nothing before a second person confirmed."""

    holds_until: datetime
    needs_second_person: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """Do not connect. One sentence, three acts in order, and what may be shown."""

    code: StopCode
    sentence: str
    shown: frozenset[Shown]
    opens_deviation: bool
    _acts: tuple[str, str, str]

    def acts(self, *, bag: str, telephone: str) -> tuple[str, str, str]:
        """The three numbered instructions. `bag` is its code as people read it, `telephone` the laboratory's."""
        first, second, third = (act.format(bag=bag, telephone=telephone) for act in self._acts)
        return first, second, third


def judge_bedside(facts: BedsideFacts) -> Match | Stop:
    """The one verdict at the bedside: the first stop that applies, else MATCH."""
    for code in StopCode:
        if _applies(code, facts):
            return stop_of(code)
    return Match(_instant(facts.bag_scanned_at) + CHECK_HOLDS, facts.second_user_id is None)


def stop_of(code: StopCode) -> Stop:
    """What a stop says: its sentence, its acts, and what may be shown."""
    sentence, acts = _STOPS[code]
    return Stop(code, sentence, _SHOWN.get(code, _USUALLY), code is StopCode.WRONG_PATIENT, acts)


def dose_difference_percent(ordered_viable_cells: int, contained_viable_cells: int) -> Decimal:
    """By how many percent the bags hold more (less: negative) than was ordered, unrounded. Refuses an empty order."""
    if ordered_viable_cells <= 0:
        raise Invalid("order_without_cells", "The order names no cells. Order a number of viable cells first.")
    return Decimal(contained_viable_cells - ordered_viable_cells) * 100 / ordered_viable_cells


_GIVEN: Final = frozenset({BagState.INFUSING, BagState.INFUSED, BagState.PARTLY_INFUSED})
_BEGUN: Final = frozenset({InfusionState.RUNNING, InfusionState.COMPLETED, InfusionState.STOPPED})
_CONFIRMED: Final = frozenset({InfusionState.CONFIRMED, InfusionState.CHECKED})
_UNRELEASED: Final = frozenset({BagState.FILLED, BagState.LABELLED})
_ON_THE_WARD: Final = frozenset({BagState.RECEIVED, BagState.VERIFIED})


def _applies(code: StopCode, facts: BedsideFacts) -> bool:
    match code:
        case StopCode.WRONG_PATIENT:
            return facts.bag_patient_id != facts.wristband_patient_id
        case StopCode.ALREADY_INFUSED:
            return facts.bag_state in _GIVEN or facts.infusion in _BEGUN
        case StopCode.RECALLED_OR_HELD:
            return facts.bag_state is BagState.RECALLED or facts.is_held
        case StopCode.EXPIRED:
            return facts.bag_state is BagState.EXPIRED or _instant(facts.now) >= _instant(facts.bag_expires_at)
        case StopCode.NOT_RELEASED:
            return facts.bag_state in _UNRELEASED or not facts.has_effective_decision
        case StopCode.DOSE_NOT_CONFIRMED:
            return facts.infusion not in _CONFIRMED
        case StopCode.LABEL_VOID:
            return not (facts.is_label_current and facts.is_wristband_current)
        case StopCode.CHAIN_BROKEN:
            return facts.chain is ChainVerdict.BROKEN or facts.bag_state not in _ON_THE_WARD
        case StopCode.SECOND_IS_FIRST:
            return facts.second_user_id == facts.first_user_id
        case StopCode.OTHER_STATION:
            return len({facts.wristband_station_id, facts.bag_station_id, facts.station_id}) > 1
        case StopCode.SCANS_TOO_FAR_APART:
            return not _is_within(facts.wristband_scanned_at, facts.bag_scanned_at)
        case StopCode.CHECK_TOO_OLD:
            return not _is_within(facts.bag_scanned_at, facts.now)
    assert_never(code)


def _is_within(begin: datetime, end: datetime) -> bool:
    return timedelta(0) <= _instant(end) - _instant(begin) <= CHECK_HOLDS


def _instant(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise Invalid("time_without_zone", f"The time {at.isoformat()} has no zone.")
    return at.astimezone(UTC)


_USUALLY: Final = frozenset({Shown.PATIENT, Shown.BAG_CODE})
_SHOWN: Final = {
    StopCode.WRONG_PATIENT: _USUALLY | {Shown.HOSPITAL_NUMBERS},
    StopCode.EXPIRED: _USUALLY | {Shown.BAG_EXPIRY},
}
_PUT_BACK: Final = "Put bag {bag} back in its carrier, away from the bed."
_CALL: Final = "Call the cell laboratory, {telephone}. They can see this alert now."
_WAIT: Final = "Scan the right bag when it arrives. Nothing was started."
_WRISTBAND: Final = "Scan the wristband the patient is wearing."
_BAG_AGAIN: Final = "Scan bag {bag} within two minutes. Nothing was started."
_STOPS: Final[Mapping[StopCode, tuple[str, tuple[str, str, str]]]] = MappingProxyType(
    {
        StopCode.WRONG_PATIENT: (
            "This bag is for a different patient. Do not connect it.",
            (_PUT_BACK, _CALL, _WAIT),
        ),
        StopCode.ALREADY_INFUSED: (
            "This bag was started already. Do not connect it again.",
            (
                "Leave bag {bag} as it is and look at the infusion record of this patient.",
                _CALL,
                "If the infusion runs, record it there. Nothing new was started.",
            ),
        ),
        StopCode.RECALLED_OR_HELD: (
            "This bag is recalled or on hold. Do not connect it.",
            (_PUT_BACK, _CALL, "Wait for the laboratory's decision. Nothing was started."),
        ),
        StopCode.EXPIRED: (
            "This bag is past its expiry. Do not connect it.",
            (_PUT_BACK, _CALL, "Tell the prescriber that this dose is missing. Nothing was started."),
        ),
        StopCode.NOT_RELEASED: (
            "This bag is not released. Do not connect it.",
            (_PUT_BACK, _CALL, "Wait until QA has decided. Nothing was started."),
        ),
        StopCode.DOSE_NOT_CONFIRMED: (
            "Nobody confirmed this bag as the dose. Do not connect it.",
            (
                "Keep bag {bag} in its carrier.",
                "Ask the prescriber to confirm the dose.",
                "Then start again at the wristband. Nothing was started.",
            ),
        ),
        StopCode.LABEL_VOID: (
            "This label was replaced and is void. Do not connect the bag.",
            (_PUT_BACK, _CALL, "Scan the newest label or wristband only. Nothing was started."),
        ),
        StopCode.CHAIN_BROKEN: (
            "The record of who held this bag has a gap. Do not connect it.",
            (_PUT_BACK, _CALL, "Wait until the gap is explained. Nothing was started."),
        ),
        StopCode.SECOND_IS_FIRST: (
            "The second person must be somebody else.",
            (
                "Ask a colleague to come to the bed.",
                "Let them scan their own badge.",
                "Then read both labels aloud together. Nothing was started.",
            ),
        ),
        StopCode.OTHER_STATION: (
            "The scans were made at different stations. Check again at one.",
            ("Stay at one station at the bed.", _WRISTBAND, _BAG_AGAIN),
        ),
        StopCode.SCANS_TOO_FAR_APART: (
            "Wristband and bag were not scanned within two minutes. Check again.",
            ("Stay at the bed with bag {bag}.", _WRISTBAND, _BAG_AGAIN),
        ),
        StopCode.CHECK_TOO_OLD: (
            "This check is older than two minutes. Check again.",
            ("Stay at the bed with bag {bag}.", _WRISTBAND, _BAG_AGAIN),
        ),
    }
)
