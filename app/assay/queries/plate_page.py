"""The page of a 51Cr plate: heat map, curves, numbers of each target, and what must still be explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection, select

from app.assay.queries.plate_picture import Limit, PlateMap, curves, plate_map, well_reads
from app.assay.queries.plates import JudgedWell, PlateFacts, plate_facts
from app.assay.queries.run_page import NextAct, next_act
from app.assay.queries.runs import RunFacts, run_record
from app.assay.queries.shown import STATES, Chip, lytic_units
from app.assay.reduction import Assays, Judged, reduce_targets, to_explain
from app.assay.words import TARGET_WORDS, target_slug
from app.db.models import Culture, Plate, SpecificationCriterion
from app.domain.actor import Actor
from app.domain.cytotoxicity import (
    LU20_PER_1E7,
    LU30_PER_1E7,
    AssayResult,
    Grade,
    LyticUnitDefinition,
    Replicates,
    Status,
    Well,
    lysis_by_well,
    lytic_unit_sentence,
)
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.states import RunState
from app.domain.vocabulary import Censor, TargetCells, TestKind, WellJudgement, WellRole
from app.patients.queries.acts import may
from app.web import charts, formats
from app.web.banner import Banner, banner_of


@dataclass(frozen=True, slots=True)
class TargetLine:
    """The numbers of one target; in brackets those with the other decision about the flagged wells."""

    mark: Markup
    word: str
    lysis: str
    share: str
    lu30: str
    lu30_other: str
    lu20: str
    lu20_other: str
    notes: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointLine:
    """One E:T of one target, as measured."""

    word: str
    ratio: str
    wells: str
    mean: str
    lysis: str
    error: str


@dataclass(frozen=True, slots=True)
class OpenWell:
    """A flagged well nobody has kept or excluded yet."""

    position: str
    reads: str
    spread: str


@dataclass(frozen=True, slots=True)
class WellWord:
    """What was decided about a well."""

    position: str
    decision: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class PlatePage:
    """Everything the page of a plate shows. `positions` are the wells one may still decide about."""

    patient: Banner
    code: str
    code_text: str
    sample_code: str
    culture_code: str
    chip: Chip
    read: str
    duration: str
    targets_per_well: str
    map: PlateMap
    map_key: str
    picture: Markup | None
    targets: tuple[TargetLine, ...]
    other_key: str
    points: tuple[PointLine, ...]
    findings: tuple[str, ...]
    open_wells: tuple[OpenWell, ...]
    words: tuple[WellWord, ...]
    positions: tuple[tuple[str, str], ...]
    act: NextAct


def plate_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> PlatePage:
    """The page of a plate for this person. Numbers are those that were stored; the comparison is worked out anew."""
    plate = plate_facts(db, code)
    record = run_record(db, plate.sample_code, plate.number)
    assays, run = plate.assays, record.run
    open_wells = to_explain(assays, plate.judged) if run.state is RunState.ENTERED else ()
    other, other_key = _other_decision(plate, assays, open_wells)
    can_judge = run.state is RunState.ENTERED and may(actor, Action.ENTER_RESULTS)
    origin = plate.file_name or f"entered by {plate.read_by}"
    return PlatePage(
        patient=banner_of(db, run.sample.patient_id, now),
        code=code,
        code_text=display(code),
        sample_code=plate.sample_code,
        culture_code=run.sample.culture_code,
        chip=_chip(run, open_wells),
        read=f"read {formats.moment(plate.read_at, zone, now)}, {origin}",
        duration=f"{plate.read.duration_h.normalize():f}{formats.NBSP}h",
        targets_per_well=formats.grouped(plate.read.targets_per_well),
        map=plate_map(plate, assays, open_wells),
        map_key=_map_key(assays),
        picture=curves(assays, other, open_wells, _limit(db, code, assays), _title(assays)),
        targets=tuple(_target(number, target, assay, other) for number, (target, assay) in enumerate(assays.items())),
        other_key=other_key,
        points=tuple(point for target, assay in assays.items() for point in _points(target, assay)),
        findings=tuple(_findings(assays)),
        open_wells=tuple(_open_well(plate, assays, position) for position in open_wells),
        words=tuple(_word(word) for word in plate.words),
        positions=tuple((laid.well.position, laid.well.position) for laid in plate.read.wells) if can_judge else (),
        act=next_act(db, record, actor, len(open_wells)),
    )


_NOTES: Final = {
    "extrapolated": "extrapolated beyond the tested ratios",
    "r2_low": "R2 below 0.9",
    "A_at_bound": "plateau at 100%",
    "few_points": "fewer than 4 points",
    "wells_excluded": "wells excluded",
    "points_excluded": "points excluded",
}
_CENSORS: Final = {Status.BELOW: Censor.BELOW, Status.ABOVE: Censor.ABOVE}


def _other_decision(plate: PlateFacts, assays: Assays, open_wells: Sequence[str]) -> tuple[Assays, str]:
    """The plate with the opposite decision about its flagged wells, so that both numbers stay visible."""
    excluded = {word for word, said in plate.judged.items() if said.judgement is WellJudgement.EXCLUDE}
    if open_wells:
        return _reduced_without(plate, {*excluded, *open_wells}), f"without {', '.join(open_wells)}"
    if excluded:
        return reduce_targets(plate.read, {}), f"with {', '.join(sorted(excluded))} kept"
    kept = [position for assay in assays.values() for position in assay.reduction.wells_to_explain]
    return (_reduced_without(plate, set(kept)), f"without {', '.join(kept)}") if kept else ({}, "")


def _reduced_without(plate: PlateFacts, positions: set[str]) -> Assays:
    aside = Judged(WellJudgement.EXCLUDE, "left aside to compare", "comparison")
    return reduce_targets(plate.read, dict.fromkeys(positions, aside))


def _chip(run: RunFacts, open_wells: Sequence[str]) -> Chip:
    if not open_wells:
        return STATES[run.state]
    return Chip("warn", "triangle-alert", f"{formats.count(len(open_wells), 'well', 'wells')} to explain")


def _map_key(assays: Assays) -> str:
    ratios = [point.effector_target_ratio for assay in assays.values() for point in assay.reduction.points]
    return f"% lysis, {max(ratios).normalize():f} to {min(ratios).normalize():f} effectors per target"


def _title(assays: Assays) -> str:
    """What the picture shows, in words."""
    said = [
        f"{TARGET_WORDS[target]} {formats.percent(assay.reference_lysis_percent)}"
        for target, assay in assays.items()
        if assay.reference_lysis_percent is not None
    ]
    return f"Specific lysis at 20 to 1: {', '.join(said) or 'none'}"


def _limit(db: Connection, plate_code: str, assays: Assays) -> Limit | None:
    """The first limit on lysis at 20 to 1 that the culture's specification sets for a target of the plate."""
    analytes = [f"lysis_{target_slug(target)}_20" for target in assays]
    limits = db.execute(
        select(SpecificationCriterion.limit_value)
        .join(Culture, Culture.specification_id == SpecificationCriterion.specification_id)
        .join(Plate, Plate.culture_id == Culture.id)
        .where(
            Plate.code == plate_code,
            SpecificationCriterion.test == TestKind.CYTOTOXICITY_51CR,
            SpecificationCriterion.analyte.in_(analytes),
        )
        .order_by(SpecificationCriterion.position)
    ).scalars()
    limit = next((value for value in limits if value), None)
    tested = {point.effector_target_ratio for assay in assays.values() for point in assay.reduction.points}
    reference = next(iter(assays.values())).settings.reference_ratio
    return Limit(reference, limit) if limit is not None and reference in tested else None


def _target(number: int, target: TargetCells, assay: AssayResult, others: Assays) -> TargetLine:
    share, lysis = assay.reduction.s_over_m.judged_percent, assay.reference_lysis_percent
    flags = dict.fromkeys(flag for units in assay.lytic_units for flag in units.flags)
    reasons = dict.fromkeys(units.reason.sentence for units in assay.lytic_units if units.reason)
    lu30, lu20 = _units(assay, LU30_PER_1E7), _units(assay, LU20_PER_1E7)
    other = others.get(target, assay)
    return TargetLine(
        mark=charts.mark_alone(number),
        word=TARGET_WORDS[target],
        lysis=formats.percent(lysis) if lysis is not None else "none" if assay.reduction.is_valid else "invalid",
        share="none" if share is None else formats.percent(share, 1, assay.settings.sm_warn, assay.settings.sm_limit),
        lu30=lu30,
        lu30_other=_unless_same(_units(other, LU30_PER_1E7), lu30),
        lu20=lu20,
        lu20_other=_unless_same(_units(other, LU20_PER_1E7), lu20),
        notes=(*(_NOTES[flag.value] for flag in flags), *reasons),
        sentences=tuple(lytic_unit_sentence(assay, units) for units in assay.lytic_units),
    )


def _unless_same(other: str, shown: str) -> str:
    return "" if other == shown else other


def _units(assay: AssayResult, wanted: LyticUnitDefinition) -> str:
    units = next(units for units in assay.lytic_units if units.definition == wanted)
    return str(lytic_units(units.value, _CENSORS.get(units.status), units.reason))


def _points(target: TargetCells, assay: AssayResult) -> Iterator[PointLine]:
    for point in assay.reduction.points:
        mean, lysis, error = point.replicates.mean, point.lysis_percent, point.se_percent
        yield PointLine(
            word=TARGET_WORDS[target],
            ratio=f"{point.effector_target_ratio.normalize():f}",
            wells=str(point.replicates.wells_used),
            mean="none" if mean is None else formats.grouped(formats.rounded(mean, 0)),
            lysis="none" if lysis is None else formats.percent(lysis, 1),
            error="none" if error is None else f"{formats.rounded(error, 1)}",
        )


def _findings(assays: Assays) -> Iterator[str]:
    for target, assay in assays.items():
        for finding in assay.reduction.findings:
            if finding.grade is not Grade.HIGH:
                yield f"{TARGET_WORDS[target]}: {finding.sentence}" if len(assays) > 1 else finding.sentence


def _open_well(plate: PlateFacts, assays: Assays, position: str) -> OpenWell:
    assay = next(one for one in assays.values() if position in one.reduction.wells_to_explain)
    well = next(one for one in assay.plate.wells if one.position == position)
    lysis: Mapping[str, Decimal] = lysis_by_well(assay.plate)
    reads = {laid.well.position: well_reads(laid, lysis.get(laid.well.position)) for laid in plate.read.wells}
    sisters = [
        reads[one.position] for one in assay.plate.wells if one.position != position and _group(one) == _group(well)
    ]
    spread = _replicates(assay, well).cv_percent or Decimal(0)
    limit = assay.settings.cv_high
    others = " and ".join(filter(None, (", ".join(sisters[:-1]), *sisters[-1:])))
    return OpenWell(
        position=position,
        reads=f"{position} reads {reads[position]}, its replicates {others}",
        spread=f"Spread {formats.percent(spread, 0, limit)}, limit {formats.percent(limit)}.",
    )


def _group(well: Well) -> tuple[WellRole, Decimal | None]:
    return well.role, well.effector_target_ratio


def _replicates(assay: AssayResult, well: Well) -> Replicates:
    points = {point.effector_target_ratio: point.replicates for point in assay.reduction.points}
    if well.effector_target_ratio is not None:
        return points[well.effector_target_ratio]
    return assay.reduction.spontaneous if well.role is WellRole.SPONTANEOUS else assay.reduction.maximum


def _word(word: JudgedWell) -> WellWord:
    done = {WellJudgement.KEEP: "kept", WellJudgement.EXCLUDE: "excluded"}
    return WellWord(word.position, done[word.said.judgement], word.said.reason, word.said.by)
