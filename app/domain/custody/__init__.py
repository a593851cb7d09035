"""Chain of custody of a bag: who held it, where, in what condition. Whose it is, is chain of identity."""

from app.domain.custody.chain import ChainVerdict, CustodyChain, CustodyLimits, Gap, GapKind, judge_chain
from app.domain.custody.events import (
    BagCustody,
    CustodyAct,
    CustodyEvent,
    CustodyKind,
    as_corrected,
    decide,
    fold,
)

__all__ = [
    "BagCustody",
    "ChainVerdict",
    "CustodyAct",
    "CustodyChain",
    "CustodyEvent",
    "CustodyKind",
    "CustodyLimits",
    "Gap",
    "GapKind",
    "as_corrected",
    "decide",
    "fold",
    "judge_chain",
]
