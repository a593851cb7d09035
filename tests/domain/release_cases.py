"""Criteria, evidence and specifications for the tests of release. Synthetic."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from app.domain.release import (
    Comparator,
    Criterion,
    Evidence,
    EvidenceStatus,
    Severity,
    Specification,
    Timing,
)
from app.domain.vocabulary import Censor, TestKind

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

VIABILITY = Criterion(
    key="viability",
    label="viability",
    test=TestKind.COUNT_VIABILITY,
    analyte="viability",
    comparator=Comparator.AT_LEAST,
    limit=Decimal(70),
    unit="%",
    timing=Timing.BEFORE_RELEASE,
    severity=Severity.MUST,
    source="PMC5993622",
)
ENDOTOXIN = Criterion(
    key="endotoxin",
    label="endotoxin",
    test=TestKind.ENDOTOXIN,
    analyte="endotoxin_worst_hour",
    comparator=Comparator.AT_MOST,
    limit=Decimal(5),
    unit="EU/kg/h",
    timing=Timing.BEFORE_RELEASE,
    severity=Severity.MUST,
    source="USP <85>",
)
CELLS = Criterion(
    key="cells",
    label="cells per bag",
    test=TestKind.COUNT_VIABILITY,
    analyte="viable_cells_per_bag",
    comparator=Comparator.BETWEEN,
    limit=Decimal(10**10),
    upper=Decimal(5 * 10**10),
    unit="cells",
    timing=Timing.BEFORE_RELEASE,
    severity=Severity.MUST,
    source="site",
)
STERILITY = Criterion(
    key="sterility",
    label="final sterility",
    test=TestKind.STERILITY,
    analyte="sterility",
    comparator=Comparator.EQUALS,
    words=("no_growth",),
    timing=Timing.MAY_BE_PENDING,
    severity=Severity.MUST,
    source="site",
)


def with_comparator(comparator: Comparator, limit: str, upper: str | None = None) -> Criterion:
    return replace(
        VIABILITY, comparator=comparator, limit=Decimal(limit), upper=None if upper is None else Decimal(upper)
    )


def result(
    criterion: Criterion,
    value: str | None = None,
    *,
    censor: Censor | None = None,
    finding: str | None = None,
    status: EvidenceStatus = EvidenceStatus.FINAL,
    sampled_at: datetime = NOON,
    reference: str = "SM-1",
) -> Evidence:
    return Evidence(
        test=criterion.test,
        analyte=criterion.analyte,
        reference=reference,
        person="Tara",
        status=status,
        sampled_at=sampled_at,
        measured_at=sampled_at,
        value=None if value is None else Decimal(value),
        unit=criterion.unit if value is not None else None,
        censor=censor,
        finding=finding,
    )


def specification(*criteria: Criterion) -> Specification:
    return Specification("LAK-EXAMPLE", 4, True, NOON, criteria)
