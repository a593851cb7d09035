"""The page of one test, and what this person may do about it next. The plate of a test has its own page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from markupsafe import Markup
from sqlalchemy import Connection

from app.assay.queries.runs import RunFacts, RunRecord, actors_of_run, run_record
from app.assay.queries.shown import STATES, Chip, ResultLine, due_text, result_line
from app.assay.records import approval
from app.assay.words import FINDINGS, INTEGRITY, READ_OVER_DAYS, SAMPLE_WORDS, TEST_WORDS, in_words
from app.domain.actor import Actor
from app.domain.identifiers import display
from app.domain.independence import Part
from app.domain.roles import Action
from app.domain.states import RunState
from app.domain.vocabulary import Finding, TestKind
from app.patients.queries.acts import may
from app.web import formats
from app.web.banner import Banner, banner_of


class Step(StrEnum):
    """The form that stands on the page: what this person can do now; `nothing` shows a lock or a fact instead."""

    START = "start"
    COUNT = "count"
    FINDING = "finding"
    ENDOTOXIN = "endotoxin"
    PLATE = "plate"
    VERIFY = "verify"
    APPROVE = "approve"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class NextAct:
    """What comes next. `locked` and `why` say what is missing where nothing can be pressed."""

    step: Step
    sample_code: str
    number: int
    row_version: int
    locked: str = ""
    why: str = ""
    sha256: str = ""
    statement: str = ""

    @property
    def address(self) -> str:
        """Where its forms are sent to."""
        return f"/samples/{self.sample_code}/tests/{self.number}"


@dataclass(frozen=True, slots=True)
class InterimLine:
    """A reading before the last one."""

    day: str
    chip: Chip
    read: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """Everything the page of a test shows. Options are (value, word) pairs."""

    patient: Banner
    title: str
    sample_code: str
    sub: Markup
    culture_code: str
    chip: Chip
    facts: tuple[tuple[str, str | Markup], ...]
    results: tuple[ResultLine, ...]
    interims: tuple[InterimLine, ...]
    act: NextAct
    is_read_over_days: bool
    is_interim_only: bool
    findings: tuple[tuple[str, str], ...]
    integrity: tuple[tuple[str, str], ...]


def run_page(db: Connection, sample_code: str, number: int, now: datetime, zone: str, actor: Actor) -> RunPage:
    """The page of a test for this person."""
    record = run_record(db, sample_code, number)
    run = record.run
    return RunPage(
        patient=banner_of(db, run.sample.patient_id, now),
        title=TEST_WORDS[run.kind],
        sample_code=sample_code,
        sub=Markup("Test {} of sample {}").format(number, formats.code(display(sample_code))),
        culture_code=run.sample.culture_code,
        chip=STATES[run.state],
        facts=_facts(run, now, zone),
        results=tuple(result_line(result) for result in record.results),
        interims=tuple(
            InterimLine(
                f"Day {interim.day}",
                _BAD_CHIP if interim.finding is Finding.GROWTH else _GOOD_CHIP,
                f"{formats.moment(interim.read_at, zone, now)}, {interim.person}",
            )
            for interim in record.interims
        ),
        act=next_act(db, record, actor),
        is_read_over_days=run.kind in READ_OVER_DAYS,
        is_interim_only=run.kind is TestKind.STERILITY and run.due_at is not None and now < run.due_at,
        findings=_options(FINDINGS.get(run.kind, ())),
        integrity=_options(INTEGRITY if run.kind is TestKind.APPEARANCE else ()),
    )


def next_act(db: Connection, record: RunRecord, actor: Actor, wells_to_explain: int = 0) -> NextAct:
    """What this person can do about the run now, or what is missing. Rights and independence are asked here too."""
    run = record.run
    match run.state:
        case RunState.REQUESTED:
            return _entry(run, Step.START, actor)
        case RunState.RUNNING:
            return _entry(run, _ENTRIES[run.kind], actor)
        case RunState.ENTERED:
            return _verification(run, actors_of_run(db, run.id), actor, wells_to_explain)
        case RunState.VERIFIED:
            return _approval(db, run, actor)
        case RunState.CONTROL_FAILED:
            return _nothing(run, "No result", "The controls failed. Request a repeat on the page of the sample.")
        case RunState.SAMPLED | RunState.APPROVED | RunState.INVALIDATED:
            return _nothing(run, "", "")


_GOOD_CHIP: Final = Chip("info", "hourglass", "No growth")
_BAD_CHIP: Final = Chip("stop", "octagon-x", "Growth")
_ENTRIES: Final = dict.fromkeys(FINDINGS, Step.FINDING) | {
    TestKind.COUNT_VIABILITY: Step.COUNT,
    TestKind.ENDOTOXIN: Step.ENDOTOXIN,
    TestKind.CYTOTOXICITY_51CR: Step.PLATE,
}


def _facts(run: RunFacts, now: datetime, zone: str) -> tuple[tuple[str, str | Markup], ...]:
    given: tuple[tuple[str, str | None], ...] = (
        ("Method", run.method),
        ("Sample", f"{SAMPLE_WORDS[run.sample.kind]}, taken {formats.moment(run.sample.taken_at, zone, now)}"),
        ("Repeats", None if run.repeats_number is None else f"test {run.repeats_number}"),
        ("Due", None if run.due_at is None or run.entered_by is not None else due_text(run.due_at, zone, now)),
        ("Requested", f"{formats.moment(run.requested_at, zone, now)}, {run.requested_by}"),
        ("Entered by", run.entered_by),
        ("Verified by", run.verified_by),
        ("Approved by", run.approved_by),
    )
    return tuple((word, value) for word, value in given if value is not None)


def _entry(run: RunFacts, step: Step, actor: Actor) -> NextAct:
    if not may(actor, Action.ENTER_RESULTS):
        return _nothing(run, "Not entered yet", "A technician or supervisor enters the result.")
    return NextAct(step, run.sample.code, run.number, run.row_version)


def _verification(run: RunFacts, parts: Iterable[Part], actor: Actor, wells_to_explain: int) -> NextAct:
    did = {part.step for part in parts if part.user_id == actor.user_id}
    if wells_to_explain:
        wells = formats.count(wells_to_explain, "well", "wells")
        return _nothing(run, "Verify result", f"after {wells} {'is' if wells_to_explain == 1 else 'are'} explained")
    if not may(actor, Action.VERIFY_RESULTS):
        return _nothing(run, "Verify result", "A technician or supervisor verifies it.")
    if run.entered_by_id == actor.user_id or "judge_well" in did:
        return _nothing(run, "Verify result", "You entered it, so a colleague verifies it.")
    return NextAct(Step.VERIFY, run.sample.code, run.number, run.row_version)


def _approval(db: Connection, run: RunFacts, actor: Actor) -> NextAct:
    if not may(actor, Action.APPROVE_RESULTS):
        return _nothing(run, "Approve result", "A supervisor or QA approves it.")
    if any(part.user_id == actor.user_id for part in actors_of_run(db, run.id)):
        return _nothing(run, "Approve result", "You took part in this run, so somebody else approves it.")
    what = approval(db, run.sample.code, run.number)
    return NextAct(
        Step.APPROVE, run.sample.code, run.number, run.row_version, sha256=what.sha256, statement=what.statement
    )


def _nothing(run: RunFacts, locked: str, why: str) -> NextAct:
    return NextAct(Step.NOTHING, run.sample.code, run.number, run.row_version, locked, why)


def _options(findings: Iterable[Finding]) -> tuple[tuple[str, str], ...]:
    return tuple((finding.value, in_words(finding).capitalize()) for finding in findings)
