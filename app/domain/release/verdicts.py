"""The verdict of one criterion over its evidence: unknown never passes. No decision about a lot.

House rule: rules, sections 6.1, 6.2 and 9.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from app.domain.release.criteria import (
    Comparator,
    Criterion,
    Evidence,
    EvidenceStatus,
    Statistic,
    evidence_for,
)
from app.domain.sterility import final_reading_due
from app.domain.vocabulary import Censor, TestKind


class Verdict(StrEnum):
    """What the evidence says. The last three are unknown; INVALID is shown before NOT_DONE before PENDING."""

    PASS = "pass"  # noqa: S105  a verdict, no secret
    FAIL = "fail"
    INVALID = "invalid"
    NOT_DONE = "not_done"
    PENDING = "pending"


class Cause(StrEnum):
    """Why a verdict is what it is."""

    MEETS = "meets"
    FAILS = "fails"
    NOT_COMPARABLE = "not_comparable"
    NOT_DETERMINABLE = "not_determinable"
    NOT_SENSITIVE = "not_sensitive"
    READ_TOO_EARLY = "read_too_early"
    RUNNING = "running"
    OUT_OF_DATE = "out_of_date"
    RUN_NOT_VALID = "run_not_valid"
    NO_EVIDENCE = "no_evidence"

    @property
    def verdict(self) -> Verdict:
        """The verdict this cause leads to."""
        return _VERDICTS[self]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One criterion judged: why, the evidence that decided it (a mean names its parts), and all evidence.

    `valid_until` is when a passing result stops counting, None when it does not expire.
    """

    criterion: Criterion
    cause: Cause
    deciding: Evidence | None
    evidence: tuple[Evidence, ...]
    valid_until: datetime | None

    @property
    def verdict(self) -> Verdict:
        """PASS, FAIL or one of the unknown ones."""
        return self.cause.verdict


def judge(criterion: Criterion, evidence: Sequence[Evidence], now: datetime) -> Judgement:
    """Judge one criterion. Invalidated and control-failed runs never count and always show.

    Where several valid results stand, none is hidden by a better one: the first in the order below decides. A
    failing result does not age: only passing evidence runs out of date.
    """
    own = evidence_for(criterion, evidence)
    weighed = [_Weighed(item, _weigh(criterion, item, now)) for item in own]
    if criterion.statistic is Statistic.MEAN_OF_VALID:
        weighed = _averaged(criterion, weighed, now)
    order = _ONE_COUNTS if criterion.statistic is Statistic.REPORTED else _ALL_COUNT
    first = min(weighed, key=lambda one: order.index(one.cause), default=None)
    if first is None:
        return Judgement(criterion, Cause.NO_EVIDENCE, None, own, None)
    return Judgement(criterion, first.cause, first.item, own, _valid_until(criterion, first.item))


def all_of(verdicts: Collection[Verdict]) -> Verdict:
    """FAIL if any fails, else unknown if any is unknown, else PASS."""
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return _first_unknown(verdicts) or Verdict.PASS


def any_of(verdicts: Collection[Verdict]) -> Verdict:
    """PASS if any passes, else unknown if any is unknown, else FAIL."""
    if Verdict.PASS in verdicts:
        return Verdict.PASS
    return _first_unknown(verdicts) or Verdict.FAIL


_VERDICTS: Final = {
    Cause.MEETS: Verdict.PASS,
    Cause.FAILS: Verdict.FAIL,
    Cause.NOT_COMPARABLE: Verdict.INVALID,
    Cause.NOT_DETERMINABLE: Verdict.INVALID,
    Cause.NOT_SENSITIVE: Verdict.INVALID,
    Cause.READ_TOO_EARLY: Verdict.PENDING,
    Cause.RUNNING: Verdict.PENDING,
    Cause.OUT_OF_DATE: Verdict.NOT_DONE,
    Cause.RUN_NOT_VALID: Verdict.INVALID,
    Cause.NO_EVIDENCE: Verdict.NOT_DONE,
}
_BAD: Final = (
    Cause.FAILS,
    Cause.NOT_COMPARABLE,
    Cause.NOT_DETERMINABLE,
    Cause.NOT_SENSITIVE,
    Cause.READ_TOO_EARLY,
)
_OUTDONE: Final = (Cause.OUT_OF_DATE, Cause.RUN_NOT_VALID)
_ONE_COUNTS: Final = (*_BAD, Cause.MEETS, Cause.RUNNING, *_OUTDONE)
_ALL_COUNT: Final = (*_BAD, Cause.RUNNING, Cause.MEETS, *_OUTDONE)


@dataclass(frozen=True, slots=True)
class _Weighed:
    item: Evidence
    cause: Cause


def _first_unknown(verdicts: Collection[Verdict]) -> Verdict | None:
    return next((one for one in (Verdict.INVALID, Verdict.NOT_DONE, Verdict.PENDING) if one in verdicts), None)


def _weigh(criterion: Criterion, item: Evidence, now: datetime) -> Cause:
    if item.status in (EvidenceStatus.CONTROL_FAILED, EvidenceStatus.INVALIDATED):
        return Cause.RUN_NOT_VALID
    if item.status is EvidenceStatus.RUNNING:
        is_bad = bool(criterion.words) and item.finding is not None and item.finding not in criterion.words
        return Cause.FAILS if is_bad else Cause.RUNNING
    cause = _compare(criterion, item)
    if cause is Cause.MEETS and _is_early(item):
        return Cause.READ_TOO_EARLY
    if cause is not Cause.FAILS and not _is_fresh(criterion, item, now):
        return Cause.OUT_OF_DATE
    return cause


def _compare(criterion: Criterion, item: Evidence) -> Cause:
    if item.value is None and item.finding is None:
        return Cause.NOT_DETERMINABLE
    if criterion.words:
        if item.finding is None:
            return Cause.NOT_COMPARABLE
        return Cause.MEETS if item.finding in criterion.words else Cause.FAILS
    if item.value is None or item.unit != criterion.unit:
        return Cause.NOT_COMPARABLE
    return _compare_range(criterion, *_range(item))


def _range(item: Evidence) -> tuple[Decimal, Decimal]:
    """From where to where the true value may lie, bounds included; no measured quantity is below zero."""
    assert item.value is not None, "only numbers have a range"
    if item.censor is None:
        return item.value, item.value
    return (_ZERO, item.value) if item.censor is Censor.BELOW else (item.value, _NO_BOUND)


def _compare_range(criterion: Criterion, low: Decimal, high: Decimal) -> Cause:
    low, high = _to_decimals(low, criterion.decimals), _to_decimals(high, criterion.decimals)
    if _reaches(criterion, low) and _stays_within(criterion, high):
        return Cause.MEETS
    if not _reaches(criterion, high) or not _stays_within(criterion, low):
        return Cause.FAILS
    return Cause.NOT_SENSITIVE


def _reaches(criterion: Criterion, value: Decimal) -> bool:
    if criterion.comparator is Comparator.ABOVE:
        return value > criterion.limits[0]
    if criterion.comparator in (Comparator.AT_LEAST, Comparator.BETWEEN):
        return value >= criterion.limits[0]
    return True


def _stays_within(criterion: Criterion, value: Decimal) -> bool:
    if criterion.comparator is Comparator.BELOW:
        return value < criterion.limits[0]
    if criterion.comparator in (Comparator.AT_MOST, Comparator.BETWEEN):
        return value <= criterion.limits[-1]
    return True


def _to_decimals(value: Decimal, decimals: int | None) -> Decimal:
    if decimals is None or not value.is_finite():
        return value
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _is_early(item: Evidence) -> bool:
    assert item.measured_at is not None, "a final result has the time of its reading"
    return item.test is TestKind.STERILITY and item.measured_at < final_reading_due(item.sampled_at)


def _valid_until(criterion: Criterion, item: Evidence) -> datetime | None:
    if criterion.valid_hours is None:
        return None
    return item.sampled_at.astimezone(UTC) + timedelta(hours=criterion.valid_hours)


def _is_fresh(criterion: Criterion, item: Evidence, now: datetime) -> bool:
    until = _valid_until(criterion, item)
    return until is None or now <= until


def _averaged(criterion: Criterion, weighed: list[_Weighed], now: datetime) -> list[_Weighed]:
    """Put the mean in the place of the valid, fresh, comparable results; a bound counts at its bound.

    With bounds in the sum, the exact part alone can fail the limit: it is the low end of the range.
    """
    parts = [one for one in weighed if _is_averaged(criterion, one, now)]
    if len(parts) < 2:
        return weighed
    ranges = [_range(one.item) for one in parts]
    low = sum((low for low, _ in ranges), _ZERO) / len(ranges)
    high = sum((high for _, high in ranges), _ZERO) / len(ranges)
    cause = _compare_range(criterion, low, high)
    return [_Weighed(_mean_item(parts, low, high), cause), *(one for one in weighed if one not in parts)]


def _is_averaged(criterion: Criterion, one: _Weighed, now: datetime) -> bool:
    is_compared = one.cause in (Cause.MEETS, Cause.FAILS, Cause.NOT_SENSITIVE)
    return is_compared and _is_fresh(criterion, one.item, now)


def _mean_item(parts: Sequence[_Weighed], low: Decimal, high: Decimal) -> Evidence:
    censor = None if low == high else Censor.BELOW if high.is_finite() else Censor.ABOVE
    return replace(
        min((one.item for one in parts), key=lambda item: item.sampled_at),
        value=low if censor is Censor.ABOVE else high,
        censor=censor,
        reference="mean of " + ", ".join(one.item.reference for one in parts),
        person=", ".join(sorted({one.item.person for one in parts})),
    )


_ZERO: Final = Decimal(0)
_NO_BOUND: Final = Decimal("Infinity")
