"""The state tables as data: only listed moves exist. Guards and rights stand elsewhere.

House rule: rules, section 4.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.states.giving import (
    DECISION,
    INFUSION,
    DecisionAct,
    DecisionState,
    InfusionAct,
    InfusionState,
)
from app.domain.states.making import (
    COLLECTION,
    CULTURE,
    CollectionAct,
    CollectionState,
    CultureAct,
    CultureState,
)
from app.domain.states.printing import JOB, JobAct, JobState
from app.domain.states.product import (
    BAG,
    LABEL,
    LOT,
    BagAct,
    BagState,
    LabelAct,
    LabelState,
    LotAct,
    LotState,
)
from app.domain.states.stock import MATERIAL, MaterialAct
from app.domain.states.table import StateTable, next_state
from app.domain.states.testing import RUN, RunAct, RunState

TRANSITIONS: Final[Mapping[str, frozenset[tuple[str, str]]]] = MappingProxyType(
    {
        "material_lot": MATERIAL.pairs,
        "collection": COLLECTION.pairs,
        "culture": CULTURE.pairs,
        "test_run": RUN.pairs,
        "product_lot": LOT.pairs,
        "bag": BAG.pairs,
        "label": LABEL.pairs,
        "print_job": JOB.pairs,
        "release_decision": DECISION.pairs,
        "infusion": INFUSION.pairs,
    }
)
"""Per stored table the (from, to) its state may change by; the database keeps them once more."""

INITIAL_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "material_lot": MATERIAL.first,
        "collection": CollectionState.PLANNED,
        "culture": CultureState.PLANNED,
        "test_run": RunState.REQUESTED,
        "product_lot": LotState.IN_PROCESS,
        "bag": BagState.FILLED,
        "label": LabelState.QUEUED,
        "print_job": JobState.QUEUED,
        "release_decision": DecisionState.SIGNED,
        "infusion": InfusionState.CONFIRMED,
    }
)
"""In which state a stored row begins. Draft and review of a decision, and the order of a dose, are other
records: the row of a decision is written by its signature, that of an infusion by the confirmed dose."""

__all__ = [
    "BAG",
    "COLLECTION",
    "CULTURE",
    "DECISION",
    "INFUSION",
    "INITIAL_STATES",
    "JOB",
    "LABEL",
    "LOT",
    "MATERIAL",
    "RUN",
    "TRANSITIONS",
    "BagAct",
    "BagState",
    "CollectionAct",
    "CollectionState",
    "CultureAct",
    "CultureState",
    "DecisionAct",
    "DecisionState",
    "InfusionAct",
    "InfusionState",
    "JobAct",
    "JobState",
    "LabelAct",
    "LabelState",
    "LotAct",
    "LotState",
    "MaterialAct",
    "RunAct",
    "RunState",
    "StateTable",
    "next_state",
]
