"""An EXAMPLE specification for LAK cells, adapted from published NK and TIL sets. Not a specification of any site.

No published numeric LAK release specification exists; QA adopts an own version by signature before anything but
demo data is released. House rule: rules, section 6.5, and domain, section 15.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from app.domain.release.criteria import (
    Comparator,
    Criterion,
    DerivedFrom,
    Severity,
    Specification,
    Statistic,
    Timing,
)
from app.domain.vocabulary import Finding, TestKind

NAME: Final = "LAK-EXAMPLE"


def lak_example(
    *, least_cells_per_bag: int, most_cells_per_bag: int, least_lytic_units: Decimal, effective_from: datetime
) -> Specification:
    """The example with the numbers only a site can choose: cells per bag, and LU30 per 1e7 cells as minimum."""
    return Specification(
        name=NAME,
        version=1,
        is_example=True,
        effective_from=effective_from,
        criteria=(
            _VIABILITY,
            _cells(least_cells_per_bag, most_cells_per_bag),
            _ENDOTOXIN,
            *_FINDINGS,
            *_potency(least_lytic_units),
            *_REPORTED,
        ),
    )


_SITE: Final = "EXAMPLE, site sets; none published"
_CONVENTION: Final = "EXAMPLE, adapted from NK (PMC4787300) and TIL (PMC6453723) sets"


_VIABILITY: Final = Criterion(
    key="viability",
    label="viability",
    test=TestKind.COUNT_VIABILITY,
    analyte="viability",
    comparator=Comparator.AT_LEAST,
    limit=Decimal(70),
    unit="%",
    timing=Timing.BEFORE_RELEASE,
    severity=Severity.MUST,
    source="EXAMPLE, at least 70% in PMC5993622; target 80%",
)
_ENDOTOXIN: Final = Criterion(
    key="endotoxin",
    label="endotoxin, worst hour",
    test=TestKind.ENDOTOXIN,
    analyte="endotoxin_worst_hour",
    comparator=Comparator.AT_MOST,
    limit=Decimal(5),
    unit="EU/kg/h",
    timing=Timing.BEFORE_RELEASE,
    severity=Severity.MUST,
    statistic=Statistic.WORST,
    derived_from=frozenset(DerivedFrom),
    source="EXAMPLE, USP <85> K = 5 EU/kg/h",
)


def _cells(least_cells: int, most_cells: int) -> Criterion:
    return Criterion(
        key="viable_cells_per_bag",
        label="viable cells per bag",
        test=TestKind.COUNT_VIABILITY,
        analyte="viable_cells_per_bag",
        comparator=Comparator.BETWEEN,
        limit=Decimal(least_cells),
        upper=Decimal(most_cells),
        unit="cells",
        timing=Timing.BEFORE_RELEASE,
        severity=Severity.MUST,
        statistic=Statistic.WORST,
        derived_from=frozenset({DerivedFrom.VOLUME}),
        source=_SITE,
    )


def _potency(least_lytic_units: Decimal) -> tuple[Criterion, ...]:
    return (
        _lysis("daudi_lysis", "Daudi lysis at 20:1", "lysis_daudi_20", Decimal(20), Severity.MUST),
        Criterion(
            key="lytic_units",
            label="LU30 per 1e7 cells",
            test=TestKind.CYTOTOXICITY_51CR,
            analyte="lu30_daudi",
            comparator=Comparator.AT_LEAST,
            limit=least_lytic_units,
            unit="LU/1e7 cells",
            timing=Timing.MAY_BE_PENDING,
            severity=Severity.MUST,
            any_of="potency",
            source=_SITE,
        ),
        _lysis("k562_lysis", "K562 lysis at 20:1", "lysis_k562_20", Decimal(0), Severity.REPORT),
    )


def _lysis(key: str, label: str, analyte: str, limit: Decimal, severity: Severity) -> Criterion:
    return Criterion(
        key=key,
        label=label,
        test=TestKind.CYTOTOXICITY_51CR,
        analyte=analyte,
        comparator=Comparator.AT_LEAST,
        limit=limit,
        unit="%",
        timing=Timing.MAY_BE_PENDING,
        severity=severity,
        any_of="potency" if severity is Severity.MUST else None,
        source="EXAMPLE, adapted from K562 lysis at 20:1 (NK, PMC4787300)",
    )


def _finding(key: str, label: str, test: TestKind, words: str, timing: Timing, statistic: Statistic) -> Criterion:
    return Criterion(
        key=key,
        label=label,
        test=test,
        analyte=key,
        comparator=Comparator.EQUALS,
        words=(words,),
        timing=timing,
        severity=Severity.MUST,
        statistic=statistic,
        source=_CONVENTION,
    )


def _subset(key: str, label: str) -> Criterion:
    return Criterion(
        key=key,
        label=label,
        test=TestKind.PHENOTYPE,
        analyte=key,
        comparator=Comparator.AT_LEAST,
        limit=Decimal(0),
        unit="%",
        timing=Timing.BEFORE_RELEASE,
        severity=Severity.REPORT,
        source=_CONVENTION,
    )


_BEFORE: Final = Timing.BEFORE_RELEASE
_LATER: Final = Timing.MAY_BE_PENDING
_ONE: Final = Statistic.REPORTED
_EVERY: Final = Statistic.WORST

_FINDINGS: Final = (
    _finding("gram_stain", "Gram stain", TestKind.GRAM_STAIN, Finding.NO_ORGANISM, _BEFORE, _ONE),
    _finding(
        "in_process_culture",
        "in-process culture to date",
        TestKind.IN_PROCESS_CULTURE,
        Finding.NO_GROWTH,
        _BEFORE,
        _EVERY,
    ),
    _finding("appearance", "appearance", TestKind.APPEARANCE, Finding.NO_AGGREGATES, _BEFORE, _EVERY),
    _finding("bag_integrity", "bag integrity", TestKind.APPEARANCE, "intact", _BEFORE, _EVERY),
    _finding("identity", "identity", TestKind.IDENTITY, Finding.MATCH, _BEFORE, _EVERY),
    _finding("label", "label", TestKind.IDENTITY, "verified", _BEFORE, _EVERY),
    _finding("date", "date", TestKind.IDENTITY, "not_expired", _BEFORE, _EVERY),
    _finding("mycoplasma", "mycoplasma", TestKind.MYCOPLASMA, Finding.NOT_DETECTED, _LATER, _EVERY),
    _finding("sterility", "final sterility", TestKind.STERILITY, Finding.NO_GROWTH, _LATER, _EVERY),
)
_REPORTED: Final = (
    _subset("cd3_negative_cd56_positive", "CD56+CD3- cells"),
    _subset("cd3_positive_cd56_positive", "CD3+CD56+ cells"),
    _subset("cd3_positive", "CD3+ cells"),
)
