"""Custody. PLACEHOLDER by the lead until the rules worker writes it: overwrite freely."""

from enum import StrEnum


class CustodyKind(StrEnum):
    """What a custody event records."""

    FILL = "fill"
    LABEL = "label"
    HAND_OVER = "hand_over"
    STORE = "store"
    RELEASE = "release"
    ISSUE = "issue"
    RECEIVE = "receive"
    CHECK = "check"
    INFUSE = "infuse"
    RETURN = "return"
    DISPOSE = "dispose"
