"""States of a product lot, its bags and their labels. House rule: rules, sections 4.4 to 4.6."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.states.table import state_table


class LotState(StrEnum):
    """Where a product lot stands. EXCEPTIONAL stays exceptional for ever."""

    IN_PROCESS = "in_process"
    QUARANTINE = "quarantine"
    RELEASED = "released"
    CONDITIONAL = "conditional"
    EXCEPTIONAL = "exceptional"
    RELEASED_FINAL = "released_final"
    REJECTED = "rejected"
    POST_RELEASE_FAILURE = "post_release_failure"


class LotAct(StrEnum):
    """What happens to a lot."""

    CREATE = "create"
    COMPLETE = "complete"
    RELEASE = "release"
    RELEASE_CONDITIONALLY = "release_conditionally"
    RELEASE_EXCEPTIONALLY = "release_exceptionally"
    REJECT = "reject"
    FINALISE = "finalise"
    SUSPEND = "suspend"
    FAIL = "fail"
    WITHDRAW_FAILURE = "withdraw_failure"


class BagState(StrEnum):
    """Where a bag stands. Every bag ends in exactly one terminal state."""

    FILLED = "filled"
    LABELLED = "labelled"
    AVAILABLE = "available"
    ISSUED = "issued"
    RECEIVED = "received"
    VERIFIED = "verified"
    INFUSING = "infusing"
    INFUSED = "infused"
    PARTLY_INFUSED = "partly_infused"
    RETURNED = "returned"
    EXPIRED = "expired"
    RECALLED = "recalled"
    DESTROYED = "destroyed"
    WASTED = "wasted"
    TRANSFERRED_RESEARCH = "transferred_research"


class BagAct(StrEnum):
    """What happens to a bag."""

    FILL = "fill"
    LABEL = "label"
    MAKE_AVAILABLE = "make_available"
    SUSPEND = "suspend"
    WITHDRAW_FAILURE = "withdraw_failure"
    ISSUE = "issue"
    RECEIVE = "receive"
    VERIFY = "verify"
    START = "start"
    LAPSE = "lapse"
    FINISH = "finish"
    STOP = "stop"
    RETURN = "return"
    RESTOCK = "restock"
    EXPIRE = "expire"
    RECALL = "recall"
    ALLOW = "allow"
    DESTROY = "destroy"
    WASTE = "waste"
    GIVE_TO_RESEARCH = "give_to_research"


class LabelState(StrEnum):
    """Where one printed copy stands."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    SCANNED_BACK = "scanned_back"
    VERIFIED = "verified"
    APPLIED = "applied"
    SPOILED = "spoiled"
    VOID = "void"
    DESTROYED = "destroyed"


class LabelAct(StrEnum):
    """What happens to a printed copy."""

    REQUEST = "request"
    SEND = "send"
    REFUSE = "refuse"
    SCAN_BACK = "scan_back"
    VERIFY = "verify"
    APPLY = "apply"
    SPOIL = "spoil"
    REPLACE = "replace"
    DESTROY = "destroy"


_IN_FORCE: Final = (
    LotState.RELEASED,
    LotState.CONDITIONAL,
    LotState.RELEASED_FINAL,
    LotState.EXCEPTIONAL,
)

LOT: Final = state_table(
    LotAct.CREATE,
    LotState.IN_PROCESS,
    ((LotState.IN_PROCESS,), LotAct.COMPLETE, LotState.QUARANTINE),
    ((LotState.QUARANTINE,), LotAct.RELEASE, LotState.RELEASED),
    ((LotState.QUARANTINE,), LotAct.RELEASE_CONDITIONALLY, LotState.CONDITIONAL),
    ((LotState.QUARANTINE,), LotAct.RELEASE_EXCEPTIONALLY, LotState.EXCEPTIONAL),
    ((LotState.QUARANTINE,), LotAct.REJECT, LotState.REJECTED),
    ((LotState.CONDITIONAL,), LotAct.FINALISE, LotState.RELEASED_FINAL),
    (_IN_FORCE, LotAct.SUSPEND, LotState.QUARANTINE),
    (_IN_FORCE, LotAct.FAIL, LotState.POST_RELEASE_FAILURE),
    ((LotState.POST_RELEASE_FAILURE,), LotAct.WITHDRAW_FAILURE, LotState.QUARANTINE),
)

_WAITING: Final = (
    BagState.FILLED,
    BagState.LABELLED,
    BagState.AVAILABLE,
    BagState.ISSUED,
    BagState.RECEIVED,
    BagState.VERIFIED,
    BagState.RETURNED,
)
_OPEN: Final = (*_WAITING, BagState.EXPIRED, BagState.RECALLED)

BAG: Final = state_table(
    BagAct.FILL,
    BagState.FILLED,
    ((BagState.FILLED,), BagAct.LABEL, BagState.LABELLED),
    ((BagState.LABELLED,), BagAct.MAKE_AVAILABLE, BagState.AVAILABLE),
    ((BagState.AVAILABLE,), BagAct.SUSPEND, BagState.LABELLED),
    ((BagState.RECALLED,), BagAct.WITHDRAW_FAILURE, BagState.LABELLED),
    ((BagState.AVAILABLE,), BagAct.ISSUE, BagState.ISSUED),
    ((BagState.ISSUED,), BagAct.RECEIVE, BagState.RECEIVED),
    ((BagState.RECEIVED,), BagAct.VERIFY, BagState.VERIFIED),
    ((BagState.VERIFIED,), BagAct.START, BagState.INFUSING),
    ((BagState.VERIFIED,), BagAct.LAPSE, BagState.RECEIVED),
    ((BagState.INFUSING,), BagAct.FINISH, BagState.INFUSED),
    ((BagState.INFUSING,), BagAct.STOP, BagState.PARTLY_INFUSED),
    ((BagState.ISSUED, BagState.RECEIVED), BagAct.RETURN, BagState.RETURNED),
    ((BagState.RETURNED,), BagAct.RESTOCK, BagState.AVAILABLE),
    ((*_WAITING, BagState.RECALLED), BagAct.EXPIRE, BagState.EXPIRED),
    ((*_WAITING, BagState.EXPIRED), BagAct.RECALL, BagState.RECALLED),
    ((BagState.EXPIRED, BagState.RECALLED), BagAct.ALLOW, BagState.AVAILABLE),
    (_OPEN, BagAct.DESTROY, BagState.DESTROYED),
    (_OPEN, BagAct.WASTE, BagState.WASTED),
    (
        (BagState.LABELLED, BagState.RETURNED, BagState.EXPIRED, BagState.RECALLED),
        BagAct.GIVE_TO_RESEARCH,
        BagState.TRANSFERRED_RESEARCH,
    ),
)

LABEL: Final = state_table(
    LabelAct.REQUEST,
    LabelState.QUEUED,
    ((LabelState.QUEUED,), LabelAct.SEND, LabelState.SENT),
    ((LabelState.QUEUED,), LabelAct.REFUSE, LabelState.REFUSED),
    ((LabelState.SENT,), LabelAct.SCAN_BACK, LabelState.SCANNED_BACK),
    ((LabelState.SCANNED_BACK,), LabelAct.VERIFY, LabelState.VERIFIED),
    ((LabelState.VERIFIED,), LabelAct.APPLY, LabelState.APPLIED),
    ((LabelState.SENT, LabelState.SCANNED_BACK, LabelState.VERIFIED), LabelAct.SPOIL, LabelState.SPOILED),
    ((LabelState.APPLIED,), LabelAct.REPLACE, LabelState.VOID),
    ((LabelState.SPOILED, LabelState.VOID), LabelAct.DESTROY, LabelState.DESTROYED),
)
