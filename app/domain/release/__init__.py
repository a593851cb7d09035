"""Release evaluation: what a product must meet, what the evidence says, what the lot may become, and why."""

from app.domain.release.criteria import (
    Comparator,
    Criterion,
    DerivedFrom,
    Evidence,
    EvidenceStatus,
    Severity,
    Specification,
    Statistic,
    Timing,
    evidence_status,
)
from app.domain.release.example_specification import lak_example
from app.domain.release.explanation import (
    evaluation_record,
    limit_in_words,
    result_in_words,
    summary,
    what_would_change,
)
from app.domain.release.outcome import (
    NEVER_ACCEPTED,
    Blocker,
    BlockerKind,
    Evaluation,
    Line,
    Outcome,
    evaluate,
    require_conditional_parts,
    require_outcome,
)
from app.domain.release.verdicts import Cause, Judgement, Verdict, all_of, any_of, judge

__all__ = [
    "NEVER_ACCEPTED",
    "Blocker",
    "BlockerKind",
    "Cause",
    "Comparator",
    "Criterion",
    "DerivedFrom",
    "Evaluation",
    "Evidence",
    "EvidenceStatus",
    "Judgement",
    "Line",
    "Outcome",
    "Severity",
    "Specification",
    "Statistic",
    "Timing",
    "Verdict",
    "all_of",
    "any_of",
    "evaluate",
    "evaluation_record",
    "evidence_status",
    "judge",
    "lak_example",
    "limit_in_words",
    "require_conditional_parts",
    "require_outcome",
    "result_in_words",
    "summary",
    "what_would_change",
]
