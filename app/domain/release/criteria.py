"""What a product must meet, and what is known about it. Neither a verdict nor a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, assert_never

from app.domain.errors import Invalid
from app.domain.states import RunState
from app.domain.vocabulary import Censor, SampleKind, TestKind


class Comparator(StrEnum):
    """How a value stands to its limit. Published limits differ in just this, so it is data."""

    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    BETWEEN = "between"
    EQUALS = "equals"
    ONE_OF = "one_of"


class Timing(StrEnum):
    """Whether a release may go ahead while the test is still running."""

    BEFORE_RELEASE = "before_release"
    MAY_BE_PENDING = "may_be_pending"


class Severity(StrEnum):
    """`report` is shown and never blocks."""

    MUST = "must"
    REPORT = "report"


class Statistic(StrEnum):
    """Which of several valid results counts; fixed before testing."""

    REPORTED = "reported"
    MEAN_OF_VALID = "mean_of_valid"
    WORST = "worst"


class DerivedFrom(StrEnum):
    """What the value is computed from; when it changes, the criterion is evaluated again."""

    WEIGHT = "weight"
    VOLUME = "volume"
    TIME = "time"


class EvidenceStatus(StrEnum):
    """How far a result has come. Only a final one can pass."""

    RUNNING = "running"
    FINAL = "final"
    CONTROL_FAILED = "control_failed"
    INVALIDATED = "invalidated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of a specification. House rule: rules, section 6.1.

    `label` stands in mid-sentence form ("endotoxin, worst hour"). A number criterion has `limit`
    (with `upper` for BETWEEN) and `unit`; a finding criterion has `words`. Criteria with the same `any_of`
    form a group of which one passing is enough. `stage` None takes samples of any stage. Evidence whose sample
    is older than `valid_hours` counts as not done. `decimals` None compares the unrounded value.
    Raises Invalid when a part is missing.
    """

    key: str
    label: str
    test: TestKind
    analyte: str
    comparator: Comparator
    limit: Decimal | None = None
    upper: Decimal | None = None
    words: tuple[str, ...] = ()
    unit: str | None = None
    timing: Timing
    severity: Severity
    source: str
    stage: SampleKind | None = None
    any_of: str | None = None
    statistic: Statistic = Statistic.REPORTED
    derived_from: frozenset[DerivedFrom] = frozenset()
    valid_hours: int | None = None
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.comparator in _NUMERIC:
            _require_limit(self)
            _require_unit(self)
        else:
            _require_words(self)
        if self.valid_hours is not None and self.valid_hours <= 0:
            raise Invalid("criterion_validity", f"{self.title}: the validity must be at least one hour.")

    @property
    def title(self) -> str:
        """The label as a heading."""
        return self.label[0].upper() + self.label[1:]

    @property
    def limits(self) -> tuple[Decimal, ...]:
        """The numbers a displayed value must not be rounded across."""
        return tuple(limit for limit in (self.limit, self.upper) if limit is not None)


@dataclass(frozen=True, slots=True)
class Specification:
    """One approved version of what a product must meet. An example cannot release outside demo data."""

    name: str
    version: int
    is_example: bool
    effective_from: datetime
    criteria: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        keys = [criterion.key for criterion in self.criteria]
        if not keys or len(set(keys)) != len(keys):
            raise Invalid("specification_keys", f"{self.name}: a specification needs criteria, each with its own key.")
        if all(criterion.severity is Severity.REPORT for criterion in self.criteria):
            raise Invalid("specification_decides_nothing", f"{self.name}: at least one criterion must decide.")
        for group in {criterion.any_of for criterion in self.criteria} - {None}:
            members = [criterion for criterion in self.criteria if criterion.any_of == group]
            if len({(member.timing, member.severity) for member in members}) > 1:
                raise Invalid(
                    "group_members_differ",
                    f"{self.name}: the criteria of group {group} must agree in timing and severity.",
                )

    @property
    def reference(self) -> str:
        """How the specification is named on pages: name, version, and EXAMPLE where it is one."""
        return f"{self.name} {self.version}{' EXAMPLE' if self.is_example else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One result, running or final. `reference` names the record it comes from, `person` who answers for it.

    A result is a `value` with `unit` (known only by its bound when `censor` is set), or a `finding` in words;
    neither means not determinable. While running, `finding` is the last interim reading and `due_at` when the
    result is due. `note` says what failed. Times are aware; `measured_at` is the reading.
    """

    test: TestKind
    analyte: str
    reference: str
    person: str
    status: EvidenceStatus
    sampled_at: datetime
    stage: SampleKind | None = None
    measured_at: datetime | None = None
    value: Decimal | None = None
    unit: str | None = None
    censor: Censor | None = None
    finding: str | None = None
    due_at: datetime | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        for at in (self.sampled_at, self.measured_at, self.due_at):
            if at is not None and at.utcoffset() is None:
                raise Invalid("time_without_zone", f"{self.reference}: the time {at.isoformat()} has no zone.")
        if self.value is not None and not self.value.is_finite():
            raise Invalid("not_a_number", f"{self.reference}: {self.value} is not a number.")
        if self.status is EvidenceStatus.FINAL and self.measured_at is None:
            raise Invalid("result_without_time", f"{self.reference}: a final result needs the time of its reading.")


def evidence_status(run: RunState) -> EvidenceStatus | None:
    """What the state of a run makes of its result; None before a sample was taken. Only approval is final."""
    match run:
        case RunState.REQUESTED:
            return None
        case RunState.SAMPLED | RunState.RUNNING | RunState.ENTERED | RunState.VERIFIED:
            return EvidenceStatus.RUNNING
        case RunState.APPROVED:
            return EvidenceStatus.FINAL
        case RunState.CONTROL_FAILED:
            return EvidenceStatus.CONTROL_FAILED
        case RunState.INVALIDATED:
            return EvidenceStatus.INVALIDATED
    assert_never(run)


def evidence_for(criterion: Criterion, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence that speaks to a criterion: same test, analyte and, where it names one, stage."""
    return tuple(
        item
        for item in evidence
        if (item.test, item.analyte) == (criterion.test, criterion.analyte) and criterion.stage in (None, item.stage)
    )


_NUMERIC: Final = frozenset(
    {Comparator.BELOW, Comparator.AT_MOST, Comparator.ABOVE, Comparator.AT_LEAST, Comparator.BETWEEN}
)


def _require_limit(criterion: Criterion) -> None:
    is_between = criterion.comparator is Comparator.BETWEEN
    if criterion.limit is None or criterion.words or is_between is (criterion.upper is None):
        raise Invalid(
            "criterion_without_limit",
            f"{criterion.title}: {criterion.comparator} needs {'two limits' if is_between else 'one limit'}.",
        )
    if criterion.upper is not None and criterion.upper <= criterion.limit:
        raise Invalid("criterion_limits_reversed", f"{criterion.title}: the upper limit must be the greater.")
    if criterion.decimals is not None and any(limit != round(limit, criterion.decimals) for limit in criterion.limits):
        raise Invalid(
            "criterion_limit_finer_than_values",
            f"{criterion.title}: the limit has more decimals than the values it is compared with.",
        )


def _require_unit(criterion: Criterion) -> None:
    unit = criterion.unit
    if not unit:
        raise Invalid(
            "criterion_without_unit",
            f"{criterion.title}: a limit without unit cannot be judged. Give the unit.",
        )
    needs_weight = DerivedFrom.WEIGHT in criterion.derived_from
    if (needs_weight and "/kg" not in unit) or (criterion.test is TestKind.ENDOTOXIN and "/" not in unit):
        raise Invalid(
            "criterion_without_denominator",
            f"{criterion.title}: {unit} does not say per what. Give the denominator, such as EU/kg/h.",
        )


def _require_words(criterion: Criterion) -> None:
    is_one_of = criterion.comparator is Comparator.ONE_OF
    if criterion.limits or criterion.unit or not criterion.words or (len(criterion.words) > 1 and not is_one_of):
        raise Invalid(
            "criterion_without_words",
            f"{criterion.title}: {criterion.comparator} needs "
            f"{'findings' if is_one_of else 'one finding'} in words, and no number.",
        )
    if criterion.statistic is Statistic.MEAN_OF_VALID:
        raise Invalid("mean_of_words", f"{criterion.title}: findings in words have no mean. Take the worst.")
