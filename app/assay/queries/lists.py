"""The samples of a culture with their tests, and one sample with the form that asks for a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.assay.queries.runs import (
    RunFacts,
    SampleFacts,
    results_of,
    runs_of_culture,
    runs_of_sample,
    sample_of,
    samples_of_culture,
)
from app.assay.queries.shown import RunLine, run_line
from app.assay.words import OPEN_STATES, REQUESTABLE, SAMPLE_WORDS, TEST_WORDS
from app.db.models import Culture
from app.domain.actor import Actor
from app.domain.errors import NotFound
from app.domain.identifiers import display
from app.domain.roles import Action
from app.domain.vocabulary import SampleKind
from app.patients.queries.acts import may
from app.web import formats
from app.web.banner import Banner, banner_of

Options = tuple[tuple[str, str], ...]
"""(value, word) pairs of a choice."""


@dataclass(frozen=True, slots=True)
class SampleCard:
    """A sample with its tests."""

    code: str
    text: str
    word: str
    taken: str
    tests: tuple[RunLine, ...]


@dataclass(frozen=True, slots=True)
class TestsPage:
    """The samples and tests of a batch. `kinds` is empty for who may take no sample."""

    __test__ = False

    patient: Banner
    culture_code: str
    culture_text: str
    samples: tuple[SampleCard, ...]
    kinds: Options


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One sample. `kinds` are the tests one may ask for, `repeatable` those that could be repeated."""

    patient: Banner
    culture_code: str
    sample: SampleCard
    kinds: Options
    repeatable: Options


def tests_page(db: Connection, culture_code: str, now: datetime, zone: str, actor: Actor) -> TestsPage:
    """The tests of a batch in six statements, or the refusal that there is none."""
    patient_id = db.execute(select(Culture.patient_id).where(Culture.code == culture_code)).scalar_one_or_none()
    if patient_id is None:
        raise NotFound("not_on_file", f"No culture is on file under {display(culture_code)}. Check the code.")
    runs = runs_of_culture(db, culture_code)
    lines = _lines(db, runs, now, zone)
    return TestsPage(
        patient=banner_of(db, patient_id, now),
        culture_code=culture_code,
        culture_text=display(culture_code),
        samples=tuple(
            _card(sample, tuple(lines[run.id] for run in runs if run.sample.id == sample.id), now, zone)
            for sample in samples_of_culture(db, culture_code)
        ),
        kinds=tuple((kind.value, SAMPLE_WORDS[kind]) for kind in SampleKind) if may(actor, Action.TAKE_SAMPLE) else (),
    )


def sample_page(db: Connection, code: str, now: datetime, zone: str, actor: Actor) -> SamplePage:
    """One sample, its tests, and what may be asked for."""
    sample = sample_of(db, code)
    runs = runs_of_sample(db, code)
    lines = _lines(db, runs, now, zone)
    can_ask = may(actor, Action.TAKE_SAMPLE)
    return SamplePage(
        patient=banner_of(db, sample.patient_id, now),
        culture_code=sample.culture_code,
        sample=_card(sample, tuple(lines.values()), now, zone),
        kinds=tuple((kind.value, TEST_WORDS[kind]) for kind in REQUESTABLE) if can_ask else (),
        repeatable=tuple(
            (str(run.number), f"Test {run.number}, {TEST_WORDS[run.kind]}")
            for run in runs
            if run.state not in OPEN_STATES
        ),
    )


def _lines(db: Connection, runs: tuple[RunFacts, ...], now: datetime, zone: str) -> dict[int, RunLine]:
    results = results_of(db, [run.id for run in runs])
    return {run.id: run_line(run, results[run.id], zone, now) for run in runs}


def _card(sample: SampleFacts, tests: tuple[RunLine, ...], now: datetime, zone: str) -> SampleCard:
    return SampleCard(
        code=sample.code,
        text=display(sample.code),
        word=SAMPLE_WORDS[sample.kind],
        taken=f"taken {formats.moment(sample.taken_at, zone, now)}, {sample.taken_by}",
        tests=tests,
    )
