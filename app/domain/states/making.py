"""States of a collection and of a culture. House rule: rules, sections 4.1 and 4.2."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.domain.states.table import state_table


class CollectionState(StrEnum):
    """Where a leukapheresis collection stands."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    CANCELLED = "cancelled"
    COLLECTED = "collected"
    ABANDONED = "abandoned"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    CONSUMED = "consumed"


class CollectionAct(StrEnum):
    """What happens to a collection."""

    PLAN = "plan"
    START = "start"
    CANCEL = "cancel"
    FINISH = "finish"
    ABANDON = "abandon"
    RECEIVE = "receive"
    ACCEPT = "accept"
    QUARANTINE = "quarantine"
    REJECT = "reject"
    CONSUME = "consume"


class CultureState(StrEnum):
    """Where a culture (batch) stands."""

    PLANNED = "planned"
    IN_PROCESS = "in_process"
    INCUBATING = "incubating"
    HARVESTED = "harvested"
    FORMULATED = "formulated"
    CLOSED = "closed"
    STOPPED = "stopped"


class CultureAct(StrEnum):
    """What happens to a culture."""

    OPEN = "open"
    START = "start"
    SEED = "seed"
    COUNT = "count"
    FEED = "feed"
    SPLIT = "split"
    HARVEST = "harvest"
    FORMULATE = "formulate"
    CLOSE = "close"
    STOP = "stop"


COLLECTION: Final = state_table(
    CollectionAct.PLAN,
    CollectionState.PLANNED,
    ((CollectionState.PLANNED,), CollectionAct.START, CollectionState.IN_PROGRESS),
    ((CollectionState.PLANNED,), CollectionAct.CANCEL, CollectionState.CANCELLED),
    ((CollectionState.IN_PROGRESS,), CollectionAct.FINISH, CollectionState.COLLECTED),
    ((CollectionState.IN_PROGRESS,), CollectionAct.ABANDON, CollectionState.ABANDONED),
    ((CollectionState.COLLECTED,), CollectionAct.RECEIVE, CollectionState.RECEIVED),
    ((CollectionState.RECEIVED, CollectionState.QUARANTINED), CollectionAct.ACCEPT, CollectionState.ACCEPTED),
    ((CollectionState.RECEIVED,), CollectionAct.QUARANTINE, CollectionState.QUARANTINED),
    ((CollectionState.RECEIVED, CollectionState.QUARANTINED), CollectionAct.REJECT, CollectionState.REJECTED),
    ((CollectionState.ACCEPTED,), CollectionAct.CONSUME, CollectionState.CONSUMED),
)

_BEFORE_FORMULATION: Final = (
    CultureState.PLANNED,
    CultureState.IN_PROCESS,
    CultureState.INCUBATING,
    CultureState.HARVESTED,
)

CULTURE: Final = state_table(
    CultureAct.OPEN,
    CultureState.PLANNED,
    ((CultureState.PLANNED,), CultureAct.START, CultureState.IN_PROCESS),
    ((CultureState.IN_PROCESS,), CultureAct.SEED, CultureState.INCUBATING),
    ((CultureState.INCUBATING,), CultureAct.COUNT, None),
    ((CultureState.INCUBATING,), CultureAct.FEED, None),
    ((CultureState.INCUBATING,), CultureAct.SPLIT, None),
    ((CultureState.INCUBATING,), CultureAct.HARVEST, CultureState.HARVESTED),
    ((CultureState.HARVESTED,), CultureAct.FORMULATE, CultureState.FORMULATED),
    ((CultureState.FORMULATED,), CultureAct.CLOSE, CultureState.CLOSED),
    (_BEFORE_FORMULATION, CultureAct.STOP, CultureState.STOPPED),
)
