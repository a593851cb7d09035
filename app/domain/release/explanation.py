"""Verdicts in words: limit, result, and what would change the verdict. Decides nothing.

House rule: rules, section 6.4, and interface, section 7. Figures are never rounded across a limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Final, assert_never

from app.domain.figures import cells_in_words, figure, instant_in_words
from app.domain.release.criteria import Comparator, Criterion, Evidence, EvidenceStatus, Severity
from app.domain.release.outcome import Evaluation
from app.domain.release.verdicts import Cause, Judgement, Verdict
from app.domain.signing import RecordValue
from app.domain.sterility import reading_day
from app.domain.vocabulary import Censor, TestKind


def limit_in_words(criterion: Criterion) -> str:
    """The limit as pages show it: "at least 70%", "5 or less", "1.0 to 5.0", "no growth"."""
    if is_record_only(criterion):
        return "recorded"
    limits = [_limit(criterion, limit) for limit in criterion.limits]
    match criterion.comparator:
        case Comparator.BELOW:
            return f"less than {limits[0]}"
        case Comparator.AT_MOST:
            return f"{limits[0]} or less"
        case Comparator.ABOVE:
            return f"more than {limits[0]}"
        case Comparator.AT_LEAST:
            return f"at least {limits[0]}"
        case Comparator.BETWEEN:
            return f"{limits[0].removesuffix(' cells')} to {limits[1]}"
        case Comparator.EQUALS | Comparator.ONE_OF:
            return _in_words(criterion.words)
    assert_never(criterion.comparator)


def is_record_only(criterion: Criterion) -> bool:
    """Whether a criterion only asks that a value is there: it reports, and every value meets it."""
    return (
        criterion.severity is Severity.REPORT and criterion.comparator is Comparator.AT_LEAST and criterion.limit == 0
    )


def result_in_words(item: Evidence, criterion: Criterion) -> str:
    """A result as pages show it: "91.4%", "less than 0.42 EU/kg/h", "no growth", "not determinable"."""
    if item.finding is not None:
        return item.finding.replace("_", " ")
    if item.value is None:
        return "not determinable"
    shown = _quantity(item.value, criterion, item.unit or "")
    match item.censor:
        case None:
            return shown
        case Censor.BELOW:
            return f"less than {shown}"
        case Censor.ABOVE:
            return f"at least {shown}"
    assert_never(item.censor)


def what_would_change(judgement: Judgement, zone: tzinfo) -> str:
    """The sentence under a verdict: what holds it, until when, or what to do. Times in the site's zone."""
    match judgement.verdict:
        case Verdict.PASS:
            return _passed(judgement, zone)
        case Verdict.FAIL:
            return f"{_failure(judgement)} {_WAY_OUT}"
        case Verdict.PENDING:
            return _pending(judgement, zone)
        case Verdict.NOT_DONE:
            return _not_done(judgement, zone)
        case Verdict.INVALID:
            return _invalid(judgement)
    assert_never(judgement.verdict)


def summary(evaluation: Evaluation) -> str:
    """The sentence above the criteria: "8 of 9 criteria pass, 1 pending."."""
    verdicts = [line.verdict for line in evaluation.lines]
    rest = [f"{verdicts.count(verdict)} {word}" for verdict, word in _COUNTED if verdict in verdicts]
    return f"{', '.join([f'{verdicts.count(Verdict.PASS)} of {len(verdicts)} criteria pass', *rest])}."


def evaluation_record(evaluation: Evaluation, zone: tzinfo) -> Mapping[str, RecordValue]:
    """What the page shows, ready to be signed. Without the instant: the same facts give the same record."""
    return {
        "specification": evaluation.specification.reference,
        "outcome": evaluation.outcome,
        "criteria": [_judgement_record(judgement, zone) for judgement in evaluation.judgements],
        "blockers": [{"kind": blocker.kind, "sentence": blocker.sentence} for blocker in evaluation.blockers],
    }


_WAY_OUT: Final = (
    "Only an invalidation with assignable cause (QA signs) and a valid repeat would change this;"
    " else reject or exceptional release."
)
_COUNTED: Final = (
    (Verdict.FAIL, "failed"),
    (Verdict.INVALID, "invalid"),
    (Verdict.NOT_DONE, "not done"),
    (Verdict.PENDING, "pending"),
)


def _judgement_record(judgement: Judgement, zone: tzinfo) -> Mapping[str, RecordValue]:
    criterion = judgement.criterion
    return {
        "key": criterion.key,
        "title": criterion.title,
        "limit": limit_in_words(criterion),
        "unit": criterion.unit,
        "source": criterion.source,
        "verdict": judgement.verdict,
        "sentence": what_would_change(judgement, zone),
        "evidence": [_evidence_record(item, criterion) for item in judgement.evidence],
    }


def _evidence_record(item: Evidence, criterion: Criterion) -> Mapping[str, RecordValue]:
    return {
        "reference": item.reference,
        "person": item.person,
        "status": item.status,
        "result": result_in_words(item, criterion),
        "value": item.value,
        "sampled_at": item.sampled_at,
        "measured_at": item.measured_at,
    }


def _quantity(value: Decimal, criterion: Criterion, unit: str) -> str:
    """Three significant digits and at least one decimal; the digits as entered where they are fewer."""
    if unit == "cells":
        return cells_in_words(value, criterion.limits)
    decimals = max(1, 2 - value.adjusted()) if value else 0
    shown = figure(value, decimals, criterion.limits)
    return f"{shown}%" if unit == "%" else f"{shown} {unit}".rstrip()


def _limit(criterion: Criterion, limit: Decimal) -> str:
    """A limit as it was written. Percent sign and cells stand with it, other units with the criterion."""
    if criterion.unit == "cells":
        return cells_in_words(limit, (limit,))
    return f"{limit:,f}%" if criterion.unit == "%" else f"{limit:,f}"


def _with_unit(criterion: Criterion, limit: Decimal) -> str:
    shown = _limit(criterion, limit)
    return shown if criterion.unit in ("%", "cells") else f"{shown} {criterion.unit}"


def _in_words(findings: tuple[str, ...]) -> str:
    return " or ".join(finding.replace("_", " ") for finding in findings)


def _passed(judgement: Judgement, zone: tzinfo) -> str:
    until = judgement.valid_until
    validity = f" Valid until {instant_in_words(until, zone)}." if until is not None else ""
    return f"{_would_fail(judgement.criterion)}{validity}"


def _would_fail(criterion: Criterion) -> str:
    if is_record_only(criterion):
        return "Recorded; it decides nothing."
    limits = [_with_unit(criterion, limit) for limit in criterion.limits]
    match criterion.comparator:
        case Comparator.BELOW:
            return f"Would fail at {limits[0]} or above."
        case Comparator.AT_MOST:
            return f"Would fail above {limits[0]}."
        case Comparator.ABOVE:
            return f"Would fail at {limits[0]} or below."
        case Comparator.AT_LEAST:
            return f"Would fail below {limits[0]}."
        case Comparator.BETWEEN:
            return f"Would fail below {limits[0]} or above {limits[1]}."
        case Comparator.EQUALS | Comparator.ONE_OF:
            return f"Would fail with any finding but {_in_words(criterion.words)}."
    assert_never(criterion.comparator)


def _failure(judgement: Judgement) -> str:
    criterion, item = judgement.criterion, _deciding(judgement)
    shown = result_in_words(item, criterion)
    if item.value is None:
        return f"Found {shown}; the limit is {limit_in_words(criterion)}."
    lower, upper = (_with_unit(criterion, criterion.limits[end]) for end in (0, -1))
    match criterion.comparator:
        case Comparator.BELOW:
            return f"{shown} is not less than {upper}."
        case Comparator.ABOVE:
            return f"{shown} is not more than {lower}."
        case Comparator.BETWEEN if item.value > criterion.limits[1]:
            return f"{shown} is above {upper}."
        case Comparator.AT_MOST:
            return f"{shown} is above {upper}."
        case _:
            return f"{shown} is below {lower}."


def _pending(judgement: Judgement, zone: tzinfo) -> str:
    item = _deciding(judgement)
    due = f" due {instant_in_words(item.due_at, zone)}" if item.due_at is not None else " is still to come"
    reading = ""
    if item.finding is not None and item.measured_at is not None:
        day = f" on day {reading_day(item.sampled_at, item.measured_at)}"
        reading = f"; {result_in_words(item, judgement.criterion)}{day if item.test is TestKind.STERILITY else ''}"
    return f"{judgement.criterion.title}{due}{reading}."


def _not_done(judgement: Judgement, zone: tzinfo) -> str:
    label = judgement.criterion.label
    if judgement.valid_until is None:
        return f"No {label} result."
    return f"The {label} result counted until {instant_in_words(judgement.valid_until, zone)}. Repeat the test."


def _invalid(judgement: Judgement) -> str:
    criterion, item = judgement.criterion, _deciding(judgement)
    shown = result_in_words(item, criterion)
    if item.status is EvidenceStatus.CONTROL_FAILED:
        return f"Control failed: {item.note or item.reference}. Repeat the run."
    if item.status is EvidenceStatus.INVALIDATED:
        return f"The run was invalidated: {item.note or item.reference}. Repeat the run."
    if judgement.cause is Cause.NOT_SENSITIVE:
        return f"{_capital(shown)} does not show whether the limit is met: test not sensitive enough. Repeat it."
    if judgement.cause is Cause.NOT_COMPARABLE:
        return f"{_capital(shown)} cannot be compared with {limit_in_words(criterion)}. Correct the entry."
    return "The result is not determinable. Repeat the run."


def _deciding(judgement: Judgement) -> Evidence:
    assert judgement.deciding is not None, "only a missing result has no deciding evidence"
    return judgement.deciding


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
