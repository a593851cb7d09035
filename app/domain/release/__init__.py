"""Release evaluation. PLACEHOLDER by the lead until the rules worker writes it: overwrite freely."""

from enum import StrEnum

from app.domain.release.criteria import (
    Comparator,
    Criterion,
    Evidence,
    EvidenceStatus,
    Severity,
    Specification,
    Statistic,
    Timing,
)


class Outcome(StrEnum):
    """What the evidence permits."""

    ELIGIBLE = "eligible"
    CONDITIONAL_ELIGIBLE = "conditional_eligible"
    BLOCKED = "blocked"
    NOT_ELIGIBLE = "not_eligible"


__all__ = [
    "Comparator",
    "Criterion",
    "Evidence",
    "EvidenceStatus",
    "Outcome",
    "Severity",
    "Specification",
    "Statistic",
    "Timing",
]
