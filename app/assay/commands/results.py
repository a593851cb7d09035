"""Entering what was read: interim readings, counts, findings, endotoxin. Another person verifies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import exists, select

from app.assay.commands.alarm import sound_alarm
from app.assay.commands.runs import SampledRun, explain, keep_results, locked_run
from app.assay.reduction import Measure
from app.assay.schemas import EnterCount, EnterEndotoxin, EnterFinding, OfRun, ReadingOfRun, RecordInterim
from app.assay.words import FINDINGS, INTEGRITY, READ_OVER_DAYS, TEST_WORDS, in_words
from app.db.models import InterimFinding
from app.db.transaction import Transaction, command
from app.domain.actor import Actor
from app.domain.counting import CountStatus, haemocytometer_count
from app.domain.entry import accept_entry
from app.domain.errors import Invalid, Mismatch
from app.domain.identifiers import display
from app.domain.limits import Judgement, judge
from app.domain.roles import Action
from app.domain.states import RunAct, RunState
from app.domain.sterility import reading_day, require_final_reading
from app.domain.vocabulary import Finding, SampleKind, TestKind

MOST_EU_PER_ML = Decimal(1_000_000)
MOST_CELLS_PER_ML = Decimal(10**10)


@dataclass(frozen=True, slots=True)
class InterimRecorded:
    """The day of the reading, and the deviation it opened, if it sounded the alarm."""

    sample_code: str
    number: int
    day: int
    deviation_number: str | None


@dataclass(frozen=True, slots=True)
class ResultEntered:
    """The run with its result, and the deviation it opened, if it sounded the alarm."""

    sample_code: str
    number: int
    state: RunState
    deviation_number: str | None


@command
def record_interim(tx: Transaction, actor: Actor, asked: RecordInterim) -> InterimRecorded:
    """Append "no growth, day n", or growth, which sounds the alarm at once; verifying it comes after."""
    tx.permit(actor, Action.ENTER_RESULTS)
    of = _run_of(tx, asked, *READ_OVER_DAYS)
    of.run.state = of.after(RunAct.INTERIM)
    _require_known(of, asked.finding, FINDINGS[of.run.kind], "finding")
    entry = accept_entry(asked.read_at, tx.now, asked.reason, field="read_at")
    day = reading_day(of.sample.taken_at, entry.at)
    explain(tx, entry, asked.reason)
    tx.session.add(
        InterimFinding(
            course_id=of.run.course_id,
            patient_id=of.run.patient_id,
            culture_id=of.run.culture_id,
            test_run_id=of.run.id,
            day=day,
            finding=asked.finding,
            read_at=entry.at,
            entered_by_id=actor.user_id,
        )
    )
    return InterimRecorded(of.sample.code, of.run.number, day, sound_alarm(tx, actor, of, asked.finding))


@command
def enter_count_viability(tx: Transaction, actor: Actor, asked: EnterCount) -> ResultEntered:
    """Enter a count: cells counted by a person, or concentration and viability as an instrument printed them."""
    tx.permit(actor, Action.ENTER_RESULTS)
    of = _run_of(tx, asked, TestKind.COUNT_VIABILITY)
    results = _counted(asked) if asked.was_counted else _printed(asked)
    by_analyte = {result.analyte: result.value for result in results}
    judged = {"viability_percent": judge("viability_percent", by_analyte["viability"] or Decimal(0))}
    if of.sample.kind is SampleKind.FINAL_PRODUCT:
        per_ml = by_analyte["viable_cells_per_ml"] or Decimal(0)
        judged["viable_1e6_per_ml"] = judge("final_concentration_per_ml", per_ml)
    return _entered(tx, actor, of, asked, results, judged)


@command
def enter_finding(tx: Transaction, actor: Actor, asked: EnterFinding) -> ResultEntered:
    """Enter a result in words. Sterility without growth counts from day 14 on; growth at any hour."""
    tx.permit(actor, Action.ENTER_RESULTS)
    of = _run_of(tx, asked, *FINDINGS)
    _require_known(of, asked.finding, FINDINGS[of.run.kind], "finding")
    results = [Measure(of.run.kind.value, finding=asked.finding)]
    if of.run.kind is TestKind.APPEARANCE:
        _require_known(of, asked.integrity, INTEGRITY, "integrity")
        results.append(Measure("bag_integrity", finding=asked.integrity))
    elif asked.integrity is not None:
        raise Invalid("integrity_elsewhere", "Only an appearance test says whether the bag is intact.")
    if asked.finding is Finding.NO_GROWTH:
        _require_no_growth(tx, of, asked)
    return _entered(tx, actor, of, asked, results)


@command
def enter_endotoxin(tx: Transaction, actor: Actor, asked: EnterEndotoxin) -> ResultEntered:
    """Enter endotoxin per mL. A result below what the test can see is a bound, never zero."""
    tx.permit(actor, Action.ENTER_RESULTS)
    of = _run_of(tx, asked, TestKind.ENDOTOXIN)
    if not 0 < asked.eu_per_ml <= MOST_EU_PER_ML:
        raise Invalid(
            "endotoxin_impossible",
            f"Endotoxin lies above 0 and up to {MOST_EU_PER_ML:,} EU/mL. Nothing found is entered as less than the "
            "sensitivity of the test.",
            field="eu_per_ml",
        )
    return _entered(tx, actor, of, asked, [Measure("endotoxin", asked.eu_per_ml, "EU/mL", asked.censor)])


def _run_of(tx: Transaction, asked: OfRun, *kinds: TestKind) -> SampledRun:
    """The run, when it is of a kind this entry is about."""
    of = locked_run(tx, asked.sample_code, asked.number)
    if of.run.kind not in kinds:
        raise Mismatch("another_test", f"Test {asked.number} is {of.words}; this entry is for another test.")
    return of


def _entered(
    tx: Transaction,
    actor: Actor,
    of: SampledRun,
    asked: ReadingOfRun,
    results: list[Measure],
    judged: Mapping[str, Judgement] | None = None,
) -> ResultEntered:
    state = of.after(RunAct.ENTER)
    entry = accept_entry(asked.read_at, tx.now, asked.reason, field="read_at", values=judged)
    reading_day(of.sample.taken_at, entry.at)  # refuses a reading before its sample
    explain(tx, entry, asked.reason)
    keep_results(tx, actor, of.run, results, measured_at=entry.at)
    of.run.state, of.run.entered_by_id = state, actor.user_id
    findings = [result.finding for result in results if result.finding is not None]
    alarms = [sound_alarm(tx, actor, of, finding) for finding in findings]
    return ResultEntered(of.sample.code, of.run.number, state, next(filter(None, alarms), None))


def _require_known(of: SampledRun, finding: Finding | None, known: tuple[Finding, Finding], field: str) -> None:
    if finding not in known:
        words = " or ".join(in_words(one) for one in known)
        raise Invalid("finding_of_another_test", f"{TEST_WORDS[of.run.kind]} is {words}. Choose one.", field=field)


def _require_no_growth(tx: Transaction, of: SampledRun, asked: EnterFinding) -> None:
    if of.run.kind is TestKind.STERILITY:
        require_final_reading(of.sample.taken_at, asked.read_at or tx.now)
    seen = exists().where(InterimFinding.test_run_id == of.run.id, InterimFinding.finding == Finding.GROWTH)
    if tx.session.execute(select(seen)).scalar_one():
        raise Invalid(
            "growth_was_seen",
            f"Growth was recorded in {display(of.sample.code)}; a later reading does not undo it. Enter growth, and "
            "ask for an invalidation if it was a mistake.",
            field="finding",
        )


def _counted(asked: EnterCount) -> list[Measure]:
    live, dead, squares, dilution = asked.live or 0, asked.dead or 0, asked.squares or 0, asked.dilution or Decimal(0)
    count = haemocytometer_count(live, dead, squares=squares, dilution=dilution)
    few = "few_cells_counted" if count.status is CountStatus.LOW else None
    return [
        Measure("viable_cells_per_ml", count.viable_per_ml, "cells/mL", status=few),
        Measure("viability", count.viability.percent, "%", status=few),
        Measure("live_cells_counted", Decimal(live), "cells"),
        Measure("dead_cells_counted", Decimal(dead), "cells"),
        Measure("squares_counted", Decimal(squares), "squares"),
        Measure("dilution", dilution, "fold"),
    ]


def _printed(asked: EnterCount) -> list[Measure]:
    per_ml = (asked.viable_1e6_per_ml or Decimal(0)) * 10**6
    if not 0 <= per_ml <= MOST_CELLS_PER_ML:
        raise Invalid(
            "concentration_impossible",
            f"Viable cells lie between 0 and {MOST_CELLS_PER_ML / 10**6:,f} × 10^6/mL. Check the number and its unit.",
            field="viable_1e6_per_ml",
        )
    return [
        Measure("viable_cells_per_ml", per_ml, "cells/mL"),
        Measure("viability", asked.viability_percent, "%"),
    ]
