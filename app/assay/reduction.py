"""A plate with one target or several, reduced: one result per target, what is left to explain, what is stored of it.

Pure but for the form in which results are kept. The rules of a single target are `app.domain.cytotoxicity`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from pydantic import TypeAdapter

from app.assay.words import target_slug
from app.domain.cytotoxicity import (
    HOUSE_SETTINGS,
    AssayConditions,
    AssayResult,
    Exclusion,
    Grade,
    LyticUnits,
    Plate,
    Reason,
    Status,
    Well,
    evaluate_assay,
    plain,
)
from app.domain.cytotoxicity.layouts import LaidWell
from app.domain.signing import canonical_record
from app.domain.vocabulary import Censor, Finding, TargetCells, WellJudgement

Assays = Mapping[TargetCells, AssayResult]
"""The result of each target of a plate, in the order of its columns."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person decided about a well, and why; the last word counts."""

    judgement: WellJudgement
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class ReadPlate:
    """The wells of a plate as they were read, and what they were."""

    targets_per_well: int
    duration_h: Decimal
    wells: tuple[LaidWell, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One analyte as it is stored: a value with unit, a bound, a finding, or why there is none."""

    analyte: str
    value: Decimal | None = None
    unit: str | None = None
    censor: Censor | None = None
    finding: Finding | None = None
    status: str | None = None
    note: str | None = None


def reduce_targets(plate: ReadPlate, judged: Mapping[str, Judged]) -> Assays:
    """Evaluate every target with the wells people excluded left out. The engine excludes nothing by itself."""
    targets = dict.fromkeys(laid.target for laid in plate.wells if laid.target is not None)
    return {
        target: evaluate_assay(
            Plate(tuple(_judged(laid.well, judged) for laid in plate.wells if laid.target in (target, None))),
            AssayConditions(target, plate.targets_per_well, plate.duration_h),
            HOUSE_SETTINGS,
        )
        for target in targets
    }


def is_valid(assays: Assays) -> bool:
    """Whether the controls of any target allow a result; otherwise the run's controls have failed."""
    return any(assay.reduction.is_valid for assay in assays.values())


def to_explain(assays: Assays, judged: Mapping[str, Judged]) -> tuple[str, ...]:
    """The flagged wells nobody has kept or excluded yet, each once."""
    flagged = [position for assay in assays.values() for position in assay.reduction.wells_to_explain]
    return tuple(position for position in dict.fromkeys(flagged) if position not in judged)


def measures(assays: Assays) -> tuple[Measure, ...]:
    """What is stored as results: per target lysis at the reference ratio, S/M, LU30 and LU20 per 1e7 cells."""
    return tuple(measure for target, assay in assays.items() for measure in _of_target(target_slug(target), assay))


def frozen(plate_code: str, version: int, assays: Assays) -> str:
    """Everything the engine knows of a plate as canonical text: every number, setting and exclusion."""
    results = {target_slug(target): plain(assay) for target, assay in assays.items()}
    return canonical_record({"plate": plate_code, "version": version, "targets": results}).decode()


def thawed(text: str) -> Assays:
    """The results as they were stored; nothing is worked out again."""
    assays = _STORED.validate_python(json.loads(text)["targets"])
    return {assay.conditions.target: assay for assay in sorted(assays.values(), key=_first_column)}


_STORED: Final = TypeAdapter(dict[str, AssayResult])
_LYTIC_UNIT: Final = "LU/1e7 cells"
_CENSORS: Final = {Status.BELOW: Censor.BELOW, Status.ABOVE: Censor.ABOVE}


def _judged(well: Well, judged: Mapping[str, Judged]) -> Well:
    said = judged.get(well.position)
    if said is None or said.judgement is WellJudgement.KEEP:
        return well
    return replace(well, exclusion=Exclusion(said.by, said.reason))


def _first_column(assay: AssayResult) -> int:
    return min(int(well.position[1:]) for well in assay.plate.wells if well.effector_target_ratio is not None)


def _of_target(slug: str, assay: AssayResult) -> tuple[Measure, ...]:
    reduction, reference = assay.reduction, f"{assay.settings.reference_ratio:f}"
    failed = next((found.sentence for found in reduction.findings if found.grade is Grade.INVALID), None)
    lysis = Measure(f"lysis_{slug}_{reference}", assay.reference_lysis_percent, "%")
    if not reduction.is_valid:
        lysis = Measure(lysis.analyte, status=Reason.ASSAY_INVALID.value, note=failed)
    share = Measure(f"s_over_m_{slug}", reduction.s_over_m.judged_percent, "%")
    units = (_lytic_units(slug, one, failed) for one in assay.lytic_units)
    return tuple(one for one in (lysis, share, *units) if one.value is not None or one.status is not None)


def _lytic_units(slug: str, units: LyticUnits, failed: str | None) -> Measure:
    analyte = f"lu{units.definition.lysis_percent:f}_{slug}"
    if units.value is None:
        why = failed or (units.reason.sentence if units.reason else None)
        return Measure(analyte, status=units.reason and units.reason.value, note=why)
    return Measure(analyte, units.value, _LYTIC_UNIT, _CENSORS.get(units.status))
