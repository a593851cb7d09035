"""One link of custody: what is recorded, when it may be, and what all links together say. Not whether a chain holds.

House rule: rules, sections 3 and 4.5; reliability, section 3.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.errors import Invalid, Mismatch, NotAllowed, WrongState
from app.domain.independence import require_another_person
from app.domain.reasons import require_reason
from app.domain.states import BAG, BagAct, BagState, next_state


class CustodyKind(StrEnum):
    """What happened to the bag. `release` and `withhold` open and close its use; nobody moved it."""

    FILL = "fill"
    LABEL = "label"
    HAND_OVER = "hand_over"
    STORE = "store"
    RELEASE = "release"
    WITHHOLD = "withhold"
    ISSUE = "issue"
    RECEIVE = "receive"
    CHECK = "check"
    INFUSE = "infuse"
    RETURN = "return"
    DISPOSE = "dispose"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyEvent:
    """One link: who held the bag, where, and who holds it now. The first link comes from nobody and nowhere.

    `seq` counts from 1; `corrects_seq` names the link this one corrects. `actor_id` None is the system itself.
    """

    seq: int
    kind: CustodyKind
    state: BagState
    at: datetime
    actor_id: int | None
    witness_id: int | None
    from_holder_id: int | None
    to_holder_id: int
    from_place_id: int | None
    to_place_id: int
    temperature_c: Decimal | None = None
    seal: str | None = None
    reason: str | None = None
    corrects_seq: int | None = None


@dataclass(frozen=True, slots=True)
class BagCustody:
    """What the links of a bag say now: its state, holder and place, and the last link."""

    state: BagState
    holder_id: int
    place_id: int
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyAct:
    """What somebody wants to record. `act` None only moves the bag; a holder or place of None stays as it is.

    `at` is when it happened, `recorded_at` the server's time now; both aware. `actor_id` None is the system itself.
    """

    act: BagAct | None
    at: datetime
    recorded_at: datetime
    actor_id: int | None
    witness_id: int | None = None
    to_holder_id: int | None = None
    to_place_id: int | None = None
    temperature_c: Decimal | None = None
    seal: str | None = None
    reason: str | None = None


def decide(custody: BagCustody | None, asked: CustodyAct, what: str) -> CustodyEvent:
    """The link to record, or a refusal. `custody` is None for a bag that is being filled, `what` names the bag.

    Giver and receiver are different and both there; one person may move what he or she holds. Raises WrongState,
    Mismatch, NotAllowed or Invalid; then nothing is recorded.
    """
    state = _next(custody, asked, what)
    holder_id, place_id = _goal(custody, asked, what)
    _require_time(custody, asked, what)
    _require_persons(custody, asked, holder_id, what)
    _require_condition(asked, what)
    return CustodyEvent(
        seq=custody.seq + 1 if custody else 1,
        kind=_kind(custody, asked, holder_id),
        state=state,
        at=asked.at,
        actor_id=asked.actor_id,
        witness_id=asked.witness_id,
        from_holder_id=custody.holder_id if custody else None,
        to_holder_id=holder_id,
        from_place_id=custody.place_id if custody else None,
        to_place_id=place_id,
        temperature_c=asked.temperature_c,
        seal=asked.seal,
        reason=asked.reason,
    )


def fold(events: Sequence[CustodyEvent]) -> BagCustody:
    """What all links of one bag say together; corrections stand in the place of what they correct."""
    links = as_corrected(events)
    newest = max(events, key=lambda event: event.seq)
    return BagCustody(links[-1].state, links[-1].to_holder_id, links[-1].to_place_id, newest.seq, newest.at)


def as_corrected(events: Sequence[CustodyEvent]) -> tuple[CustodyEvent, ...]:
    """The links in order, each corrected one replaced by its last correction at the time it happened."""
    standing: dict[int, CustodyEvent] = {}
    place_of: dict[int, int] = {}
    for event in sorted(events, key=lambda event: event.seq):
        if event.corrects_seq is None:
            standing[event.seq] = event
        else:
            place = place_of.get(event.corrects_seq, event.corrects_seq)
            place_of[event.seq] = place
            standing[place] = replace(event, seq=place, at=standing[place].at)
    return tuple(standing.values())


_KINDS: Final = {
    BagAct.FILL: CustodyKind.FILL,
    BagAct.LABEL: CustodyKind.LABEL,
    BagAct.MAKE_AVAILABLE: CustodyKind.RELEASE,
    BagAct.RESTOCK: CustodyKind.RELEASE,
    BagAct.ALLOW: CustodyKind.RELEASE,
    BagAct.WITHDRAW_FAILURE: CustodyKind.RELEASE,
    BagAct.SUSPEND: CustodyKind.WITHHOLD,
    BagAct.EXPIRE: CustodyKind.WITHHOLD,
    BagAct.RECALL: CustodyKind.WITHHOLD,
    BagAct.ISSUE: CustodyKind.ISSUE,
    BagAct.RECEIVE: CustodyKind.RECEIVE,
    BagAct.VERIFY: CustodyKind.CHECK,
    BagAct.LAPSE: CustodyKind.CHECK,
    BagAct.START: CustodyKind.INFUSE,
    BagAct.FINISH: CustodyKind.INFUSE,
    BagAct.STOP: CustodyKind.INFUSE,
    BagAct.RETURN: CustodyKind.RETURN,
    BagAct.DESTROY: CustodyKind.DISPOSE,
    BagAct.WASTE: CustodyKind.DISPOSE,
    BagAct.GIVE_TO_RESEARCH: CustodyKind.HAND_OVER,
}
_TWO_PERSONS: Final = frozenset(
    {
        BagAct.FILL,
        BagAct.LABEL,
        BagAct.ISSUE,
        BagAct.RECEIVE,
        BagAct.VERIFY,
        BagAct.RETURN,
        BagAct.DESTROY,
        BagAct.WASTE,
    }
)
_NEW_HOLDER: Final = frozenset({BagAct.RECEIVE, BagAct.RETURN})
_MAY_CHANGE_HOLDER: Final = frozenset({None, BagAct.ISSUE, BagAct.GIVE_TO_RESEARCH, *_NEW_HOLDER})
_WITH_REASON: Final = frozenset({BagAct.RETURN, BagAct.DESTROY, BagAct.WASTE, BagAct.RECALL})
_BY_SYSTEM: Final = frozenset({BagAct.LAPSE, BagAct.EXPIRE, BagAct.RECALL})
"""What happens by itself: a time is over, or a material of the bag was recalled. Every other step is somebody's."""


def _next(custody: BagCustody | None, asked: CustodyAct, what: str) -> BagState:
    if asked.act is not None:
        return next_state(BAG, None if custody is None else custody.state, asked.act, what)
    if custody is None or custody.state in BAG.terminal or custody.state is BagState.INFUSING:
        state = "not filled yet" if custody is None else custody.state.value.replace("_", " ")
        raise WrongState("cannot_move", f"{what} is {state} and cannot be moved. Check that you have the right one.")
    return custody.state


def _goal(custody: BagCustody | None, asked: CustodyAct, what: str) -> tuple[int, int]:
    """Holder and place after the act."""
    holder_id, place_id = asked.to_holder_id, asked.to_place_id
    if custody is not None:
        holder_id = custody.holder_id if holder_id is None else holder_id
        place_id = custody.place_id if place_id is None else place_id
    if holder_id is None or place_id is None:
        raise Invalid("custody_without_place", f"{what} needs a holder and a place when it is filled.")
    return holder_id, place_id


def _require_time(custody: BagCustody | None, asked: CustodyAct, what: str) -> None:
    if asked.at > asked.recorded_at:
        raise Invalid("time_in_future", f"{what}: this time lies in the future. Enter when it happened.", field="at")
    if custody is not None and asked.at < custody.at:
        raise Invalid(
            "custody_time_reversed",
            f"{what}: this happened before the last link of its custody. Check the time, or correct that link.",
            field="at",
        )


def _require_persons(custody: BagCustody | None, asked: CustodyAct, holder_id: int, what: str) -> None:
    if asked.actor_id is None:
        if asked.act not in _BY_SYSTEM:
            raise NotAllowed("person_missing", f"{what}: somebody must do this step. Sign in and do it yourself.")
        return
    if asked.witness_id is not None:
        require_another_person(asked.actor_id, asked.witness_id, "custody")
    elif asked.act in _TWO_PERSONS:
        raise NotAllowed("second_person_missing", f"{what}: this step needs two persons. Ask a colleague to confirm.")
    if custody is None:
        return
    if holder_id == custody.holder_id:
        if asked.act in _NEW_HOLDER:
            raise Mismatch("receiver_is_giver", f"{what}: who receives it must not be who gives it.")
        return
    if asked.act not in _MAY_CHANGE_HOLDER:
        raise NotAllowed("no_hand_over", f"{what}: this step hands nothing over. Hand the bag over first.")
    present = {asked.actor_id, asked.witness_id}
    needed = {holder_id} if asked.act is BagAct.ISSUE else {holder_id, custody.holder_id}
    if not needed <= present:
        raise NotAllowed(
            "hand_over_needs_both",
            f"{what}: giver and receiver must both confirm. Ask the other one to scan the badge.",
        )


def _require_condition(asked: CustodyAct, what: str) -> None:
    if asked.act in _WITH_REASON:
        require_reason(asked.reason, f"{what}: this step needs a reason.")
    if asked.act is BagAct.RETURN and asked.temperature_c is None:
        raise Invalid(
            "temperature_missing", f"{what}: measure and enter the temperature on return.", field="temperature_c"
        )


def _kind(custody: BagCustody | None, asked: CustodyAct, holder_id: int) -> CustodyKind:
    if asked.act is not None:
        return _KINDS[asked.act]
    return CustodyKind.STORE if custody and holder_id == custody.holder_id else CustodyKind.HAND_OVER
