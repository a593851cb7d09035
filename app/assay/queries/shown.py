"""How results, states and times of test runs are written for people. Never across a limit; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from app.assay.queries.runs import ResultFacts, RunFacts
from app.assay.words import TARGET_WORDS, TEST_WORDS, in_words, target_slug
from app.domain.cytotoxicity import Reason
from app.domain.identifiers import display
from app.domain.states import RunState
from app.domain.vocabulary import Censor, TargetCells, TestKind
from app.web import formats


@dataclass(frozen=True, slots=True)
class Chip:
    """A status: its kind, icon and word."""

    kind: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One analyte of a run: what it is, its value, and why there is none or what to know beside it."""

    word: str
    value: str | Markup
    note: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """A test of a sample in a list."""

    number: int
    word: str
    href: str
    method: str
    fact: str | Markup
    chip: Chip


STATES: Final = {
    RunState.REQUESTED: Chip("none", "circle-dashed", "To start"),
    RunState.SAMPLED: Chip("none", "circle-dashed", "Sampled"),
    RunState.RUNNING: Chip("info", "hourglass", "Running"),
    RunState.ENTERED: Chip("warn", "users", "To verify"),
    RunState.CONTROL_FAILED: Chip("stop", "octagon-x", "Controls failed"),
    RunState.VERIFIED: Chip("act", "pen-line", "To approve"),
    RunState.APPROVED: Chip("ok", "circle-check", "Approved"),
    RunState.INVALIDATED: Chip("stop", "octagon-x", "Invalidated"),
}
_WORDS: Final = {
    "viable_cells_per_ml": "Viable cells",
    "live_cells_counted": "Live cells counted",
    "dead_cells_counted": "Dead cells counted",
    "squares_counted": "Squares counted",
    "bag_integrity": "Bag",
}
_OF_TARGET: Final = {"lysis_{}_20": "lysis at 20 to 1", "s_over_m_{}": "S/M", "lu30_{}": "LU30", "lu20_{}": "LU20"}
_NOTES: Final = {"few_cells_counted": "Fewer than 100 cells were counted."}


def run_line(run: RunFacts, results: tuple[ResultFacts, ...], zone: str, now: datetime) -> RunLine:
    """A run in a list: its result in short, else when it is due."""
    fact: str | Markup = f"due {due_text(run.due_at, zone, now)}" if run.due_at is not None else "to come"
    if run.kind is TestKind.CYTOTOXICITY_51CR and results:
        said = (result for result in results if result.analyte.startswith("lu30"))
        fact = Markup("<br>").join(Markup("{} {}").format(word_of(one.analyte), value_of(one)) for one in said)
    elif results:
        fact = Markup(", ").join(value_of(result) for result in results[:2])
    if run.repeats_number is not None:
        fact = Markup("{} (repeats test {})").format(fact, run.repeats_number)
    return RunLine(run.number, TEST_WORDS[run.kind], run_href(run), run.method, fact, STATES[run.state])


def run_href(run: RunFacts) -> str:
    """The page of a run: its plate once there is one."""
    return f"/assays/{run.plate_code}" if run.plate_code else f"/samples/{run.sample.code}/tests/{run.number}"


def result_line(result: ResultFacts) -> ResultLine:
    """One analyte for the page of its run."""
    note = result.note or _NOTES.get(result.status or "", "")
    return ResultLine(word_of(result.analyte), value_of(result), note)


def word_of(analyte: str) -> str:
    """What an analyte is called: "LU30, Daudi", "Viability"."""
    for target in TargetCells:
        for pattern, word in _OF_TARGET.items():
            if analyte == pattern.format(target_slug(target)):
                return f"{word[0].upper()}{word[1:]}, {TARGET_WORDS[target]}"
    return _WORDS.get(analyte, in_words(analyte).capitalize())


def value_of(result: ResultFacts) -> str | Markup:
    """A value with its unit, a bound in words, a finding, or "not determinable"."""
    if result.finding is not None:
        return in_words(result.finding)
    if result.value is None:
        return formats.NOT_DETERMINABLE
    shown = _quantity(result.value, result.unit or "")
    match result.censor:
        case None:
            return shown
        case Censor.BELOW:
            return Markup("less than {}").format(shown)
        case Censor.ABOVE:
            return Markup("at least {}").format(shown)


def lytic_units(value: Decimal | None, censor: Censor | None, reason: Reason | None) -> str | Markup:
    """A lytic unit with one decimal, its bound in words, or that there is none."""
    if value is None:
        return formats.NOT_DETERMINABLE if reason is not Reason.ASSAY_INVALID else "invalid"
    shown = formats.grouped(formats.rounded(value, 1))
    words = {Censor.BELOW: formats.less_than, Censor.ABOVE: formats.at_least}
    return words[censor](shown) if censor else shown


def due_text(at: datetime, zone: str, now: datetime) -> str:
    """`7 Dec 2026 09:10, in 13 days`, or how late it is."""
    return f"{formats.moment(at, zone, now)}, {formats.relative(at, now)}"


def sample_words(code: str) -> Markup:
    """A sample's code, as people read it."""
    return formats.code(display(code))


def _quantity(value: Decimal, unit: str) -> str | Markup:
    match unit:
        case "%":
            return formats.percent(value, 1)
        case "cells/mL":
            return formats.cells(value, "cells/mL")
        case "LU/1e7 cells":
            return Markup("{} per 10<sup>7</sup> cells").format(formats.grouped(formats.rounded(value, 1)))
        case "cells" | "squares" | "fold":
            return formats.dose(value, unit)
    return f"{formats.grouped(value)}{formats.NBSP}{unit}"
